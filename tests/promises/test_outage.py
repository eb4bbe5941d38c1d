"""When the database goes away: nothing is lost, nothing is pretended, and what is public is answered from memory."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from litestar import Litestar

from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.database import connect
from tests.conftest import alive

QUESTION = {"payer": "Self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 6}}


@asynccontextmanager
async def gone(url: str) -> AsyncGenerator[None]:
    """The database under another name, with every connection to it cut."""
    name = urlsplit(url).path.removeprefix("/")
    server = await connect(testing.at(url, "postgres"))
    try:
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await server.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_gone"')
        yield
        await server.execute(f'ALTER DATABASE "{name}_gone" RENAME TO "{name}"')
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await server.close()


async def unfollowed(app: Litestar) -> None:
    """When it has been noticed, which takes a second at most."""
    async with asyncio.timeout(30):
        while app.state.wiring.live.healthy:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_process_starts_without_it_and_waits() -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"))
    async with (
        alive(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://outlay") as client,
    ):
        public = await client.get("/widget/v1/estimate?payer=aetna&treatment=spravato")
        ready = await client.get("/health/ready")
    assert (public.status_code, public.headers["x-outlay-degraded"]) == (503, "database")
    assert int(public.headers["retry-after"]) > 0
    assert [failure["check"] for failure in ready.json()["failures"]] == ["database"]


async def test_an_estimate_is_refused_and_the_public_is_answered(
    app: Litestar, service_url: str, desk: httpx.AsyncClient
) -> None:
    before = await desk.post("/v1/estimates", json=QUESTION)
    async with gone(service_url):
        await unfollowed(app)
        refused = await desk.post("/v1/estimates", json=QUESTION, headers={"Idempotency-Key": "again"})
        ready = await desk.get("/health/ready")
        living = await desk.get("/health/live")
        public = await desk.get("/v1/coverage?payer=Aetna&treatment=spravato")
        widget = await desk.get("/widget/v1/estimate?payer=aetna&treatment=spravato")
    again = await desk.post("/v1/estimates", json=QUESTION, headers={"Idempotency-Key": "again"})
    kept = await desk.get(f"/v1/estimates/{before.json()['id']}")

    assert refused.status_code == 503
    assert refused.json()["type"] == "/problems/unavailable"
    assert int(refused.headers["retry-after"]) > 0
    assert (ready.status_code, ready.json()["database"], living.status_code) == (503, "failed", 200)
    assert [failure["check"] for failure in ready.json()["failures"]] == ["database"]
    assert (public.status_code, widget.status_code) == (200, 200)
    assert {answer.headers["x-outlay-degraded"] for answer in (refused, public, widget)} == {"database"}
    assert "x-outlay-degraded" not in before.headers
    assert again.status_code == 201
    assert kept.content == before.content
