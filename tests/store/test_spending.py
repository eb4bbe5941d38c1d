"""A budget holds however many processes spend, and each exchange stays on record."""

import asyncio
from datetime import UTC, date, datetime

import asyncpg
import pytest

from service.store.database import Connection, connect
from service.store.eligibility import insert_check
from service.store.spending import RecordedAttempt, attempts_of, record_attempt, spend
from tests.store.test_eligibility import asked

DAY = date(2026, 12, 1)


async def test_a_budget_is_never_passed(conn: Connection) -> None:
    assert await spend(conn, "stedi", 40, 100, DAY)
    assert await spend(conn, "stedi", 60, 100, DAY)
    assert not await spend(conn, "stedi", 1, 100, DAY)
    assert await spend(conn, "stedi", -60, None, DAY)
    assert await spend(conn, "stedi", 60, 100, DAY)
    assert await spend(conn, "other", 100, 100, DAY)
    assert await spend(conn, "stedi", 100, 100, date(2026, 12, 2))
    assert not await spend(conn, "dear", 101, 100, DAY)
    assert await spend(conn, "stedi", 1_000, None, DAY)


async def test_processes_that_spend_at_once_do_not_pass_a_budget(database_url: str) -> None:
    connections = [await connect(database_url) for _ in range(4)]

    async def often(connection: Connection) -> int:
        return sum([await spend(connection, "stedi", 3, 100, DAY) for _ in range(20)])

    assert sum(await asyncio.gather(*map(often, connections))) == 33
    assert await connections[0].fetchval("SELECT spent_cents FROM connector_spending") == 99
    for connection in connections:
        await connection.close()


async def test_an_exchange_stays_on_record(owner: Connection) -> None:
    new = await asked(owner)
    await insert_check(owner, new, "eligibility.continue")
    first = RecordedAttempt(
        check_id=new.id,
        number=1,
        at=datetime(2026, 12, 1, 12, tzinfo=UTC),
        connector="stedi",
        kind="submit",
        outcome="failed",
        fault="payer-down",
        code="HTTP 503",
        milliseconds=1_204,
        cost_cents=12,
    )
    await record_attempt(owner, first)
    assert await attempts_of(owner, new.id) == (first,)
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute("UPDATE eligibility_attempts SET cost_cents = 0")
