"""Eligibility checks for the clinic's staff: put on file before the payer is asked, and finished whoever waits.

The one who asked waits at most 20 seconds (CAQH CORE 156); the work itself is a job, so a request that is given up and
a process that dies lose nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.params import FromPath, JSONBody, QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Network, PlaceOfService
from payers.eligibility.plan.visit import Visit
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12
from payers.eligibility.response import Response as PayerResponse
from payers.fhir.read_response import read_response
from service.api.asking_payers import (
    CHECK_RESPONSES,
    configuration_of,
    means_of,
    on_file,
    refuse_to_ask,
    settled,
    shown,
    stored_check,
)
from service.api.bodies import decode
from service.api.eligibility_views import CheckList, CheckView, summary
from service.api.estimates import IdempotencyKey
from service.api.fhir_outcomes import FHIR_JSON
from service.api.keys import PRIVATE, needs
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.problems import InputError, Refused
from service.api.wiring import Wiring
from service.clearinghouse.connector import REAL_TIME_SECONDS
from service.computing import computed
from service.eligibility.asking import Asked, CheckQuestion, ask
from service.eligibility.making import new_check
from service.eligibility.reading import ParsedAnswer, parsed
from service.eligibility.sealing import open_inquiry, open_pending
from service.store.database import acquire
from service.store.eligibility import (
    CheckStatus,
    cancel_check,
    list_checks,
)
from service.store.keys import Key
from service.uuid7 import uuid7

PAGE = 50
X12 = "application/edi-x12"

After = Annotated[UUID | None, QueryParameter(description="`next` of the page before.")]


class X12Message(Frozen):
    """A payer's answer as it came."""

    x12: str


@dataclass
class _ParseOperation(Operation):
    """Two ways to send the same message, which no handler's signature can say."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            content={
                X12: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING)),
                FHIR_JSON: OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT)),
                "application/json": OpenAPIMediaType(schema=Reference(f"#/components/schemas/{X12Message.__name__}")),
            },
        )


class EligibilityController(Controller):
    """Eligibility, for staff."""

    path = "/v1/eligibility"
    tags = ("Eligibility",)
    security = ({"key": []},)

    @post(
        "/checks",
        operation_id="createEligibilityCheck",
        summary="What a payer says of a member",
        guards=[needs("eligibility:write")],
        responses=CHECK_RESPONSES,
    )
    async def create(
        self,
        data: JSONBody[CheckQuestion],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[CheckView]:
        """The check on file for the question: a new one, or the one that is under way or fresh."""
        means, check_id, now = means_of(wiring), uuid7(), wiring.clock()
        asked = ask(catalogue, configuration_of(means), data, str(check_id))
        if not isinstance(asked, Asked):
            refuse_to_ask(asked, data.lang)
        new = new_check(means, check_id, asked, now, key_id=key.id, idempotency_key=idempotency_key)
        check = await on_file(wiring, new, recheck=data.recheck)
        status = 201 if check.id == check_id else 200
        return await shown(wiring, catalogue, key, await settled(wiring, check, data.wait_seconds), data.lang, status)

    @get(
        "/checks",
        operation_id="listEligibilityChecks",
        summary="Checks, without members' data",
        guards=[needs("eligibility:read")],
    )
    async def list(
        self,
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        after: After = None,
        status: Annotated[CheckStatus | None, QueryParameter(description="Only checks that stand so.")] = None,
        batch: Annotated[UUID | None, QueryParameter(description="Only checks of this batch.")] = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[CheckList]:
        """The newest first."""
        async with acquire(wiring.pool) as connection:
            found = await list_checks(connection, status=status, batch_id=batch, after=after, limit=PAGE + 1)
        now, spoken = wiring.clock(), language(lang, accept_language)
        items = tuple(summary(catalogue, check, now, spoken) for check in found[:PAGE])
        return Response(CheckList(items=items, next=items[-1].id if len(found) > PAGE else None), headers=PRIVATE)

    @get(
        "/checks/{check_id:uuid}",
        operation_id="readEligibilityCheck",
        summary="A check with its answer",
        guards=[needs("eligibility:read")],
        responses={202: CHECK_RESPONSES[202]},
    )
    async def read(
        self,
        check_id: FromPath[UUID],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[CheckView]:
        """As it stands now. That this key saw it goes on record."""
        check = await stored_check(wiring, check_id)
        return await shown(wiring, catalogue, key, check, language(lang, accept_language))

    @post(
        "/checks/{check_id:uuid}/cancel",
        operation_id="cancelEligibilityCheck",
        summary="Wait no longer for a check",
        guards=[needs("eligibility:write")],
        status_code=200,
    )
    async def cancel(
        self,
        check_id: FromPath[UUID],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[CheckView]:
        """What comes back later is dropped. A check that has ended stays as it is."""
        means, before = means_of(wiring), await stored_check(wiring, check_id)
        async with acquire(wiring.pool) as connection:
            cancelled = await cancel_check(connection, check_id, wiring.clock(), key.id)
        check = await stored_check(wiring, check_id)
        response = await shown(wiring, catalogue, key, check, language(lang, accept_language))
        owed = open_pending(means.vault, before)
        if cancelled and owed and means.reaches(before.connector):
            response.background = BackgroundTask(means.desk.cancel, before.connector, owed.ticket)
        return response

    @post(
        "/checks/{check_id:uuid}/recheck",
        operation_id="recheckEligibility",
        summary="Ask the payer again",
        guards=[needs("eligibility:write")],
        responses=CHECK_RESPONSES,
    )
    async def recheck(
        self,
        check_id: FromPath[UUID],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[CheckView]:
        """The same question as a new check; the one under way, where it is being asked already."""
        means, now, new_id = means_of(wiring), wiring.clock(), uuid7()
        before = await stored_check(wiring, check_id)
        inquiry = open_inquiry(means.vault, before)
        if inquiry is None:
            raise Refused("purged", "The check is too old to be asked again.")
        asked = Asked(before.payer, before.connector, msgspec.structs.replace(inquiry, trace=str(new_id)))
        new = new_check(means, new_id, asked, now, key_id=key.id, idempotency_key=idempotency_key)
        check = await settled(wiring, await on_file(wiring, new, recheck=True), REAL_TIME_SECONDS)
        status = 201 if check.id == new_id else 200
        return await shown(wiring, catalogue, key, check, language(lang, accept_language), status)

    @post(
        "/parse",
        operation_id="parseEligibility",
        summary="A raw 271, row by row",
        guards=[needs("eligibility:read")],
        status_code=200,
        operation_class=_ParseOperation,
    )
    async def parse(
        self,
        request: Request[Any, Any, Any],
        date_of_service: Annotated[
            date | None, QueryParameter(description="Rows of other days are passed over.")
        ] = None,
        place_of_service: Annotated[PlaceOfService, QueryParameter(description="Of the visit.")] = "11",
        network: Annotated[Network | None, QueryParameter(description="Whether the clinic is in the network.")] = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[ParsedAnswer]:
        """What the payer said and the plan that it tells for a visit. Nothing is stored."""
        response = await _sent(request)
        visit = Visit(on=date_of_service, place_of_service=place_of_service, network=network)
        told = await computed(parsed, response, visit, language(lang, accept_language))
        return Response(told, headers=PRIVATE)


async def _sent(request: Request[Any, Any, Any]) -> PayerResponse:
    """The answer in the body. Raises `Refused` where there is none that can be read."""
    match request.content_type[0]:
        case "application/json":
            message = decode(await request.body(), X12Message).x12
        case _ if request.content_type[0] == X12:
            message = await request.body()
        case _ if request.content_type[0] == FHIR_JSON:
            found = await computed(read_response, await request.body())
            if isinstance(found, tuple):
                told = (f"{each.expression or ''} {each.diagnostics}".strip() for each in found)
                faults = (InputError(pointer="", detail=detail) for detail in told)
                raise Refused("invalid-input", found[0].diagnostics, *faults)
            return found
        case _:
            detail = f"The body must be sent as {X12}, application/json or {FHIR_JSON}."
            raise Refused("unsupported-media-type", detail)
    response = await computed(read_271, message)
    if isinstance(response, NotX12):
        raise Refused("not-x12", response.detail)
    return response
