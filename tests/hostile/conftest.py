"""`front` is the service with a payer to ask; `ground` is what it holds that attacks can name."""

import gc
from collections.abc import AsyncGenerator, Generator
from typing import Any, NamedTuple, cast

import httpx
import pytest
from litestar import Litestar

from service import testing
from service.app import create_app
from service.sandbox_process import running_sandbox
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from service.testing_service import RunningService, running_service
from tests.conftest import NOW, alive
from tests.console.person import Person
from tests.hostile.ground import prepared
from tests.hostile.table import Ground, Request
from tests.service.eligibility.conftest import FAST


@pytest.fixture(autouse=True)
def nothing_to_collect() -> Generator[None]:
    """Without what other tests of this process left behind: the collector would walk through all of it, for seconds."""
    gc.freeze()
    yield
    gc.unfreeze()


class Front(NamedTuple):
    """A service, with somebody for each way to come in: anybody, a key that may do everything, a browser signed in."""

    app: Litestar
    nobody: httpx.AsyncClient
    api: httpx.AsyncClient
    console: httpx.AsyncClient
    ground: Ground
    key: str

    async def send(self, request: Request) -> httpx.Response:
        """Send a request as whoever it is for."""
        client: httpx.AsyncClient = getattr(self, request.who)
        url = httpx.URL("http://outlay").copy_with(raw_path=request.target.encode("latin-1", "replace"))
        headers = [(name.encode(), value) for name, value in request.headers]
        return await client.request(request.method, url, headers=headers, content=request.body)


@pytest.fixture(scope="package")
async def front(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Front]:
    folder = tmp_path_factory.mktemp("hostile")
    with running_sandbox(folder) as connectors:
        connectors.write_text(connectors.read_text().replace("test = true\n", FAST))
        async with testing.cloned_database(template_url) as url:
            connection = await connect(url)
            key = (await create_key(connection, name="everything", scopes=("admin",))).secret
            await connection.close()
            ensure_keys(folder / "keys")
            settings = Settings(
                database_url=url,
                public_urls=("http://outlay",),
                member_data_keys=folder / "keys",
                connectors=connectors,
                log_level="error",
                limit_public=None,
                limit_staff=None,
                limit_sign_in=None,
            )
            app = create_app(settings, clock=lambda: NOW)
            transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)

            def client(**headers: str) -> httpx.AsyncClient:
                return httpx.AsyncClient(transport=transport, base_url="http://outlay", headers=headers)

            async with (
                alive(app),
                client() as nobody,
                client(authorization=f"Bearer {key}") as api,
                client() as console,
            ):
                person = Person(console)
                await person.sign_in(key)
                yield Front(app, nobody, api, console, await prepared(api, person), key)


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningService]:
    """A process that serves, with a payer to ask."""
    with running_service(tmp_path_factory.mktemp("service")) as service:
        yield service
