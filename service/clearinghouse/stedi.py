"""Stedi's eligibility check, in JSON: the answer comes back in the same call, most often with the 271 inside it.

Shapes after Stedi's published examples of the operation `EligibilityCheck`.
"""

from typing import Any

import msgspec

from payers.eligibility.inquiry import Inquiry, Person
from service.clearinghouse.answers import taken
from service.clearinghouse.configuration import StediSettings
from service.clearinghouse.connector import REAL_TIME_SECONDS, Answered, Failed, Fault, Outcome
from service.clearinghouse.web import Reply, exchange, no_answer, open_client

PATH = "/2024-04-01/change/medicalnetwork/eligibility/v3"

_FAULTS: dict[str, Fault] = {
    "TOO_MANY_REQUESTS": "busy",
    "SERVICE_UNAVAILABLE": "payer-down",
    "INTERNAL_SERVER_ERROR": "payer-down",
    "ACCESS_DENIED": "refused",
    "UNAUTHORIZED": "refused",
    "INVALID_REQUEST": "invalid",
}
"""The network's own words for an error, which may stand in HTTP 200."""


class StediConnector:
    """A network that speaks Stedi's JSON, under one API key."""

    def __init__(self, settings: StediSettings, secret: str, seconds: float = REAL_TIME_SECONDS) -> None:
        self.name = settings.name
        self._url = settings.url.rstrip("/") + PATH
        self._headers = {"Authorization": secret, "Content-Type": "application/json"}
        self._seconds = seconds
        self._client = open_client()

    async def submit(self, inquiry: Inquiry) -> Outcome:
        """Ask once."""
        sent = msgspec.json.encode(question(inquiry))
        request = self._client.build_request("POST", self._url, content=sent, headers=self._headers)
        reply = await exchange(self._client, request, self._seconds)
        return reply if isinstance(reply, Failed) else _outcome(reply, sent.decode())

    async def poll(self, ticket: str) -> Outcome:
        """Nothing is ever pending here."""
        return Failed(fault="invalid", detail="This network answers at once and keeps nothing.", asked=False)

    async def cancel(self, ticket: str) -> None:
        """Nothing is ever pending here."""

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def question(inquiry: Inquiry) -> dict[str, Any]:
    """The inquiry as the network wants it. The trace stands as the clinic's own number of the patient."""
    provider = inquiry.provider
    named = (
        {"firstName": provider.first_name, "lastName": provider.name}
        if provider.first_name
        else {"organizationName": provider.name}
    )
    return _told(
        {
            "tradingPartnerServiceId": inquiry.payer.id,
            "externalPatientId": inquiry.trace,
            "provider": {"npi": inquiry.provider.npi, **named},
            "subscriber": _told(
                {"memberId": inquiry.member_id, **_person(inquiry.subscriber), "groupNumber": inquiry.group_number}
            ),
            "dependents": [_told(_person(inquiry.dependent))] if inquiry.dependent else None,
            "encounter": {
                "dateOfService": f"{inquiry.date_of_service:%Y%m%d}",
                "serviceTypeCodes": list(inquiry.service_types),
            },
        }
    )


def _person(person: Person) -> dict[str, Any]:
    return {
        "firstName": person.first_name,
        "middleName": person.middle_name,
        "lastName": person.last_name,
        "suffix": person.suffix,
        "dateOfBirth": f"{person.birth_date:%Y%m%d}" if person.birth_date else None,
        "gender": person.gender if person.gender in ("F", "M") else None,
    }


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """What of an answer decides what it is."""

    x12: str | None = None
    error: str | None = None
    code: str | None = None


def _outcome(reply: Reply, sent: str) -> Outcome:
    """A 271 inside decides alone: the JSON was made from it. Either goes before the status: a 400 may hold answers."""
    try:
        body = msgspec.json.decode(reply.body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return no_answer(reply)
    if body.x12:
        return taken("x12", body.x12, sent)
    if isinstance(found := taken("stedi", reply.body.decode(), sent), Answered):
        return found
    failed = no_answer(reply)
    code = (body.code or body.error or "").upper()
    return msgspec.structs.replace(failed, fault=_FAULTS[code], code=code) if code in _FAULTS else failed
