"""A payer's answer put into an estimate's question: the plan it tells, who pays by it, and where each term was said."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.design import year_amount
from payers.cost_share.plan import Benefits, Limit
from payers.cost_share.plan_calendar import JANUARY_FIRST, month_day, year_start
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.read_plan import DEDUCTIBLE_MET, payer_kind, read_plan
from payers.eligibility.plan.reading import PlanQuestion, PlanReading, Term
from payers.eligibility.plan.source import PlanSource
from payers.eligibility.plan.visit import Visit
from payers.eligibility.response import Transaction
from payers.estimate.case import MENTAL_HEALTH, OFFICE, Case
from payers.estimate.from_payer.laid_over import laid_over, places, without_met
from payers.estimate.from_payer.network_named import network_named
from payers.estimate.from_payer.whose import Whose, asked_payer, whose
from payers.estimate.question import Question

_LINES: dict[str, LineOfBusiness] = {"MC": "medicaid", "HN": "medicare-advantage"}
"""The line of business that an insurance type (EB04) settles."""
_BILLED_AS = {
    "session": ("visit", "drug"),
    "visit": ("visit",),
    "drug": ("drug",),
    "infusion": ("infusion",),
    "injection": ("infusion",),
}
"""Of which terms a billing code is, by its component."""


class Answered(NamedTuple):
    """An answer on file: of which check, of which payer, and the day the payer gave it."""

    check: UUID
    payer: Payer
    answered_on: date
    transaction: Transaction


class Open(NamedTuple):
    """Why the answer makes no estimate yet: somebody must answer these first."""

    questions: tuple[PlanQuestion, ...]


def into_question(catalogue: Catalogue, question: Question, answered: Answered, today: date) -> Question | Open:
    """The question with the plan that the payer told. What the asker told goes before what the payer said.

    Where the answer names a payer that answers instead of the one asked, or before it, the question is that payer's and
    its plan is not in the answer.
    """
    case = Case(catalogue, question, answered.payer, today)
    asking = Asking(question.lang)
    asked = asked_payer(answered.payer, question.line_of_business) or payer_kind(answered.transaction)
    reading = read_plan(answered.transaction, _visit(case), asked, question.lang)
    who = whose(catalogue, question, answered.payer, reading.other_payers, case.start_on)
    blocking = tuple(_blocking(question, reading, who, asking))
    if blocking:
        return Open(blocking)
    if who.changed:
        return _of_another(question, answered, reading, who)
    said = _part_b(case, answered, reading, asking) if asked == "medicare" else _said(reading, answered, today, asking)
    laid = [plan for each in said if (plan := laid_over(each, question.benefits)) is not None]
    if said and not laid:
        asking.ask("told-unlike-said", pointer="/benefits", blocks=True)
        return Open(asking.questions)
    plans = tuple(dict.fromkeys(laid))
    return msgspec.structs.replace(
        question,
        payer=answered.payer.slug,
        line_of_business=question.line_of_business or _line(answered),
        network=question.network or reading.network,
        plan_network=case.plan_network or network_named(catalogue, answered.payer.slug, answered.transaction),
        benefits=plans[0] if plans else question.benefits,
        alternative_benefits=plans[1:],
        other_coverage=who.behind,
        plan_source=PlanSource(
            check=answered.check,
            answered_on=answered.answered_on,
            terms=_terms(reading.terms, plans, question.benefits),
            questions=(*reading.questions, *asking.questions),
        ),
    )


def _visit(case: Case) -> Visit:
    """What the question's sessions are to a payer; of a course without an end, as many as are usual."""
    codes: dict[str, set[str]] = {"visit": set(), "drug": set(), "infusion": set()}
    for each in case.treatment.billing:
        for kind in _BILLED_AS[each.component]:
            codes[kind] |= set(each.codes_by_dose.values())
    usual = case.treatment.typical_sessions if case.any_count else None
    return Visit(
        on=case.start_on,
        until=max(slot.on for slots in case.schedules for slot in slots[:usual]),
        place_of_service=case.question.place_of_service or OFFICE,
        network=case.question.network,
        behavioral=set(case.indications) <= set(MENTAL_HEALTH),
        codes=tuple(sorted(codes["visit"])),
        drug_codes=tuple(sorted(codes["drug"])),
        infusion_codes=tuple(sorted(codes["infusion"])),
    )


def _blocking(question: Question, reading: PlanReading, who: Whose, asking: Asking) -> tuple[PlanQuestion, ...]:
    """What nobody has answered and must be, before there is an estimate.

    What the asker told at its place is an answer; the terms of a plan that does not pay need none.
    """
    told = {"/network"} if question.network else set[str]()
    told |= set(places(question.benefits))
    waiting = [each for each in reading.blocked if each.pointer is None or not (who.changed or each.pointer in told)]
    for other in who.left_open:
        pointer = "/other_coverage" if other.relation == "other" else "/payer"
        name = other.name or asking.say("unnamed-payer")
        asking.ask(other.relation, pointer=pointer, segments=(other.segment,), blocks=True, name=name)
    if who.changed and question.benefits:
        asking.ask("told-of-another", pointer="/benefits", blocks=True, name=who.payer.name)
    return (*waiting, *asking.questions)


def _of_another(question: Question, answered: Answered, reading: PlanReading, who: Whose) -> Question:
    """The question of the payer that the answer names: of its plan, and of the clinic in it, nothing is told."""
    return msgspec.structs.replace(
        question,
        payer=who.payer.slug,
        line_of_business=who.line_of_business,
        plan=None,
        plan_network=None,
        network=None,
        other_coverage=who.behind,
        plan_source=PlanSource(
            check=answered.check,
            answered_on=answered.answered_on,
            questions=tuple(each for each in reading.questions if each.pointer is None),
        ),
    )


def _line(answered: Answered) -> LineOfBusiness | None:
    """The line that the patient's insurance type settles, where the payer has several."""
    line = next((_LINES.get(each.insurance_type or "") for each in answered.transaction.patients), None)
    return line if line in (*answered.payer.lines_of_business, *answered.payer.lines_elsewhere) else None


def _said(reading: PlanReading, answered: Answered, today: date, asking: Asking) -> tuple[Benefits, ...]:
    """Every plan that may be meant; what was met in a plan year that is over is not met now."""
    several = (reading.benefits, *reading.alternatives) if reading.benefits else ()
    current = tuple(each if _is_current(each, answered, today) else without_met(each) for each in several)
    if current != several:
        asking.ask("answer-of-last-year", pointer="/benefits")
    return current


def _is_current(plan: Benefits, answered: Answered, today: date) -> bool:
    """Whether the plan year in which the payer answered still runs; of unknown start it is taken for the calendar's."""
    reset = month_day(plan.plan_year_start) if plan.plan_year_start else JANUARY_FIRST
    return year_start(answered.answered_on, reset) == year_start(today, reset)


def _part_b(case: Case, answered: Answered, reading: PlanReading, asking: Asking) -> tuple[Benefits, ...]:
    """Of Original Medicare the answer tells what is met of this year's deductible; every other term is the law's."""
    year, left_cents = case.start_on.year, reading.deductible_remaining_cents
    deductible = year_amount(case.catalogue, "medicare-part-b", "deductible", year)
    if left_cents is None or deductible is None or not deductible.amount.exact or case.today.year != year:
        return ()
    if answered.answered_on.year != year:
        asking.ask("answer-of-last-year", pointer=DEDUCTIBLE_MET)
        return ()
    if left_cents > deductible.amount.low_cents:
        asking.ask("amounts-disagree", pointer=DEDUCTIBLE_MET, term=asking.term("deductible"))
        return ()
    met_cents = deductible.amount.low_cents - left_cents
    return (Benefits(deductible=Limit(individual_met_cents=met_cents)),)


def _terms(terms: tuple[Term, ...], plans: tuple[Benefits, ...], told: Benefits | None) -> tuple[Term, ...]:
    """Where the terms stand that went into a plan; what the asker told is the asker's."""
    of_plans = {place for plan in plans for place in places(plan)}
    of_asker = set(places(told))
    return tuple(each for each in terms if each.pointer in of_plans - of_asker)
