"""A pool that is full or a server that goes away is told as one thing; a refused row by its constraint."""

import asyncio

import pytest

from service.store.database import (
    Connection,
    ConstraintViolated,
    DatabaseUnavailable,
    acquire,
    close_pool,
    connect_as_owner,
    open_pool,
)


async def test_a_full_pool_is_unavailable_after_a_second(postgres_url: str) -> None:
    pool = await open_pool(postgres_url, min_size=1, max_size=1)
    async with acquire(pool):
        async with asyncio.timeout(2):
            with pytest.raises(DatabaseUnavailable):
                async with acquire(pool):
                    pass
    async with acquire(pool) as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await close_pool(pool)


async def test_killed_connections_heal_and_the_one_in_use_says_so(database_url: str) -> None:
    pool = await open_pool(database_url, min_size=2, max_size=2)
    killer = await connect_as_owner(database_url)

    async def killed_in_the_middle() -> None:
        async with acquire(pool) as connection:
            await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
            await connection.fetchval("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        await killed_in_the_middle()
    await asyncio.sleep(0.1)  # for the loop to see that the other one is gone as well
    for _ in range(3):
        async with acquire(pool) as connection:
            assert await connection.fetchval("SELECT 1") == 1
    await killer.close()
    await close_pool(pool)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable):
        await open_pool("postgresql://nobody@127.0.0.1:1/none")


async def test_a_refused_row_tells_its_constraint(postgres_url: str) -> None:
    pool = await open_pool(postgres_url, min_size=1)
    with pytest.raises(ConstraintViolated) as refused:
        async with acquire(pool) as connection:
            await connection.execute("INSERT INTO catalogue_versions VALUES ('short', 1, '{}')")
    assert (refused.value.table, refused.value.constraint) == (
        "catalogue_versions",
        "catalogue_versions_version_is_sha256",
    )
    await close_pool(pool)


async def test_json_keeps_the_order_of_its_keys_and_both_kinds_hold_what_they_were_given(conn: Connection) -> None:
    value = {"zebra": [1, None, "ñ"], "a": {"deep": True}}
    record = await conn.fetchrow(
        "SELECT $1::json AS as_json, $1::json::text AS as_text, $2::jsonb AS as_jsonb", value, value
    )
    assert record is not None
    assert (record["as_json"], record["as_jsonb"]) == (value, value)
    assert record["as_text"].startswith('{"zebra"')
