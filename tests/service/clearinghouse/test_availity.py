"""Availity's coverages as they go over the wire: sign-in, hand in, look again, take back."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest

from service.clearinghouse.availity import AvailityConnector, form
from service.clearinghouse.configuration import AvailitySettings
from service.clearinghouse.connector import Answered, Failed, Pending
from tests.service.clearinghouse.network import CHILD, NOW, TERMS, Network, http, inquiry

TOKEN = http(200, "application/json", '{"access_token": "token-1", "token_type": "Bearer", "expires_in": 300}')
RENEWED = http(200, "application/json", '{"access_token": "token-2"}')
ACCEPTED = http(202, "application/json", "{}", location="https://elsewhere.example/availity/v1/coverages/4711/")
ANSWER = '{"id": "4711", "plans": [{"statusCode": "1", "status": "Active Coverage", "planName": "PPO"}]}'


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def connector(url: str, clock: Clock | None = None) -> AsyncGenerator[AvailityConnector]:
    settings = AvailitySettings(name="availity", url=url, client_id="clinic", **TERMS)
    connector = AvailityConnector(settings, "a-secret", clock or Clock(), seconds=2)
    try:
        yield connector
    finally:
        await connector.close()


async def test_a_question_is_handed_in_with_a_token(network: Network) -> None:
    network.answers = [TOKEN, ACCEPTED]

    async with connector(network.url) as availity:
        outcome = await availity.submit(inquiry())

    assert isinstance(outcome, Pending)
    assert outcome.ticket == "4711"
    token, handed = network.asked
    assert token.line == "POST /v1/token HTTP/1.1"
    assert parse_qs(token.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["clinic"],
        "client_secret": ["a-secret"],
        "scope": ["hipaa"],
    }
    assert handed.line == "POST /v1/coverages HTTP/1.1"
    assert handed.headers["authorization"] == "Bearer token-1"
    assert handed.headers["content-type"] == "application/x-www-form-urlencoded"
    assert handed.body.decode() == outcome.sent
    assert parse_qs(outcome.sent) == {
        "payerId": ["60054"],
        "providerNpi": ["1999999984"],
        "providerLastName": ["Pike Clinic"],
        "memberId": ["W123456789"],
        "patientLastName": ["Nightingale"],
        "patientFirstName": ["Ada"],
        "patientBirthDate": ["1980-05-12"],
        "patientGender": ["F"],
        "subscriberRelationship": ["18"],
        "asOfDate": ["2026-11-23"],
        "serviceType": ["30", "MH"],
    }


def test_the_patient_stands_with_the_subscribers_number() -> None:
    asked = form(inquiry(dependent=CHILD))

    assert (asked["memberId"], asked["patientFirstName"]) == ("W123456789", "Byron")
    assert asked["subscriberRelationship"] == "19"


async def test_it_is_looked_for_until_it_is_there_and_never_handed_in_again(network: Network) -> None:
    network.answers = [
        TOKEN,
        http(202, "application/json", '{"id": "4711", "status": "In Progress"}'),
        http(202, "application/json", '{"id": "4711"}'),
        http(504, "application/json", '{"userMessage": "the payer is slow"}'),
        http(200, "application/json", '{"id": "4711", "statusCode": "R1"}'),
        http(200, "application/json", ANSWER),
    ]

    async with connector(network.url) as availity:
        pending = await availity.submit(inquiry())
        assert isinstance(pending, Pending)
        polled = [await availity.poll(pending.ticket) for _ in range(4)]

    assert [type(each) for each in polled] == [Pending, Pending, Pending, Answered]
    assert polled[3] == Answered(format="availity", raw=ANSWER, sent="")
    assert [each.line for each in network.asked[2:]] == ["GET /v1/coverages/4711 HTTP/1.1"] * 4


async def test_a_token_is_kept_until_shortly_before_its_end(network: Network) -> None:
    clock = Clock()
    network.answers = [TOKEN, ACCEPTED, ACCEPTED, RENEWED, ACCEPTED]

    async with connector(network.url, clock) as availity:
        for seconds in (0, 269, 2):
            clock.now += timedelta(seconds=seconds)
            await availity.submit(inquiry())

    tokens = [each.headers["authorization"] for each in network.asked if "coverages" in each.line]
    assert tokens == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_a_token_that_is_no_longer_taken_is_renewed_once(network: Network) -> None:
    unknown = http(401, "application/json", "{}")
    network.answers = [TOKEN, unknown, RENEWED, ACCEPTED, unknown, RENEWED, unknown]

    async with connector(network.url) as availity:
        renewed, refused = [await availity.submit(inquiry()) for _ in range(2)]

    assert isinstance(renewed, Pending)
    assert isinstance(refused, Failed)
    assert refused.fault == "refused"
    assert not network.answers


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (http(401, "application/json", '{"error": "invalid_client"}'), "refused"),
        (http(200, "text/html", "<h1>Sign in</h1>"), "garbled"),
        (http(500, "text/plain", ""), "payer-down"),
    ],
)
async def test_without_a_token_nothing_was_asked(network: Network, answer: bytes, fault: str) -> None:
    network.answers = [answer]

    async with connector(network.url) as availity:
        outcome = await availity.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert (outcome.fault, outcome.asked) == (fault, False)
    assert len(network.asked) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (http(202, "application/json", '{"id": "../../admin"}'), "garbled"),
        (http(202, "application/json", "{}", location="/v1/coverages/..%2F..%2Fadmin"), "garbled"),
        (http(202, "application/json", "{}"), "garbled"),
        (http(202, "text/html", "<html>"), "garbled"),
        (http(429, "application/json", "{}"), "busy"),
        (http(503, "application/json", '{"statusCode": 503}'), "payer-down"),
    ],
)
async def test_what_gives_no_ticket_is_a_failure(network: Network, answer: bytes, fault: str) -> None:
    network.answers = [TOKEN, answer]

    async with connector(network.url) as availity:
        outcome = await availity.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert outcome.fault == fault


async def test_a_refused_form_names_fields_and_no_values(network: Network) -> None:
    errors = '[{"field": "memberId", "errorMessage": "W123456789"}, {"field": "Ada"}]'
    wrong = f'{{"userMessage": "Ada is unknown", "errors": {errors}}}'
    network.answers = [TOKEN, http(400, "application/json", wrong)]

    async with connector(network.url) as availity:
        outcome = await availity.submit(inquiry())

    assert outcome == Failed(
        fault="invalid", detail="The network does not accept the question. Check memberId.", code="HTTP 400"
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (http(200, "application/json", '{"id": "4711"}'), "garbled"),
        (http(200, "application/json", ANSWER[:-9]), "garbled"),
        (http(200, "application/json", f'{{"statusCode": "3", {ANSWER[1:]}'), "garbled"),
        (http(200, "application/json", '{"statusCode": "7", "status": "Communication Error"}'), "payer-down"),
        (http(404, "application/json", "{}"), "invalid"),
        (http(503, "application/json", "{}"), "payer-down"),
    ],
)
async def test_what_is_fetched_may_be_no_answer(network: Network, answer: bytes, fault: str) -> None:
    network.answers = [TOKEN, answer]

    async with connector(network.url) as availity:
        outcome = await availity.poll("4711")

    assert isinstance(outcome, Failed)
    assert outcome.fault == fault


async def test_a_rejection_is_an_answer(network: Network) -> None:
    said = '{"id": "4711", "validationMessages": [{"code": "75", "field": "memberId", "errorMessage": "not found"}]}'
    network.answers = [TOKEN, http(200, "application/json", said)]

    async with connector(network.url) as availity:
        outcome = await availity.poll("4711")

    assert isinstance(outcome, Answered)


@pytest.mark.parametrize("ticket", ["", "..", "../token", "a/b", "a?b=c", "a%2Fb", "a b", "a\r\nb", "x" * 201])
async def test_a_ticket_leads_nowhere_else(network: Network, ticket: str) -> None:
    async with connector(network.url) as availity:
        outcome = await availity.poll(ticket)
        await availity.cancel(ticket)

    assert isinstance(outcome, Failed)
    assert not outcome.asked
    assert not network.asked


async def test_a_question_is_taken_back(network: Network) -> None:
    network.answers = [TOKEN, b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"]

    async with connector(network.url) as availity:
        await availity.cancel("4711")

    assert network.asked[1].line == "DELETE /v1/coverages/4711 HTTP/1.1"
