"""Work outlives whoever began it: a worker that is killed, a queue that is lost, a connection that breaks."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from service.app import create_app
from service.eligibility.means import opened
from service.jobs.housekeeping import housekeep, purge
from service.jobs.news import News
from service.jobs.worker import Worker
from service.sandbox_process import free_port
from service.settings import Settings
from service.store.database import Connection, close_pool, connect, connect_as_owner, open_pool
from service.store.queue import enqueue
from service.uuid7 import uuid7
from tests.conftest import alive
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import PAT
from tests.service.eligibility.test_checks import CHECKS, ended


@asynccontextmanager
async def silence() -> AsyncGenerator[str]:
    """A network that takes every question and answers none."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def serving(settings: Settings, connectors: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """The service in a process of its own."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
        "OUTLAY_PORT": str(port),
        "OUTLAY_DATABASE_URL": settings.database_url or "",
        "OUTLAY_MEMBER_DATA_KEYS": str(settings.member_data_keys),
        "OUTLAY_CONNECTORS": str(connectors),
        "OUTLAY_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "service.cli", "serve", env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while not await ready(client, url):  # noqa: ASYNC110  another process gets ready
                await asyncio.sleep(0.1)
        yield process, url
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def leading_to(address: str, connectors: Path, folder: Path) -> Path:
    """The same connectors, with the first one at another address."""
    text = connectors.read_text()
    file = folder / "elsewhere.toml"
    file.write_text(text.replace(text.partition('url = "')[2].partition('"')[0], address))
    return file


async def ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx.TransportError:
        return False


async def until(connection: Connection, condition: str) -> None:
    async with asyncio.timeout(60):
        while not await connection.fetchval(f"SELECT {condition}"):  # noqa: ASYNC110  workers bring it about
            await asyncio.sleep(0.05)


async def test_a_check_whose_worker_is_killed_is_finished_by_another(
    settings: Settings, secret: str, connectors: Path, tmp_path: Path
) -> None:
    assert settings.database_url
    headers = {"Authorization": f"Bearer {secret}"}
    watching = await connect(settings.database_url)
    async with silence() as nowhere:
        silent = leading_to(nowhere, connectors, tmp_path)
        async with serving(settings, silent) as (process, url), httpx.AsyncClient(headers=headers) as desk:
            made = await desk.post(url + CHECKS, json=PAT | {"wait_seconds": 0})
            assert made.status_code == 202, made.text
            await until(watching, "EXISTS (SELECT FROM eligibility_checks WHERE status = 'running')")
            process.kill()
            await process.wait()
        # So long has nobody heard of it.
        await watching.execute("UPDATE pgqueuer SET heartbeat = now() - interval '1 minute'")
        app = create_app(settings)
        async with alive(app), calling(app, secret) as office:
            check = await ended(office, f"{CHECKS}/{made.json()['id']}")
    assert (check["outcome"], [attempt["number"] for attempt in check["attempts"]]) == ("active", [2])
    assert await watching.fetchval("SELECT count(*) FROM pgqueuer") == 0
    await watching.close()


async def test_a_check_whose_job_was_lost_goes_on_after_housekeeping(settings: Settings, secret: str) -> None:
    assert settings.database_url
    watching = await connect(settings.database_url)
    app = create_app(settings)
    async with alive(app), calling(app, secret) as office:
        made = await office.post(CHECKS, json=PAT | {"connector": "availity", "wait_seconds": 0})
        await until(watching, "NOT EXISTS (SELECT FROM eligibility_checks WHERE status = 'queued')")
    await watching.execute("DELETE FROM pgqueuer")
    pool = await open_pool(settings.database_url, min_size=1)
    async with opened(settings, pool, lambda: datetime.now(UTC) + timedelta(seconds=1)) as means:
        assert means
        await housekeep(means)
    await close_pool(pool)
    async with alive(app), calling(app, secret) as office:
        assert (await ended(office, made.headers["location"]))["outcome"] == "active"
    await watching.close()


async def test_member_data_goes_after_its_days_and_the_check_stays(settings: Settings, secret: str) -> None:
    app = create_app(settings)
    async with alive(app), calling(app, secret) as office:
        check = (await office.post(CHECKS, json=PAT)).json()
        means = app.state.wiring.means
        assert await purge(means) == 0
        later = means._replace(clock=lambda: datetime.now(UTC) + timedelta(days=30, minutes=1))
        assert await purge(later) == 1
        kept = (await office.get(f"{CHECKS}/{check['id']}")).json()
        assert (kept["outcome"], kept["purged_at"] is not None) == ("active", True)
        assert (kept["inquiry"], kept["answer"], kept["rejections"]) == (None, None, [])
        again = await office.post(f"{CHECKS}/{check['id']}/recheck")
        assert (again.status_code, again.json()["type"]) == (410, "/problems/purged")
        assert (await office.post(CHECKS, json=PAT)).status_code == 201


async def test_a_worker_outlives_its_connection(database_url: str) -> None:
    done: list[UUID] = []

    async def doing(subject: UUID) -> None:
        done.append(subject)

    async def nothing() -> None:
        pass

    connection = await connect_as_owner(database_url)
    async with Worker(database_url, {"webhook.deliver": doing}, nothing, News()):
        await until(connection, "EXISTS (SELECT FROM pgqueuer_schedules)")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        subject = uuid7()
        await enqueue(connection, "webhook.deliver", str(subject))
        await enqueue(connection, "webhook.deliver", str(subject))
        await until(connection, "NOT EXISTS (SELECT FROM pgqueuer)")
    assert done == [subject]
    await connection.close()


async def test_what_goes_wrong_is_tried_again_and_its_words_stay_out_of_the_database(database_url: str) -> None:
    failed = asyncio.Event()

    async def doing(_: UUID) -> timedelta | None:
        failed.set()
        raise LookupError("Nightingale, W123456789")

    async def nothing() -> None:
        pass

    connection = await connect(database_url)
    await enqueue(connection, "eligibility.continue", str(uuid7()))
    async with Worker(database_url, {"eligibility.continue": doing}, nothing):
        await asyncio.wait_for(failed.wait(), 60)
        await until(connection, "EXISTS (SELECT FROM pgqueuer WHERE status = 'queued' AND attempts = 1)")
    told = msgspec.json.encode([dict(row) for row in await connection.fetch("SELECT * FROM pgqueuer_log")])
    assert b"it failed" in told
    assert b"Nightingale" not in told
    await connection.close()


async def test_a_job_that_outlasts_its_worker_stays_for_another(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.jobs.worker.STOP_SECONDS", 0.1)
    begun = asyncio.Event()

    async def doing(_: UUID) -> timedelta | None:
        begun.set()
        await asyncio.Event().wait()

    async def nothing() -> None:
        pass

    connection = await connect(database_url)
    await enqueue(connection, "eligibility.continue", str(uuid7()))
    async with Worker(database_url, {"eligibility.continue": doing}, nothing):
        await asyncio.wait_for(begun.wait(), 60)
    assert await connection.fetchval("SELECT status::text FROM pgqueuer") == "picked"
    await connection.close()
