"""One bench for all of a run: what heals by itself is not restarted in between."""

import shutil
from collections.abc import AsyncGenerator, Generator

import pytest

from tests.adversity.bench import LIGHT, Bench
from tests.adversity.bench import bench as running
from tests.public.conftest import SERVERS, Valkey


@pytest.fixture(scope="session")
async def bench() -> AsyncGenerator[Bench]:
    """A service under a light load."""
    async with running(LIGHT) as bench:
        yield bench


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Valkey]:
    """A Valkey."""
    program = next(filter(None, map(shutil.which, SERVERS)), None)
    if program is None:
        pytest.skip("no Valkey or Redis here: `apt-get install redis-server`")
    server = Valkey(program, tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()
