"""What changes in the database reaches every process that follows it, whatever happens to the connection."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from payers.catalogue.clinic import ClinicLayer, SitePrice
from service import testing
from service.store.catalogue import add_clinic_rows, read_version
from service.store.database import DatabaseUnavailable, connect, connect_as_owner
from service.store.keys import check_key, create_key, revoke_key
from service.store.live import LiveCatalogue

NEVER = 3600.0
LAYER = ClinicLayer(prices=(SitePrice(id="price", treatment="iv-ketamine", price_cents=45_000),))
KILL_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


async def until(condition: Callable[[], bool], seconds: float = 1.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  the condition is somebody else's
            await asyncio.sleep(0.01)


async def test_a_change_reaches_two_processes_within_a_second_by_notice_alone(database_url: str) -> None:
    connection = await connect(database_url)
    async with (
        LiveCatalogue(database_url, poll_seconds=NEVER) as one,
        LiveCatalogue(database_url, poll_seconds=NEVER) as two,
    ):
        before = one.current.version
        assert two.current.version == before
        await add_clinic_rows(connection, LAYER)
        await until(lambda: one.current.clinic == two.current.clinic == LAYER)
        assert one.current.version == two.current.version != before
        assert (await read_version(connection, one.current.version)).clinic == LAYER
    await connection.close()


async def test_a_change_that_nobody_announces_is_found_by_polling(database_url: str) -> None:
    connection = await connect_as_owner(database_url)
    await connection.execute(
        """
        CREATE OR REPLACE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN UPDATE stamps SET value = value + 1 WHERE channel = TG_ARGV[0]; RETURN NULL; END $$
        """
    )
    async with LiveCatalogue(database_url) as live:
        await add_clinic_rows(connection, LAYER)
        await until(lambda: live.current.clinic == LAYER, 1.5)
    await connection.close()


async def test_a_key_opens_until_it_is_revoked(database_url: str) -> None:
    connection = await connect(database_url)
    async with LiveCatalogue(database_url, poll_seconds=NEVER) as live:
        made = await create_key(connection, name="front desk", scopes=["estimates"])

        def found() -> bool:
            return check_key(live.keys, made.secret, datetime.now(UTC)) == made.key

        await until(found)
        await revoke_key(connection, made.key.id)
        await until(lambda: not found())
    await connection.close()


async def test_a_killed_connection_heals_and_what_was_missed_is_caught_up(database_url: str) -> None:
    connection = await connect_as_owner(database_url)
    async with LiveCatalogue(database_url, poll_seconds=NEVER) as live:
        async with connection.transaction():
            await connection.execute(KILL_THE_OTHERS)
            await add_clinic_rows(connection, LAYER)
        await until(lambda: live.current.clinic == LAYER, 3)
        assert live.healthy
    await connection.close()


async def test_the_last_value_goes_on_answering_while_the_database_is_away(database_url: str) -> None:
    connection = await connect_as_owner(testing.at(database_url, "postgres"))
    name = urlsplit(database_url).path[1:]
    async with LiveCatalogue(database_url, poll_seconds=0.05) as live:
        version = live.current.version
        assert live.healthy
        await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await until(lambda: not live.healthy)
        assert live.current.version == version
        age = live.age
        assert age is not None
        await until(lambda: live.age is not None and live.age > age)
        await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await until(lambda: live.healthy, 5)
    await connection.close()


async def test_a_service_may_start_before_its_database() -> None:
    async with LiveCatalogue("postgresql://nobody@127.0.0.1:1/none") as live:
        assert not live.healthy
        assert live.age is None
        with pytest.raises(DatabaseUnavailable):
            _ = live.current
