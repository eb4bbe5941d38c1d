"""Stedi's JSON as it goes over the wire, and what comes back in bodies of every status."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import pytest

from payers.eligibility.inquiry import Provider
from service.clearinghouse.configuration import StediSettings
from service.clearinghouse.connector import Answered, Failed
from service.clearinghouse.stedi import StediConnector, question
from tests.service.clearinghouse.network import ACKNOWLEDGEMENT, ANSWER, CHILD, TERMS, TRACE, Network, http, inquiry

ROWS = '{"benefitsInformation": [{"code": "1", "serviceTypeCodes": ["30"]}]}'


@asynccontextmanager
async def connector(url: str) -> AsyncGenerator[StediConnector]:
    settings = StediSettings(name="stedi", url=url, **TERMS)
    connector = StediConnector(settings, "a-key", seconds=2)
    try:
        yield connector
    finally:
        await connector.close()


async def test_the_question_goes_out_under_the_key(network: Network) -> None:
    network.answers = [http(200, "application/json", msgspec.json.encode({"x12": ANSWER}))]

    async with connector(network.url + "/") as stedi:
        outcome = await stedi.submit(inquiry())

    assert isinstance(outcome, Answered)
    assert (outcome.format, outcome.raw) == ("x12", ANSWER)
    asked = network.asked[0]
    assert asked.line == "POST /2024-04-01/change/medicalnetwork/eligibility/v3 HTTP/1.1"
    assert asked.headers["authorization"] == "a-key"
    assert asked.body.decode() == outcome.sent
    assert msgspec.json.decode(asked.body) == {
        "tradingPartnerServiceId": "60054",
        "externalPatientId": TRACE,
        "provider": {"npi": "1999999984", "organizationName": "Pike Clinic"},
        "subscriber": {
            "memberId": "W123456789",
            "firstName": "Ada",
            "lastName": "Nightingale",
            "dateOfBirth": "19800512",
            "gender": "F",
        },
        "encounter": {"dateOfService": "20261123", "serviceTypeCodes": ["30", "MH"]},
    }


def test_the_patient_who_is_not_the_subscriber_is_a_dependent() -> None:
    asked = question(inquiry(dependent=CHILD))

    assert asked["subscriber"]["firstName"] == "Ada"
    assert asked["dependents"] == [{"firstName": "Byron", "lastName": "Nightingale", "dateOfBirth": "20100203"}]


def test_a_person_may_ask() -> None:
    person = Provider(name="Curie", first_name="Marie", npi="1999999984")
    asked = question(msgspec.structs.replace(inquiry(), provider=person))

    assert asked["provider"] == {"npi": "1999999984", "firstName": "Marie", "lastName": "Curie"}


@pytest.mark.parametrize(
    ("status", "body", "raw_format"),
    [
        (400, msgspec.json.encode({"error": "payer refused", "x12": ANSWER}).decode(), "x12"),
        (200, ROWS, "stedi"),
        (400, '{"errors": [{"code": "72", "field": "AAA", "location": "Loop 2100C"}]}', "stedi"),
    ],
    ids=["271 in a 400", "rows", "rejection in a 400"],
)
async def test_an_answer_is_one_whatever_the_status(network: Network, status: int, body: str, raw_format: str) -> None:
    network.answers = [http(status, "application/json", body)]

    async with connector(network.url) as stedi:
        outcome = await stedi.submit(inquiry())

    assert isinstance(outcome, Answered)
    assert outcome.format == raw_format
    assert raw_format == "x12" or outcome.raw == body


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, '{"error": "Something of Ada Nightingale is wrong"}', "garbled"),
        (200, '{"code": "TOO_MANY_REQUESTS", "message": "slow down"}', "busy"),
        (200, '{"code": "SERVICE_UNAVAILABLE", "message": "the payer is down"}', "payer-down"),
        (200, ROWS[:-5], "garbled"),
        (200, msgspec.json.encode({**msgspec.json.decode(ROWS), "x12": ACKNOWLEDGEMENT}).decode(), "garbled"),
        (200, msgspec.json.encode({**msgspec.json.decode(ROWS), "x12": ANSWER[:-60]}).decode(), "garbled"),
        (200, "<html>", "garbled"),
        (200, "[]", "garbled"),
        (200, '{"x12": 7}', "garbled"),
        (400, '{"status": "ERROR", "errors": [{"code": "71", "location": "subscriber_level_HL_loop"}]}', "invalid"),
        (403, '{"message": "no"}', "refused"),
        (429, '{"message": "slow down"}', "busy"),
        (502, "", "payer-down"),
    ],
)
async def test_an_error_is_one_whatever_the_status(network: Network, status: int, body: str, fault: str) -> None:
    network.answers = [http(status, "application/json", body)]

    async with connector(network.url) as stedi:
        outcome = await stedi.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert outcome.fault == fault
    assert "Ada" not in outcome.detail


async def test_nothing_is_ever_pending(network: Network) -> None:
    async with connector(network.url) as stedi:
        await stedi.cancel("a ticket")
        outcome = await stedi.poll("a ticket")

    assert isinstance(outcome, Failed)
    assert not network.asked
