"""Who reads files: this process, several processes of this machine, or a Ray cluster. All do the same."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from multiprocessing import get_context
from typing import Any

from service.rates.reading import Outcome, Task, Told, read_file

Run = Callable[[Task], Awaitable[Outcome]]
Read = Callable[[Task], Outcome]


class WorkerLost(Exception):
    """Whoever read the file is gone: it may be read again."""


class RayMissing(Exception):
    """Ray is not installed."""


@asynccontextmanager
async def here(told: Told) -> AsyncGenerator[Run]:
    """Reads in a thread of this process."""
    yield lambda task: asyncio.to_thread(read_file, task, told, helper=True)


@asynccontextmanager
async def processes(count: int, function: Read = read_file) -> AsyncGenerator[Run]:
    """Reads in so many processes of this machine; one that dies takes the others along, and new ones are made."""
    pool = _Pool(count)
    loop = asyncio.get_running_loop()

    async def run(task: Task) -> Outcome:
        executor = pool.executor
        try:
            return await loop.run_in_executor(executor, function, task)
        except BrokenProcessPool as error:
            pool.replace(executor)
            raise WorkerLost from error

    try:
        yield run
    finally:
        pool.executor.shutdown(cancel_futures=True)


class _Pool:
    def __init__(self, count: int) -> None:
        self._count = count
        self.executor = self._new()

    def replace(self, broken: ProcessPoolExecutor) -> None:
        """Unless that was done already."""
        if self.executor is broken:
            broken.shutdown(wait=False)
            self.executor = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, mp_context=get_context("spawn"))


@asynccontextmanager
async def ray_cluster(function: Read = read_file, **settings: Any) -> AsyncGenerator[Run]:
    """Reads on the workers of a Ray cluster, the one that RAY_ADDRESS names or one of this machine.

    Files must lie where all of them find them. Raises `RayMissing`.
    """
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError as error:
        raise RayMissing from error
    library: Any = ray
    library.init(ignore_reinit_error=True, log_to_driver=False, include_dashboard=False, **settings)

    def read(task: Task) -> Outcome:
        return function(task)

    remote = library.remote(num_cpus=1, max_retries=2)(read)

    async def run(task: Task) -> Outcome:
        try:
            return await asyncio.wrap_future(remote.remote(task).future())
        except RayError as error:
            raise WorkerLost from error

    try:
        yield run
    finally:
        library.shutdown()
