"""Two replicas over one Postgres and one Valkey: what changes holds in both at once, and what is done is done once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from time import monotonic
from typing import Any

import httpx
import msgspec
import pytest

from payers.catalogue.clinic import ClinicLayer
from service import testing
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key, revoke_key
from tests.adversity.bench import DATABASE, LINES, Bench
from tests.adversity.replica import Replica
from tests.public.conftest import Valkey

LIMIT = 20
SOMEBODY = {"X-Forwarded-For": "198.51.100.7"}
SOON_SECONDS = 5.0
"""On a machine that does other things too; it is a second at most where it does not (docs/operations.md)."""
PRICES = {
    "prices": [
        {
            "id": "replicas",
            "treatment": "spravato",
            "price_cents": 61100,
            "valid_from": "2026-01-01",
        }
    ]
}


@pytest.fixture(scope="module")
async def replicas(bench: Bench, shared: Valkey) -> AsyncGenerator[tuple[Replica, Replica]]:
    """Two, of one worker each, which count together."""
    settings: dict[str, str] = {
        "OUTLAY_WORKERS": "1",
        "OUTLAY_LIMITS_URL": shared.url,
        "OUTLAY_LIMIT_PUBLIC": f"{LIMIT}/minute",
        "OUTLAY_PROXIES": "1",
    }
    both = bench.another("one", (), **settings), bench.another("other", (), **settings)
    await asyncio.gather(*(replica.start() for replica in both))
    yield both
    for replica in both:
        await replica.kill()


async def reached(
    replicas: tuple[Replica, Replica], holds: Callable[[httpx.AsyncClient], Awaitable[bool]], headers: dict[str, str]
) -> float:
    """How long it takes until it holds in both."""
    began = monotonic()

    async def one(replica: Replica) -> None:
        async with httpx.AsyncClient(base_url=replica.url, headers=headers) as client:
            while not await holds(client):
                await asyncio.sleep(0.01)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(one, replicas))
    return monotonic() - began


async def test_what_changes_holds_in_both_soon(
    bench: Bench, replicas: tuple[Replica, Replica], record_property: Callable[[str, object], None]
) -> None:
    connection = await connect(testing.at(bench.database.url, DATABASE))
    made = await create_key(connection, name="desk", scopes=("estimates:read",))
    headers = {"Authorization": f"Bearer {made.secret}"}
    seconds: dict[str, float] = {}

    async def allowed(client: httpx.AsyncClient) -> bool:
        return (await client.get("/v1/coverage?payer=Aetna&treatment=spravato")).status_code == 200

    async def known(client: httpx.AsyncClient) -> bool:
        return (await client.get(f"/v1/estimates/{made.key.id}")).status_code == 404

    async def refused(client: httpx.AsyncClient) -> bool:
        return (await client.get(f"/v1/estimates/{made.key.id}")).status_code == 401

    seconds["a new key"] = await reached(replicas, known, headers)
    async with httpx.AsyncClient(base_url=replicas[0].url, headers=headers) as client:
        assert await allowed(client)
        before = (await client.get("/v1/treatments")).headers["x-outlay-catalogue-version"]

    async def changed(client: httpx.AsyncClient) -> bool:
        return (await client.get("/v1/treatments")).headers["x-outlay-catalogue-version"] != before

    await add_clinic_rows(connection, msgspec.convert(PRICES, ClinicLayer, strict=False))
    seconds["a price"] = await reached(replicas, changed, headers)
    await revoke_key(connection, made.key.id)
    seconds["a revocation"] = await reached(replicas, refused, headers)
    await connection.close()
    for name, took in seconds.items():
        record_property(name, took)
    assert max(seconds.values()) < SOON_SECONDS, seconds


async def test_a_limit_holds_across_both(replicas: tuple[Replica, Replica]) -> None:
    statuses = Counter[int]()
    for asked in range(2 * LIMIT):
        async with httpx.AsyncClient(base_url=replicas[asked % 2].url, headers=SOMEBODY) as client:
            statuses[(await client.get("/v1/treatments")).status_code] += 1
    # One more may be left over from the share of a minute that has just passed.
    assert set(statuses) == {200, 429}
    assert LIMIT <= statuses[200] <= LIMIT + 2, statuses


async def test_each_event_is_told_once_and_each_job_is_done_once(
    bench: Bench, replicas: tuple[Replica, Replica]
) -> None:
    async with (
        httpx.AsyncClient(base_url=replicas[0].url, timeout=30, headers=bench.authorization) as one,
        httpx.AsyncClient(base_url=replicas[1].url, timeout=30, headers=bench.authorization) as other,
    ):
        await bench.no_webhooks(one)
        bench.receiver.received.clear()
        (await one.post("/v1/webhooks", json={"url": bench.receiver.url})).raise_for_status()
        batches = [await bench.schedule(one), await bench.schedule(other)]
        for batch in batches:
            await bench.finished(other, batch, hurry=False)
        told = Counter(_subject(got.body) for got in bench.receiver.received)
        await bench.no_webhooks(one)
    assert len(told) == 2 * (LINES + 1)
    assert set(told.values()) == {1}, told


def _subject(body: bytes) -> str:
    data: dict[str, Any] = msgspec.json.decode(body)["data"]
    return data.get("check") or data["batch"]
