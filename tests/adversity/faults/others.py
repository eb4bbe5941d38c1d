"""A payer that says nothing, a release that fails half way, a clock that is set back, a schema that is newer."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from service import testing
from tests.adversity.bench import CLOCK, DATABASE, Bench, Fault

HOUR = 3600


@asynccontextmanager
async def _payer_hangs(bench: Bench) -> AsyncGenerator[None]:
    """Old connections too: what was asked before is not answered either."""
    bench.payer_wire.freeze()
    yield
    bench.payer_wire.thaw()


@asynccontextmanager
async def _release_fails(bench: Bench) -> AsyncGenerator[None]:
    """Begun again and again, killed each time in the middle; at the end one is let through, and has to be in force."""
    before = await bench.rows("SELECT version FROM releases")
    for table in ("payer_aliases", "rules", "current_release"):
        await _killed_at(bench, table)
    assert await bench.rows("SELECT version FROM releases") == before
    yield
    process = await _another_release(bench)
    assert await process.wait() == 0
    assert len(await bench.rows("SELECT version FROM releases")) == len(before) + 1


async def _killed_at(bench: Bench, table: str) -> None:
    url = testing.at(bench.database.url, DATABASE)
    holding = await asyncpg.connect(url)
    try:
        async with holding.transaction():
            await holding.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")  # it may be read
            process = await _another_release(bench)
            async with asyncio.timeout(60):
                while not await holding.fetch(
                    "SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass", table
                ):
                    assert process.returncode is None, "it did not come so far"
                    await asyncio.sleep(0.02)
            process.kill()
            await process.wait()
    finally:
        await holding.close()


async def _another_release(bench: Bench) -> asyncio.subprocess.Process:
    url = testing.at(bench.database.url, DATABASE)
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.adversity.another_release", url)


@asynccontextmanager
async def _clock_set_back(bench: Bench) -> AsyncGenerator[None]:
    clock = bench.folder / CLOCK
    clock.write_text(str(-2 * HOUR))
    yield
    clock.write_text("0")


@asynccontextmanager
async def _newer_schema(bench: Bench) -> AsyncGenerator[None]:
    """Every table has a column more, and there is one table more: what a migration may do while this version runs."""
    tables = await bench.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ 'alembic'")
    (version,) = await bench.rows("SELECT version_num FROM alembic_version")
    for (table,) in tables:
        await bench.sql(f"SET lock_timeout = '4s'; ALTER TABLE {table} ADD COLUMN of_the_next_version text")
    await bench.sql("CREATE TABLE of_the_next_version (id uuid)", "UPDATE alembic_version SET version_num = '9999'")
    yield
    await bench.sql("DROP TABLE of_the_next_version", f"UPDATE alembic_version SET version_num = '{version[0]}'")
    for (table,) in tables:
        await bench.sql(f"ALTER TABLE {table} DROP COLUMN of_the_next_version")


PAYER_HANGS = Fault(
    "clearinghouse hangs",
    "its network takes connections and lets nothing through",
    _payer_hangs,
    away=False,
    refuses=False,
)
RELEASE_FAILS = Fault(
    "release fails half way",
    "SIGKILL to `outlay seed` while it writes one, three times",
    _release_fails,
    away=False,
    refuses=False,
)
CLOCK_SET_BACK = Fault(
    "clock set back",
    "the service's clock two hours back while it runs, later right again",
    _clock_set_back,
    away=False,
    refuses=False,
    clocked=True,
)
NEWER_SCHEMA = Fault(
    "rolling upgrade",
    "a column more in every table, one table more, a revision that this version does not know",
    _newer_schema,
    away=False,
    refuses=False,
)
