"""Brings a database to the newest migration. A command, never a part of the service's start on a real server."""

import asyncio
from pathlib import Path

import asyncpg
import msgspec

import migrations
from service.store.database import CONNECT_SECONDS, Connection
from service.store.roles import ensure_roles

_LOCK = int.from_bytes(b"outlay", "big")
"""The advisory lock's number; Postgres keeps it apart for each database."""
_LOCK_WAIT_SECONDS = 120.0
_LOCK_POLL_SECONDS = 0.1


class MigrationLocked(TimeoutError):
    """Another process has been migrating this database for two minutes."""


class MigrationTimedOut(Exception):
    """A migration waited too long for a lock or took too long, and was undone; those before it stay."""


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did: the database's revision before (absent: an empty database) and after."""

    before: str | None
    after: str


def head_revision() -> str:
    """The newest migration that this program knows."""
    return _revisions()[-1]


async def current_revision(connection: Connection) -> str | None:
    """The newest migration that the database has; absent before the first."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    return await connection.fetchval("SELECT version_num FROM alembic_version")


async def pending(connection: Connection, to: str | None = None) -> tuple[str, ...]:
    """The migrations, none after `to`, that this program needs and the database does not have.

    Empty too when the database is ahead: every migration works with the program before it.
    """
    current = await current_revision(connection)
    return tuple(
        revision
        for revision in _revisions()
        if (current is None or revision > current) and (to is None or revision <= to)
    )


async def migrate(url: str, to: str | None = None) -> Migrated:
    """Apply what is pending over one direct connection, never through a pooler. Safe when two run at once.

    Whoever signs in at `url` owns what is made. `to` is the last one to apply, where that is not the newest.

    Raises:
        MigrationLocked: somebody else held the lock for too long.
        MigrationTimedOut: a migration did not get a table, or took too long. It says which.
        RolesMissing: the server lacks the roles that are granted rights, and this user may not make them.
    """
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        before = await current_revision(connection)
        if not await pending(connection, to):
            return Migrated(before=before, after=before or head_revision())
        await _lock(connection)
        before = await current_revision(connection)
        if await pending(connection, to):
            await ensure_roles(connection)
            try:
                await _upgrade(url, to or "head")
            except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError) as error:
                raise MigrationTimedOut((await pending(connection, to))[0]) from error
        return Migrated(before=before, after=to or head_revision())
    finally:
        await connection.close()  # and with it goes the lock


def _revisions() -> tuple[str, ...]:
    folder = Path(migrations.__file__).parent / "versions"
    return tuple(sorted(path.stem.partition("_")[0] for path in folder.glob("[0-9]*.sql")))


async def _lock(connection: Connection) -> None:
    # Asked for again and again: a session that waits inside pg_advisory_lock holds a snapshot, for which the holder's
    # CREATE INDEX CONCURRENTLY would wait in turn.
    try:
        async with asyncio.timeout(_LOCK_WAIT_SECONDS):
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110
                await asyncio.sleep(_LOCK_POLL_SECONDS)
    except TimeoutError as error:
        raise MigrationLocked from error


async def _upgrade(url: str, to: str) -> None:
    # Takes most of a second to import, and a warm start has nothing to migrate.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import Connection as SqlalchemyConnection
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    def upgrade(connection: SqlalchemyConnection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, to)

    # asyncpg itself reads the address, so that it means the same here as in the service.
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(url, timeout=CONNECT_SECONDS)
    )
    async with engine.connect() as connection:
        await connection.run_sync(upgrade)
        await connection.commit()
    await engine.dispose()
