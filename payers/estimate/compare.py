"""Several questions side by side: each answer in short, and what each course costs against the first."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, NamedTuple

from msgspec import Meta

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.cost_share.money import ZERO, Range
from payers.estimate import answer
from payers.estimate.answer import (
    Answer,
    CoverageAnswer,
    Fork,
    Milestone,
    NoticeAnswer,
    PatientPays,
    PayerAnswer,
    PriceAnswer,
    TreatmentAnswer,
    Typical,
    UnknownAnswer,
)
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language, Name, Question
from payers.estimate.words import day, money, say


class CompareQuestion(Frozen):
    """The questions and, where somebody named them, as many labels. The sentences follow the first one's language."""

    questions: Annotated[tuple[Question, ...], Meta(min_length=2, max_length=6)]
    labels: tuple[Name, ...] | None = None

    def __post_init__(self) -> None:
        if self.labels is not None and len(self.labels) != len(self.questions):
            raise ValueError("labels must be as many as questions")


class SideAnswer(Frozen):
    """What is compared of an answer: the answer of `POST /v1/estimates` without its receipt and its sessions."""

    as_of: date
    payer: PayerAnswer
    treatment: TreatmentAnswer
    coverage: CoverageAnswer
    price: PriceAnswer
    patient_pays: PatientPays
    typical: Typical
    milestones: tuple[Milestone, ...]
    unknowns: tuple[UnknownAnswer, ...]
    forks: tuple[Fork, ...]
    notices: tuple[NoticeAnswer, ...]


class PlanYearDifference(Frozen):
    """What a course costs more, or less where negative, in the plan year that starts on `starts_on`."""

    starts_on: date
    patient_pays: Range


class CostDifference(Frozen):
    """What the patient pays for one course less what the patient pays for `against`; negative where it costs less.

    What is left open in both questions widens it as if it were open twice. `typical_cents` sets one scenario against
    the other, every unknown at its typical value. `by_plan_year` is empty where one plan year holds both courses, or
    where their plan years start on different days.
    """

    label: str
    against: str
    course: Range
    typical_cents: int
    by_plan_year: tuple[PlanYearDifference, ...]
    sentences: tuple[str, ...]


class Side(NamedTuple):
    """One question with its label and what became of it."""

    label: str
    found: SideAnswer | Refusal


class Comparison(NamedTuple):
    """Every side in the order of the questions, and the differences of those that have an answer."""

    sides: tuple[Side, ...]
    differences: tuple[CostDifference, ...]


def compare(catalogue: Catalogue, asked: CompareQuestion, today: date) -> Comparison:
    """Answer each question by itself and set the courses against the first that has an answer."""
    lang = asked.questions[0].lang
    labels = asked.labels or [
        say(lang, "compare", "label", number=number) for number in range(1, len(asked.questions) + 1)
    ]
    sides = tuple(
        Side(label, in_short(answer(catalogue, question, today, id="", created_at="")))
        for label, question in zip(labels, asked.questions, strict=True)
    )
    return Comparison(sides, tuple(cost_differences(sides, lang)))


def in_short(found: Answer | Refusal) -> SideAnswer | Refusal:
    """What is compared of an answer."""
    if isinstance(found, Refusal):
        return found
    return SideAnswer(**{name: getattr(found, name) for name in SideAnswer.__struct_fields__})


def cost_differences(sides: Sequence[Side], lang: Language) -> Iterator[CostDifference]:
    """What each course costs against the first of those that have an answer."""
    answered = [(side.label, side.found) for side in sides if isinstance(side.found, SideAnswer)]
    for label, found in answered[1:]:
        against, first = answered[0]
        course = _less(found.patient_pays.course, first.patient_pays.course)
        years = tuple(_by_year(found.patient_pays, first.patient_pays))
        told = [_sentence(lang, "course", course, label=label, other=against)]
        told += [
            _sentence(lang, "year", each.patient_pays, label=label, other=against, on=day(lang, each.starts_on))
            for each in years
        ]
        yield CostDifference(
            label=label,
            against=against,
            course=course,
            typical_cents=found.typical.course_cents - first.typical.course_cents,
            by_plan_year=years,
            sentences=tuple(told),
        )


def _by_year(found: PatientPays, first: PatientPays) -> Iterator[PlanYearDifference]:
    """Plan year by plan year; a course without sessions in one costs nothing in it."""
    here, there = ({each.starts_on: each.patient_pays for each in pays.by_plan_year} for pays in (found, first))
    starts = sorted(here | there)
    if len(starts) > 1 and len({(start.month, start.day) for start in starts}) == 1:
        for start in starts:
            difference = _less(here.get(start, ZERO), there.get(start, ZERO))
            yield PlanYearDifference(starts_on=start, patient_pays=difference)


def _less(cost: Range, other: Range) -> Range:
    return Range(low_cents=cost.low_cents - other.high_cents, high_cents=cost.high_cents - other.low_cents)


def _sentence(lang: Language, span: str, difference: Range, **values: str) -> str:
    """Less or more is said only where the ranges do not meet."""
    low, high = difference.low_cents, difference.high_cents
    if low == high == 0:
        return say(lang, "compare", f"{span}-same", **values)
    if low <= 0 <= high:
        return say(lang, "compare", f"{span}-open", less=money(-low), more=money(high), **values)
    word = "less" if high < 0 else "more"
    ends = sorted((abs(low), abs(high)))
    by = money(ends[0]) if difference.exact else say(lang, "text", "range", low=money(ends[0]), high=money(ends[1]))
    return say(lang, "compare", f"{span}-{word}", amount=by, **values)
