"""A network that speaks Availity's coverages: a token of five minutes, a question handed in, an answer fetched later.

Statuses after Availity's published API guide: 202 both for a question that was taken and for an answer that is not
there yet. The first look always finds nothing; the second finds the answer, unless the payer is slow.
"""

import secrets
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from service.sandbox import PASSWORD, USER
from service.sandbox.availity_json import availity_json, summary
from service.sandbox.network import HungUp, bad_gateway_page, keep
from service.sandbox.question import Asked, Name
from service.sandbox.verdict import Desk, Verdict

PREFIX = "/availity/v1"
TOKEN_SECONDS = 300
_SELF = "18"

AnyRequest = Request[Any, Any, Any]
Answer = Response[bytes] | Response[None]


def availity(desk: Desk, clock: Callable[[], datetime], slow_seconds: float) -> Router:
    """The network's addresses: token and coverages."""
    network = _Network(desk, clock, slow_seconds)

    @post("/token", status_code=200)
    async def token(request: AnyRequest) -> Response[bytes]:
        return network.token(await request.form())

    @post("/coverages", status_code=202)
    async def hand_in(request: AnyRequest) -> Answer:
        base = f"{request.base_url}{PREFIX.removeprefix('/')}"
        return network.hand_in(await request.form(), base) if network.knows(request) else _unknown()

    @get("/coverages/{id:str}", status_code=200)
    async def look(request: AnyRequest, id: FromPath[str]) -> Answer:
        return network.look(id) if network.knows(request) else _unknown()

    @delete("/coverages/{id:str}", status_code=200)
    async def forget(request: AnyRequest, id: FromPath[str]) -> Answer:
        return network.forget(id) if network.knows(request) else _unknown()

    return Router(PREFIX, route_handlers=[token, hand_in, look, forget])


class _Coverage(msgspec.Struct):
    """A question that was handed in: when its answer is there, and how often somebody looked."""

    verdict: Verdict
    ready_at: float
    looks: int = 0


class _Network:
    """Tokens with their ends, and questions with their answers."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime], slow_seconds: float) -> None:
        self._desk = desk
        self._clock = clock
        self._slow_seconds = slow_seconds
        self._tokens: dict[str, float] = {}
        self._coverages: dict[str, _Coverage] = {}

    def token(self, form: FormMultiDict) -> Response[bytes]:
        """A token for client credentials."""
        if form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        if (form.get("client_id"), form.get("client_secret")) != (USER, PASSWORD):
            return _json({"error": "invalid_client", "error_description": "The client is not known."}, 401)
        if not form.get("scope"):
            return _json({"error": "invalid_scope"}, 400)
        made = secrets.token_urlsafe(24)
        keep(self._tokens, made, time.monotonic() + TOKEN_SECONDS)
        told = {"access_token": made, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": form["scope"]}
        return _json(told, 200)

    def knows(self, request: AnyRequest) -> bool:
        """Whether the request has a token that still holds."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._tokens.get(token, 0.0) > time.monotonic()

    def hand_in(self, form: FormMultiDict, base: str) -> Answer:
        """Take a question."""
        today = self._clock().date()
        try:
            verdict = self._desk.hear(_asked(form, today), today)
        except _Invalid as invalid:
            return _fault(400, "The request is not valid.", field=invalid.field)
        match verdict.trouble:
            case "busy":
                return _fault(429, "The transaction rate limit has been exceeded.")
            case "server-error":
                return _fault(500, "The service encountered an unexpected condition.")
            case "hang-up":
                return HungUp(None)
            case _:
                wait = self._slow_seconds if verdict.trouble == "slow" else 0.0
        made = str(secrets.randbelow(9 * 10**18) + 10**18)
        keep(self._coverages, made, _Coverage(verdict, time.monotonic() + wait))
        return _json(summary(verdict, made, "in-progress"), 202, {"Location": f"{base}/coverages/{made}"})

    def look(self, id: str) -> Answer:
        """The answer, or that it is not there yet."""
        coverage = self._coverages.get(id)
        if coverage is None:
            return _fault(404, "The requested resource does not exist.")
        coverage.looks += 1
        if coverage.looks == 1:
            return _json(summary(coverage.verdict, id, "in-progress"), 202)
        if time.monotonic() < coverage.ready_at:
            return _json(summary(coverage.verdict, id, "retrying"), 202)
        return _fetched(coverage.verdict, id)

    def forget(self, id: str) -> Answer:
        """Drop a question and its answer."""
        if self._coverages.pop(id, None) is None:
            return _fault(404, "The requested resource does not exist.")
        return Response(None, status_code=204)


def _fetched(verdict: Verdict, id: str) -> Answer:
    """The answer that is there now; it may be none."""
    match verdict.trouble:
        case "malformed":
            return bad_gateway_page()
        case "error-inside":
            return _json(summary(verdict, id, "no-connection"), 200)
        case "cut":
            return _json(availity_json(verdict, id, "half"), 200)
        case _:
            return _json(availity_json(verdict, id, "complete" if verdict.tells else "refused"), 200)


class _Invalid(ValueError):
    """A field that is missing or cannot be read."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _asked(form: FormMultiDict, today: date) -> Asked:
    """The question as the payer gets it.

    Raises:
        _Invalid: a field that the network needs is missing, or a date is none.
    """
    for field in ("payerId", "providerNpi", "patientBirthDate"):
        if not form.get(field):
            raise _Invalid(field)
    patient = Name(
        last_name=_text(form, "patientLastName"),
        first_name=_text(form, "patientFirstName"),
        birth_date=_day(form, "patientBirthDate"),
    )
    own = (_text(form, "subscriberRelationship") or _SELF) == _SELF
    return Asked(
        payer_id=form["payerId"],
        npi=form["providerNpi"],
        provider_name=(_text(form, "providerLastName") or "").upper(),
        provider_first_name=(_text(form, "providerFirstName") or "").upper(),
        member_id=_text(form, "memberId"),
        subscriber=patient if own else Name(),
        dependent=None if own else patient,
        day=_day(form, "asOfDate") or today,
        service_types=tuple(form.getall("serviceType", []) or form.getall("serviceType[]", [])) or ("30",),
    )


def _text(form: FormMultiDict, field: str) -> str | None:
    value: str | None = form.get(field)
    return value or None


def _day(form: FormMultiDict, field: str) -> date | None:
    """A day, or the day of a moment, as ISO 8601 has both."""
    text = _text(form, field)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise _Invalid(field) from error


def _unknown() -> Response[bytes]:
    return _fault(401, "The request requires authentication.")


def _fault(status: int, message: str, *, field: str | None = None) -> Response[bytes]:
    body: dict[str, Any] = {"statusCode": status, "reasonCode": 0, "userMessage": message, "developerMessage": message}
    if field:
        body["errors"] = [{"field": field, "errorMessage": "Missing or not valid."}]
    return _json(body, status)


def _json(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response[bytes]:
    encoded = msgspec.json.encode(body)
    return Response(encoded, status_code=status, media_type="application/json", headers=headers)
