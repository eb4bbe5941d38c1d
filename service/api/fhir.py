"""Eligibility for software that speaks FHIR R4: the check of `/v1/eligibility/checks`, asked and answered in FHIR."""

import importlib.metadata
import re
from dataclasses import dataclass
from datetime import UTC, date
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, HeaderParameter, QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.eligibility.response import NotX12
from payers.fhir.capability import capability_statement
from payers.fhir.definitions import CODE_SYSTEMS, STRUCTURE_DEFINITIONS
from payers.fhir.elements import Element, encode
from payers.fhir.inquired import Inquired
from payers.fhir.message import with_message
from payers.fhir.read_request import read_request
from payers.fhir.write_response import WITHDRAWN, write_failed, write_queued, write_response
from service.api.asking_payers import configuration_of, means_of, on_file, refuse_to_ask, settled
from service.api.bodies import decode
from service.api.eligibility import X12
from service.api.eligibility_words import FAILURES
from service.api.fhir_outcomes import FHIR_JSON, faults_of, told
from service.api.keys import PRIVATE, needs
from service.api.problems import Refused, problem_of
from service.api.public import CACHE_CONTROL
from service.api.wiring import Wiring
from service.clearinghouse.answers import read
from service.clearinghouse.connector import REAL_TIME_SECONDS, Answered
from service.eligibility.asking import Asked, CheckQuestion, ask
from service.eligibility.making import new_check
from service.eligibility.sealing import open_answer
from service.store import audit
from service.store.database import acquire
from service.store.eligibility import SUBJECT, SealedCheck
from service.store.keys import Key
from service.uuid7 import uuid7

_JSON = (FHIR_JSON, "application/json")
_NO_ANSWER = "garbled"
"""The failure of what came back and is no answer."""
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*(\d{1,4})\s*(?=$|[,;])", re.IGNORECASE)

Format = Annotated[
    str | None,
    QueryParameter(
        name="_format",
        pattern=r"^(json|application/json|application/fhir[+ ]json)$",
        description="JSON is all that there is.",
    ),
]
Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`wait=5`: at most so many seconds (RFC 7240); without it, 20."),
]
AsSent = Annotated[
    bool, QueryParameter(name="raw", description="The payer's own message too: the answer is then a Bundle.")
]


def _a_resource(description: str) -> OpenAPIResponse:
    return OpenAPIResponse(
        description=description, content={FHIR_JSON: OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))}
    )


@dataclass
class _FhirOperation(Operation):
    """FHIR's shapes are FHIR's to define: `GET /fhir/metadata` says what is taken and given."""

    def __post_init__(self) -> None:
        self.responses = {"200": _a_resource("A FHIR R4 resource"), "default": _a_resource("An OperationOutcome")}


@dataclass
class _SubmitOperation(_FhirOperation):
    """Takes a resource too, which no handler's signature can say."""

    def __post_init__(self) -> None:
        super().__post_init__()
        resource = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))
        self.request_body = RequestBody(required=True, content=dict.fromkeys(_JSON, resource))


class FhirController(Controller):
    """FHIR R4: asking payers is for staff, what can be asked and how is for anybody."""

    path = "/fhir"
    tags = ("FHIR",)

    @post(
        "/CoverageEligibilityRequest/$submit",
        operation_id="submitCoverageEligibilityRequest",
        summary="What a payer says of a member, in FHIR",
        security=[{"key": []}],
        guards=[needs("eligibility:write")],
        status_code=200,
        operation_class=_SubmitOperation,
    )
    async def submit(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        raw: AsSent = False,
        prefer: Prefer = None,
        format_: Format = None,
    ) -> Response[bytes]:
        """A CoverageEligibilityResponse: what the payer said, or that it has not answered yet."""
        if request.content_type[0] not in _JSON:
            raise Refused("unsupported-media-type", f"The body must be sent as {FHIR_JSON} or application/json.")
        means, check_id, now = means_of(wiring), uuid7(), wiring.clock()
        inquired = read_request(await request.body())
        if isinstance(inquired, tuple):
            return told(inquired, 400 if inquired[0].code == "structure" else 422)
        try:
            question = _question(inquired, now.date())
            asked = ask(catalogue, configuration_of(means), question, str(check_id))
            if not isinstance(asked, Asked):
                refuse_to_ask(asked, inquired.lang)
        except Refused as refused:
            problem = problem_of(request.scope, refused)
            return told(faults_of(problem, inquired.places), problem.status)
        check = await on_file(wiring, new_check(means, check_id, asked, now, key_id=key.id))
        check = await settled(wiring, check, _patience(prefer))
        async with acquire(wiring.pool) as connection:
            await audit.append(connection, "eligibility.read", SUBJECT, str(check.id), key_id=key.id)
        answered = open_answer(means.vault, check)
        return Response(encode(_answer(inquired, check, answered, raw=raw)), media_type=FHIR_JSON, headers=PRIVATE)

    @get(
        "/metadata",
        operation_id="readCapabilityStatement",
        summary="What this server can do in FHIR",
        operation_class=_FhirOperation,
    )
    async def metadata(self, format_: Format = None) -> Response[bytes]:
        """The CapabilityStatement."""
        return _public(capability_statement(importlib.metadata.version("outlay")))

    @get(
        "/CodeSystem/{definition:str}",
        operation_id="readCodeSystem",
        summary="A code system of ours",
        operation_class=_FhirOperation,
    )
    async def code_system(self, definition: FromPath[str], format_: Format = None) -> Response[bytes]:
        """Codes that responses have and HL7 has not."""
        return _public(CODE_SYSTEMS.get(definition))

    @get(
        "/StructureDefinition/{definition:str}",
        operation_id="readStructureDefinition",
        summary="An extension of ours",
        operation_class=_FhirOperation,
    )
    async def structure_definition(self, definition: FromPath[str], format_: Format = None) -> Response[bytes]:
        """What an extension of a response means."""
        return _public(STRUCTURE_DEFINITIONS.get(definition))


def _public(resource: Element | None) -> Response[bytes]:
    if resource is None:
        raise Refused("not-found", "Nothing is defined under this id.")
    return Response(encode(resource), media_type=FHIR_JSON, headers={"Cache-Control": CACHE_CONTROL})


def _patience(prefer: str | None) -> float:
    """How many seconds whoever asks wants to wait, and no more than a person would."""
    wanted = _WAIT.search(prefer or "")
    return min(float(wanted[1]), REAL_TIME_SECONDS) if wanted else REAL_TIME_SECONDS


def _question(inquired: Inquired, today: date) -> CheckQuestion:
    """The request as the question of a check. Raises `Refused` where it does not fit into one."""
    asked = CheckQuestion(
        payer=inquired.payer,
        state=inquired.state,
        provider=inquired.provider,
        member_id=inquired.member_id,
        subscriber=inquired.subscriber,
        dependent=inquired.dependent,
        group_number=inquired.group_number,
        date_of_service=inquired.date_of_service or today,
        service_types=inquired.service_types,
        lang=inquired.lang,
    )
    return decode(msgspec.json.encode(asked), CheckQuestion)


def _answer(inquired: Inquired, check: SealedCheck, answered: Answered | None, *, raw: bool) -> Element:
    """The check as it stands. Raises `Refused` for one whose answer is no longer kept."""
    echo, lang, check_id = inquired.echo, inquired.lang, str(check.id)
    ended = (check.ended_at or check.created_at).astimezone(UTC).replace(microsecond=0)
    created = ended.isoformat().replace("+00:00", "Z")
    if check.ended_at is None:
        return write_queued(echo, check_id, created, lang)
    if check.status == "cancelled":
        return write_failed(echo, check_id, created, WITHDRAWN[lang], lang)
    if check.status == "failed":
        return write_failed(echo, check_id, created, FAILURES[lang][check.failure or _NO_ANSWER], lang)
    if answered is None:
        raise Refused("purged", "The payer answered, and the answer is no longer kept.")
    response = read(answered)
    if isinstance(response, NotX12):
        return write_failed(echo, check_id, created, FAILURES[lang][_NO_ANSWER], lang)
    resource = write_response(echo, check_id, created, response.transactions[0], lang)
    content_type = X12 if answered.format == "x12" else "application/json"
    return with_message(resource, check.id, answered.raw, content_type) if raw else resource
