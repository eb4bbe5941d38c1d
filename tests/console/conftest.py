"""`person` is at the sign-in page of the service in this process; `biller`, `reader` and `boss` are signed in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from tests.console.person import Person


@asynccontextmanager
async def browsing(app: Litestar, **headers: str) -> AsyncGenerator[Person]:
    """Somebody with a browser without a past."""
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://outlay", headers=headers) as client:
        yield Person(client)


@pytest.fixture
async def person(app: Litestar) -> AsyncGenerator[Person]:
    """Somebody who is not signed in."""
    async with browsing(app) as person:
        yield person


@pytest.fixture
async def biller(app: Litestar, keys: dict[str, str]) -> AsyncGenerator[Person]:
    """Somebody who answers patients."""
    async with browsing(app) as person:
        await person.sign_in(keys["desk"])
        yield person


@pytest.fixture
async def reader(app: Litestar, keys: dict[str, str]) -> AsyncGenerator[Person]:
    """Somebody who only looks."""
    async with browsing(app) as person:
        await person.sign_in(keys["reader"])
        yield person
