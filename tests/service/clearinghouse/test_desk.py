"""The desk with real connectors over real sockets: cost, pace, outages, and the record of every attempt."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from prometheus_client import generate_latest

from service.clearinghouse.availity import AvailityConnector
from service.clearinghouse.configuration import AvailitySettings, StediSettings
from service.clearinghouse.connector import Answered, Failed, Outcome, Pending
from service.clearinghouse.desk import OUTAGE_FAILURES, Attempt, Desk
from service.clearinghouse.routes import Route
from service.clearinghouse.stedi import StediConnector
from service.metrics import REGISTRY
from tests.service.clearinghouse.network import ANSWER, NOW, RESET, STAY, TERMS, Network, http, inquiry

CHECK = UUID("0193a1b2-0000-7000-8000-000000000001")
TOKEN = http(200, "application/json", '{"access_token": "token"}')


def answer(text: str = ANSWER) -> bytes:
    return http(200, "application/json", msgspec.json.encode({"x12": text}))


def refused(reason: str) -> bytes:
    return answer(ANSWER.replace("EB*1**30~", f"AAA*Y**{reason}*R~EB*1**30~"))


DOWN = http(503, "text/plain", "")


class Book:
    """A ledger that lasts as long as the test."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, date], int] = {}
        self.attempts: list[Attempt] = []

    async def spend(self, connector: str, cost_cents: int, budget_cents: int | None, day: date) -> bool:
        spent = self.spent.get((connector, day), 0) + cost_cents
        if budget_cents is not None and spent > budget_cents:
            return False
        self.spent[connector, day] = spent
        return True

    async def record(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)


class Time:
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Front:
    """A desk with one connector, and what stands around it."""

    def __init__(self, url: str, seconds: float = 2, outage_seconds: float = 60, **terms: Any) -> None:
        terms = {"per_second": 1000, **TERMS, **terms}
        settings = StediSettings(name="stedi", url=url, cost_cents=15, **terms)
        self.book, self.time = Book(), Time()
        connector = StediConnector(settings, "a-key", seconds)
        by_name = {"stedi": connector}
        self.desk = Desk({"stedi": settings}, by_name, self.book, self.time.clock, self.time.sleep, outage_seconds)

    async def ask(self, payer: str = "aetna", number: int = 1) -> Outcome:
        asked = inquiry()
        return await self.desk.ask(CHECK, Route(connector="stedi", payer=payer, address=asked.payer), asked, number)

    @property
    def spent(self) -> int:
        return sum(self.book.spent.values())


@asynccontextmanager
async def front(url: str, **terms: Any) -> AsyncGenerator[Front]:
    front = Front(url, **terms)
    try:
        yield front
    finally:
        await front.desk.close()


async def test_an_attempt_is_paid_made_and_recorded(network: Network) -> None:
    network.answers = [answer()]

    async with front(network.url) as clinic:
        outcome = await clinic.ask(number=3)

    assert isinstance(outcome, Answered)
    assert clinic.book.spent == {("stedi", NOW.date()): 15}
    assert clinic.book.attempts == [
        Attempt(
            check_id=CHECK,
            number=3,
            connector="stedi",
            at=NOW,
            kind="submit",
            outcome="answered",
            fault=None,
            code=None,
            milliseconds=0,
            cost_cents=15,
        )
    ]


@pytest.mark.parametrize("lost", [STAY, RESET, http(429, "text/plain", "")])
async def test_a_question_that_may_have_arrived_is_paid_for(network: Network, lost: bytes) -> None:
    network.answers = [lost]

    async with front(network.url, seconds=0.2) as clinic:
        outcome = await clinic.ask()

    assert isinstance(outcome, Failed)
    assert clinic.spent == 15
    (attempt,) = clinic.book.attempts
    assert (attempt.outcome, attempt.fault, attempt.code) == ("failed", outcome.fault, outcome.code)
    assert attempt.cost_cents == 15


async def test_a_question_that_never_left_costs_nothing() -> None:
    async with front("http://127.0.0.1:9") as clinic:
        outcome = await clinic.ask()

    assert isinstance(outcome, Failed)
    assert outcome.fault == "unreachable"
    assert clinic.spent == 0
    assert clinic.book.attempts[0].cost_cents == 0


async def test_beyond_the_budget_nothing_is_asked_before_the_next_day(network: Network) -> None:
    network.answers = [answer(), answer()]

    async with front(network.url, budget_cents_per_day=20) as clinic:
        first, second = await clinic.ask(), await clinic.ask()
        clinic.time.now += timedelta(days=1)
        third = await clinic.ask()

    assert [type(each) for each in (first, second, third)] == [Answered, Failed, Answered]
    assert isinstance(second, Failed)
    assert (second.fault, second.asked) == ("over-budget", False)
    assert len(network.asked) == len(clinic.book.attempts) == 2


async def test_a_question_with_faults_is_neither_asked_nor_paid(network: Network) -> None:
    asked = msgspec.structs.replace(inquiry(), member_id="W*123")

    async with front(network.url) as clinic:
        route = Route(connector="stedi", payer="aetna", address=asked.payer)
        outcome = await clinic.desk.ask(CHECK, route, asked, 1)

    assert outcome == Failed(fault="invalid", detail="/member_id: characters", asked=False)
    assert not network.asked
    assert clinic.spent == 0


@pytest.mark.parametrize("out", [DOWN, refused("42"), refused("80"), http(200, "text/html", "<html>")])
async def test_one_payers_outage_does_not_stop_the_others(network: Network, out: bytes) -> None:
    network.answers = [out] * OUTAGE_FAILURES + [answer()]

    async with front(network.url) as clinic:
        for _ in range(OUTAGE_FAILURES):
            await clinic.ask("aetna")
        spared, other = await clinic.ask("aetna"), await clinic.ask("cigna")

    assert isinstance(spared, Failed)
    assert (spared.fault, spared.asked, spared.after_seconds) == ("payer-down", False, 60)
    assert isinstance(other, Answered)
    assert not network.answers
    assert clinic.spent == 15 * (OUTAGE_FAILURES + 1)


async def test_after_an_outage_one_question_tells_whether_the_payer_is_back(network: Network) -> None:
    network.answers = [DOWN] * OUTAGE_FAILURES + [DOWN, answer(), answer()]

    async with front(network.url, outage_seconds=0.05) as clinic:
        for _ in range(OUTAGE_FAILURES):
            await clinic.ask()
        await asyncio.sleep(0.1)  # the circuit's clock is the machine's
        still, spared = await clinic.ask(), await clinic.ask()
        await asyncio.sleep(0.1)
        back = [await clinic.ask() for _ in range(2)]

    assert isinstance(still, Failed)
    assert still.asked
    assert isinstance(spared, Failed)
    assert not spared.asked
    assert [type(each) for each in back] == [Answered, Answered]


@pytest.mark.parametrize("said", [refused("75"), http(429, "text/plain", ""), http(400, "text/plain", "")])
async def test_what_is_no_outage_stops_nobody(network: Network, said: bytes) -> None:
    network.answers = [said] * OUTAGE_FAILURES + [answer()]

    async with front(network.url) as clinic:
        outcomes = [await clinic.ask() for _ in range(OUTAGE_FAILURES + 1)]

    assert isinstance(outcomes[-1], Answered)


class Crowd(Network):
    """Lets several wait before it answers, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.02)
        self.answers.append(answer())
        await super().handle(reader, writer)
        self.now -= 1


async def test_no_more_are_under_way_than_the_contract_allows() -> None:
    crowd = Crowd()
    async with await asyncio.start_server(crowd.handle, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with front(url, in_flight=3) as clinic:
            outcomes = await asyncio.gather(*(clinic.ask() for _ in range(9)))

    assert {type(each) for each in outcomes} == {Answered}
    assert crowd.most == 3


async def test_questions_begin_as_far_apart_as_the_contract_wants(network: Network) -> None:
    network.answers = [answer()] * 4

    async with front(network.url, per_second=4) as clinic:
        for _ in range(3):
            await clinic.ask()
        clinic.time.now += timedelta(seconds=5)
        await clinic.ask()

    assert clinic.time.slept == [0.25, 0.25]


@asynccontextmanager
async def asynchronous(url: str) -> AsyncGenerator[tuple[Desk, Book]]:
    settings = AvailitySettings(name="av", url=url, client_id="clinic", cost_cents=15, **TERMS)
    book, time = Book(), Time()
    connector = AvailityConnector(settings, "secret", time.clock, seconds=0.5)
    desk = Desk({"av": settings}, {"av": connector}, book, time.clock, time.sleep)
    try:
        yield desk, book
    finally:
        await desk.close()


@pytest.mark.parametrize("lost", [STAY, RESET, http(429, "text/plain", "", **{"retry-after": "90"})])
async def test_a_look_that_is_lost_leaves_the_question_pending(network: Network, lost: bytes) -> None:
    network.answers = [TOKEN, lost]

    async with asynchronous(network.url) as (desk, book):
        outcome = await desk.poll(CHECK, "av", "4711", 1)

    assert isinstance(outcome, Pending)
    assert outcome.ticket == "4711"
    assert outcome.after_seconds == (90 if b"429" in lost else 60)
    (attempt,) = book.attempts
    assert (attempt.kind, attempt.outcome, attempt.cost_cents) == ("poll", "failed", 0)


async def test_a_look_is_free_and_recorded(network: Network) -> None:
    found = '{"plans": [{"statusCode": "1"}]}'
    network.answers = [TOKEN, http(202, "application/json", '{"id": "4711"}'), http(202, "application/json", "{}")]
    network.answers += [http(200, "application/json", found), http(503, "application/json", "{}")]

    async with asynchronous(network.url) as (desk, book):
        asked = inquiry()
        pending = await desk.ask(CHECK, Route(connector="av", payer="aetna", address=asked.payer), asked, 1)
        assert isinstance(pending, Pending)
        looks = [await desk.poll(CHECK, "av", pending.ticket, 1) for _ in range(3)]

    assert [type(each) for each in looks] == [Pending, Answered, Failed]
    assert [(each.kind, each.outcome, each.cost_cents) for each in book.attempts] == [
        ("submit", "pending", 15),
        ("poll", "pending", 0),
        ("poll", "answered", 0),
        ("poll", "failed", 0),
    ]
    assert book.spent == {("av", NOW.date()): 15}


async def test_nobody_waits_any_more(network: Network) -> None:
    network.answers = [TOKEN, http(204, "text/plain", "")]

    async with asynchronous(network.url) as (desk, _):
        await desk.cancel("av", "4711")

    assert network.asked[-1].line.startswith("DELETE ")


async def test_the_metrics_name_connectors_and_outcomes_and_nobody(network: Network) -> None:
    network.answers = [answer(), DOWN]

    async with front(network.url) as clinic:
        await clinic.ask()
        await clinic.ask()

    told = generate_latest(REGISTRY).decode()
    for outcome in ("answered", "payer-down"):
        assert f'outlay_connector_seconds_count{{connector="stedi",outcome="{outcome}"}}' in told
    assert not {"Nightingale", "W123456789", "aetna"} & set(told.replace('"', " ").split())
