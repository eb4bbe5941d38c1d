"""`office` asks the sandbox payer over a real socket, through the service with its worker on a database of its own."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from service.app import create_app
from service.sandbox_process import running_sandbox
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from tests.conftest import alive

FAST = "test = true\nper_second = 1000\nin_flight = 100\n"
AVAILITY = """
[[connectors]]
kind = "availity"
name = "availity"
routes = ["champva"]
url = "{address}/availity"
client_id = "clinic"
secret_file = "{folder}/sandbox-password"
per_second = 1000
payer_ids = {{aetna = "60054"}}
"""


@pytest.fixture(scope="session")
def connectors(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """The connectors file of a running sandbox; `availity` answers later."""
    folder = tmp_path_factory.mktemp("sandbox")
    with running_sandbox(folder) as path:
        text = path.read_text()
        address = text.partition('url = "')[2].partition("/core")[0]
        path.write_text(text.replace("test = true\n", FAST) + AVAILITY.format(address=address, folder=folder))
        yield path


@pytest.fixture
def settings(database_url: str, connectors: Path, tmp_path: Path) -> Settings:
    """A clinic that asks the sandbox."""
    keys = tmp_path / "member-data-keys"
    ensure_keys(keys)
    return Settings(database_url=database_url, member_data_keys=keys, connectors=connectors)


@pytest.fixture
async def secret(database_url: str) -> str:
    """A key that may ask payers, read what they said and estimate."""
    connection = await connect(database_url)
    try:
        scopes = ("eligibility:write", "eligibility:read", "estimates:write", "estimates:read")
        made = await create_key(connection, name="office", scopes=scopes)
    finally:
        await connection.close()
    return made.secret


@pytest.fixture
async def app(settings: Settings, secret: str) -> AsyncGenerator[Litestar]:
    """The service with its worker."""
    app = create_app(settings)
    async with alive(app):
        yield app


@pytest.fixture
async def office(app: Litestar, secret: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The clinic's office, with its key."""
    async with calling(app, secret) as office:
        yield office


@asynccontextmanager
async def calling(app: Litestar, secret: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service in this process."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", app)),
        base_url="http://outlay",
        headers={"Authorization": f"Bearer {secret}"},
    ) as client:
        yield client
