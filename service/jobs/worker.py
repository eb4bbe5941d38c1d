"""The worker of a process: takes jobs from the queue and does them, for as long as the process serves.

Any number of workers share the queue. A worker that dies leaves its jobs without a heartbeat, and another takes them.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Self
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.domain.types import Channel

from service.jobs.measures import observe_failed
from service.jobs.news import CHANNEL, News
from service.logs import place
from service.store.database import connect_plain
from service.store.queue import NAMES, Work
from service.traces import span

Doing = Callable[[UUID], Awaitable[timedelta | None]]
"""Does the work on a subject. What it returns is how long to wait before it is done again; nothing: it is over."""

POLL = timedelta(seconds=5)
"""How often the queue is looked at without having heard of anything."""
SHORT = POLL
"""A shorter wait is waited out, for somebody may be waiting too; a longer one goes back to the queue."""
HEARTBEAT = timedelta(seconds=20)
"""A job whose worker has not been heard of for so long is taken by another."""
STOP_SECONDS = 10.0
HOURLY = "7 * * * *"

_AT_ONCE: dict[Work, int] = {"eligibility.batch": 4, "eligibility.estimate": 2}
"""How many jobs of a kind are done at once by all workers together; no limit for the others.

Estimates are computed in the thread that answers people too: few stand in line before theirs.
"""
_BACKOFF_MAX_SECONDS = 10.0
_RETRY_MAX = timedelta(hours=1)
_RETRY_DOUBLINGS = 6

_log = structlog.get_logger()


class Worker:
    """Does jobs between `async with` and its end; jobs in flight then have ten seconds before others take them."""

    def __init__(
        self, url: str, jobs: Mapping[Work, Doing], hourly: Callable[[], Awaitable[None]], news: News | None = None
    ) -> None:
        self._url = url
        self._jobs = jobs
        self._hourly = hourly
        self._news = news or News()
        self._stopping = asyncio.Event()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._queuer: PgQueuer | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._queuer is not None:
            self._queuer.shutdown.set()
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=STOP_SECONDS)
        if not self._task.done():
            # Without its connection first: a job that is cancelled would be taken off the queue as done with.
            if self._connection is not None:
                self._connection.terminate()
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _follow(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            with _Survived():
                self._connection = await connect_plain(self._url)
                await self._connection.add_listener(CHANNEL, self._news.heard)
                failures = 0
                await self._take_jobs(self._connection)
            if self._connection is not None:
                self._connection.terminate()
                self._connection = None
            longest = min(_BACKOFF_MAX_SECONDS, 0.1 * 2**failures)
            failures = min(failures + 1, 7)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), random.uniform(longest / 2, longest))  # noqa: S311  jitter

    async def _take_jobs(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        queries = Queries(
            AsyncpgDriver(connection),
            QueryBuilderEnvironment(NAMES),
            QueryQueueBuilder(NAMES),
            QuerySchedulerBuilder(NAMES),
        )
        # Its `shutdown` is its own: it is also set when it fails, or when the connection is lost while it waits.
        queuer = self._queuer = PgQueuer(queries.driver, Channel(NAMES.channel), queries=queries)
        connection.add_termination_listener(lambda _: queuer.shutdown.set())
        for work, doing in self._jobs.items():
            queuer.entrypoint(work, concurrency_limit=_AT_ONCE.get(work, 0), accepts_context=False)(_entrypoint(doing))
        queuer.schedule("hourly", HOURLY, accepts_context=False)(_scheduled(self._hourly))
        if not self._stopping.is_set():
            await queuer.run(dequeue_timeout=POLL, heartbeat_timeout=HEARTBEAT, shutdown_on_listener_failure=True)


def _entrypoint(doing: Doing) -> Callable[[Job], Awaitable[None]]:
    async def do(job: Job) -> None:
        with _ToldByKind(job.entrypoint, job.attempts):
            subject = UUID((job.payload or b"").decode())
            with span(job.entrypoint, "consumer", {"outlay.attempt": job.attempts + 1}):
                again = await doing(subject)
                while again is not None and again < SHORT:
                    await asyncio.sleep(again.total_seconds())
                    again = await doing(subject)
            if again is not None:
                raise RetryRequested(again, "not over yet")

    return do


def _scheduled(doing: Callable[[], Awaitable[None]]) -> Callable[[Schedule], Awaitable[None]]:
    async def do(schedule: Schedule) -> None:
        with _ToldByKind(schedule.entrypoint), span(schedule.entrypoint, "consumer", {}):
            await doing()

    return do


class _Survived:
    """Whatever goes wrong inside, the worker goes on: the database is away, not migrated, or something unheard of."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, Exception):
            return False
        _log.warning("jobs.not_followed", error=type(error).__name__, place=place(error))
        return True


class _ToldByKind:
    """Whatever goes wrong inside is tried again later, and is told by its kind and place.

    The library would write an error with its text into the database, and the text may hold a member's data.
    """

    def __init__(self, work: str, attempts: int = 0) -> None:
        self._work = work
        self._attempts = attempts

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, RetryRequested):
            observe_failed(self._work)
            _log.error("job.failed", work=self._work, error=type(error).__name__, place=place(error))
            wait = timedelta(minutes=1) * 2 ** min(self._attempts, _RETRY_DOUBLINGS)
            raise RetryRequested(min(wait, _RETRY_MAX), "it failed") from None
