"""Which plan designs are open for a payer's line of business: a programme's own, or the plan that was told."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from payers.catalogue.vocabulary import Network
from payers.cost_share.design import Design, YearAmount, from_benefits, of_any_tier, year_amount
from payers.cost_share.plan import Benefits
from payers.cost_share.programmes import champva, medicaid, medicare, tricare, va
from payers.estimate.case import MENTAL_HEALTH, Case, World
from payers.estimate.question import TricareBeneficiary, Veteran

Ceiling = Callable[[int], YearAmount | None]


def designs(case: Case, world: World) -> Iterable[Design]:
    """The designs that the known facts leave possible in this world."""
    catalogue, benefits, line = case.catalogue, case.question.benefits, world.decision.line_of_business
    year = case.start_on.year
    match case.payer.programme, line:
        case "tricare-for-life", _:
            return (tricare.for_life(case.question.medicare_assignment == "opted-out"),)
        case "tricare", _:
            return _tricare(case, world)
        case "champva", _:
            return (champva.design(catalogue, benefits, year),)
        case "va-community-care", _:
            return _veterans(case)
        case _, "medicaid" | "rae":
            return (_medicaid(case),)
        case _, "medicare":
            return (_with_drugs(case, world, medicare.part_b(catalogue, benefits, year)),)
        case _, "medicare-advantage":
            plans = _told(case, world, _advantage(case, "in"), _advantage(case, "out"))
            return (_with_drugs(case, world, plan) for plan in plans)
        case _:
            # The federal limit stands in the network alone (45 CFR 156.130(c)).
            return _told(case, world, partial(year_amount, catalogue, "aca", "oop-max-self"), lambda _: None)


def owes_nothing_to_va(who: Veteran) -> bool | None:
    """Whether the veteran is exempt from copays; absent when the facts told leave it open."""
    return va.exempt(who.priority_group, who.service_connected_percent, who.service_connected_treatment)


def counts_mental_health_visits(case: Case) -> bool:
    """Whether the treatment is for a mental-health condition, as far as the indication is told or assumed."""
    return case.indications[0] in MENTAL_HEALTH


def medicaid_copay(case: Case) -> YearAmount | None:
    """The copay of the Medicaid program behind the payer; absent where it is not on file."""
    program = _medicaid_program(case)
    return None if program is None else medicaid.copay(case.catalogue, program, case.start_on.year)


def network_copay_missing(case: Case, networks: Iterable[Network | None]) -> bool:
    """Whether TRICARE's copay in the network is on file for nobody that the patient may be."""
    told = case.question.tricare or TricareBeneficiary()
    several = tricare.beneficiaries(told.plan, told.group, told.category, told.junior_enlisted, told.referral)
    year = case.start_on.year
    return "in" in networks and not any(tricare.copay_on_file(case.catalogue, who, "in", year) for who in several)


def _tricare(case: Case, world: World) -> Iterator[Design]:
    told = case.question.tricare or TricareBeneficiary()
    for who in tricare.beneficiaries(told.plan, told.group, told.category, told.junior_enlisted, told.referral):
        yield tricare.design(case.catalogue, who, world.network or "in", case.question.benefits, case.start_on.year)


def _veterans(case: Case) -> Iterator[Design]:
    told = case.question.va or Veteran()
    mental_health = counts_mental_health_visits(case)
    used = told.mental_health_visits_used if mental_health else 0
    for who in va.veterans(owes_nothing_to_va(told), used):
        yield va.design(case.catalogue, who, case.start_on.year, mental_health=mental_health)


def _medicaid(case: Case) -> Design:
    """The state's copay, or the terms told where the state's is not on file. No federal limit on a plan binds it."""
    program, copay = _medicaid_program(case), medicaid_copay(case)
    if program is None or copay is None:
        return from_benefits(case.question.benefits, lambda _: None)
    return medicaid.design(case.catalogue, program, copay)


def _medicaid_program(case: Case) -> str | None:
    state = case.question.state
    return case.payer.programme or (medicaid.program_of(state) if state else None)


def _with_drugs(case: Case, world: World, medical: Design) -> Design:
    """With a Medicare drug plan beside it, where a pharmacy fills the drug."""
    return (
        medicare.with_part_d(medical, case.catalogue, case.question.benefits) if world.lane == "pharmacy" else medical
    )


def _advantage(case: Case, network: Network) -> Ceiling:
    return partial(medicare.advantage_ceiling, case.catalogue, network)


def _told(case: Case, world: World, ceiling: Ceiling, ceiling_outside: Ceiling) -> Iterator[Design]:
    """A plan by the terms told, and by the law's limits where they were not.

    Where nobody said whether the clinic is in the network, the terms told may be those of the network alone, and
    outside it anything is possible.
    """
    benefits = case.question.benefits
    if benefits and (case.any_count or not case.start_known):
        benefits = of_any_tier(benefits)
    yield from_benefits(benefits, ceiling, world.network or "in", ceiling_outside)
    if world.network == "out" and case.question.network is None and benefits and not benefits.out_of_network:
        yield from_benefits(Benefits(plan_year_start=benefits.plan_year_start), ceiling, "out", ceiling_outside)
