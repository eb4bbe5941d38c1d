"""Good-faith estimates for the clinic's staff: issued from a stored estimate, read in every form, replaced."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Reference, Schema
from litestar.params import FromPath, JSONBody, QueryParameter

from payers.estimate.question import Language
from payers.good_faith import pct
from payers.good_faith.content import GoodFaithEstimate
from service.api.estimates import IdempotencyKey
from service.api.fhir_outcomes import FHIR_JSON
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
from service.api.problems import Refused
from service.api.wiring import Wiring
from service.computing import computed
from service.documents.issuing import document
from service.documents.page import POLICY, page
from service.documents.pdf import NoPdf, pdf
from service.documents.sheet import good_faith_sheet
from service.store.database import acquire
from service.store.good_faith import SealedIssue, list_issues
from service.store.keys import Key

PAGE = 50
PDF = "application/pdf"
FORMS = {"": MediaType.JSON.value, "html": MediaType.HTML.value, "pdf": PDF, "fhir.json": FHIR_JSON}
"""What an estimate can be had as, by the ending of its address."""

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
        issue_id, form = _named(name)
        found = await stored_issue(wiring, issue_id)
        given_out = (await seen(wiring, key, found, form or "json"))[lang or found.lang]
        if not form:
            return Response(whole(found, await newer(wiring, issue_id), given_out), headers=PRIVATE)
        headers = {"Content-Security-Policy": POLICY} if form == "html" else _file_name(found, form)
        body = await computed(_shown, document(given_out), form, found.created_at.isoformat())
        return Response(body, media_type=FORMS[form], headers={**PRIVATE, **headers})

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


def no_pdf(error: NoPdf) -> Refused:
    """The problem of a PDF that cannot be made."""
    return Refused("no-pdf", f"{error}. The page at the same address with `.html` can be printed.")


def _named(name: str) -> tuple[UUID, str]:
    """The id and the form that a name asks for. Raises `Refused` where it is no such name."""
    stem, _, form = name.partition(".")
    if form not in FORMS or name.endswith("."):
        raise Refused("not-found", f"An estimate can be had as {', '.join(f'.{each}' for each in FORMS if each)}.")
    try:
        return UUID(stem), form
    except ValueError:
        raise Refused("not-found", "No good-faith estimate has this id.") from None


def _file_name(found: SealedIssue, form: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="good-faith-estimate-{found.id}.{form}"'}


def _shown(estimate: GoodFaithEstimate, form: str, issued_at: str) -> str | bytes:
    if form == "fhir.json":
        return pct.encode(pct.bundle(estimate, issued_at))
    if form == "html":
        return page("good_faith", good_faith_sheet(estimate))
    try:
        return pdf("good_faith", good_faith_sheet(estimate))
    except NoPdf as error:
        raise no_pdf(error) from error
