"""From anything that was raised to a problem document. Nothing of the inside is told."""

import re
from http import HTTPStatus
from typing import Any, cast

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import ParameterKwarg

from service.api.problems import BY_STATUS, KINDS, RETRY_AFTER_SECONDS, InputError, Refused, respond
from service.logs import unexpected
from service.store.database import DatabaseUnavailable, Unstorable
from service.store.vault import Unopenable

AnyRequest = Request[Any, Any, Any]
_MISSING = re.compile(r"Missing required \w+ parameter '(?P<name>[\w-]+)'")

_TOLD = 200
"""Letters of a framework's sentence, which repeats what was sent."""


def _refused(request: AnyRequest, error: Refused) -> Response[bytes]:
    return respond(request.scope, error)


def _invalid(request: AnyRequest, error: ValidationException) -> Response[bytes]:
    """Query parameters, path and headers that the framework could not convert.

    The framework's own sentence repeats the address with its query string, so only a name is taken from it.
    """
    if missing := _MISSING.match(error.detail):
        errors = [InputError(pointer=f"/{missing['name']}", detail="It is required.")]
    else:
        faults = cast("list[dict[str, str]]", error.extra or [])
        if not faults:  # a form that is cut into no parts
            return respond(request.scope, Refused("bad-request", "The body does not fit its content type."))
        if any(fault.get("source") == "body" for fault in faults):
            # Every other fault of a body was told by `StrictRequest`.
            return respond(request.scope, Refused("not-json", "The body is empty."))
        errors = [
            InputError(pointer=_pointer(request, fault["key"]), detail=fault["message"][:_TOLD]) for fault in faults
        ]
    return respond(request.scope, Refused("invalid-input", errors[0].detail, *errors))


def _pointer(request: AnyRequest, name: str) -> str:
    """The parameter as the caller knows it, by its name in the handler."""
    declared = request.route_handler.parsed_fn_signature.parameters[name].kwarg_definition
    known_as = declared.name if isinstance(declared, ParameterKwarg) else None
    return f"/{known_as or name}"


def _http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    kind = BY_STATUS.get(error.status_code) or BY_STATUS[500 if error.status_code >= 500 else 400]
    details = {404: "This address is not served.", 405: f"{request.method} is not served at this address."}
    detail = details.get(error.status_code, HTTPStatus(kind.status).description or kind.title)
    return respond(request.scope, Refused(kind.slug, detail, headers=error.headers))


def _unavailable(request: AnyRequest, _: DatabaseUnavailable) -> Response[bytes]:
    refused = Refused(
        "unavailable",
        "Nothing was stored. Ask again with the same Idempotency-Key.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
    return respond(request.scope, refused)


def _unstorable(request: AnyRequest, _: Unstorable) -> Response[bytes]:
    return respond(request.scope, Refused("invalid-input", "A text has the character NUL in it."))


def _unopenable(request: AnyRequest, _: Unopenable) -> Response[bytes]:
    detail = "The key that sealed this member's data is not in the file of keys."
    return respond(request.scope, Refused("no-member-data-keys", detail))


def _unexpected(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The last resort."""
    unexpected(error)
    return respond(request.scope, Refused("internal", KINDS["internal"].remedy))


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: _refused,
    ValidationException: _invalid,
    HTTPException: _http,
    DatabaseUnavailable: _unavailable,
    Unstorable: _unstorable,
    Unopenable: _unopenable,
    Exception: _unexpected,
}
