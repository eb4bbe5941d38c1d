"""For the clinic's website: what it may cost, told to somebody of whom nothing is known and nothing is kept."""

from datetime import date
from typing import Annotated, Any, TypeVar, cast

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK

from payers.catalogue.catalogue import Catalogue
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language
from service.api.parameters import AcceptLanguage, Lang, PayerName, StateCode, WhichTreatment, language
from service.api.public import cacheable
from service.api.refusals import refuse
from service.api.widget_answers import WidgetAnswer, WidgetInputs, answers
from service.api.widget_options import Bucket, PlanType, WidgetOptions
from service.api.wiring import Wiring
from service.metrics import observe_estimate

KindOfPlan = Annotated[PlanType | None, QueryParameter(name="plan_type", description="The kind of plan.")]
DeductibleMet = Annotated[
    Bucket, QueryParameter(name="deductible", description="How far this year's deductible is met.")
]
Site = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=120, description="One of the clinic's sites, as its price list calls it."),
]

T = TypeVar("T")


class WidgetController(Controller):
    """The widget, for any page of a website that the settings name."""

    path = "/widget/v1"
    tags = ("Widget",)

    @get("/options", operation_id="readWidgetOptions", summary="What a visitor can choose")
    async def options(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        in_state: StateCode = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[WidgetOptions]:
        """Payers, treatments, kinds of plan and how far the deductible is met."""
        spoken = language(lang, accept_language)
        return _shared(request, catalogue, answers(catalogue, today).options(in_state, spoken), lang)

    @get("/estimate", operation_id="readWidgetEstimate", summary="What it may cost a visitor")
    async def estimate(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        wiring: NamedDependency[Wiring],
        payer: PayerName,
        treatment: WhichTreatment,
        in_state: StateCode = None,
        plan_type: KindOfPlan = None,
        deductible: DeductibleMet = "unknown",
        site: Site = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[WidgetAnswer]:
        """A usual course from today on, with what was assumed. Nothing is stored."""
        spoken = language(lang, accept_language)
        inputs = WidgetInputs(payer, treatment, in_state, plan_type, deductible, site)
        found = await answers(catalogue, today).answer(inputs, spoken)
        if isinstance(found, Refusal):
            refuse(found, spoken)
        observe_estimate("public")
        response = _shared(request, catalogue, found, lang)
        if lang and response.status_code == HTTP_200_OK:
            body = cast("bytes", response.content)
            told = {"Content-Type": "application/json", "Content-Length": str(len(body)), **response.headers}
            headers = tuple((name.lower().encode(), str(value).encode()) for name, value in told.items())
            wiring.ready.keep(catalogue, today, request.scope["query_string"], headers, body)
        return response


def _shared(request: Request[Any, Any, Any], catalogue: Catalogue, value: T, lang: Language | None) -> Response[T]:
    """The value for every cache on the way; an address that names its language says the same in any browser."""
    response = cacheable(request, catalogue, value)
    if lang:
        del response.headers["Vary"]
    return response
