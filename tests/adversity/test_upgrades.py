"""Migrating and seeding from several places at once, where one of them dies in the middle."""

import asyncio
import os
import sys

from service import testing
from service.store.database import connect_as_owner
from service.store.migrate import head_revision, pending


async def test_two_at_once_finish_what_a_third_began_and_died_of(server_url: str) -> None:
    async with testing.empty_database(server_url) as url:
        watching = await connect_as_owner(url)
        third = await _begun(url, "migrate")
        async with asyncio.timeout(60):
            while not await watching.fetchval("SELECT to_regclass('alembic_version')"):
                assert third.returncode is None
                await asyncio.sleep(0.001)
        third.kill()
        await third.wait()
        told = await _both(url, "migrate")
        assert sum(line.startswith("Nothing to do") for line in told) == 1, told
        assert await pending(watching) == ()
        assert await watching.fetchval("SELECT version_num FROM alembic_version") == head_revision()

        await _both(url, "seed")
        assert await watching.fetchval("SELECT count(*) FROM releases") == 1
        await watching.close()


async def _both(url: str, command: str) -> list[str]:
    processes = [await _begun(url, command) for _ in range(2)]
    told = [(await process.communicate())[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    return told


async def _begun(url: str, command: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "service.cli", command),
        env={**os.environ, "OUTLAY_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
    )
