"""One sandbox for all tests, with a slow member who is not so slow."""

import ssl
from collections.abc import AsyncGenerator, Generator

import httpx
import pytest

from tests.service.sandbox.serving import sandbox


@pytest.fixture(scope="session")
def sandbox_url() -> Generator[str]:
    with sandbox(slow_seconds=0.5) as url:
        yield url


@pytest.fixture
async def network(sandbox_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """Whoever asks, without credentials."""
    no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing here is https, and reading them takes long
    async with httpx.AsyncClient(base_url=sandbox_url, verify=no_authorities) as client:
        yield client
