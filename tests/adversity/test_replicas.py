"""Two replicas over one Postgres and one Valkey: what changes holds in both at once, and what is done is done once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from itertools import count
from statistics import median
from time import monotonic
from typing import Any

import httpx
import msgspec
import pytest

from payers.catalogue.clinic import ClinicLayer, SitePrice
from service import testing
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key, revoke_key
from tests.adversity.bench import DATABASE, LINES, Bench
from tests.adversity.replica import Replica
from tests.public.conftest import Valkey

LIMIT = 20
SOMEBODY = {"X-Forwarded-For": "198.51.100.7"}
CHANGES = 5
SOON_SECONDS = 1.0
"""Of the median: the machine of a test does other things too."""
ADDRESSES = count(1)
TREATMENTS = "/v1/treatments"
VERSION = "x-outlay-catalogue-version"
PRICE = SitePrice(id="replicas", treatment="spravato", price_cents=61_100, valid_from=date(2026, 1, 1))


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


@asynccontextmanager
async def asking(replicas: tuple[Replica, Replica], secret: str) -> AsyncGenerator[list[httpx.AsyncClient]]:
    """A client of each replica, at an address that nobody has asked from: what is refused counts against it."""
    headers = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": f"203.0.113.{next(ADDRESSES)}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=replica.url, headers=headers))
            for replica in replicas
        ]


async def reached(clients: list[httpx.AsyncClient], path: str, holds: Callable[[httpx.Response], bool]) -> float:
    """How long it takes until it holds in both, in seconds."""
    began = monotonic()

    async def one(client: httpx.AsyncClient) -> None:
        while not holds(await client.get(path)):
            await asyncio.sleep(0.01)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(one, clients))
    return monotonic() - began


async def test_what_changes_holds_in_both_within_a_second(
    bench: Bench, replicas: tuple[Replica, Replica], record_testsuite_property: Callable[[str, object], None]
) -> None:
    connection = await connect(testing.at(bench.database.url, DATABASE))
    took: dict[str, list[float]] = {"a new key": [], "a price": [], "a revocation": []}
    for number in range(CHANGES):
        made = await create_key(connection, name="desk", scopes=("estimates:read",))
        asked = f"/v1/estimates/{made.key.id}"
        async with asking(replicas, made.secret) as clients:
            took["a new key"].append(await reached(clients, asked, lambda answer: answer.status_code == 404))
            versions = {(await client.get(TREATMENTS)).headers[VERSION] for client in clients}
            price = msgspec.structs.replace(PRICE, id=f"replicas-{number}", site=f"site-{number}")
            await add_clinic_rows(connection, ClinicLayer(prices=(price,)))
            took["a price"].append(
                await reached(
                    clients, TREATMENTS, lambda answer, versions=versions: answer.headers[VERSION] not in versions
                )
            )
            await revoke_key(connection, made.key.id)
            took["a revocation"].append(await reached(clients, asked, lambda answer: answer.status_code == 401))
    await connection.close()
    middle = {what: round(median(seconds), 3) for what, seconds in took.items()}
    for what, seconds in middle.items():
        record_testsuite_property(f"seconds until {what} holds in both", seconds)
    assert max(middle.values()) < SOON_SECONDS, took


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
