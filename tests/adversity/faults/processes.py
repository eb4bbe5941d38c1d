"""Processes of the service are killed."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adversity.bench import Bench, Fault


@asynccontextmanager
async def _worker(bench: Bench) -> AsyncGenerator[None]:
    bench.strike()
    for worker in bench.replica.workers:
        os.kill(worker, signal.SIGKILL)
        await asyncio.sleep(bench.scale.seconds / 2)
    yield


@asynccontextmanager
async def _worker_while_away(bench: Bench) -> AsyncGenerator[None]:
    await bench.database.stop("immediate")
    os.kill(bench.replica.workers[0], signal.SIGKILL)
    yield
    await bench.database.start()


@asynccontextmanager
async def _first(bench: Bench) -> AsyncGenerator[None]:
    """Whoever watches over services starts another at once."""
    bench.strike()
    workers = bench.replica.workers
    bench.replica.process.kill()
    await bench.replica.process.wait()
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        await asyncio.sleep(0.05)
    await bench.replica.start()
    yield


@asynccontextmanager
async def _all(bench: Bench) -> AsyncGenerator[None]:
    bench.strike()
    await bench.replica.kill()
    await bench.replica.start()
    yield


@asynccontextmanager
async def _replaced(bench: Bench) -> AsyncGenerator[None]:
    bench.strike()
    assert await bench.replica.stop() == 0
    await bench.replica.start()
    yield


WORKER = Fault(
    "workers killed",
    "SIGKILL to one after the other, in the middle of estimates and of a batch",
    _worker,
    cuts=True,
    away=False,
    refuses=False,
)
WORKER_WHILE_AWAY = Fault(
    "a worker killed, without a database",
    "SIGKILL to one of two while the database is stopped",
    _worker_while_away,
    cuts=True,
    light=False,
)
FIRST = Fault(
    "the first process killed",
    "SIGKILL to the one that watches over the workers, started again at once",
    _first,
    cuts=True,
    away=False,
    refuses=False,
)
ALL = Fault(
    "the whole service killed",
    "SIGKILL to all of its processes, started again at once",
    _all,
    cuts=True,
    away=False,
    refuses=False,
    light=False,
)
REPLACED = Fault(
    "the service replaced",
    "SIGTERM, started again when it had ended",
    _replaced,
    cuts=True,
    away=False,
    refuses=False,
)
