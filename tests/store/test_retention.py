"""What is taken away when it was kept long enough, what the database keeps meanwhile, and what is told of it."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from service.store.database import Connection
from service.store.keys import create_key
from service.store.retention import (
    LOGGED,
    forget_deliveries,
    forget_idempotency_keys,
    held,
    kinds,
    last_purge,
    record_purge,
)
from service.store.sessions import (
    LOCKED,
    LONGEST,
    BegunSignIn,
    begin_sign_in,
    failed,
    forget_ended,
    locked_for,
    open_session,
)
from service.store.webhooks import Endpoint, Event, Sent, add_endpoint, announce, attempts, record_attempt
from service.uuid7 import uuid7
from tests.conftest import NOW
from tests.store.test_good_faith import an_issue, insert_issue

WEEK = timedelta(days=7)


async def a_delivery(conn: Connection, at: datetime, *, over: bool) -> UUID:
    """A delivery of which there was one attempt."""
    key = (await create_key(conn, name="office", scopes=("eligibility:write",))).key
    endpoint = Endpoint(
        id=uuid7(), created_at=at, key_id=key.id, url="https://records.clinic.example", sealed_secret=b"sealed"
    )
    await add_endpoint(conn, endpoint)
    (delivery,) = await announce(conn, Event(id=uuid7(), type="test", at=at, data={}), endpoint_id=endpoint.id)
    sent = Sent(at=at, status=200 if over else 500, failure=None, milliseconds=1)
    await record_attempt(conn, delivery, sent, delivered=over, next_in=None if over else WEEK)
    return delivery


async def test_deliveries_go_when_they_are_over_and_old(conn: Connection) -> None:
    now: datetime = await conn.fetchval("SELECT now()")
    old, waiting, new = [
        await a_delivery(conn, at, over=over)
        for at, over in ((now - LOGGED - WEEK, True), (now - LOGGED - WEEK, False), (now - WEEK, True))
    ]
    assert await forget_deliveries(conn) == 1
    assert await forget_deliveries(conn) == 0
    assert (await attempts(conn, (old, waiting, new))).keys() == {waiting, new}


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM webhook_attempts", "DELETE FROM webhook_deliveries", "UPDATE webhook_attempts SET milliseconds = 2"],
)
async def test_an_attempt_stays_on_record_for_a_month(change: str, conn: Connection) -> None:
    delivery = await a_delivery(conn, await conn.fetchval("SELECT now()") - LOGGED + WEEK, over=True)
    with pytest.raises(
        (asyncpg.RestrictViolationError, asyncpg.ForeignKeyViolationError, asyncpg.InsufficientPrivilegeError)
    ):
        async with conn.transaction():
            await conn.execute(change)
    assert len((await attempts(conn, (delivery,)))[delivery]) == 1


async def test_idempotency_keys_go_and_estimates_stay(conn: Connection) -> None:
    issue = await an_issue(conn)
    await conn.execute("UPDATE estimates SET idempotency_key = 'patient-4711' WHERE id = $1", issue.estimate_id)
    made: datetime = await conn.fetchval("SELECT created_at FROM estimates WHERE id = $1", issue.estimate_id)
    assert await forget_idempotency_keys(conn, made) == 0
    assert await forget_idempotency_keys(conn, made + WEEK) == 1
    row = await conn.fetchrow("SELECT idempotency_key, answer::text FROM estimates WHERE id = $1", issue.estimate_id)
    assert row
    assert tuple(row) == (None, '{"treatment": {"slug": "iv-ketamine"}}')


async def test_sessions_sign_ins_and_failures_do_not_outlive_their_use(conn: Connection) -> None:
    key = (await create_key(conn, name="boss", scopes=("admin",))).key
    await open_session(conn, key, NOW)
    await begin_sign_in(conn, "secret", BegunSignIn(state="", nonce="", code_verifier="", return_to="/"), NOW)
    for _ in range(10):
        await failed(conn, "192.0.2.1", NOW)
    tables = ("console_sessions", "console_sign_ins", "console_failures")
    await forget_ended(conn, NOW + timedelta(minutes=5))
    assert [await conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables] == [1, 1, 1]  # noqa: S608
    assert await locked_for(conn, "192.0.2.1", NOW + timedelta(minutes=5))
    await forget_ended(conn, NOW + max(LONGEST, LOCKED))
    assert [await conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables] == [0, 0, 0]  # noqa: S608


async def test_what_is_held_and_due_is_counted(conn: Connection) -> None:
    await insert_issue(conn, await an_issue(conn))
    await a_delivery(conn, NOW, over=True)
    later = NOW + LOGGED + WEEK
    found = {kind.table: await held(conn, kind, later) for kind in kinds(timedelta(days=30))}
    assert len(found) >= 8
    deliveries, issues = found["webhook_deliveries"], found["good_faith_estimates"]
    assert (deliveries.count, deliveries.older, deliveries.oldest) == (1, 1, NOW)
    assert (issues.count, issues.older) == (1, 0)
    in_seven_years = await held(conn, issues.kind, NOW + timedelta(days=7 * 366))
    assert (in_seven_years.older, issues.kind.due) == (1, False)
    assert (found["audit"].kind.kept, found["audit"].older) == (None, 0)


async def test_the_last_purge_is_told(conn: Connection) -> None:
    assert await last_purge(conn) is None
    await record_purge(conn, uuid7(), {"checks": 3})
    last = await last_purge(conn)
    assert last
    assert last.detail == {"checks": 3}
