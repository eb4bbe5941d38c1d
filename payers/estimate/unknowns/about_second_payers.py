"""Who pays after the plan: other coverage, and what a savings card still holds."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from payers.catalogue.model import Programme
from payers.cost_share.design import year_amount
from payers.cost_share.money import Range
from payers.cost_share.plan import MAX_CENTS, Benefits
from payers.cost_share.programmes.tricare import has_deductible
from payers.estimate.case import Case, World
from payers.estimate.evaluate import Outcome
from payers.estimate.question import (
    Assistance,
    Medicaid,
    MedicareSecond,
    Medigap,
    OtherCoverage,
    Question,
    SecondCommercial,
    TricareBeneficiary,
    TricareSecond,
)
from payers.estimate.second_payers import copay_behind, medigap_plan, standing, usable_cards
from payers.estimate.unknowns.about_plan import usual_benefits
from payers.estimate.unknowns.unknown import Unknown, on_file, replaced, unanswered, up_to, usual_design
from payers.estimate.unusable import GROUP_LINES, MEDICARE_LINES, group_plan_open, perhaps_first

Other = TypeVar("Other", Medigap, Medicaid, MedicareSecond, SecondCommercial, TricareSecond)


def about_second_payers(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """What is open about each coverage that has a place behind the plan, each kind of question once."""
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    running = _reaches(case, outcomes, later=False)
    found = [
        unknown
        for outcome in shared
        for other in standing(case, outcome.world.decision)
        if not perhaps_first(other, outcome.world.decision) or group_plan_open(other, outcome.world.decision)
        for unknown in _about(case, outcome.world, other, running=running)
    ]
    cards = [
        unknown
        for outcome in shared
        for programme, used in usable_cards(case, outcome.world.decision)
        for unknown in _about_card(case, outcomes, programme, used)
    ]
    yield from {unknown.name: unknown for unknown in (*found, *cards)}.values()


def _about(case: Case, world: World, other: OtherCoverage, *, running: bool) -> Iterator[Unknown]:
    line = world.decision.line_of_business
    match other:
        case SecondCommercial():
            if other.method is None:
                yield Unknown("second_method", _in_each(SecondCommercial, _standard))
            if line in GROUP_LINES | MEDICARE_LINES:
                yield from _about_second_plan(case, pharmacy=world.lane == "pharmacy")
            if other.benefit_bank and other.bank_cents is None:
                yield Unknown("second_bank", _in_each(SecondCommercial, _empty_bank))
        case Medigap():
            yield from _about_medigap(case, other, running=running)
        case Medicaid():
            yield from _about_medicaid(case, other, medicare=line in MEDICARE_LINES)
        case TricareSecond():
            yield from _about_tricare(case, other, running=running)
        case MedicareSecond():
            if running and other.deductible_met_cents is None:
                whole = _yearly(case, "medicare-part-b", "deductible")
                yield Unknown("part_b_deductible_met", _in_each(MedicareSecond, _nothing_met), range=whole)
        case _:
            pass


def _about_medigap(case: Case, told: Medigap, *, running: bool) -> Iterator[Unknown]:
    """What is met of a letter's yearly amount, and whether plan N's copay of an office visit is due for a session."""
    plan = medigap_plan(case, told)
    if plan.limit_parameter and running and told.met_cents is None:
        whole = _yearly(case, *plan.limit_parameter.split("."))
        yield Unknown("medigap_met", _in_each(Medigap, lambda each: replaced(each, met_cents=0)), range=whole)
    if told.plan == "N" and told.office_visit is None:
        cents = plan.office_visit_copay_max_cents
        due = _in_each(Medigap, lambda each: replaced(each, office_visit=True) if each.plan == "N" else each)
        yield Unknown("medigap_visit", due, {"amount": cents}, range=Range(low_cents=0, high_cents=cents))


def _about_tricare(case: Case, told: TricareSecond, *, running: bool) -> Iterator[Unknown]:
    """What is met of TRICARE's own limits, of whoever has any."""
    who = case.question.tricare or TricareBeneficiary()
    deductible_told = told.deductible_met_cents is not None or not has_deductible(who.plan, who.referral)
    if running and who.category != "active-duty" and not (deductible_told and told.cap_met_cents is not None):
        yield Unknown("tricare_limits_met", _in_each(TricareSecond, _no_limits_met))


def _about_medicaid(case: Case, told: Medicaid, *, medicare: bool) -> Iterator[Unknown]:
    """A dual group says which benefits a patient with Medicare has; some have none for Medicaid to pay.

    What the patient then owes is the copay of the state, which is on file for few.
    """
    if told.accepts_medicaid is not False and case.question.state and copay_behind(case) is None:
        yield unanswered("medicaid_copay")
    if told.accepts_medicaid is None and not (medicare and told.group in ("slmb", "qi", "qdwi")):
        yield Unknown("accepts_medicaid", _in_each(Medicaid, lambda each: replaced(each, accepts_medicaid=True)))
    if medicare and told.group is None and told.accepts_medicaid is not False:
        yield Unknown("medicaid_group", _in_each(Medicaid, lambda each: replaced(each, group="full")))


def _about_second_plan(case: Case, *, pharmacy: bool) -> Iterator[Unknown]:
    """Its terms and limits as one question: they stand on one summary of benefits."""
    design = usual_design(case)

    def whole(told: SecondCommercial) -> SecondCommercial:
        return replaced(told, benefits=usual_benefits(told.benefits or Benefits(), design, pharmacy=pharmacy))

    answered = _in_each(SecondCommercial, whole)
    if answered(case.question) != case.question:
        label = design.label if case.question.lang == "en" else design.label_es
        yield on_file(Unknown("second_benefits", answered, {"design": label}), design)


def _about_card(case: Case, outcomes: list[Outcome], programme: Programme, used: Assistance) -> Iterator[Unknown]:
    """What the plan does with a card's money, and its limits: a limit that nobody confirmed is nowhere taken for one.

    Where no limit is known, the typical card lasts for the course.
    """
    if used.policy is None:
        yield Unknown("assistance_policy", _in_card(used.program, lambda told: replaced(told, policy="counts")))
    yearly_cents = used.yearly_limit_cents if used.yearly_limit_cents is not None else programme.annual_limit_cents
    lasting_cents = MAX_CENTS if yearly_cents is None else yearly_cents
    if yearly_cents is None and _reaches(case, outcomes, later=True):
        yield Unknown(
            "assistance_yearly_limit",
            _in_card(used.program, lambda told: replaced(told, yearly_limit_cents=MAX_CENTS)),
        )
    if used.remaining_cents is None and _reaches(case, outcomes, later=False):
        yield Unknown(
            "assistance_remaining",
            _in_card(used.program, lambda told: replaced(told, remaining_cents=lasting_cents)),
            range=None if yearly_cents is None else Range(low_cents=0, high_cents=yearly_cents),
        )
    if used.per_fill_limit_cents is None:
        yield Unknown(
            "assistance_per_fill_limit",
            _in_card(used.program, lambda told: replaced(told, per_fill_limit_cents=MAX_CENTS)),
        )


def _reaches(case: Case, outcomes: list[Outcome], *, later: bool) -> bool:
    """Whether a session may fall into a later calendar year, or into the one that runs today or an earlier one."""
    years = {slot.on.year for outcome in outcomes for slot in outcome.slots}
    return not case.start_known or any((year > case.today.year) == later for year in years)


def _no_limits_met(told: TricareSecond) -> TricareSecond:
    return replaced(told, deductible_met_cents=told.deductible_met_cents or 0, cap_met_cents=told.cap_met_cents or 0)


def _standard(told: SecondCommercial) -> SecondCommercial:
    return replaced(told, method=told.method or "standard")


def _empty_bank(told: SecondCommercial) -> SecondCommercial:
    return replaced(told, bank_cents=told.bank_cents or 0)


def _nothing_met(told: MedicareSecond) -> MedicareSecond:
    return replaced(told, deductible_met_cents=0)


def _yearly(case: Case, program: str, name: str) -> Range | None:
    """What may have been credited to a programme's yearly amount."""
    amount = year_amount(case.catalogue, program, name, case.today.year)
    return up_to(amount and amount.amount)


def _in_each(kind: type[Other], answer: Callable[[Other], Other]) -> Callable[[Question], Question]:
    """Answers for every coverage of a kind."""

    def answered(asked: Question) -> Question:
        others = tuple(answer(each) if isinstance(each, kind) else each for each in asked.other_coverage)
        return replaced(asked, other_coverage=others)

    return answered


def _in_card(program: str, answer: Callable[[Assistance], Assistance]) -> Callable[[Question], Question]:
    """Answers for one programme."""

    def answered(asked: Question) -> Question:
        cards = tuple(answer(each) if each.program == program else each for each in asked.assistance)
        return replaced(asked, assistance=cards)

    return answered
