"""Databases: `conn` for what one transaction can show, `database_url` for what commits, listens or connects twice."""

from collections.abc import AsyncIterator, Iterator

import pytest

from service import testing
from service.store.database import Connection, connect


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A server that may create databases."""
    with testing.server() as url:
        yield url


@pytest.fixture(scope="session")
async def template_url(server_url: str) -> AsyncIterator[str]:
    """A migrated and seeded database that is only ever copied: nobody may be connected to it."""
    async with testing.seeded_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
async def postgres_url(template_url: str) -> AsyncIterator[str]:
    """A migrated and seeded database that the tests share and leave as they found it."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture
async def database_url(template_url: str) -> AsyncIterator[str]:
    """A migrated and seeded database for this test alone."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture
async def conn(postgres_url: str) -> AsyncIterator[Connection]:
    """A connection to the shared database, in a transaction that is rolled back."""
    connection = await connect(postgres_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
