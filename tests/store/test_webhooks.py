"""An event is told once to each endpoint that listens, and every attempt stays on record."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from service.store.database import Connection
from service.store.keys import create_key
from service.store.webhooks import (
    Endpoint,
    Event,
    Sent,
    add_endpoint,
    announce,
    attempts,
    disable_endpoint,
    find_delivery,
    find_endpoint,
    heard_since,
    list_deliveries,
    list_endpoints,
    record_attempt,
    remove_endpoint,
    resume_deliveries,
)
from service.uuid7 import uuid7

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def event() -> Event:
    return Event(id=uuid7(), type="eligibility.check.ended", at=NOW, data={"check": str(uuid7()), "status": "done"})


async def listening(connection: Connection) -> Endpoint:
    key = await create_key(connection, name="records", scopes=["eligibility:write"])
    endpoint = Endpoint(id=uuid7(), created_at=NOW, key_id=key.key.id, url="https://x.example", sealed_secret=b"sealed")
    await add_endpoint(connection, endpoint)
    return endpoint


async def test_an_event_is_for_every_endpoint_that_listens(conn: Connection) -> None:
    one, two, disabled, removed = sorted([await listening(conn) for _ in range(4)], key=lambda each: each.id)
    await disable_endpoint(conn, disabled.id, NOW)
    assert await remove_endpoint(conn, removed.id, NOW, removed.key_id)
    assert not await remove_endpoint(conn, removed.id, NOW, removed.key_id)
    happened = event()
    made = await announce(conn, happened)
    found = [await find_delivery(conn, each) for each in made]
    assert {each.endpoint_id for each in found if each} == {one.id, two.id}
    assert found[0]
    assert msgspec.json.decode(found[0].body) == {
        "id": str(happened.id),
        "type": happened.type,
        "timestamp": "2026-12-01T12:00:00Z",
        "data": happened.data,
    }
    assert await conn.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'webhook.deliver'") == 2
    assert [each.id for each in await list_endpoints(conn)] == [one.id, two.id, disabled.id]
    assert await find_endpoint(conn, removed.id) is None
    assert len(await announce(conn, event(), endpoint_id=one.id)) == 1


async def test_every_attempt_stays_on_record(owner: Connection) -> None:
    endpoint = await listening(owner)
    (delivery_id,) = await announce(owner, event())
    lost = Sent(at=NOW, status=None, failure="unreachable", milliseconds=12)
    heard = Sent(at=NOW + timedelta(seconds=5), status=204, failure=None, milliseconds=3)
    await record_attempt(owner, delivery_id, lost, delivered=False, next_in=timedelta(seconds=5))
    delivery = await find_delivery(owner, delivery_id)
    assert delivery
    assert (delivery.next_attempt_at, delivery.delivered_at) == (NOW + timedelta(seconds=5), None)
    assert not await heard_since(owner, endpoint.id, NOW)

    await record_attempt(owner, delivery_id, heard, delivered=True, next_in=None)
    delivery = await find_delivery(owner, delivery_id)
    assert delivery
    assert (delivery.next_attempt_at, delivery.delivered_at) == (None, heard.at)
    assert await heard_since(owner, endpoint.id, NOW)
    assert await attempts(owner, (delivery_id,)) == {delivery_id: (lost, heard)}
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute("DELETE FROM webhook_attempts")


async def test_an_endpoint_that_is_disabled_gives_up_what_waits(conn: Connection) -> None:
    endpoint = await listening(conn)
    (delivery_id,) = await announce(conn, event())
    await disable_endpoint(conn, endpoint.id, NOW)
    delivery = await find_delivery(conn, delivery_id)
    assert delivery
    assert delivery.next_attempt_at is None


async def test_a_delivery_that_lost_its_job_gets_one_again(conn: Connection) -> None:
    endpoint = await listening(conn)
    lost, over = (*await announce(conn, event()), *await announce(conn, event()))
    sent = Sent(at=NOW, status=204, failure=None, milliseconds=1)
    await record_attempt(conn, over, sent, delivered=True, next_in=None)
    await conn.execute("DELETE FROM pgqueuer")
    await resume_deliveries(conn)
    await resume_deliveries(conn)
    assert await conn.fetchval("SELECT convert_from(payload, 'UTF8') FROM pgqueuer") == str(lost)
    await remove_endpoint(conn, endpoint.id, NOW, endpoint.key_id)
    await conn.execute("DELETE FROM pgqueuer")
    await resume_deliveries(conn)
    assert await conn.fetchval("SELECT count(*) FROM pgqueuer") == 0


async def test_deliveries_are_listed_newest_first_and_go_on_after_a_cursor(conn: Connection) -> None:
    endpoint = await listening(conn)
    made: list[UUID] = []
    for _ in range(3):
        made += await announce(conn, event())
    newest = sorted(made, reverse=True)
    page = await list_deliveries(conn, endpoint.id, limit=2)
    assert [each.id for each in page] == newest[:2]
    assert [each.id for each in await list_deliveries(conn, endpoint.id, after=page[-1].id)] == newest[2:]
