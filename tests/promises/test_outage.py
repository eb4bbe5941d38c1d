"""When the database goes away: nothing is lost, nothing is pretended, and what is public is answered from memory."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
from litestar import Litestar

from service import testing
from service.store.database import connect

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


async def test_an_estimate_is_refused_and_the_public_is_answered(
    app: Litestar, service_url: str, desk: httpx.AsyncClient
) -> None:
    before = await desk.post("/v1/estimates", json=QUESTION)
    async with gone(service_url):
        refused = await desk.post("/v1/estimates", json=QUESTION, headers={"Idempotency-Key": "again"})
        ready = await desk.get("/health/ready")
        alive = await desk.get("/health/live")
        public = await desk.get("/v1/coverage?payer=Aetna&treatment=spravato")
        widget = await desk.get("/widget/v1/estimate?payer=aetna&treatment=spravato")
    again = await desk.post("/v1/estimates", json=QUESTION, headers={"Idempotency-Key": "again"})
    kept = await desk.get(f"/v1/estimates/{before.json()['id']}")

    assert refused.status_code == 503
    assert refused.json()["type"] == "/problems/unavailable"
    assert int(refused.headers["retry-after"]) > 0
    assert (ready.status_code, ready.json()["database"], alive.status_code) == (503, "failed", 200)
    assert [failure["check"] for failure in ready.json()["failures"]] == ["database"]
    assert (public.status_code, widget.status_code) == (200, 200)
    assert again.status_code == 201
    assert kept.content == before.content
