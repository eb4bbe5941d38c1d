"""Which plan designs are open for a payer's line of business: a programme's own, or the plan that was told."""

from collections.abc import Iterable, Iterator

from payers.cost_share import programmes, tricare
from payers.cost_share.design import Design, YearAmount, from_benefits, no_cost_share, year_amount
from payers.cost_share.plan import Benefits
from payers.estimate.case import Case, World


def designs(case: Case, world: World) -> Iterable[Design]:
    """The designs that the known facts leave possible in this world."""
    catalogue, benefits, line = case.catalogue, case.question.benefits, world.decision.line_of_business
    year = case.start_on.year
    match case.payer.programme, line:
        case "tricare-for-life", _:
            return (no_cost_share(),)
        case "tricare", _:
            return _tricare(case, world)
        case "champva", _:
            return (programmes.champva(catalogue, benefits, year),)
        case "va-community-care", _:
            return (programmes.va_authorized(catalogue, year),)
        case "co-medicaid", "medicaid" | "rae":
            return (no_cost_share(),)
        case _, "medicare":
            return (programmes.medicare_part_b(catalogue, benefits, year),)
        case _:
            return _told(case, world)


def _tricare(case: Case, world: World) -> Iterator[Design]:
    told = case.question.tricare
    for who in tricare.beneficiaries(
        told and told.plan, told and told.group, told and told.category, told and told.junior_enlisted
    ):
        yield tricare.design(case.catalogue, who, world.network or "in", case.question.benefits, case.start_on.year)


def _told(case: Case, world: World) -> Iterator[Design]:
    """A plan by the terms told. A federal limit bounds what was not told, but never outside the network.

    Where nobody said whether the clinic is in the network, the terms told may be those of the network alone, and
    outside it anything is possible.
    """
    catalogue, benefits = case.catalogue, case.question.benefits

    def ceiling(year: int) -> YearAmount | None:
        if world.decision.line_of_business == "medicare-advantage":
            return year_amount(catalogue, "medicare-advantage", "moop-in-network", year)
        return year_amount(catalogue, "aca", "oop-max-self", year)

    # Source: 45 CFR 156.130(c); 42 CFR 422.100(f)(4).
    yield from_benefits(benefits, ceiling, world.network or "in")
    if world.network == "out" and case.question.network is None and benefits and not benefits.out_of_network:
        yield from_benefits(Benefits(plan_year_start=benefits.plan_year_start), ceiling, "out")
