"""Every way to say no: one table of problem kinds and the document of RFC 9457 that carries them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response
from litestar.types import Scope

from payers.catalogue.model import Frozen
from payers.estimate.answer import PossiblePayer
from service.api.request_id import request_id

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = 5


class Kind(msgspec.Struct, frozen=True):
    """A kind of problem. Its type `/problems/<slug>`, its status and its title are promises and never change."""

    slug: str
    status: int
    title: str
    remedy: str
    """What whoever called can do about it."""


_TABLE = (
    Kind("bad-request", 400, "The request cannot be understood", "Compare the request with /schema/openapi.json."),
    Kind("not-json", 400, "The body is not JSON", "Send one JSON object in UTF-8. NaN and Infinity are not JSON."),
    Kind("not-authenticated", 401, "A key is needed", "Send `Authorization: Bearer <key>` with a key of this service."),
    Kind("not-allowed", 403, "The key does not allow this", "Use a key that has the scope named in `detail`."),
    Kind("not-found", 404, "There is nothing here", "Check the address and the id in it."),
    Kind(
        "method-not-allowed", 405, "The method does not fit the address", "Use a method that the `Allow` header names."
    ),
    Kind(
        "check-unusable",
        409,
        "The eligibility check has no answer to use",
        "Wait for its answer, or ask the payer again.",
    ),
    Kind(
        "already-replaced",
        409,
        "The good-faith estimate was replaced",
        "Replace the newest one, which `detail` names.",
    ),
    Kind("too-many-webhooks", 409, "There is no room for another webhook", "Remove one that nobody needs any more."),
    Kind("nothing-billed", 409, "Nothing was billed yet", "Record what was billed, then ask again."),
    Kind("purged", 410, "The member's data is no longer kept", "Ask the payer anew, with the member's details."),
    Kind("request-timeout", 408, "The request did not arrive in time", "Send it again, at once and whole."),
    Kind("too-large", 413, "The body is too large", "Send at most 256 kB; split a batch."),
    Kind("address-too-long", 414, "The address is too long", "Send at most 8 kB of address; a name needs 120 letters."),
    Kind(
        "unsupported-media-type", 415, "The content type does not fit", "Send the `Content-Type` that `detail` names."
    ),
    Kind(
        "invalid-input", 422, "The input does not fit", "Each entry of `errors` names a place and what is wrong there."
    ),
    Kind("unknown-payer", 422, "No payer has this name", "Choose from `nearest`, or look the name up at /v1/payers."),
    Kind(
        "ambiguous-payer",
        422,
        "The payer's name means several",
        "Answer `question`, or ask with a `slug` of `candidates`.",
    ),
    Kind("impossible-question", 422, "The question contradicts itself", "Change the place that `errors` names."),
    Kind(
        "insured-estimate",
        422,
        "The estimate is of care that a plan pays for",
        'Where the patient wants no claim sent, make an estimate with the payer "self-pay" and declare it.',
    ),
    Kind("key-reused", 422, "The idempotency key belongs to another question", "Use a new `Idempotency-Key` for it."),
    Kind("open-question", 422, "Something must be answered first", "Answer what `errors` asks, at the place it names."),
    Kind(
        "not-x12", 422, "The message is not X12", "Send the payer's answer as it came, beginning with its ISA segment."
    ),
    Kind(
        "no-route",
        422,
        "No connector leads to the payer",
        "Name the payer, and its id in the network, in the connectors file.",
    ),
    Kind(
        "misdirected",
        421,
        "The service is not reached by this name",
        "Ask by one of its own addresses, which whoever runs it sets in `OUTLAY_PUBLIC_URLS`.",
    ),
    Kind("too-many-requests", 429, "Too many requests", "Wait as long as `Retry-After` says."),
    Kind("headers-too-large", 431, "The headers are too large", "Send at most 100 headers of 16 kB together."),
    Kind("internal", 500, "The service failed", "Report the `instance`; the service's log knows it."),
    Kind("no-pdf", 501, "There is no PDF of it", "Print the page at the same address with `.html`, or see `detail`."),
    Kind("unavailable", 503, "The database cannot be reached", "Ask again after the seconds of `Retry-After`."),
    Kind("busy", 503, "The service has too much to do", "Ask again after the seconds of `Retry-After`."),
    Kind(
        "no-member-data-keys",
        503,
        "There are no keys for members' data",
        "Whoever runs the service sets `OUTLAY_MEMBER_DATA_KEYS`.",
    ),
)
KINDS: dict[str, Kind] = {kind.slug: kind for kind in _TABLE}
BY_STATUS: dict[int, Kind] = {kind.status: kind for kind in reversed(_TABLE)} | {422: KINDS["invalid-input"]}


class InputError(Frozen):
    """One thing that is wrong: a JSON pointer into the body, or `/name` of a query parameter or header."""

    pointer: str
    detail: str


class Problem(Frozen):
    """What went wrong (RFC 9457). An unknown payer brings `nearest`, an ambiguous one `candidates` and `question`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: tuple[InputError, ...] = ()
    nearest: tuple[PossiblePayer, ...] | msgspec.UnsetType = msgspec.UNSET
    candidates: tuple[PossiblePayer, ...] | msgspec.UnsetType = msgspec.UNSET
    question: str | msgspec.UnsetType = msgspec.UNSET


class Refused(Exception):
    """Ends a request with a problem document. Raised in the HTTP layer only; the domain returns its refusals."""

    def __init__(
        self, kind: str, detail: str, *errors: InputError, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(kind)
        self.kind = KINDS[kind]
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.more = more


def problem_of(scope: Scope, refused: Refused) -> Problem:
    """The problem that a refusal is, in this request."""
    return Problem(
        type=f"/problems/{refused.kind.slug}",
        title=refused.kind.title,
        status=refused.kind.status,
        detail=refused.detail,
        instance=f"urn:uuid:{request_id(scope)}",
        errors=refused.errors,
        **refused.more,
    )


def respond(scope: Scope, refused: Refused) -> Response[bytes]:
    """The problem document of a refusal."""
    return Response(
        msgspec.json.encode(problem_of(scope, refused)),
        status_code=refused.kind.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", **refused.headers},
    )
