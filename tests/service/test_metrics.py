"""What `/metrics` tells: all that the documentation lists, in few series, summed over the processes at a port."""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.staleness import due
from service.api.measured import stale
from service.sandbox_process import free_port
from service.store.database import Connection
from service.store.queue import depth, enqueue

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
LABELS = {
    "check",
    "connector",
    "error",
    "kind",
    "limit",
    "method",
    "outcome",
    "result",
    "route",
    "status",
    "to",
    "work",
}
"""Each has few values, and none of them is a person's."""
QUESTION = {"payer": "Self-pay", "treatment": "iv-ketamine"}


async def series(client: httpx.AsyncClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels."""
    text = (await client.get("/metrics")).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_table_of_metrics_is_what_is_told(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    told = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    table = OPERATIONS.read_text().partition("## Metrics\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(outlay_\w+)` \|", table, re.MULTILINE)
    assert set(listed) == told
    assert len(listed) == len(told)


async def test_labels_are_few_and_name_nobody(client: httpx.AsyncClient) -> None:
    labels = {name for _, labels in await series(client) for name, _ in labels}
    assert labels <= LABELS | {"le"}


async def test_an_estimate_is_counted_once_however_often_it_is_asked_for(
    client: httpx.AsyncClient, desk: httpx.AsyncClient
) -> None:
    staff, public = (("outlay_estimates_total", frozenset({("to", to)})) for to in ("staff", "public"))
    before = await series(client)
    for _ in range(3):
        await desk.post("/v1/estimates", json=QUESTION, headers={"Idempotency-Key": "counted"})
    await client.get("/widget/v1/estimate?payer=aetna&treatment=spravato")
    after = await series(client)
    assert after[staff] == before.get(staff, 0) + 1
    assert after[public] == before.get(public, 0) + 1


async def test_the_pool_is_measured(client: httpx.AsyncClient) -> None:
    told = await series(client)
    assert told["outlay_database_connections_in_use", frozenset()] == 0
    assert told["outlay_database_connections_max", frozenset()] >= 8
    assert told["outlay_database_wait_seconds_count", frozenset()] > 0


async def test_the_catalogue_has_its_times(client: httpx.AsyncClient) -> None:
    told = await series(client)
    agreed, loaded, written = (
        told[f"outlay_{name}_timestamp_seconds", frozenset()]
        for name in ("catalogue_agreed", "catalogue_loaded", "release")
    )
    assert agreed >= loaded >= written > 0
    assert told["outlay_catalogue_stale_facts", frozenset({("kind", "rule")})] == 0


def test_what_is_stale_is_counted_once_a_day() -> None:
    catalogue, day = Catalogue(load_release()), date(2031, 1, 1)
    counted = stale(catalogue, day)
    assert counted == Counter(each.kind for each in due(catalogue, day))
    assert counted["rule"] > 0
    assert stale(catalogue, day) is counted


async def test_a_job_is_late_from_when_it_could_have_been_begun(conn: Connection) -> None:
    await enqueue(conn, "webhook.deliver", "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10")
    await conn.execute("UPDATE pgqueuer SET execute_after = now() - interval '90 seconds'")
    await enqueue(conn, "webhook.deliver", "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a11")
    assert [(each.work, each.status, each.jobs, each.late_seconds) for each in await depth(conn)] == [
        ("webhook.deliver", "queued", 2, 90.0)
    ]
    await conn.execute("UPDATE pgqueuer SET execute_after = now() + interval '90 seconds'")
    assert [each.late_seconds for each in await depth(conn)] == [0.0]


@asynccontextmanager
async def two_workers(database_url: str) -> AsyncGenerator[tuple[httpx.AsyncClient, int]]:
    """The service in two processes at one port, each request for either; and the process that keeps them."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
        "OUTLAY_PORT": str(port),
        "OUTLAY_DATABASE_URL": database_url,
        "OUTLAY_WORKERS": "2",
        "OUTLAY_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service.cli", "serve", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=10) as client:
            yield client, process.pid
    finally:
        process.terminate()
        await process.wait()


async def until_told(client: httpx.AsyncClient, name: str, value: float) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await series(client)).get((name, frozenset())) == value:
                    return
            except httpx.TransportError:
                pass  # nobody listens yet
            await asyncio.sleep(0.1)


def worker_of(keeper: int) -> int:
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    return next(int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text())


async def test_processes_at_one_port_tell_the_numbers_of_them_all(database_url: str) -> None:
    request = frozenset({("method", "GET"), ("route", "/health/live"), ("status", "200")})
    answered = "outlay_http_request_seconds_count", request
    async with two_workers(database_url) as (client, keeper):
        await until_told(client, "outlay_database_connections_max", 16)
        for _ in range(20):
            await client.get("/health/live")
        assert [(await series(client))[answered] for _ in range(6)] == [20] * 6

        os.kill(worker_of(keeper), signal.SIGKILL)
        await until_told(client, "outlay_database_connections_max", 8)
        await until_told(client, "outlay_database_connections_max", 16)
        assert (await series(client))[answered] == 20
