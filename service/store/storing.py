"""Estimates that go on file together: those that come while others are being stored share the next insert.

Nobody waits for company: the first is stored at once, and whoever comes while it is under way goes with the next. So
under load many are made durable by one round trip and one commit, and each is still answered only when it is on file.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from service.store.database import DatabaseUnavailable, Pool, acquire
from service.store.estimates import KeyReused, StoredEstimate, store_estimate, store_estimates

TOGETHER = 64
"""At most, some two million bytes."""


class _Waiting(NamedTuple):
    estimate: StoredEstimate
    asked: bytes
    done: asyncio.Future[StoredEstimate | KeyReused]


class Storing:
    """One for each process. What holds of `store_estimate` holds here, the Idempotency-Key among it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def store(self, estimate: StoredEstimate, *, asked: bytes) -> StoredEstimate | KeyReused:
        """Put the estimate on file and return what is on file. Raises what `acquire` does."""
        done: asyncio.Future[StoredEstimate | KeyReused] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(estimate, asked, done))
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._store_waiting()
        finally:
            self._task = None

    def _next(self) -> Sequence[_Waiting]:
        several, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        return several

    async def _store_waiting(self) -> None:
        """Store over one connection as long as somebody comes: to borrow and return one takes a round trip more."""
        several: Sequence[_Waiting] | None = None
        try:
            async with acquire(self._pool) as connection:
                while several := self._next():
                    stored = await store_estimates(connection, [(each.estimate, each.asked) for each in several])
                    for each, found in zip(several, stored, strict=True):
                        _tell(each, found)
        except DatabaseUnavailable as error:
            for each in self._next() if several is None else several:
                _fail(each, DatabaseUnavailable(*error.args))
        except Exception:  # noqa: BLE001  whose row was refused shows when each is stored by itself
            await self._one_by_one(self._next() if several is None else several)

    async def _one_by_one(self, several: Sequence[_Waiting]) -> None:
        """Where together they were refused, so that none is on file: each is told its own fault."""
        for each in several:
            try:
                async with acquire(self._pool) as connection:
                    _tell(each, await store_estimate(connection, each.estimate, asked=each.asked))
            except Exception as error:  # noqa: BLE001  it is raised where the request waits
                _fail(each, error)


def _tell(waiting: _Waiting, found: StoredEstimate | KeyReused) -> None:
    if not waiting.done.done():
        waiting.done.set_result(found)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)
