"""Why somebody else pays: the other coverages behind the payer, and a manufacturer's savings programme."""

from collections.abc import Iterator

from payers.cost_share.design import year_amount
from payers.cost_share.money import exactly
from payers.estimate.payers_alone import pays_for_life_alone, standing_alone
from payers.estimate.question import (
    Assistance,
    Medicaid,
    MedicareSecond,
    Medigap,
    OtherCoverage,
    Qmb,
    SecondCommercial,
    TricareForLife,
    TricareSecond,
)
from payers.estimate.second_payers import medigap_plan, standing, usable_cards
from payers.estimate.trace.reason import Reason, by_law, on_file, told, unknown
from payers.estimate.trace.session import Session
from payers.estimate.unusable import perhaps_first


def other_coverage(at: Session) -> Iterator[Reason]:
    """The rules by which other coverages pay, in the order in which they do."""
    decision = at.outcome.world.decision
    if not at.outcome.self_pay:
        for other in standing(at.case, decision):
            if perhaps_first(other, decision):
                yield unknown("perhaps-first")
            else:
                yield from _of(at, other)
        return
    for other in standing_alone(at.case, decision):
        if pays_for_life_alone(other, at.case, decision):
            yield by_law("tricare-for-life-alone", "10 U.S.C. 1086(d)(3)")
        else:
            yield unknown("other-coverage-alone")


def write_off(at: Session) -> Iterator[Reason]:
    """The rules by which nobody may be asked for a part, because of the coverages behind the plan."""
    decision = at.outcome.world.decision
    for other in standing(at.case, decision):
        match other:
            case Qmb():
                yield by_law("write-off-qmb", "42 U.S.C. 1396a(n)(2)")
            case Medicaid():
                yield by_law("write-off-medicaid", "42 CFR 447.15")
            case MedicareSecond() if not perhaps_first(other, decision):
                yield by_law("write-off-medicare", "42 CFR 411.35")
            case TricareSecond() if at.outcome.world.network == "out":
                yield by_law("write-off-tricare", "10 U.S.C. 1079(h)(4)")
            case SecondCommercial() if other.allowed_per_session and not perhaps_first(other, decision):
                yield told("write-off-second-plan", amount=other.allowed_per_session.range)
            case _:
                pass


def assistance(at: Session) -> Iterator[Reason]:
    """The savings programmes, and what the plan does with their money."""
    for programme, used in usable_cards(at.case, at.outcome.world.decision):
        floor = programme.patient_floor_cents
        if floor is None:
            yield on_file("savings-card", (programme,), name=programme.name)
        else:
            yield on_file("savings-card-floor", (programme,), name=programme.name, floor=exactly(floor))
        yield from _terms(used)


def _terms(used: Assistance) -> Iterator[Reason]:
    if used.yearly_limit_cents is not None:
        yield told("savings-card-yearly-limit", amount=exactly(used.yearly_limit_cents))
    if used.remaining_cents is not None:
        yield told("savings-card-remaining", amount=exactly(used.remaining_cents))
    if used.per_fill_limit_cents is not None:
        yield told("savings-card-fill-limit", amount=exactly(used.per_fill_limit_cents))
    yield unknown("savings-card-open") if used.policy is None else told(f"savings-card-{used.policy}")


def _of(at: Session, other: OtherCoverage) -> Iterator[Reason]:
    match other:
        case Medigap():
            yield from _medigap(at, other)
        case Qmb():
            yield by_law("qmb", "42 U.S.C. 1396a(n)(3)")
        case TricareForLife():
            yield by_law("tricare-for-life", "10 U.S.C. 1086(d)(3)")
        case TricareSecond():
            yield by_law("tricare-second", "10 U.S.C. 1079(j)(1)")
        case Medicaid():
            yield by_law("medicaid-second", "42 CFR 447.15")
        case MedicareSecond():
            yield by_law("medicare-second", "42 CFR 411.33")
        case SecondCommercial():
            yield unknown("second-plan-open") if other.method is None else told(f"second-plan-{other.method}")


def _medigap(at: Session, other: Medigap) -> Iterator[Reason]:
    """The letter, and the yearly amount until which it pays less."""
    plan = medigap_plan(at.case, other)
    yield on_file("medigap", (plan,), letter=plan.letter)
    if plan.office_visit_copay_max_cents and other.office_visit is not False:
        copay = exactly(plan.office_visit_copay_max_cents)
        if other.office_visit:
            yield on_file("medigap-visit-copay", (plan,), letter=plan.letter, copay=copay)
        else:
            yield unknown("medigap-visit-open", letter=plan.letter, copay=copay)
    if plan.limit_parameter:
        program, name = plan.limit_parameter.split(".")
        limit = year_amount(at.case.catalogue, program, name, at.slot.on.year)
        if limit:
            yield on_file(f"{program}-{name}", limit.parameters, amount=limit.amount, year=limit.year)
