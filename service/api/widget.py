"""For the clinic's website: what it may cost, told to somebody of whom nothing is known and nothing is kept."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import CoverageStatus
from payers.cost_share.money import Range, hull
from payers.cost_share.plan import Benefits, Limit
from payers.estimate import answer, tell_catalogue
from payers.estimate.answer import Answer, TreatmentAnswer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language, Question, SessionsCourse
from payers.estimate.words import money
from service.api.computing import computed
from service.api.parameters import AcceptLanguage, Lang, PayerName, StateCode, WhichTreatment, language
from service.api.public import cacheable
from service.api.refusals import refuse
from service.api.widget_words import ASSUMPTIONS, DEDUCTIBLES, MET_AGAIN, PLAN_ASSUMPTIONS, PLAN_TYPES

KEPT = 2_000
"""Answers kept in memory, some ten million bytes."""

PlanType = Literal["commercial", "medicare-advantage", "medicare", "medicaid", "military", "va"]
Bucket = Literal["met", "partly", "not-met", "unknown"]


class Choice(Frozen):
    """Something to choose, by the value to send and the words to show."""

    value: str
    label: str


class WidgetOptions(Frozen):
    """What the widget lets a visitor choose. There is nothing here to say who the visitor is."""

    payers: tuple[Choice, ...]
    treatments: tuple[Choice, ...]
    plan_types: tuple[Choice, ...]
    deductibles: tuple[Choice, ...]
    catalogue_version: str
    lang: Language


class WidgetPayer(Frozen):
    """Who pays."""

    slug: str
    name: str


class WidgetCoverage(Frozen):
    """What the payer says, in a word and in a sentence."""

    status: CoverageStatus
    sentence: str


class WidgetAnswer(Frozen):
    """A range that a patient can understand. `per_session` holds every session of the course."""

    payer: WidgetPayer
    treatment: TreatmentAnswer
    coverage: WidgetCoverage
    per_session: Range
    course: Range
    sessions: int
    typical_per_session_cents: int
    assumptions: tuple[str, ...]
    notices: tuple[str, ...]
    disclaimer: str
    catalogue_version: str
    lang: Language


class WidgetController(Controller):
    """The widget, for any page of a website that the settings name."""

    path = "/widget/v1"
    tags = ("Widget",)

    @get("/options", operation_id="readWidgetOptions", summary="What a visitor can choose")
    async def options(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[WidgetOptions]:
        """Payers, treatments, kinds of plan and how far the deductible is met."""
        spoken = language(lang, accept_language)
        payers = [payer for payer in catalogue.release.payers if payer.status == "active"]
        options = WidgetOptions(
            payers=tuple(
                Choice(value=each.slug, label=each.name) for each in sorted(payers, key=lambda payer: payer.name)
            ),
            treatments=tuple(
                Choice(value=each.slug, label=tell_catalogue.treatment_name(each, spoken))
                for each in catalogue.treatments.values()
            ),
            plan_types=tuple(Choice(value=each, label=PLAN_TYPES[spoken][each]) for each in get_args(PlanType)),
            deductibles=tuple(Choice(value=each, label=DEDUCTIBLES[spoken][each]) for each in get_args(Bucket)),
            catalogue_version=catalogue.version,
            lang=spoken,
        )
        return cacheable(request, catalogue, options)

    @get("/estimate", operation_id="readWidgetEstimate", summary="What it may cost a visitor")
    async def estimate(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        payer: PayerName,
        treatment: WhichTreatment,
        in_state: StateCode = None,
        plan_type: Annotated[PlanType | None, QueryParameter(description="The kind of plan.")] = None,
        deductible: Annotated[Bucket, QueryParameter(description="How far this year's deductible is met.")] = "unknown",
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[WidgetAnswer]:
        """A usual course from today on, with what was assumed. Nothing is stored."""
        spoken = language(lang, accept_language)
        info = catalogue.treatments[treatment]
        question = Question(
            payer=payer,
            treatment=treatment,
            state=in_state,
            line_of_business=plan_type,
            indication=info.approvals[0].indication if info.approvals else None,
            start_on=today,
            course=SessionsCourse(count=info.typical_sessions),
            network="in",
            authorization="approved",
            place_of_service="11",
            benefits=_benefits(catalogue, plan_type, deductible),
            lang=spoken,
        )
        found = await computed(_answers(catalogue, today), question)
        if isinstance(found, Refusal):
            refuse(found, spoken)
        return cacheable(request, catalogue, found)


@lru_cache(maxsize=1)
def _answers(catalogue: Catalogue, today: date) -> Callable[[Question], WidgetAnswer | Refusal]:
    """The answers of one catalogue on one day, which are the same for everybody: those asked for last are kept."""

    def told(question: Question) -> WidgetAnswer | Refusal:
        found = answer(catalogue, question, today, id="", created_at="")
        return found if isinstance(found, Refusal) else _in_short(found, question.benefits, question.lang)

    return lru_cache(maxsize=KEPT)(told)


def _benefits(catalogue: Catalogue, plan_type: PlanType | None, bucket: Bucket) -> Benefits | None:
    """What a bucket says of the plan. A deductible that is met starts again with the plan year, at a typical amount."""
    match bucket:
        case "met":
            line = plan_type or "commercial"
            designs = (each for each in catalogue.release.plan_designs if each.line_of_business == line)
            typical = next((design.deductible_cents for design in designs), 0)
            return Benefits(deductible=Limit(individual_cents=typical, individual_met_cents=typical))
        case "not-met":
            return Benefits(deductible=Limit(individual_met_cents=0))
        case "partly" | "unknown":
            return None


def _in_short(found: Answer, benefits: Benefits | None, lang: Language) -> WidgetAnswer:
    assumed = [sentence.format(sessions=len(found.sessions)) for sentence in ASSUMPTIONS[lang]]
    if found.coverage.status != "self-pay":
        assumed.extend(PLAN_ASSUMPTIONS[lang])
        if benefits and benefits.deductible and benefits.deductible.individual_cents:
            assumed.append(MET_AGAIN[lang].format(amount=money(benefits.deductible.individual_cents)))
    return WidgetAnswer(
        payer=WidgetPayer(slug=found.payer.slug, name=found.payer.name),
        treatment=found.treatment,
        coverage=WidgetCoverage(status=found.coverage.status, sentence=found.coverage.sentence),
        per_session=hull(session.patient_pays for session in found.sessions),
        course=found.patient_pays.course,
        sessions=len(found.sessions),
        typical_per_session_cents=found.typical.session_cents,
        assumptions=(*assumed, *found.typical.assumptions),
        notices=tuple(notice.text for notice in found.notices),
        disclaimer=found.disclaimer,
        catalogue_version=found.catalogue_version,
        lang=lang,
    )
