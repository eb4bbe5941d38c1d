"""A network that speaks Stedi's JSON: one call, the API key in `Authorization`, rejections in a 400.

Statuses and bodies of errors after Stedi's published API description: a flat object with `code` and `message`, for a
key that is missing 401, for one that is wrong 403.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from service.sandbox import PASSWORD
from service.sandbox.network import HungUp, bad_gateway_page
from service.sandbox.question import Asked, Interchange, Name
from service.sandbox.stedi_json import stedi_json
from service.sandbox.verdict import Desk, Verdict
from service.sandbox.write_271 import write_271

PATH = "/stedi/2024-04-01/change/medicalnetwork/eligibility/v3"

Day = Annotated[str, Meta(pattern=r"^\d{8}$")]


class _Person(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: Day | None = None
    member_id: str | None = None


class _Provider(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    npi: str
    organization_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class _Encounter(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    date_of_service: Day | None = None
    service_type_codes: Annotated[tuple[str, ...], Meta(min_length=1)] = ("30",)


class _Check(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The question. What it has beyond this is let pass, as the network does."""

    trading_partner_service_id: str
    provider: _Provider
    subscriber: _Person
    dependents: tuple[_Person, ...] = ()
    encounter: _Encounter = _Encounter()
    external_patient_id: str | None = None


def stedi(desk: Desk, clock: Callable[[], datetime], slow_seconds: float) -> HTTPRouteHandler:
    """The one address of the network."""

    @post(PATH, status_code=200)
    async def check(request: Request[Any, Any, Any]) -> Response[bytes] | Response[None]:
        key = request.headers.get("authorization", "")
        if not key:
            return _fault(401, "UNAUTHORIZED", "Missing API key.")
        if key.removeprefix("Key ") != PASSWORD:
            return _fault(403, "ACCESS_DENIED", "The API key is not valid.")
        now = clock()
        try:
            asked = _asked(msgspec.json.decode(await request.body(), type=_Check), now.date())
        except (msgspec.DecodeError, ValueError) as error:
            return _fault(400, "INVALID_REQUEST", str(error))
        verdict = desk.hear(asked, now.date())
        if verdict.trouble == "slow":
            await asyncio.sleep(slow_seconds)
        return _sent(verdict, now)

    return check


def _sent(verdict: Verdict, now: datetime) -> Response[bytes] | Response[None]:
    whole = verdict.trouble != "cut"
    match verdict.trouble:
        case "busy":
            message = "The request can't be submitted because the sender's submission has been throttled"
            return _fault(429, "TOO_MANY_REQUESTS", message)
        case "server-error":
            return _fault(500, "INTERNAL_SERVER_ERROR", "Internal server error.")
        case "error-inside":
            return _fault(200, "SERVICE_UNAVAILABLE", "The payer's system is not available.")
        case "hang-up":
            return HungUp(None)
        case "malformed":
            return bad_gateway_page()
        case "cut" | "slow" | "down-once" | None:
            pass
    x12 = None if verdict.member and verdict.member.without_x12 else _x12(verdict, now)
    x12 = x12 if whole or x12 is None else x12[: len(x12) // 2]
    answer = stedi_json(verdict, trace=uuid4().hex.upper(), x12=x12, whole=whole)
    # A payer's no is a bad request to this network, whatever else it has told beside it.
    return _json(answer, 400 if verdict.rejection else 200)


def _asked(check: _Check, today: date) -> Asked:
    """The question as the payer gets it.

    Raises:
        ValueError: a date is none.
    """
    encounter, provider = check.encounter, check.provider
    return Asked(
        trace=check.external_patient_id or uuid4().hex.upper(),
        payer_id=check.trading_partner_service_id,
        npi=provider.npi,
        provider_name=(provider.organization_name or provider.last_name or "").upper(),
        provider_first_name=(provider.first_name or "").upper(),
        member_id=check.subscriber.member_id,
        subscriber=_name(check.subscriber),
        dependent=_name(check.dependents[0]) if check.dependents else None,
        day=_day(encounter.date_of_service) or today,
        service_types=encounter.service_type_codes,
    )


def _name(person: _Person) -> Name:
    return Name(last_name=person.last_name, first_name=person.first_name, birth_date=_day(person.date_of_birth))


def _day(text: str | None) -> date | None:
    return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None


def _x12(verdict: Verdict, now: datetime) -> str:
    clinic, sandbox = ("ZZ", "CLINIC"), ("ZZ", "SANDBOX")
    question = Interchange(
        sender=clinic,
        receiver=sandbox,
        application_sender=clinic[1],
        application_receiver=sandbox[1],
        control_number="1",
        group_number="1",
        asked=(verdict.asked,),
    )
    return write_271([verdict], question, now)


def _fault(status: int, code: str, message: str) -> Response[bytes]:
    return _json({"code": code, "message": message}, status)


def _json(body: dict[str, Any], status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")
