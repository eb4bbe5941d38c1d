"""Databases for tests: one migrated and seeded template, and a clone of it for whoever needs to commit.

The server is `OUTLAY_TEST_DATABASE_URL` (an address that may create databases), or an embedded one that lives as long
as the process.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from service.store import embedded
from service.store.database import connect_as_owner
from service.store.migrate import migrate
from service.store.seed import seed


@contextmanager
def server() -> Generator[str]:
    """The address of a server for tests."""
    given = os.environ.get("OUTLAY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with untouched_server() as url:
        yield url


@contextmanager
def untouched_server() -> Generator[str]:
    """The address of an embedded server that nobody has worked in yet."""
    folder = Path(tempfile.mkdtemp(prefix="outlay-"))
    started = embedded.start(folder / "postgres")
    try:
        asyncio.run(_forget_durability(started.url))
        yield started.url
    finally:
        started.stop()
        shutil.rmtree(folder)


@asynccontextmanager
async def empty_database(server_url: str) -> AsyncGenerator[str]:
    """The address of a new database without tables, dropped afterwards."""
    async with _created(server_url, "outlay_empty", "template0") as url:
        yield url


@asynccontextmanager
async def seeded_database(server_url: str) -> AsyncGenerator[str]:
    """The address of a new database, migrated and seeded, dropped afterwards."""
    async with empty_database(server_url) as url:
        await migrate(url)
        await seed(url)
        yield url


@asynccontextmanager
async def cloned_database(template_url: str) -> AsyncGenerator[str]:
    """The address of a copy of a database that nobody is connected to, dropped afterwards."""
    async with _created(template_url, "outlay_clone", urlsplit(template_url).path.removeprefix("/")) as url:
        yield url


@asynccontextmanager
async def _created(server_url: str, prefix: str, template: str) -> AsyncGenerator[str]:
    name = f"{prefix}_{token_hex(4)}"
    await _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield at(server_url, name)
    finally:
        await _execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def at(server_url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(server_url)._replace(path=f"/{database}").geturl()


async def _execute(server_url: str, statement: str) -> None:
    # Over the database that every server has: a template must have no connection while it is copied.
    connection = await connect_as_owner(at(server_url, "postgres"))
    try:
        await connection.execute("SET statement_timeout = 0")  # a busy disk copies for longer than a question may take
        await connection.execute(statement, timeout=60)
    finally:
        await connection.close()


async def _forget_durability(server_url: str) -> None:
    connection = await connect_as_owner(server_url)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
