"""Staff keys open by their secret alone, and what is done to them is on record for good."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from service.store import audit
from service.store.database import Connection
from service.store.keys import NewKey, check_key, create_key, list_keys, revoke_key
from service.uuid7 import uuid7

NOW = datetime.now(UTC)


async def front_desk(connection: Connection, expires_at: datetime | None = None) -> NewKey:
    return await create_key(connection, name="front desk", scopes=["estimates", "payers"], expires_at=expires_at)


async def test_a_key_opens_by_its_secret(conn: Connection) -> None:
    made = await front_desk(conn)
    keys = {key.id: key for key in await list_keys(conn)}
    assert check_key(keys, made.secret, NOW) == made.key
    assert made.key.scopes == ("estimates", "payers")
    assert made.secret.endswith(made.key.last4)
    assert made.secret.encode() not in made.key.secret_hash


async def test_nothing_but_the_secret_opens(conn: Connection) -> None:
    made, other = await front_desk(conn), await front_desk(conn)
    keys = {key.id: key for key in await list_keys(conn)}
    last = "a" if made.secret[-1] != "a" else "b"
    mixed = made.secret.replace(made.key.id.hex, other.key.id.hex)
    for wrong in (
        "",
        "outlay",
        "outlay_",
        "outlay_x_y",
        made.secret[:-1] + last,
        made.secret + "a",
        mixed,
        str(made.key.id),
    ):
        assert check_key(keys, wrong, NOW) is None
    assert check_key({}, made.secret, NOW) is None


async def test_an_expired_key_and_a_revoked_one_open_nothing(conn: Connection) -> None:
    made = await front_desk(conn, NOW + timedelta(days=1))
    keys = {key.id: key for key in await list_keys(conn)}
    assert check_key(keys, made.secret, NOW) == made.key
    assert check_key(keys, made.secret, NOW + timedelta(days=1)) is None

    assert await revoke_key(conn, made.key.id)
    assert not await revoke_key(conn, made.key.id)
    assert not await revoke_key(conn, uuid7())
    keys = {key.id: key for key in await list_keys(conn)}
    assert check_key(keys, made.secret, NOW) is None


async def test_what_is_done_to_a_key_is_recorded(conn: Connection) -> None:
    made = await front_desk(conn)
    await revoke_key(conn, made.key.id)
    records = await conn.fetch(
        "SELECT action, detail FROM audit WHERE subject_kind = 'key' AND subject_id = $1 ORDER BY id", str(made.key.id)
    )
    assert [(record["action"], record["detail"]) for record in records] == [
        ("key.create", {"name": "front desk", "scopes": ["estimates", "payers"]}),
        ("key.revoke", {}),
    ]


@pytest.mark.parametrize("change", ["UPDATE audit SET action = 'nothing'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_record_can_only_grow(owner: Connection, change: str) -> None:
    await audit.append(owner, "key.revoke", "nothing", "0")
    await owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        async with owner.transaction():
            await owner.execute(change)
    assert refused.value.constraint_name == "audit_append_only"
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE subject_kind = 'nothing'") == 1
