"""One bench for all of a run: what heals by itself is not restarted in between."""

from collections.abc import AsyncGenerator

import pytest

from tests.adversity.bench import LIGHT, Bench
from tests.adversity.bench import bench as running


@pytest.fixture(scope="session")
async def bench() -> AsyncGenerator[Bench]:
    """A service under a light load."""
    async with running(LIGHT) as bench:
        yield bench
