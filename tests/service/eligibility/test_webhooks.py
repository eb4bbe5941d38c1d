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

from service.jobs.webhooks import AT_ONCE, DAY, WAITS, WHILE_SILENT, Teller, may_be_told, secret_place
from service.settings import Settings
from service.store.database import acquire, close_pool, open_pool
from service.store.keys import create_key
from service.store.vault import read_vault
from service.store.webhooks import MOST_ENDPOINTS, Endpoint, Event, add_endpoint, announce, attempts
from service.uuid7 import uuid7
from tests.conftest import NOW
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


async def tried_once(app: Litestar, office: httpx.AsyncClient, webhook: dict[str, Any]) -> dict[str, Any]:
    """The delivery of a test event, of which one attempt is on record."""
    await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    await attempted(app, 1)
    (delivery,) = await deliveries(office, webhook)
    return delivery


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
    delivery = await tried_once(app, office, webhook)
    async with httpx.AsyncClient() as client:
        again = [await teller(app, client).deliver(UUID(delivery["id"])) for _ in WAITS]
    assert again == [*WAITS[1:], None]
    assert timedelta(hours=20) < sum(WAITS, timedelta()) <= timedelta(days=1)
    assert len(receiver.received) == 1 + len(WAITS)
    (item,) = (await office.get(WEBHOOKS)).json()["items"]
    assert item["disabled_at"]
    refused = await office.post(f"{WEBHOOKS}/{webhook['id']}/test")
    assert refused.json()["type"] == "/problems/impossible-question"


async def test_a_day_is_over_even_after_few_attempts(
    app: Litestar, office: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Where many wait for an endpoint that does not answer, each is tried seldom."""
    receiver.statuses = [500]
    webhook = await added(office, receiver)
    delivery = await tried_once(app, office, webhook)
    means = app.state.wiring.means
    async with httpx.AsyncClient() as client:
        tomorrow = Teller(means.pool, means.vault, lambda: means.clock() + DAY, client)
        assert await tomorrow.deliver(UUID(delivery["id"])) is None
    (item,) = (await office.get(WEBHOOKS)).json()["items"]
    assert item["disabled_at"]


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
    delivery = await tried_once(app, office, webhook)
    assert [(attempt["status"], attempt["failure"]) for attempt in delivery["attempts"]] == [(None, "unreachable")]


class Slow:
    """An endpoint that hangs up on whoever comes, or keeps them until it answers."""

    def __init__(self) -> None:
        self.hangs_up = True
        self.came = asyncio.Queue[None]()
        self.answers = asyncio.Event()

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        await reader.readuntil(b"\r\n\r\n")
        if not self.hangs_up:
            self.came.put_nowait(None)
            await self.answers.wait()
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()


async def test_one_event_at_a_time_goes_to_a_silent_endpoint_and_a_few_to_another(
    database_url: str, settings: Settings
) -> None:
    assert settings.member_data_keys
    vault, slow, endpoint_id = read_vault(settings.member_data_keys), Slow(), uuid7()
    pool = await open_pool(database_url)
    server = await asyncio.start_server(slow.heard, "127.0.0.1", 0)
    async with acquire(pool) as connection:
        endpoint = Endpoint(
            id=endpoint_id,
            created_at=NOW,
            key_id=(await create_key(connection, name="records", scopes=("eligibility:write",))).key.id,
            url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
            sealed_secret=vault.seal(b"whsec_c2VjcmV0", secret_place(endpoint_id)),
        )
        await add_endpoint(connection, endpoint)
        events = [Event(id=uuid7(), type="webhook.test", at=NOW, data={}) for _ in range(2 * AT_ONCE)]
        waiting = [delivery for event in events for delivery in await announce(connection, event)]

    async with httpx.AsyncClient() as client:
        to_tell = Teller(pool, vault, lambda: NOW, client)
        assert await to_tell.deliver(waiting[0]) == WAITS[0]
        slow.hangs_up = False
        first = asyncio.create_task(to_tell.deliver(waiting[0]))
        await slow.came.get()
        assert {await to_tell.deliver(each) for each in waiting[1:]} == {WHILE_SILENT}
        slow.answers.set()
        assert await first is None

        slow.answers.clear()
        others = [asyncio.create_task(to_tell.deliver(each)) for each in waiting[1:]]
        for _ in range(AT_ONCE):
            await slow.came.get()
        async with acquire(pool) as connection:
            told = await attempts(connection, tuple(waiting))
        assert {each: len(sent) for each, sent in told.items()} == {waiting[0]: 2}
        assert slow.came.empty()
        slow.answers.set()
        assert set(await asyncio.gather(*others)) == {None}
    server.close()
    await close_pool(pool)


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


async def test_there_are_not_any_number_of_endpoints(office: httpx.AsyncClient, receiver: Receiver) -> None:
    made = [await added(office, receiver) for _ in range(MOST_ENDPOINTS)]
    refused = await office.post(WEBHOOKS, json={"url": receiver.url})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-webhooks")
    await office.delete(f"{WEBHOOKS}/{made[0]['id']}")
    await added(office, receiver)


async def test_an_address_that_may_not_be_told_is_refused(office: httpx.AsyncClient) -> None:
    refused = await office.post(WEBHOOKS, json={"url": "http://records.clinic.example/"})
    assert refused.json()["type"] == "/problems/invalid-input"
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/url"]
