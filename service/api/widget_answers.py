"""The widget's answers: a usual course from today on, for a visitor of whom nothing is known and nothing is kept."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple, get_args

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen, PlanDesign
from payers.catalogue.vocabulary import CoverageStatus, LineOfBusiness, Treatment
from payers.cost_share.money import Range, hull, span
from payers.cost_share.plan import Benefits, Limit
from payers.estimate.answer import Answer, TreatmentAnswer
from payers.estimate.estimate import Estimate, Refusal, estimate
from payers.estimate.question import Language, Question, SessionsCourse
from payers.estimate.tell import tell
from payers.estimate.usual_plans import Month, UsualCourse, usual_course
from payers.estimate.words import amount, percent, say, when
from service.api.widget_options import DEDUCTIBLE_LINES, Bucket, PlanType, good_faith_estimate, widget_options
from service.api.widget_questions import NarrowingQuestion, for_the_insurer, narrowing
from service.api.widget_words import (
    ASSUMPTIONS,
    MET_SO_FAR,
    NOTHING_DEDUCTIBLE,
    PLAN_ASSUMPTIONS,
    TYPICAL,
    USUAL_PLANS,
)
from service.computing import computed

KEPT = 2_000
"""Answers kept in memory, some ten million bytes."""
CHOICES_KEPT = 32
"""A clinic's page names one state, if any."""

FOR_THE_DESK = frozenset(
    {
        *("inputs-not-used", "met-above-limit", "met-amounts-disagree"),
        *("established-patient-first-visit", "j-code-change", "medicare-sequestration"),
    }
)
"""Notices about inputs that the visitor did not give, and about codes that only the clinic's desk uses."""

_DEDUCTIBLE_MET: dict[Bucket, tuple[bool, ...]] = {
    "met": (True,),
    "partly": (False, True),
    "not-met": (False,),
    "unknown": (False, True),
}


class WidgetInputs(NamedTuple):
    """All that a visitor can tell, and what the clinic says of itself: `site`, `state`."""

    payer: str
    treatment: Treatment
    state: str | None = None
    plan_type: PlanType | None = None
    deductible: Bucket = "unknown"
    site: str | None = None


class WidgetPayer(Frozen):
    """Who pays."""

    slug: str
    name: str


class WidgetCoverage(Frozen):
    """What the payer says, in a word and in a sentence; when that was last read, and whether it should be again."""

    status: CoverageStatus
    sentence: str
    verified_on: date | None
    stale: bool


class UsualAmounts(Frozen):
    """What is usual among all that is possible: typical plans in the place of the visitor's own.

    `typical_session` is the median session. `plans` names the typical plans behind it; where there are none, no plan's
    terms are open, and these are the amounts of all that is possible.
    """

    first_session: Range
    typical_session: Range
    course: Range
    plans: tuple[str, ...]


class WidgetMonth(Frozen):
    """A calendar month of the course and what is usually paid in it.

    `new_plan_year`: the limits of the plan start again in it.
    """

    month: str
    label: str
    sessions: int
    patient_pays: Range
    new_plan_year: bool


class WidgetAnswer(Frozen):
    """A range that a patient can understand. `per_session` holds every session of the course.

    `per_session` and `course` are all that is possible; `usual` is what to expect, inside of them.
    """

    payer: WidgetPayer
    treatment: TreatmentAnswer
    coverage: WidgetCoverage
    per_session: Range
    course: Range
    sessions: int
    typical_per_session_cents: int
    usual: UsualAmounts
    months: tuple[WidgetMonth, ...]
    milestones: tuple[str, ...]
    narrowing: tuple[NarrowingQuestion, ...]
    ask_insurer: tuple[str, ...]
    assumptions: tuple[str, ...]
    notices: tuple[str, ...]
    good_faith_estimate: str
    disclaimer: str
    catalogue_version: str
    lang: Language


class WidgetAnswers:
    """The answers of one catalogue on one day, which are the same for everybody. Those given are kept."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.catalogue = catalogue
        self.today = today
        self.options = lru_cache(maxsize=CHOICES_KEPT)(partial(widget_options, catalogue, today))
        """What can be chosen in a state (absent: anywhere), in a language."""
        self._kept: dict[tuple[WidgetInputs, Language], WidgetAnswer] = {}

    def has(self, inputs: WidgetInputs, lang: Language) -> bool:
        """Whether the answer was given before."""
        return (inputs, lang) in self._kept

    async def answer(self, inputs: WidgetInputs, lang: Language) -> WidgetAnswer | Refusal:
        """The answer, at once where it was given before."""
        return self._kept.get((inputs, lang)) or await computed(self._answered, inputs, lang)

    def first_questions(self) -> Iterator[WidgetInputs]:
        """The few inputs that nearly every visitor begins with: who pays, and for what."""
        for payer in self.catalogue.release.payers:
            if payer.status == "active":
                for treatment in get_args(Treatment):
                    yield WidgetInputs(payer.slug, treatment)

    def _answered(self, inputs: WidgetInputs, lang: Language) -> WidgetAnswer | Refusal:
        key = inputs, lang
        if key not in self._kept:
            found = estimate(self.catalogue, _question(self.catalogue, inputs, self.today, lang), self.today)
            if isinstance(found, Refusal):
                return found  # whoever makes names up pushes no answer out
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = _in_short(found, inputs, lang)
        return self._kept[key]


@lru_cache(maxsize=1)
def answers(catalogue: Catalogue, today: date) -> WidgetAnswers:
    """The answers of the catalogue in force; those of yesterday and of an older catalogue are let go."""
    return WidgetAnswers(catalogue, today)


def _question(catalogue: Catalogue, inputs: WidgetInputs, today: date, lang: Language) -> Question:
    info = catalogue.treatments[inputs.treatment]
    return Question(
        payer=inputs.payer,
        treatment=inputs.treatment,
        state=inputs.state,
        line_of_business=inputs.plan_type,
        indication=info.approvals[0].indication if info.approvals else None,
        start_on=today,
        course=SessionsCourse(count=info.typical_sessions),
        network="in",
        authorization="approved",
        place_of_service="11",
        benefits=_benefits(catalogue, inputs),
        site=inputs.site,
        lang=lang,
    )


def _benefits(catalogue: Catalogue, inputs: WidgetInputs) -> Benefits | None:
    """What a bucket says of the plan. A deductible that is met starts again with the plan year, at a typical amount."""
    match inputs.deductible:
        case "met":
            design = _stands_for(catalogue, _line(catalogue, inputs))
            met = Limit(individual_cents=design.deductible_cents, individual_met_cents=design.deductible_cents)
            return Benefits(deductible=met) if design.deductible_cents else None
        case "not-met":
            return Benefits(deductible=Limit(individual_met_cents=0))
        case "partly" | "unknown":
            return None


def _line(catalogue: Catalogue, inputs: WidgetInputs) -> LineOfBusiness:
    payer = catalogue.payers.get(inputs.payer)
    return inputs.plan_type or (payer.lines_of_business[0] if payer else "commercial")


def _stands_for(catalogue: Catalogue, line: LineOfBusiness) -> PlanDesign:
    usual = [design for design in catalogue.release.plan_designs if design.stands_for_line]
    return next((design for design in usual if design.line_of_business == line), usual[0])


def _in_short(found: Estimate, inputs: WidgetInputs, lang: Language) -> WidgetAnswer:
    told = tell(found, id="", created_at="")
    usual = usual_course(found, _DEDUCTIBLE_MET[inputs.deductible])
    return WidgetAnswer(
        payer=WidgetPayer(slug=told.payer.slug, name=told.payer.name),
        treatment=told.treatment,
        coverage=WidgetCoverage(
            status=told.coverage.status,
            sentence=told.coverage.sentence,
            verified_on=told.coverage.verified_on,
            stale=told.coverage.stale,
        ),
        per_session=hull(session.patient_pays for session in told.sessions),
        course=told.patient_pays.course,
        sessions=len(told.sessions),
        typical_per_session_cents=told.typical.session_cents,
        usual=UsualAmounts(
            first_session=usual.first,
            typical_session=usual.typical,
            course=usual.course,
            plans=tuple(each.label_es if lang == "es" else each.label for each in usual.designs),
        ),
        months=tuple(_month(month, usual, told, lang) for month in usual.months),
        milestones=tuple(each.sentence for each in told.milestones),
        narrowing=narrowing(told.unknowns, lang),
        ask_insurer=for_the_insurer(told, lang),
        assumptions=tuple(_assumptions(told, usual, inputs, lang)),
        notices=tuple(notice.text for notice in told.notices if notice.kind not in FOR_THE_DESK),
        good_faith_estimate=good_faith_estimate(found.case.catalogue, lang),
        disclaimer=told.disclaimer,
        catalogue_version=told.catalogue_version,
        lang=lang,
    )


def _month(month: Month, usual: UsualCourse, told: Answer, lang: Language) -> WidgetMonth:
    known = {each.on.replace(day=1) for each in told.milestones if each.kind == "plan-year-reset" and each.on}
    in_january = bool(usual.designs) and month.first.month == 1 and month != usual.months[0]
    return WidgetMonth(
        month=f"{month.first:%Y-%m}",
        label=when(lang, f"{month.first:%Y-%m}"),
        sessions=month.sessions,
        patient_pays=month.patient_pays,
        new_plan_year=month.first in known or in_january,
    )


def _assumptions(told: Answer, usual: UsualCourse, inputs: WidgetInputs, lang: Language) -> Iterator[str]:
    for sentence in ASSUMPTIONS[lang]:
        yield sentence.format(sessions=len(told.sessions))
    shared = told.coverage.status not in ("self-pay", "not-covered")
    if shared:
        yield from PLAN_ASSUMPTIONS[lang]
    if usual.designs:
        deductible = span(design.deductible_cents for design in usual.designs)
        yield (USUAL_PLANS if deductible.high_cents else NOTHING_DEDUCTIBLE)[lang].format(
            deductible=amount(lang, deductible),
            share=_shares(usual.designs, lang),
            maximum=amount(lang, span(design.out_of_pocket_max_cents for design in usual.designs)),
        )
    if shared and told.payer.line_of_business in DEDUCTIBLE_LINES:
        yield MET_SO_FAR[lang][inputs.deductible]
    if told.typical.assumptions and not usual.designs:
        yield TYPICAL[lang].format(assumptions="; ".join(told.typical.assumptions))


def _shares(designs: tuple[PlanDesign, ...], lang: Language) -> str:
    low, high = (pick(design.patient_share_bp for design in designs) for pick in (min, max))
    return percent(low) if low == high else say(lang, "text", "range", low=percent(low), high=percent(high))
