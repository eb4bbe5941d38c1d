"""How often somebody asked: counted in this process, or in a Valkey that all replicas share.

A sliding window of the `limits` library: what the last window held counts by the share of it that has not passed.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from prometheus_client import Counter, Gauge

from service.metrics import REGISTRY
from service.settings import SettingsError

KEPT = 50_000
"""Callers that are remembered at a time, in about 15 MB; of more, the one that was quiet longest is forgotten."""
PATIENCE_SECONDS = 0.25
AWAY_SECONDS = 5.0
MOST_CONNECTIONS = 32

_FALLBACKS = Counter("outlay_limits_fallbacks", "Times that the shared counts could not be reached", registry=REGISTRY)
_SHARED = Gauge(
    "outlay_limits_shared",
    "1 while counts are shared, 0 while each process counts",
    registry=REGISTRY,
    multiprocess_mode="livemin",
)

T = TypeVar("T")
log = structlog.get_logger()


class BoundedMemory(MemoryStorage):
    """The library's memory with a bound. Its own walks over everybody on each request, and keeps whoever calls."""

    def __init__(self, kept: int = KEPT) -> None:
        super().__init__()
        self._kept = kept
        self._windows: dict[str, tuple[int, int, int]] = {}
        """The number of a caller's window, how much was asked for in the one before it, and in it."""

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` for the key if its sum stays within the limit."""
        return self.count(key, limit, expiry, amount)

    def count(self, key: str, limit: int, expiry: int, amount: int) -> bool:
        """The same, which waits for nobody."""
        number, before, left, now = self._window(key, expiry)
        good = before * left // expiry + now + amount <= limit
        self._windows.pop(key, None)
        if len(self._windows) >= self._kept:
            del self._windows[next(iter(self._windows))]
        self._windows[key] = number, before, now + amount if good else now
        return good

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """What was counted in the window before and how many seconds it still tells; the same of the window itself."""
        _, before, left, now = self._window(key, expiry)
        return before, left, now, left + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget the key."""
        self._windows.pop(key, None)

    def _window(self, key: str, expiry: int) -> tuple[int, int, float, int]:
        # Not the clock of the wall, which is set back.
        number, passed = divmod(time.monotonic(), expiry)
        last, before, now = self._windows.get(key, (0, 0, 0))
        if last == number - 1:
            before, now = now, 0
        elif last != number:
            before = now = 0
        return int(number), before, expiry - passed, now


class Counts:
    """Counts of everybody. While a Valkey that was named is away, this process counts for itself."""

    def __init__(self, url: str | None = None) -> None:
        self._memory = BoundedMemory()
        self._own = SlidingWindowCounterRateLimiter(self._memory)
        self._pool = _pool(url) if url else None
        self._shared = SlidingWindowCounterRateLimiter(_storage(self._pool)) if self._pool else None
        self._away = False
        self._retry_at = 0.0
        _SHARED.set(self._shared is not None)

    async def hit(self, item: RateLimitItem, key: str, cost: int) -> bool:
        """Count the cost for the key if it stays within the limit."""
        return await self._ask(lambda counts: counts.hit(item, key, cost=cost))

    def hit_at_once(self, item: RateLimitItem, key: str, cost: int) -> bool:
        """The same where nobody must be asked for it; false, and nothing counted, where the counts are shared."""
        return self._shared is None and self._memory.count(item.key_for(key), item.amount, item.get_expiry(), cost)

    async def left(self, item: RateLimitItem, key: str) -> tuple[int, float]:
        """How much the key has left, and in how many seconds it has more."""
        stats = await self._ask(lambda counts: counts.get_window_stats(item, key))
        return stats.remaining, max(0.0, stats.reset_time - time.time())

    async def close(self) -> None:
        """Let the connections go."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _ask(self, question: Callable[[SlidingWindowCounterRateLimiter], Awaitable[T]]) -> T:
        now = time.monotonic()
        if self._shared is not None and now >= self._retry_at:
            if self._away:
                self._retry_at = now + AWAY_SECONDS  # one tries, and nobody else waits for it
            try:
                found = await question(self._shared)
            except StorageError as error:
                self._retry_at = time.monotonic() + AWAY_SECONDS
                self._turn(away=True, why=type(error.storage_error).__name__)
            else:
                self._retry_at = 0.0
                self._turn(away=False)
                return found
        return await question(self._own)

    def _turn(self, *, away: bool, why: str | None = None) -> None:
        if away:
            _FALLBACKS.inc()
        if away != self._away:
            self._away = away
            _SHARED.set(not away)
            if away:
                log.warning("limits.counted_alone", error=why)
            else:
                log.info("limits.shared_again")


def check_limits_url(url: str | None) -> None:
    """Raise `SettingsError` where counts are to be shared and the client for it is not installed."""
    if url:
        _client()


def _client() -> Any:
    try:
        from valkey import asyncio as client
    except ImportError:
        problem = "the client for Valkey and Redis is not installed"
        raise SettingsError("OUTLAY_LIMITS_URL", problem, "Install outlay[valkey]") from None
    return client


def _pool(url: str) -> Any:
    # The client knows the two names of Valkey alone, and Redis speaks the same.
    return _client().BlockingConnectionPool.from_url(
        "valkey" + url.removeprefix("valkey").removeprefix("redis"),
        max_connections=MOST_CONNECTIONS,
        timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    )


def _storage(pool: Any) -> RedisStorage:
    return RedisStorage("async+valkey://", wrap_exceptions=True, key_prefix="outlay", connection_pool=pool)
