"""Webhooks: a signed event for each end, tried again where nobody listens, and nothing of a member in it."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from standardwebhooks import Webhook

from service.jobs.webhooks import WAITS, Teller, may_be_told
from service.store.database import acquire
from tests.service.eligibility.questions import PAT
from tests.service.eligibility.receiver import Receiver, receiving

WEBHOOKS = "/v1/webhooks"


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with receiving() as receiver:
        yield receiver


async def until_received(receiver: Receiver, number: int) -> None:
    async with asyncio.timeout(60):
        while len(receiver.received) < number:  # noqa: ASYNC110  a thread receives
            await asyncio.sleep(0.02)


async def added(office: httpx.AsyncClient, receiver: Receiver) -> dict[str, Any]:
    made = await office.post(WEBHOOKS, json={"url": receiver.url})
    assert made.status_code == 201, made.text
    return made.json()


async def deliveries(office: httpx.AsyncClient, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    return (await office.get(f"{WEBHOOKS}/{webhook['id']}/deliveries")).json()["items"]


async def attempted(app: Litestar, number: int) -> None:
    """When so many attempts are on record."""
    async with asyncio.timeout(60), acquire(app.state.wiring.pool) as connection:
        while await connection.fetchval("SELECT count(*) FROM webhook_attempts") < number:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def teller(app: Litestar, client: httpx.AsyncClient) -> Teller:
    means = app.state.wiring.means
    return Teller(means.pool, means.vault, means.clock, client)


async def test_the_end_of_a_check_is_told_with_a_signature(
    app: Litestar, office: httpx.AsyncClient, receiver: Receiver
) -> None:
    webhook = await added(office, receiver)
    check = (await office.post("/v1/eligibility/checks", json=PAT)).json()
    await until_received(receiver, 1)
    (got,) = receiver.received
    event = Webhook(webhook["secret"]).verify(got.body, got.headers)
    assert event["type"] == "eligibility.check.ended"
    assert event["data"] == {"check": check["id"], "status": "done"}
    assert set(event) == {"id", "type", "timestamp", "data"}
    assert got.headers["webhook-id"] == event["id"]
    assert got.headers["content-type"] == "application/json"
    await attempted(app, 1)
    (delivery,) = await deliveries(office, webhook)
    assert delivery["delivered_at"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [204]


async def test_the_secret_is_shown_once(office: httpx.AsyncClient, receiver: Receiver) -> None:
    webhook = await added(office, receiver)
    listed = await office.get(WEBHOOKS)
    assert [item["url"] for item in listed.json()["items"]] == [receiver.url]
    assert webhook["secret"] not in listed.text


async def test_an_endpoint_that_does_not_listen_is_told_again(
    app: Litestar, office: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [500, 200]
    webhook = await added(office, receiver)
    assert (await office.post(f"{WEBHOOKS}/{webhook['id']}/test")).status_code == 202
    await attempted(app, 1)
    (delivery,) = await deliveries(office, webhook)
    assert (delivery["type"], delivery["delivered_at"], bool(delivery["next_attempt_at"])) == (
        "webhook.test",
        None,
        True,
    )
    async with httpx.AsyncClient() as client:
        assert await teller(app, client).deliver(UUID(delivery["id"])) is None
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    (delivery,) = await deliveries(office, webhook)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 200]
    async with httpx.AsyncClient() as client:
        assert await teller(app, client).deliver(UUID(delivery["id"])) is None
    assert len(receiver.received) == 2


async def test_an_endpoint_that_is_never_heard_of_is_disabled_after_a_day(
    app: Litestar, office: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [302]
    webhook = await added(office, receiver)
    await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    await attempted(app, 1)
    (delivery,) = await deliveries(office, webhook)
    async with httpx.AsyncClient() as client:
        again = [await teller(app, client).deliver(UUID(delivery["id"])) for _ in WAITS]
    assert again == [*WAITS[1:], None]
    assert timedelta(hours=20) < sum(WAITS, timedelta()) <= timedelta(days=1)
    assert len(receiver.received) == 1 + len(WAITS)
    (item,) = (await office.get(WEBHOOKS)).json()["items"]
    assert item["disabled_at"]
    refused = await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    assert refused.json()["type"] == "/problems/impossible-question"


async def test_an_endpoint_that_is_gone_is_disabled_at_once(
    app: Litestar, office: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [410]
    webhook = await added(office, receiver)
    await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    await attempted(app, 1)
    (item,) = (await office.get(WEBHOOKS)).json()["items"]
    assert item["disabled_at"]


async def test_nobody_listening_is_an_attempt_too(app: Litestar, office: httpx.AsyncClient) -> None:
    with receiving() as receiver:
        webhook = await added(office, receiver)
    await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    await attempted(app, 1)
    (delivery,) = await deliveries(office, webhook)
    assert [(attempt["status"], attempt["failure"]) for attempt in delivery["attempts"]] == [(None, "unreachable")]


async def test_an_endpoint_that_was_removed_is_told_nothing(office: httpx.AsyncClient, receiver: Receiver) -> None:
    webhook = await added(office, receiver)
    assert (await office.delete(f"{WEBHOOKS}/{webhook['id']}")).status_code == 204
    assert (await office.delete(f"{WEBHOOKS}/{webhook['id']}")).status_code == 404
    assert (await office.get(f"{WEBHOOKS}/{webhook['id']}/deliveries")).status_code == 404
    await office.post("/v1/eligibility/checks", json=PAT)
    assert (await office.get(WEBHOOKS)).json() == {"items": [], "next": None}
    assert receiver.received == []


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://records.clinic.example/hooks?k=1", True),
        ("http://127.0.0.1:8080/", True),
        ("http://localhost/hooks", True),
        ("http://[::1]:8080/", True),
        ("http://records.internal/hooks", True),
        ("http://records.clinic.example/hooks", False),
        ("http://10.0.0.8/", False),
        ("http://127.0.0.1.example/", False),
        ("https://user:secret@records.clinic.example/", False),
        ("ftp://records.clinic.example/", False),
        ("https:///hooks", False),
        ("https://records.clinic.example:port/", False),
        ("records.clinic.example", False),
    ],
)
def test_where_an_event_may_go(url: str, may: bool) -> None:
    assert may_be_told(url, frozenset({"records.internal"})) == may


async def test_an_address_that_may_not_be_told_is_refused(office: httpx.AsyncClient) -> None:
    refused = await office.post(WEBHOOKS, json={"url": "http://records.clinic.example/"})
    assert refused.json()["type"] == "/problems/invalid-input"
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/url"]
