"""Databases: `conn` for what one transaction can show, `database_url` for what commits, listens or connects twice.

All of them are worked in as the serving role, so that a right that a migration forgot is missed; `owner` is not.

The service: `client` is anybody, `desk` the front desk with its key; both reach `app` in this process.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, cast

import asyncpg
import httpx
import pytest
from hypothesis import settings
from litestar import Litestar

import payers
import service
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.database import Connection, connect, connect_as_owner
from service.store.keys import create_key

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("repeatable")
"""A run finds what the last one found; `--hypothesis-profile=explore` looks for what nobody has found yet."""

for package in (payers, service):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
import_module("bench.questions")
"""Hypothesis draws on the constants of modules that are loaded; so all are, whichever tests ran before."""

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def pytest_collection_finish() -> None:
    """Let the collector pass over what is loaded by now: walking through it takes longer than a request may wait."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server_url() -> Generator[str]:
    """A server that may create databases."""
    with testing.server() as url:
        yield url


@pytest.fixture(scope="session")
async def template_url(server_url: str) -> AsyncGenerator[str]:
    """A migrated and seeded database that is only ever copied: nobody may be connected to it."""
    async with testing.seeded_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
async def postgres_url(template_url: str) -> AsyncGenerator[str]:
    """A migrated and seeded database that the tests share and leave as they found it."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture
async def database_url(template_url: str) -> AsyncGenerator[str]:
    """A migrated and seeded database for this test alone."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture
async def conn(postgres_url: str) -> AsyncGenerator[Connection]:
    """A connection to the shared database as the service has it, in a transaction that is rolled back."""
    async with _rolled_back(await connect(postgres_url)) as connection:
        yield connection


@pytest.fixture
async def owner(postgres_url: str) -> AsyncGenerator[Connection]:
    """The same as the owner of the tables, for what only `outlay migrate` and `outlay seed` may, or nobody."""
    async with _rolled_back(await connect_as_owner(postgres_url)) as connection:
        yield connection


@asynccontextmanager
async def _rolled_back(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncGenerator[Connection]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


@pytest.fixture(scope="session")
async def service_url(template_url: str) -> AsyncGenerator[str]:
    """The database behind `app`, where estimates stay."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="session")
async def keys(service_url: str) -> dict[str, str]:
    """Secrets by what they may do: `desk` asks and reads, `reader` only reads, `admin` may do everything."""
    scopes = {"desk": ("estimates:write", "estimates:read"), "reader": ("estimates:read",), "admin": ("admin",)}
    connection = await connect(service_url)
    try:
        return {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in scopes.items()}
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def app(service_url: str, keys: dict[str, str]) -> AsyncGenerator[Litestar]:
    """The service as it runs, in the tests' own event loop, on an afternoon that does not end."""
    settings = Settings(database_url=service_url, widget_origins=("https://clinic.example",))
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app):
        yield app


@asynccontextmanager
async def alive(app: Litestar) -> AsyncGenerator[None]:
    """The lifespan in a task of its own: it must end in the task that began it, and a fixture has two."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await stop.wait()

    life = asyncio.create_task(live())
    await asyncio.wait({life, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if not life.done():
        yield
    stop.set()
    await life


@pytest.fixture
async def client(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    """Anybody on the network."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://outlay") as client:
        yield client


@pytest.fixture
async def desk(app: Litestar, keys: dict[str, str]) -> AsyncGenerator[httpx.AsyncClient]:
    """The front desk, with its key."""
    headers = {"Authorization": f"Bearer {keys['desk']}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", app)), base_url="http://outlay", headers=headers
    ) as desk:
        yield desk
