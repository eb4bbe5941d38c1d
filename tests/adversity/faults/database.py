"""The database goes away, is slow, is full or has no room, and comes back."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import asyncpg

from service import testing
from service.store.database import SERVING_ROLE
from tests.adversity.bench import DATABASE, Bench, Fault

BACKENDS = f"SELECT pid FROM pg_stat_activity WHERE usename = '{SERVING_ROLE}'"


@asynccontextmanager
async def _stopped(bench: Bench) -> AsyncGenerator[None]:
    await bench.database.stop()
    yield
    await bench.database.start()


@asynccontextmanager
async def _restarted(bench: Bench) -> AsyncGenerator[None]:
    bench.strike()
    await bench.database.stop("immediate")
    await bench.database.start()
    yield


@asynccontextmanager
async def _killed(bench: Bench) -> AsyncGenerator[None]:
    await bench.database.kill()
    yield
    await bench.database.start()


@asynccontextmanager
async def _failed_over(bench: Bench) -> AsyncGenerator[None]:
    """The bench goes on with the standby; a machine that is gone says no farewell to its connections."""
    standby = await bench.database.copied(bench.folder / f"standby-{bench.database.port}")
    await asyncio.sleep(bench.scale.seconds / 2)
    bench.strike()
    bench.wire.freeze()
    await bench.database.kill()
    bench.wire.move(standby.port)
    bench.follow(standby)
    bench.wire.thaw()
    await asyncio.sleep(bench.scale.seconds / 2)  # it lets people in, and takes nothing from them yet
    await standby.promote()
    yield


@asynccontextmanager
async def _slow(bench: Bench) -> AsyncGenerator[None]:
    bench.wire.delay = 0.3
    yield
    bench.wire.delay = 0.0


@asynccontextmanager
async def _hung(bench: Bench) -> AsyncGenerator[None]:
    bench.database.signal(signal.SIGSTOP)
    await asyncio.sleep(5)  # so long may a statement take
    yield
    bench.database.signal(signal.SIGCONT)


@asynccontextmanager
async def _unreachable(bench: Bench) -> AsyncGenerator[None]:
    bench.wire.freeze()
    await asyncio.sleep(5)
    yield
    bench.wire.thaw()


@asynccontextmanager
async def _out_of_connections(bench: Bench) -> AsyncGenerator[None]:
    """Somebody else takes every connection that comes free."""
    taken: list[asyncpg.Connection[asyncpg.Record]] = []
    url = testing.at(bench.database.url, DATABASE).replace("postgres@", f"{SERVING_ROLE}@")
    root = await asyncpg.connect(bench.database.url)
    try:
        ours = f"{BACKENDS} AND application_name <> 'taker'"
        while await root.fetch(ours):
            await root.execute(f"SELECT pg_terminate_backend(pid) FROM ({ours})")
            with suppress(asyncpg.TooManyConnectionsError):
                while True:
                    taken.append(await asyncpg.connect(url, server_settings={"application_name": "taker"}))
        yield
    finally:
        for connection in taken:
            connection.terminate()
        await root.close()


@asynccontextmanager
async def _cut_off(bench: Bench) -> AsyncGenerator[None]:
    """Again and again, whatever the service's back ends are doing; not each time is one of them asked for anything."""
    killed = 0

    async def cutting() -> None:
        nonlocal killed
        root = await asyncpg.connect(bench.database.url)
        try:
            while True:
                killed += len(await root.fetch(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS})"))
                await asyncio.sleep(0.15)
        finally:
            root.terminate()

    task = asyncio.create_task(cutting())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert killed, "there was none to kill"


STOPPED = Fault("database stopped and started", "`pg_ctl stop -m fast`, later `start`", _stopped)
RESTARTED = Fault(
    "database restarted",
    "`pg_ctl stop -m immediate`, `start` at once",
    _restarted,
    away=False,
    refuses=False,
    light=False,
)
KILLED = Fault("database killed", "SIGKILL to all of its processes, later `start`", _killed)
FAILED_OVER = Fault(
    "database failed over",
    "SIGKILL to the primary, promotion of its synchronous standby; old connections stay open and silent",
    _failed_over,
    away=False,
    refuses=False,
)
SLOW = Fault("database slow", "300 ms more for every message in either direction", _slow, away=False, refuses=False)
HUNG = Fault("database hung", "SIGSTOP to all of its processes, later SIGCONT", _hung)
UNREACHABLE = Fault(
    "database unreachable", "the network lets nothing through and says nothing", _unreachable, light=False
)
NO_CONNECTIONS = Fault("database out of connections", "another client takes every connection", _out_of_connections)
CUT_OFF = Fault(
    "back ends killed",
    "`pg_terminate_backend` for all of the service's, seven times a second",
    _cut_off,
    away=False,
    refuses=False,
)
