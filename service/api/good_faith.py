"""Good-faith estimates for the clinic's staff: issued from a stored estimate, read in every form, replaced."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Reference, Schema
from litestar.params import FromPath, JSONBody, QueryParameter

from payers.estimate.question import Language
from service.api.estimates import IdempotencyKey
from service.api.good_faith_forms import FORMS, in_form, named
from service.api.good_faith_issues import issue, newer, seen, stored_issue
from service.api.good_faith_views import (
    GoodFaithList,
    GoodFaithQuestion,
    GoodFaithView,
    ReplacementQuestion,
    listed,
    whole,
)
from service.api.keys import PRIVATE, needs
from service.api.wiring import Wiring
from service.store.database import acquire
from service.store.good_faith import list_issues
from service.store.keys import Key

PAGE = 50

DocumentLang = Annotated[Language | None, QueryParameter(description="Of the document; the patient's when absent.")]
After = Annotated[UUID | None, QueryParameter(description="`next` of the page before.")]
ISSUED = {
    200: ResponseSpec(GoodFaithView, generate_examples=False, description="Issued before under this key"),
    201: ResponseSpec(GoodFaithView, generate_examples=False, description="Issued now"),
}


@dataclass
class _ReadOperation(Operation):
    """One address with several endings, which no handler's signature can say."""

    def __post_init__(self) -> None:
        text, bundle = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.OBJECT)
        shown = Reference(f"#/components/schemas/{GoodFaithView.__name__}")
        shapes = {"": shown, "html": text, "pdf": text, "fhir.json": bundle}
        content = {FORMS[form]: OpenAPIMediaType(schema=shape) for form, shape in shapes.items()}
        self.responses = {"200": OpenAPIResponse(description="As it was given out", content=content)}


class GoodFaithController(Controller):
    """Good-faith estimates, for staff."""

    path = "/v1/good-faith-estimates"
    tags = ("Good-faith estimates",)
    security = ({"key": []},)

    @post(
        operation_id="issueGoodFaithEstimate",
        summary="The estimate that the law asks for, from a stored estimate",
        guards=[needs("estimates:write")],
        responses=ISSUED,
    )
    async def create(
        self,
        data: JSONBody[GoodFaithQuestion],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[GoodFaithView]:
        """Issued today and kept for good, in every language; `document` is in the one asked for."""
        return await issue(wiring, key, data, idempotency_key)

    @get(
        operation_id="listGoodFaithEstimates",
        summary="Good-faith estimates, without patients' data",
        guards=[needs("estimates:read")],
    )
    async def list(self, wiring: NamedDependency[Wiring], after: After = None) -> Response[GoodFaithList]:
        """The newest first."""
        async with acquire(wiring.pool) as connection:
            found = await list_issues(connection, after=after, limit=PAGE + 1)
        return Response(listed(found, PAGE), headers=PRIVATE)

    @get(
        "/{name:str}",
        operation_id="readGoodFaithEstimate",
        summary="A good-faith estimate as JSON, page, PDF or FHIR",
        guards=[needs("estimates:read")],
        operation_class=_ReadOperation,
    )
    async def read(
        self,
        name: FromPath[str],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: DocumentLang = None,
    ) -> Response[Any]:
        """`name` is the id, or the id with `.html`, `.pdf` or `.fhir.json`. That this key saw it goes on record."""
        issue_id, form = named(name)
        found = await stored_issue(wiring, issue_id)
        if form:
            return await in_form(wiring, key, found, form, lang)
        given_out = (await seen(wiring, key, found, "json"))[lang or found.lang]
        return Response(whole(found, await newer(wiring, issue_id), given_out), headers=PRIVATE)

    @post(
        "/{issue_id:uuid}/replace",
        operation_id="replaceGoodFaithEstimate",
        summary="A new good-faith estimate in the place of another",
        guards=[needs("estimates:write")],
        responses=ISSUED,
    )
    async def replace(
        self,
        issue_id: FromPath[UUID],
        data: JSONBody[ReplacementQuestion],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[GoodFaithView]:
        """It tells why it was made and what changed. The one before stays as it was given out."""
        return await issue(wiring, key, data, idempotency_key, await stored_issue(wiring, issue_id))
