"""The connection pool, and what becomes of asyncpg's errors at its edge."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TypeAlias

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from service.store import measures
from service.traces import watch

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

ACQUIRE_SECONDS = 1.0
COMMAND_SECONDS = 5.0
CLOSE_SECONDS = 10.0
CONNECT_SECONDS = 5.0

OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when the server is away, stops, or does not answer in time.

`InternalClientError` among them: the driver's confusion when the server's farewell crosses a query.
"""
REFUSALS = (
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)
"""What it raises when the server is there and does not let us in, now or at all, has no room left, or is a standby."""

_SERVER_SETTINGS = {
    "application_name": "outlay",
    "statement_timeout": "4s",  # below ours, so that a connection on which nothing comes in time is known to be dead
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "jit": "off",
}
_JSONB_VERSION = b"\x01"

SERVING_ROLE = "outlay_serve"
"""What the service does, and no more: the migrations grant it."""
MAY_SERVE = (  # before Postgres 16 every member of a role may take it on
    "pg_has_role(session_user, oid, "
    "CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END)"
)
"""Whether who signed in may take on a role of `pg_roles`."""
_SERVE = f"""
    SELECT set_config('role', rolname, false) FROM pg_roles
    WHERE rolname = '{SERVING_ROLE}' AND {MAY_SERVE}
      AND has_table_privilege(oid, to_regclass('alembic_version'), 'SELECT')
"""  # noqa: S608  our own names


class DatabaseUnavailable(Exception):
    """The database cannot be reached, is too busy, or went away in the middle: try again later."""


class Unstorable(Exception):
    """The database holds no such text: it has a NUL character in it."""


class ConstraintViolated(Exception):
    """The database refused a row. `constraint` is its name, as the migrations give it."""

    def __init__(self, constraint: str, table: str, detail: str) -> None:
        super().__init__(f"{table}: {constraint}: {detail}")
        self.constraint = constraint
        self.table = table


async def open_pool(url: str, *, min_size: int = 2, max_size: int = 8) -> Pool:
    """A pool on the running event loop, at most `max_size` connections for each worker.

    Raises:
        DatabaseUnavailable: no first connection could be made.
    """
    with_limits = asyncpg.create_pool(
        url,
        min_size=min_size,
        max_size=max_size,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        server_settings=_SERVER_SETTINGS,
        init=_prepare,
    )
    try:
        pool = await with_limits
    except (*OUTAGES, *REFUSALS) as error:
        raise DatabaseUnavailable(type(error).__name__) from error
    measures.pool_opened(max_size)
    return pool


async def close_pool(pool: Pool) -> None:
    """Close when every borrower is done, and after 10 seconds whether they are or not."""
    try:
        await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
    except TimeoutError:
        pool.terminate()
    measures.pool_opened(-pool.get_max_size())


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """A connection of its own, for LISTEN, commands and tests, with the pool's settings, role and codecs."""
    connection = await connect_plain(url)
    await _speak_json(connection)
    return connection


async def connect_as_owner(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """The same with all that the signed-in user may do, for what only the owner of the tables may: write a release."""
    connection = await _connect(url)
    await _speak_json(connection)
    return connection


async def connect_plain(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """The same without codecs, for a library that speaks JSON as text."""
    connection = await _connect(url)
    await _serve(connection)
    return connection


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(
        url, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=_SERVER_SETTINGS
    )


async def _prepare(connection: Connection) -> None:
    await _serve(connection)
    await _speak_json(connection)


async def _serve(connection: Connection) -> None:
    """Go on as the serving role where who signed in may, so that one address is enough on a laptop.

    Whoever may not goes on as they are: a login of the service's own may already do what that role may. So does
    everybody in a database whose migrations have granted nothing yet.
    """
    await connection.execute(_SERVE)


async def _speak_json(connection: Connection) -> None:
    """Teach a new connection to speak `json` and `jsonb` through msgspec."""
    watch(connection)
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=msgspec.json.encode, decoder=msgspec.json.decode, format="binary"
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_jsonb, decoder=_decode_jsonb, format="binary"
    )


@asynccontextmanager
async def acquire(pool: Pool) -> AsyncGenerator[Connection]:
    """Borrow a connection for a unit of work, waiting at most a second for one.

    Raises:
        DatabaseUnavailable: none was free, none could be made, or the server went away in the middle of the work.
        ConstraintViolated: a constraint refused a row.
        Unstorable: a text has a NUL character in it.
    """
    began = perf_counter()
    borrowed = False
    try:
        async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            borrowed = True
            measures.waited(perf_counter() - began)
            with measures.in_use():
                yield connection
    except (*OUTAGES, *REFUSALS) as error:
        measures.failed(error)
        if borrowed and isinstance(error, TimeoutError):
            # After a failover the others lead to the same silence: nobody should have to find out with each of them.
            await pool.expire_connections()
        raise DatabaseUnavailable(type(error).__name__) from error
    except (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError) as error:
        raise Unstorable from error
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ConstraintViolated(
            error.constraint_name or "", error.table_name or "", error.detail or str(error)
        ) from error


def _encode_jsonb(value: object) -> bytes:
    return _JSONB_VERSION + msgspec.json.encode(value)


def _decode_jsonb(data: bytes) -> object:
    return msgspec.json.decode(data[1:])
