"""The OpenAPI document: the framework knows the routes, msgspec knows the shapes."""

import importlib.metadata
from typing import Any, cast

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from payers.adjudication.answer import AdjudicationAnswer
from payers.adjudication.question import AdjudicationQuestion
from payers.claims.claim import Claim, ClaimCheck
from payers.estimate.answer import Answer
from payers.estimate.compare import CompareQuestion
from payers.estimate.question import Question
from payers.good_faith.account import Recorded
from service.api.comparisons import ComparisonAnswer
from service.api.coverage import CoverageMatrix, CoverageView
from service.api.eligibility import X12Message
from service.api.eligibility_batches import BatchView
from service.api.eligibility_views import CheckList, CheckView
from service.api.estimates import Replay
from service.api.good_faith_views import (
    GoodFaithAccount,
    GoodFaithList,
    GoodFaithQuestion,
    GoodFaithView,
    ReplacementQuestion,
)
from service.api.health import Alive, Readiness
from service.api.payer_views import PayerDetail, PayerList, ResolvedName
from service.api.problems import PROBLEM_JSON, Kind, Problem
from service.api.public import CACHE_CONTROL
from service.api.treatments import TreatmentList
from service.api.webhooks import BegunDelivery, DeliveryList, NewWebhook, WebhookList, WebhookQuestion
from service.api.widget import WidgetAnswer, WidgetOptions
from service.eligibility.asking import CheckQuestion
from service.eligibility.reading import ParsedAnswer

WIRE_TYPES: tuple[type[msgspec.Struct], ...] = (
    Question,
    Answer,
    Replay,
    CompareQuestion,
    ComparisonAnswer,
    AdjudicationQuestion,
    AdjudicationAnswer,
    Claim,
    ClaimCheck,
    PayerList,
    PayerDetail,
    ResolvedName,
    CoverageView,
    CoverageMatrix,
    TreatmentList,
    CheckQuestion,
    CheckView,
    CheckList,
    X12Message,
    ParsedAnswer,
    BatchView,
    WebhookQuestion,
    NewWebhook,
    WebhookList,
    DeliveryList,
    BegunDelivery,
    GoodFaithQuestion,
    ReplacementQuestion,
    GoodFaithView,
    GoodFaithList,
    Recorded,
    GoodFaithAccount,
    WidgetOptions,
    WidgetAnswer,
    Problem,
    Kind,
    Alive,
    Readiness,
)
"""Every shape that a body of a request or an answer has."""

_SHAPES = "#/components/schemas/{name}"


def document(app: Litestar) -> dict[str, Any]:
    """The document that is served, and committed as `docs/openapi.json`."""
    return _faithful(app.openapi_schema.to_schema())


def _faithful(framework: dict[str, Any]) -> dict[str, Any]:
    """With msgspec's own schemas, which keep bounds, tags and closed objects, and a problem wherever one can come."""
    _, shapes = msgspec.json.schema_components(WIRE_TYPES, ref_template=_SHAPES)
    components = framework["components"] | {"schemas": dict(sorted(shapes.items()))}
    problem = {
        "description": "Anything else: a problem document",
        "content": {PROBLEM_JSON: {"schema": {"$ref": _SHAPES.format(name="Problem")}}},
    }
    paths = {
        path: {method: operation | {"responses": _responses(operation, problem)} for method, operation in item.items()}
        for path, item in sorted(cast("dict[str, dict[str, Any]]", framework["paths"]).items())
    }
    return framework | {"components": components, "paths": paths}


def _responses(operation: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """The framework's own idea of an error has another shape than ours."""
    told = {status: each for status, each in operation["responses"].items() if status != "400"}
    return {"default": problem} | told


class _Served(JsonRenderPlugin):
    _body = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        self._body = self._body or msgspec.json.encode(_faithful(openapi_schema))
        return self._body


def _for_anybody(response: Response[Any]) -> Response[Any]:
    """The framework answers an unknown document with a page of its own."""
    if response.status_code == NotFoundException.status_code:
        raise NotFoundException
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


OPENAPI = OpenAPIConfig(
    title="Outlay",
    version=importlib.metadata.version("outlay"),
    summary="What a patient will really pay for esketamine or ketamine treatment, session by session, and why.",
    use_handler_docstrings=True,
    render_plugins=[_Served()],
    openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, after_request=_for_anybody),
    components=Components(
        security_schemes={
            "key": SecurityScheme(
                type="http", scheme="bearer", description="A staff key, made with `outlay keys create`."
            )
        }
    ),
)
