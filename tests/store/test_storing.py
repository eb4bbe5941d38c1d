"""Estimates that come together go on file together, and each is told what becomes of its own."""

import asyncio
from collections.abc import AsyncGenerator
from typing import cast

import msgspec
import pytest

from service.store.database import ConstraintViolated, DatabaseUnavailable, Pool, acquire, close_pool, open_pool
from service.store.estimates import KeyReused, StoredEstimate, find_estimate
from service.store.storing import Storing
from service.uuid7 import uuid7
from tests.store.test_estimates import made


@pytest.fixture
async def pool(database_url: str) -> AsyncGenerator[Pool]:
    pool = await open_pool(database_url)
    yield pool
    await close_pool(pool)


async def several(pool: Pool, count: int, idempotency_key: str | None = None) -> list[StoredEstimate]:
    async with acquire(pool) as connection:
        first = await made(connection, idempotency_key)
    return [first, *(msgspec.structs.replace(first, id=uuid7()) for _ in range(count - 1))]


async def stored(pool: Pool, estimates: list[StoredEstimate]) -> list[StoredEstimate | KeyReused | BaseException]:
    storing = Storing(pool)
    return await asyncio.gather(
        *(storing.store(each, asked=each.question) for each in estimates), return_exceptions=True
    )


async def count(pool: Pool) -> int:
    async with acquire(pool) as connection:
        return await connection.fetchval("SELECT count(*) FROM estimates")


async def test_many_at_once_are_all_on_file(pool: Pool) -> None:
    estimates = await several(pool, 200)
    assert await stored(pool, estimates) == estimates
    async with acquire(pool) as connection:
        assert [await find_estimate(connection, each.id) for each in estimates] == estimates


async def test_they_share_few_commits(pool: Pool) -> None:
    estimates = await several(pool, 200)
    await stored(pool, estimates)
    async with acquire(pool) as connection:
        commits = await connection.fetchval("SELECT count(DISTINCT xmin::text) FROM estimates")
    assert commits <= 8


async def test_of_one_idempotency_key_one_is_stored(pool: Pool) -> None:
    estimates = await several(pool, 30, "retry-1")
    other = msgspec.structs.replace(estimates[0], id=uuid7(), question=b'{"payer": "Cigna"}')
    *same, different = await stored(pool, [*estimates, other])
    assert same == [estimates[0]] * 30
    assert different == KeyReused(estimate_id=estimates[0].id)
    assert await count(pool) == 1


async def test_one_that_cannot_be_stored_takes_no_other_with_it(pool: Pool) -> None:
    estimates = await several(pool, 30)
    estimates[7] = msgspec.structs.replace(estimates[7], catalogue_version="0" * 64)
    found = await stored(pool, estimates)
    assert isinstance(found[7], ConstraintViolated)
    assert [*found[:7], *found[8:]] == [*estimates[:7], *estimates[8:]]
    assert await count(pool) == 29


async def test_without_the_database_each_is_told(pool: Pool) -> None:
    estimates = await several(pool, 5)
    await pool.close()
    found = await stored(pool, estimates)
    assert [type(each) for each in found] == [DatabaseUnavailable] * 5


async def test_who_leaves_keeps_nobody_waiting(pool: Pool) -> None:
    storing, estimates = Storing(pool), await several(pool, 3)
    first, second, third = (asyncio.create_task(storing.store(each, asked=each.question)) for each in estimates)
    await asyncio.sleep(0)
    second.cancel()
    assert [await first, await third] == [estimates[0], estimates[2]]


async def test_a_fault_before_there_is_a_connection_is_told_too(pool: Pool) -> None:
    """Nobody else would ever answer the request, and the estimate would be tried without end."""
    (estimate,) = await several(pool, 1)
    no_pool = cast("Pool", None)
    with pytest.raises(AttributeError):
        await Storing(no_pool).store(estimate, asked=estimate.question)
