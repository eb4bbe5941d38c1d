"""A payer's answer put into an estimate's question: the plan it tells, who pays by it, and where each term was said."""

from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Payer
from payers.cost_share.design import year_amount
from payers.cost_share.plan import Benefits
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.read_plan import read_plan
from payers.eligibility.plan.reading import PlanQuestion, PlanReading
from payers.eligibility.plan.source import PlanSource
from payers.eligibility.plan.visit import Visit
from payers.eligibility.response import Transaction
from payers.estimate.case import MENTAL_HEALTH
from payers.estimate.from_payer.whose import Whose, asked_payer, whose
from payers.estimate.question import DatesCourse, Question


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
    on = _starts(question) or today
    reading = read_plan(
        answered.transaction, _visit(catalogue, question, on), asked_payer(answered.payer), question.lang
    )
    who = whose(catalogue, question, answered.payer, reading.other_payers, on)
    blocking = (*reading.blocked, *_unnamed(question, who))
    if blocking:
        return Open(blocking)
    if who.changed is not None:
        reading = PlanReading(network=None, questions=reading.questions)
    plans = _plans(catalogue, question, reading, who, on)
    if plans is None:
        return Open((_disagree(question),))
    told = _pointers(question.benefits)
    terms = tuple(each for each in reading.terms if not any(_within(each.pointer, place) for place in told))
    return msgspec.structs.replace(
        question,
        payer=who.payer.slug,
        line_of_business=question.line_of_business or who.line_of_business,
        network=question.network or reading.network,
        benefits=plans[0] if plans else question.benefits,
        alternative_benefits=plans[1:],
        other_coverage=question.other_coverage or who.behind,
        plan_source=PlanSource(
            check=answered.check, answered_on=answered.answered_on, terms=terms, questions=reading.questions
        ),
    )


def _starts(question: Question) -> date | None:
    return question.course.dates[0] if isinstance(question.course, DatesCourse) else question.start_on


def _visit(catalogue: Catalogue, question: Question, on: date) -> Visit:
    """What the question's sessions are to a payer."""
    treatment = catalogue.treatments[question.treatment]
    uses = {approval.indication for approval in treatment.approvals} or set(MENTAL_HEALTH)
    indications = {question.indication} if question.indication else uses
    codes = {code for billing in treatment.billing for code in billing.codes_by_dose.values()}
    return Visit(
        on=on,
        place_of_service=question.place_of_service or "11",
        network=question.network,
        behavioral=indications <= set(MENTAL_HEALTH),
        codes=tuple(sorted(codes)),
    )


def _unnamed(question: Question, who: Whose) -> tuple[PlanQuestion, ...]:
    """Payers that pay instead or first, and that nobody could find by their name: there is no estimate without them."""
    asking = Asking(question.lang)
    for other in who.unnamed:
        if other.relation != "secondary":
            name = other.name or asking.say("unnamed-payer")
            asking.ask(other.relation, pointer="/payer", segments=(other.segment,), blocks=True, name=name)
    return asking.questions


def _disagree(question: Question) -> PlanQuestion:
    asking = Asking(question.lang)
    asking.ask("told-unlike-said", pointer="/benefits", blocks=True)
    return asking.questions[0]


def _plans(
    catalogue: Catalogue, question: Question, reading: PlanReading, who: Whose, on: date
) -> tuple[Benefits, ...] | None:
    """Every plan that may be meant, with what the asker told laid over it; nothing where that fits none of them."""
    said = (reading.benefits, *reading.alternatives) if reading.benefits else ()
    if asked_payer(who.payer) == "medicare":
        said = _part_b(catalogue, reading, on)
    if not said:
        return ()
    laid = [plan for each in said if (plan := _laid_over(each, question.benefits)) is not None]
    return tuple(dict.fromkeys(laid)) or None


def _part_b(catalogue: Catalogue, reading: PlanReading, on: date) -> tuple[Benefits, ...]:
    """Of Original Medicare the answer tells what is met of the deductible; every other term is the law's."""
    left_cents = reading.deductible_remaining_cents
    deductible = year_amount(catalogue, "medicare-part-b", "deductible", on.year)
    if left_cents is None or deductible is None or not deductible.amount.exact:
        return ()
    met_cents = max(0, deductible.amount.low_cents - left_cents)
    return (msgspec.convert({"deductible": {"individual_met_cents": met_cents}}, Benefits),)


def _laid_over(said: Benefits, told: Benefits | None) -> Benefits | None:
    """The plan that the payer said with the terms that the asker told; nothing where they contradict each other."""
    if told is None:
        return said
    try:
        return msgspec.convert(_merged(_sparse(said), _sparse(told)), Benefits)
    except msgspec.ValidationError:
        return None


def _sparse(struct: msgspec.Struct) -> dict[str, Any]:
    """What a struct says beyond its defaults."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(struct)):
        value = getattr(struct, field.name)
        if value != field.default:
            found[field.name] = _sparse(value) if isinstance(value, msgspec.Struct) else value
    return found


def _merged(said: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """As in a JSON merge patch (RFC 7396)."""
    return said | {
        name: _merged(said[name], cast("dict[str, Any]", value))
        if isinstance(value, dict) and isinstance(said.get(name), dict)
        else value
        for name, value in told.items()
    }


def _pointers(told: Benefits | None) -> list[str]:
    """Every place of the plan that the asker told."""
    found: list[str] = []

    def walk(place: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if isinstance(value, dict):
                walk(f"{place}/{name}", cast("dict[str, Any]", value))
            else:
                found.append(f"{place}/{name}")

    if told is not None:
        walk("/benefits", _sparse(told))
    return found


def _within(pointer: str, place: str) -> bool:
    """Whether a place is a term, or lies in it."""
    return f"{place}/".startswith(f"{pointer}/")
