"""Readiness names the cause, since when it holds and what to do, and takes it back by itself."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, cast

import asyncpg
import httpx
import pytest
from litestar import Litestar

from service.app import create_app
from service.settings import Settings
from service.store.migrate import head_revision
from tests.conftest import NOW, alive
from tests.promises.test_outage import gone
from tests.store.test_live import until


@pytest.fixture
async def app(database_url: str) -> AsyncGenerator[Litestar]:
    """A service on a database of its own, whose state the tests break."""
    app = create_app(Settings(database_url=database_url), clock=lambda: NOW)
    async with alive(app):
        yield app


async def failures(client: httpx.AsyncClient) -> tuple[int, list[dict[str, Any]]]:
    ready = await client.get("/health/ready")
    return ready.status_code, ready.json()["failures"]


async def checks_in_metrics(client: httpx.AsyncClient) -> dict[str, str]:
    lines = (await client.get("/metrics")).text.splitlines()
    told = [line.split() for line in lines if line.startswith("outlay_ready{")]
    return {name.partition('"')[2].partition('"')[0]: value for name, value in told}


async def test_each_cause_is_told_with_its_remedy_and_passes(
    app: Litestar, client: httpx.AsyncClient, database_url: str
) -> None:
    live = app.state.wiring.live
    assert await failures(client) == (200, [])
    assert await checks_in_metrics(client) == {"database": "1.0", "migrations": "1.0", "catalogue": "1.0"}

    async with gone(database_url):
        status, (failure,) = await failures(client)
        assert (status, failure["check"]) == (503, "database")
        assert "Error" in failure["detail"]
        assert "OUTLAY_DATABASE_URL" in failure["remedy"]
        assert datetime.fromisoformat(failure["since"]) <= NOW
        assert (await checks_in_metrics(client))["database"] == "0.0"
    await until(lambda: live.healthy, 15)

    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE alembic_version SET version_num = '0001'")
    _, (failure,) = await failures(client)
    assert failure["check"] == "migrations"
    assert head_revision() in failure["detail"]
    assert "outlay migrate" in failure["remedy"]
    await connection.execute("UPDATE alembic_version SET version_num = $1", head_revision())

    release = await connection.fetchval("DELETE FROM current_release RETURNING release")
    await until(lambda: not live.healthy, 5)
    _, (failure,) = await failures(client)
    assert (failure["check"], "no longer followed" in failure["detail"]) == ("catalogue", True)
    first = failure["since"]
    _, (failure,) = await failures(client)
    assert failure["since"] == first
    await connection.execute("INSERT INTO current_release (release) VALUES ($1)", release)
    await connection.close()

    await until(lambda: live.healthy, 15)
    assert await failures(client) == (200, [])


async def test_a_database_that_nobody_seeded_says_so(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM current_release")
    await connection.close()
    app = create_app(Settings(database_url=database_url), clock=lambda: NOW)
    async with (
        alive(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://outlay") as client,
    ):
        _, (failure,) = await failures(client)
    assert (failure["check"], failure["since"]) == ("catalogue", NOW.isoformat().replace("+00:00", "Z"))
    assert "outlay seed" in failure["remedy"]
