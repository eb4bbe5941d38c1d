"""Refusals as FHIR tells them: the problem document's content as an OperationOutcome, with the same status."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from payers.fhir.elements import encode
from payers.fhir.outcome import Fault, IssueCode, outcome
from service.api.failures import HANDLERS
from service.api.keys import PRIVATE
from service.api.problems import Problem

FHIR_JSON = "application/fhir+json"

_CODES: Mapping[str, IssueCode] = {
    "ambiguous-payer": "multiple-matches",
    "busy": "transient",
    "impossible-question": "business-rule",
    "internal": "exception",
    "invalid-input": "value",
    "method-not-allowed": "not-supported",
    "no-member-data-keys": "not-supported",
    "no-route": "not-supported",
    "not-allowed": "forbidden",
    "not-authenticated": "login",
    "not-found": "not-found",
    "purged": "not-found",
    "request-timeout": "transient",
    "too-large": "too-long",
    "too-many-requests": "throttled",
    "unavailable": "transient",
    "unknown-payer": "not-found",
    "unsupported-media-type": "not-supported",
}
"""HL7's issue type of a kind of problem."""


def told(faults: tuple[Fault, ...], status: int, headers: Mapping[str, str] = PRIVATE) -> Response[bytes]:
    """The faults as an answer."""
    return Response(encode(outcome(faults)), status_code=status, media_type=FHIR_JSON, headers=headers)


def faults_of(problem: Problem, places: Mapping[str, str]) -> tuple[Fault, ...]:
    """The problem's errors, each where `places` knows its pointer to be; without any, the problem itself."""
    code = _CODES.get(problem.type.rpartition("/")[2], "processing")
    possible = [payer.name for each in (problem.nearest, problem.candidates) if each for payer in each]
    near = f" Known: {', '.join(possible)}." if possible else ""
    if not problem.errors:
        return (Fault(code=code, diagnostics=f"{problem.title}. {problem.detail}"),)
    return tuple(
        Fault(code=code, diagnostics=f"{error.detail}{near}", expression=_place(error.pointer, places))
        for error in problem.errors
    )


def _place(pointer: str, places: Mapping[str, str]) -> str | None:
    """The place of the pointer, or of what it is a part of."""
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer)


def _told_in_fhir(handler: Any) -> Any:
    """The handler, whose problems are told as OperationOutcomes under `/fhir`."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        refused: Response[bytes] = handler(request, error)
        if not f"{request.scope['path']}/".startswith("/fhir/"):
            return refused
        problem = msgspec.json.decode(refused.content, type=Problem)
        parameters = {fault.pointer: f"http{fault.pointer.replace('/', '.')}" for fault in problem.errors}
        return told(faults_of(problem, parameters), problem.status, refused.headers)

    return handle


HANDLERS_WITH_FHIR: dict[int | type[Exception], Any] = {
    kind: _told_in_fhir(handler) for kind, handler in HANDLERS.items()
}
"""For the whole application. The place of a parameter is `http.<name>`, as R4 has it."""
