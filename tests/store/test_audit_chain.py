"""Every entry is chained when it commits; whoever tampers with the trail is found out, even the owner of its tables."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import migrations
from service.store import audit
from service.store.audit_chain import GENESIS, Broken, Fault, Linked, link, verify
from service.store.database import Connection, connect, connect_as_owner
from tests.cli.command import outlay

SQL = (Path(migrations.__file__).parent / "versions/0012_audit_chain.sql").read_text()
CHAINING = SQL[SQL.index("DO $$") : SQL.index("GRANT SELECT")]
"""What the migration does with what was on record before it."""


@pytest.fixture
async def intruder(database_url: str) -> AsyncGenerator[Connection]:
    """Somebody who owns the tables and has switched their triggers off, in a trail of ten entries of their own."""
    connection = await connect_as_owner(database_url)
    for number in range(10):
        await audit.append(connection, "key.revoke", "ñandú", str(number), detail={"b": 1.50, "a": ["x", None]})
    assert (await verify(connection)).broken is None
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


def test_the_content_of_an_entry_is_written_down_for_good() -> None:
    """Whoever kept a head years ago must be able to compute it again: this hash never changes."""
    entry = Linked(
        id=7,
        at=datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC),
        key_id="019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10",
        action="key.create",
        subject_kind="key",
        subject_id="ñ",
        detail='{"name": "front desk"}',
    )
    assert link(GENESIS, entry).hex() == "d0a1c2398c3ea58a02a1d14a2a884b3d1f72a4cddf7e95ed5db694f6ff0979f6"


async def test_entries_that_commit_at_once_stand_in_one_chain(database_url: str) -> None:
    connections = [await connect(database_url) for _ in range(6)]

    async def work(connection: Connection) -> None:
        for number in range(20):
            async with connection.transaction():
                await audit.append(connection, "key.revoke", "nothing", str(number))
                await audit.append(connection, "key.revoke", "nothing", str(number), detail={"again": True})

    before = await verify(connections[0])
    await asyncio.gather(*map(work, connections))
    found = await verify(connections[0])
    assert (found.broken, found.entries) == (None, before.entries + 240)
    assert found.entries == found.head.position == await connections[0].fetchval("SELECT count(*) FROM audit")
    assert (await verify(connections[0], first=100, kept_head=before.head.hash)).entries == found.entries - 99
    for connection in connections:
        await connection.close()


async def test_nobody_waits_for_somebody_who_has_not_committed(database_url: str) -> None:
    slow, quick = await connect(database_url), await connect(database_url)
    async with slow.transaction():
        await audit.append(slow, "key.create", "nothing", "0")
        async with asyncio.timeout(1):
            await audit.append(quick, "key.revoke", "nothing", "0")
    order = await quick.fetch("SELECT action FROM audit_chain JOIN audit ON id = audit_id ORDER BY position")
    assert [each["action"] for each in order][-2:] == ["key.revoke", "key.create"]
    assert (await verify(quick)).broken is None
    await slow.close()
    await quick.close()


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE audit SET subject_id = 'other' WHERE id = $1", "changed"),
        ("UPDATE audit SET detail = '{}' WHERE id = $1", "changed"),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE id = $1", "changed"),
        ("UPDATE audit SET key_id = gen_random_uuid() WHERE id = $1", "changed"),
        ("UPDATE audit_chain SET hash = sha256(hash) WHERE audit_id = $1", "changed"),
        ("DELETE FROM audit WHERE id = $1", "removed"),
        ("DELETE FROM audit_chain WHERE audit_id = $1", "cut-off"),
        ("WITH link AS (DELETE FROM audit_chain WHERE audit_id = $1) DELETE FROM audit WHERE id = $1", "cut-off"),
    ],
)
async def test_whoever_tampers_with_an_entry_is_found_out(intruder: Connection, tampering: str, told: Fault) -> None:
    position = (await verify(intruder)).head.position - 5
    row = await intruder.fetchval("SELECT audit_id FROM audit_chain WHERE position = $1", position)
    await intruder.execute(tampering, row)
    found = await verify(intruder)
    assert found.broken == Broken(fault=told, position=position, audit_id=None if told == "cut-off" else row)
    assert found.entries == position - 1


async def test_closing_the_gap_does_not_help(intruder: Connection) -> None:
    position = (await verify(intruder)).head.position - 5
    await intruder.execute(
        "DELETE FROM audit WHERE id = (SELECT audit_id FROM audit_chain WHERE position = $1)", position
    )
    await intruder.execute("DELETE FROM audit_chain WHERE position = $1", position)
    for later in range(position + 1, position + 6):
        await intruder.execute("UPDATE audit_chain SET position = position - 1 WHERE position = $1", later)
    broken = (await verify(intruder)).broken
    assert broken is not None
    assert (broken.fault, broken.position) == ("changed", position)


async def test_an_entry_that_is_slipped_in_is_found_out(intruder: Connection) -> None:
    row = await intruder.fetchval(
        "INSERT INTO audit (action, subject_kind, subject_id) VALUES ('test', 'nothing', '0') RETURNING id"
    )
    assert (await verify(intruder)).broken == Broken(fault="unchained", audit_id=row)


async def test_the_end_that_was_cut_off_is_missed_by_who_kept_the_head(intruder: Connection) -> None:
    head = (await verify(intruder)).head
    await intruder.execute(
        "DELETE FROM audit WHERE id IN (SELECT audit_id FROM audit_chain WHERE position > $1)", head.position - 3
    )
    await intruder.execute("DELETE FROM audit_chain WHERE position > $1", head.position - 3)
    assert (await verify(intruder)).broken is None
    assert (await verify(intruder, kept_head=head.hash)).broken == Broken(fault="no-such-head")
    beyond = await verify(intruder, first=head.position)
    assert (beyond.entries, beyond.broken) == (0, Broken(fault="cut-off", position=head.position - 1))


async def test_a_trail_that_was_written_anew_is_missed_by_who_kept_the_head(intruder: Connection) -> None:
    head = (await verify(intruder)).head
    await intruder.execute("UPDATE audit SET subject_id = 'other'")
    await intruder.execute("DELETE FROM audit_chain")
    await intruder.execute(CHAINING)
    assert (await verify(intruder)).broken is None
    assert (await verify(intruder, kept_head=head.hash)).broken == Broken(fault="no-such-head")


async def test_the_migration_chains_what_was_on_record_before_it(intruder: Connection) -> None:
    head = (await verify(intruder)).head
    await intruder.execute("DELETE FROM audit_chain")
    await intruder.execute(CHAINING)
    assert (await verify(intruder)).head == head


async def test_the_command_prints_the_head_and_fails_where_something_is_wrong(
    intruder: Connection, database_url: str
) -> None:
    here = {"OUTLAY_DATABASE_URL": database_url}
    told = outlay("audit", "verify", **here)
    assert told.returncode == 0
    head = told.stdout.split()[-1]
    assert outlay("audit", "verify", "--head", head, "--from", "3", **here).returncode == 0
    assert outlay("audit", "verify", "--head", "5f2c", **here).returncode == 2

    row = await intruder.fetchval("SELECT max(id) FROM audit")
    await intruder.execute("UPDATE audit SET action = 'nothing' WHERE id = $1", row)
    told = outlay("audit", "verify", **here)
    assert (told.returncode, told.stdout) == (1, "")
    assert f"(row {row} of the table audit) was changed" in told.stderr
    told = outlay("audit", "verify", "--json", **here)
    assert (told.returncode, json.loads(told.stdout)["broken"]["fault"]) == (1, "changed")
