"""Availity's coverages: a question is handed in as a form and its answer fetched when it is there.

Field names and statuses after Availity's published description of the Coverages API, 1.0.0. 504 says that the payer is
slow, so the question is looked for again and never sent twice; 503 says that the payer is down.
"""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec

from payers.eligibility.inquiry import Inquiry, Relationship
from service.clearinghouse.answers import taken
from service.clearinghouse.configuration import AvailitySettings
from service.clearinghouse.connector import REAL_TIME_SECONDS, Failed, Fault, Outcome, Pending
from service.clearinghouse.web import Reply, exchange, no_answer, open_client

POLL_SECONDS = 2.0
TOKEN_SECONDS = 300
"""How long a token holds where the network does not say."""

_EARLY = timedelta(seconds=30)
"""A token is renewed this long before its end, so that it does not end on the way."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")
"""An id may only become the last part of an address: nothing in it can lead elsewhere."""
_UNDER_WAY = frozenset({"0", "R1"})
_NOT_ANSWERED: dict[str, Fault] = {"3": "garbled", "7": "payer-down"}
"""States of a coverage that may stand in HTTP 200: in progress and retrying; the payer's answer was not valid, the
payer could not be reached. Any other one holds an answer, or a rejection."""
_RELATIONSHIPS: dict[Relationship, str] = {"spouse": "01", "child": "19"}
"""X12's codes (INS02). For anybody else it stays open, as in a 270."""


class AvailityConnector:
    """A network that speaks as Availity does, under one client's credentials."""

    def __init__(
        self,
        settings: AvailitySettings,
        secret: str,
        clock: Callable[[], datetime],
        seconds: float = REAL_TIME_SECONDS,
    ) -> None:
        self.name = settings.name
        self._base = settings.url.rstrip("/") + "/v1"
        self._sign_in = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": secret,
            "scope": settings.scope,
        }
        self._clock = clock
        self._seconds = seconds
        self._client = open_client()
        self._token: _Token | None = None
        self._signing_in = asyncio.Lock()

    async def submit(self, inquiry: Inquiry) -> Outcome:
        """Hand the question in. It is then pending, even where the network had asked the same before."""
        asked = form(inquiry)
        reply = await self._call("POST", f"{self._base}/coverages", asked)
        if isinstance(reply, Failed):
            return reply
        ticket = _ticket(reply) if reply.status in (200, 202) else None
        if ticket is None:
            return _refused(reply, asked)
        return Pending(ticket=ticket, after_seconds=POLL_SECONDS, sent=str(httpx.QueryParams(asked)))

    async def poll(self, ticket: str) -> Outcome:
        """The answer, where it is there."""
        address = self._address(ticket)
        if isinstance(address, Failed):
            return address
        reply = await self._call("GET", address)
        if isinstance(reply, Failed):
            return reply
        state = _handed(reply).status_code
        if reply.status in (202, 504) or (reply.status == 200 and state in _UNDER_WAY):
            return Pending(ticket=ticket, after_seconds=POLL_SECONDS)
        if reply.status != 200:
            return no_answer(reply)
        if state in _NOT_ANSWERED:
            return Failed(fault=_NOT_ANSWERED[state], detail="The payer gave the network no answer.", code=state)
        return taken("availity", reply.body.decode(errors="replace"), "")

    async def cancel(self, ticket: str) -> None:
        """Have the network forget the question and its answer."""
        address = self._address(ticket)
        if not isinstance(address, Failed):
            await self._call("DELETE", address)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _address(self, ticket: str) -> str | Failed:
        if _ID.fullmatch(ticket):
            return f"{self._base}/coverages/{ticket}"
        return Failed(fault="invalid", detail="The ticket is not one of this network's.", asked=False)

    async def _call(self, method: str, url: str, asked: dict[str, Any] | None = None) -> Reply | Failed:
        """One call with a token; where the network no longer takes the token, once more with a new one."""
        ends = _now() + self._seconds
        reply = await self._send(method, url, asked, ends)
        if not isinstance(reply, Failed) and reply.status == 401:
            self._token = None
            reply = await self._send(method, url, asked, ends)
        return reply

    async def _send(self, method: str, url: str, asked: dict[str, Any] | None, ends: float) -> Reply | Failed:
        token = await self._signed_in(ends)
        if isinstance(token, Failed):
            return token
        headers = {"Authorization": f"Bearer {token.value}", "Accept": "application/json"}
        request = self._client.build_request(method, url, data=asked, headers=headers)
        return await exchange(self._client, request, ends - _now())

    async def _signed_in(self, ends: float) -> "_Token | Failed":
        async with self._signing_in:
            if self._token is not None and self._clock() < self._token.until - _EARLY:
                return self._token
            request = self._client.build_request("POST", f"{self._base}/token", data=self._sign_in)
            reply = await exchange(self._client, request, ends - _now())
            if isinstance(reply, Failed):
                return msgspec.structs.replace(reply, asked=False)
            try:
                told = msgspec.json.decode(reply.body, type=_Told)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return msgspec.structs.replace(no_answer(reply), asked=False)
            self._token = _Token(value=told.access_token, until=self._clock() + timedelta(seconds=told.expires_in))
            return self._token


def _now() -> float:
    return asyncio.get_running_loop().time()


def form(inquiry: Inquiry) -> dict[str, Any]:
    """The inquiry as the network wants it: the patient's own names beside the member id, whosever that is."""
    patient, dependent, provider = inquiry.patient, inquiry.dependent, inquiry.provider
    fields = {
        "payerId": inquiry.payer.id,
        "providerNpi": provider.npi,
        "providerLastName": provider.name,
        "providerFirstName": provider.first_name,
        "memberId": inquiry.member_id,
        "patientLastName": patient.last_name,
        "patientFirstName": patient.first_name,
        "patientMiddleName": patient.middle_name,
        "patientSuffix": patient.suffix,
        "patientBirthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        "patientGender": patient.gender if patient.gender in ("F", "M") else None,
        "subscriberRelationship": "18" if dependent is None else _RELATIONSHIPS.get(dependent.relationship or "other"),
        "groupNumber": inquiry.group_number,
        "asOfDate": inquiry.date_of_service.isoformat(),
        "serviceType": list(inquiry.service_types),
    }
    return {name: value for name, value in fields.items() if value is not None}


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a sign-in."""

    access_token: str
    expires_in: int = TOKEN_SECONDS

    def __repr__(self) -> str:
        return "_Told()"  # whoever prints it does not print the token


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    """What the network knows us by, for a while."""

    value: str
    until: datetime

    def __repr__(self) -> str:
        return f"_Token({self.until})"


class _Handed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A question on its way: the id that it was given, and its state."""

    id: str = ""
    status_code: str = ""


class _FieldError(msgspec.Struct, frozen=True, kw_only=True):
    field: str | None = None


class _Errors(msgspec.Struct, frozen=True, kw_only=True):
    """What the network finds wrong with a form."""

    errors: list[_FieldError] = []


def _ticket(reply: Reply) -> str | None:
    """From `Location`, of which only the id is used, or from the body."""
    named = reply.headers.get("location", "").rstrip("/").rpartition("/")[2] or _handed(reply).id
    return named if _ID.fullmatch(named) else None


def _handed(reply: Reply) -> _Handed:
    try:
        return msgspec.json.decode(reply.body, type=_Handed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Handed()


def _refused(reply: Reply, asked: dict[str, Any]) -> Failed:
    """A failure that names the fields of ours that the network objects to; its own words may repeat their values."""
    failed = no_answer(reply)
    try:
        errors = msgspec.json.decode(reply.body, type=_Errors).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        return failed
    names = sorted({error.field for error in errors if error.field in asked})
    return msgspec.structs.replace(failed, detail=f"{failed.detail} Check {', '.join(names)}.") if names else failed
