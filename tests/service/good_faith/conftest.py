"""`office` issues good-faith estimates on a day that the test sets, in a clinic with the documentation's price list."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, cast

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from tests.conftest import NOW, alive
from tests.payers.good_faith.issued import EXAMPLE
from tests.service.good_faith.asking import Office

SCOPES = {
    "office": ("estimates:write", "estimates:read"),
    "reader": ("estimates:read",),
    "checker": ("eligibility:read",),
}


class Today:
    """The clinic's clock."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def is_now(self, day: date) -> None:
        """Let it be the afternoon of that day."""
        self.now = NOW.replace(year=day.year, month=day.month, day=day.day)


@pytest.fixture(scope="session")
async def clinic_url(template_url: str) -> AsyncGenerator[str]:
    """The database of a clinic with prices."""
    async with testing.cloned_database(template_url) as url:
        connection = await connect(url)
        try:
            await add_clinic_rows(connection, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
        finally:
            await connection.close()
        yield url


@pytest.fixture(scope="session")
async def secrets(clinic_url: str) -> dict[str, str]:
    """The clinic's keys by what they may do."""
    connection = await connect(clinic_url)
    try:
        return {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in SCOPES.items()}
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def clock() -> Today:
    """The clock of the whole session."""
    return Today()


@pytest.fixture
def today(clock: Today) -> Today:
    """The clock, on the Monday of the other tests again."""
    clock.now = NOW
    return clock


@pytest.fixture(scope="session")
async def clinic_app(
    clinic_url: str, secrets: dict[str, str], clock: Today, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Litestar]:
    """The service with keys for patients' data."""
    keys = tmp_path_factory.mktemp("clinic") / "member-data-keys"
    ensure_keys(keys)
    app = create_app(Settings(database_url=clinic_url, member_data_keys=keys), clock=clock)
    async with alive(app):
        yield app


@asynccontextmanager
async def calling(app: Litestar, secret: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A client with a key."""
    headers = {"Authorization": f"Bearer {secret}"}
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://outlay", headers=headers) as client:
        yield client


@pytest.fixture
async def office(clinic_app: Litestar, secrets: dict[str, str], today: Today) -> AsyncGenerator[Office]:
    """The clinic's office, with its key."""
    async with calling(clinic_app, secrets["office"]) as client:
        yield Office(client)
