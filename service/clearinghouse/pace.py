"""How fast questions may go to one network, and how many may be under way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta


class Pace:
    """Slots and starts for one connector, given out in the order in which they were asked for."""

    def __init__(
        self,
        in_flight: int,
        per_second: float,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.slot = asyncio.Semaphore(in_flight)
        """Held for as long as a question is under way."""
        self._apart = timedelta(seconds=1 / per_second)
        self._clock = clock
        self._sleep = sleep
        self._next: datetime | None = None

    async def start(self) -> None:
        """Wait until the next question may begin."""
        now = self._clock()
        start = max(now, self._next or now)
        self._next = start + self._apart
        if start > now:
            await self._sleep((start - now).total_seconds())
