"""Who migrates, who serves and who reads, on a server of their own: roles belong to a server, not to a database."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from service import testing
from service.store import audit
from service.store.database import (
    SERVING_ROLE,
    Connection,
    acquire,
    close_pool,
    connect,
    connect_as_owner,
    open_pool,
)
from service.store.migrate import migrate
from service.store.roles import READING_ROLE, RolesMissing, ensure_roles, serving_address, signed_in_as_owner


@pytest.fixture
def untouched() -> Generator[str]:
    """A server without any role of ours, which asks nobody for a password."""
    with testing.untouched_server() as url:
        yield url


def signed_in(url: str, user: str) -> str:
    address = urlsplit(url)
    return address._replace(netloc=f"{user}@{address.netloc.rpartition('@')[2]}").geturl()


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Connection]:
    connection = await connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def who(connection: Connection) -> str:
    return await connection.fetchval("SELECT current_user")


async def run(url: str, *statements: str) -> None:
    connection = await connect_as_owner(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_databases_that_migrate_at_once_make_the_roles_once(untouched: str) -> None:
    connections = [await connect_as_owner(untouched) for _ in range(8)]
    await asyncio.gather(*map(ensure_roles, connections))
    roles = await connections[0].fetchval("SELECT count(*) FROM pg_roles WHERE rolname ~ '^outlay_'")
    for connection in connections:
        await connection.close()
    assert roles == 2


async def test_an_owner_who_may_not_make_roles_is_told_what_to_ask_for(untouched: str) -> None:
    await run(untouched, "CREATE ROLE clinic LOGIN", "CREATE ROLE clinic_service LOGIN")
    async with testing.empty_database(untouched) as url:
        await run(untouched, f"ALTER DATABASE {urlsplit(url).path[1:]} OWNER TO clinic")
        with pytest.raises(RolesMissing) as refused:
            await migrate(signed_in(url, "clinic"))
        assert "clinic may not" in str(refused.value)
        await run(untouched, refused.value.sql)
        await migrate(signed_in(url, "clinic"))

        # The owner was not given the serving role, and goes on as the owner.
        async with opened(signed_in(url, "clinic")) as owner:
            assert (await who(owner), await signed_in_as_owner(owner)) == ("clinic", True)

        # A login that was given nothing may do nothing.
        async with opened(signed_in(url, "clinic_service")) as service:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute("SELECT FROM estimates")

        await run(untouched, f"GRANT {SERVING_ROLE} TO clinic_service")
        async with opened(signed_in(url, "clinic_service")) as service:
            assert (await who(service), await signed_in_as_owner(service)) == (SERVING_ROLE, False)
            await service.execute("RESET ROLE")
            assert await who(service) == "clinic_service"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute("DELETE FROM audit")


async def test_an_owner_who_may_make_roles_takes_on_the_serving_one(untouched: str) -> None:
    await run(untouched, "CREATE ROLE clinic LOGIN CREATEROLE")
    async with testing.empty_database(untouched) as url:
        await run(untouched, f"ALTER DATABASE {urlsplit(url).path[1:]} OWNER TO clinic")
        await migrate(signed_in(url, "clinic"))
        async with opened(signed_in(url, "clinic")) as connection:
            assert (await who(connection), await signed_in_as_owner(connection)) == (SERVING_ROLE, True)


async def test_on_a_server_of_our_own_the_serving_role_signs_in_itself(untouched: str) -> None:
    await migrate(untouched)
    async with opened(await serving_address(untouched)) as connection:
        assert (await who(connection), await signed_in_as_owner(connection)) == (SERVING_ROLE, False)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SET ROLE postgres")


async def test_a_connection_serves_whoever_had_it_before(postgres_url: str) -> None:
    pool = await open_pool(postgres_url, min_size=1, max_size=1)
    for _ in range(2):
        async with acquire(pool) as connection:
            assert await who(connection) == SERVING_ROLE
            await connection.execute("SET work_mem = '1MB'")  # forgotten when it goes back, as the role is not
    await close_pool(pool)


async def test_a_database_that_has_granted_nothing_yet_is_worked_in_as_before(server_url: str) -> None:
    async with testing.empty_database(server_url) as url, opened(url) as connection:
        assert await who(connection) != SERVING_ROLE
        assert not await signed_in_as_owner(connection)


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE audit SET action = 'nothing'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT INTO audit (at, action, subject_kind, subject_id) VALUES ('2020-01-01', 'a', 'b', 'c')",
        "INSERT INTO audit (id, action, subject_kind, subject_id) OVERRIDING SYSTEM VALUE VALUES (1, 'a', 'b', 'c')",
        "DELETE FROM estimates",
        "UPDATE estimates SET answer = '{}'",
        "UPDATE keys SET secret_hash = sha256('guess')",
        "UPDATE good_faith_estimates SET issued_on = '2020-01-01'",
        "DELETE FROM good_faith_bills",
        "INSERT INTO releases (version) VALUES (repeat('0', 64))",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE audit",
        "CREATE TABLE mine (id integer)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
async def test_the_service_may_not(conn: Connection, forbidden: str) -> None:
    await audit.append(conn, "key.revoke", "nothing", "0")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute(forbidden)


@pytest.mark.parametrize(
    "forbidden",
    [
        "SELECT secret_hash FROM keys",
        "SELECT sealed_answer FROM eligibility_checks",
        "SELECT * FROM good_faith_estimates",
        "SELECT sealed_secret FROM webhook_endpoints",
        "SELECT FROM console_sessions",
        "SELECT payload FROM pgqueuer",
        "INSERT INTO audit (action, subject_kind, subject_id) VALUES ('a', 'b', 'c')",
    ],
)
async def test_whoever_reads_for_reports_may_not(owner: Connection, forbidden: str) -> None:
    await owner.execute(f"SET LOCAL ROLE {READING_ROLE}")
    await owner.execute("SELECT id, name FROM keys")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute(forbidden)
