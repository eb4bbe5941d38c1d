"""Processes of the service are killed."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.adversity.bench import Bench, Fault


@asynccontextmanager
async def _worker(bench: Bench) -> AsyncGenerator[None]:
    os.kill(bench.replica.workers[0], signal.SIGKILL)
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
    bench.replica.process.kill()
    await bench.replica.process.wait()
    await bench.replica.start()
    yield


@asynccontextmanager
async def _all(bench: Bench) -> AsyncGenerator[None]:
    await bench.replica.kill()
    await bench.replica.start()
    yield


@asynccontextmanager
async def _replaced(bench: Bench) -> AsyncGenerator[None]:
    assert await bench.replica.stop() == 0
    await bench.replica.start()
    yield


WORKER = Fault(
    "a worker killed", "SIGKILL to one of two, in the middle of estimates and of a batch", _worker,
    cuts=True, away=False, refuses=False,
)
WORKER_WHILE_AWAY = Fault(
    "a worker killed, without a database", "SIGKILL to one of two while the database is stopped", _worker_while_away,
    cuts=True,
)
FIRST = Fault(
    "the first process killed", "SIGKILL to the one that watches over the workers, started again at once", _first,
    cuts=True, away=False, refuses=False,
)
ALL = Fault(
    "the whole service killed", "SIGKILL to all of its processes, started again at once", _all,
    cuts=True, away=False, refuses=False,
)
REPLACED = Fault(
    "the service replaced", "SIGTERM, started again when it had ended", _replaced,
    cuts=True, away=False, refuses=False,
)
