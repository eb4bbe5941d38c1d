"""How much one caller may ask: by address whoever has no key, by key the staff; decided before anything is looked up.

What is refused is remembered here until it may ask again, so that insisting costs next to nothing.
"""

import time
from math import ceil
from typing import NamedTuple

from limits import RateLimitItem
from litestar.types import Scope
from prometheus_client import Counter

from service.api.callers import caller
from service.api.counting import KEPT, Counts
from service.api.keys import bearer
from service.api.problems import Refused
from service.metrics import REGISTRY
from service.settings import Settings

COSTS = {
    "/v1/eligibility/batches": 20,
    "/v1/estimates/compare": 4,
    "/widget/form": 4,
}
"""What is more work than one question: a whole schedule, several estimates side by side, every treatment's answer."""
DOCUMENT_COST = 4
"""Of a PDF."""

_LIMITED = Counter("outlay_limited_requests", "Requests refused with 429", ("limit",), registry=REGISTRY)


class Asked(NamedTuple):
    """Whose limit a request falls under, and how much of it it takes."""

    limit: str
    item: RateLimitItem
    who: str
    by_key: bool
    cost: int

    def told(self, left: int, seconds: float) -> tuple[tuple[str, str], ...]:
        """The headers that tell the limit, what is left of it, and in how many seconds there is more.

        As draft-ietf-httpapi-ratelimit-headers-09 has them. What many may share from a cache has none of them.
        """
        return (
            ("ratelimit-policy", f'"{self.limit}";q={self.item.amount};w={self.item.get_expiry()}'),
            ("ratelimit", f'"{self.limit}";r={left};t={ceil(seconds)}'),
        )


class Limiter:
    """The limits of the settings, counted in `counts`."""

    def __init__(self, settings: Settings, counts: Counts) -> None:
        self._items = {
            "public": settings.limit_public,
            "staff": settings.limit_staff,
            "sign-in": settings.limit_sign_in,
        }
        self._limits_nobody = not any(self._items.values())
        self._counts = counts
        self._closed: dict[str, float] = {}
        """Until when somebody is refused without being counted."""

    async def check(self, scope: Scope) -> None:
        """Count the request. A key is told what it has left. Raises `Refused`."""
        asked = self._asked(scope)
        if asked is None:
            return
        now = time.monotonic()
        key = f"{asked.limit}:{asked.who}"
        if (until := self._closed.get(key, 0.0)) > now:
            raise _refusal(scope, asked, 0, until - now)
        if not await self._counts.hit(asked.item, key, asked.cost):
            left, seconds = await self._counts.left(asked.item, key)
            if left < 1:
                self._close(key, now + max(1, ceil(seconds)))
            raise _refusal(scope, asked, left, seconds)
        if asked.by_key:
            left, seconds = await self._counts.left(asked.item, key)
            told = asked.told(left, seconds)
            scope["state"]["rate_limit"] = tuple((name.encode(), value.encode()) for name, value in told)

    def passes_at_once(self, scope: Scope) -> bool:
        """Count the request of somebody without a key who keeps the limit; else false, and nothing is counted."""
        asked = self._asked(scope)
        if asked is None or asked.by_key:
            return asked is None
        key = f"{asked.limit}:{asked.who}"
        closed = self._closed.get(key, 0.0) > time.monotonic()
        return not closed and self._counts.hit_at_once(asked.item, key, asked.cost)

    def _asked(self, scope: Scope) -> Asked | None:
        """The limit of a request. A key counts if it is good, or else a new one each time would be a way around."""
        path = scope["path"]
        if self._limits_nobody or path.startswith("/health/"):
            return None
        key = None
        if path.startswith("/console/sign-in"):
            limit = "sign-in"
        elif path.startswith("/console") and not path.startswith("/console/static/"):
            limit = "staff"
        else:
            key = bearer(scope)
            limit = "staff" if key else "public"
        item = self._items[limit]
        if item is None:
            return None
        cost = COSTS.get(path) or (DOCUMENT_COST if path.endswith(".pdf") else 1)
        return Asked(limit, item, str(key.id) if key else caller(scope), key is not None, min(cost, item.amount))

    def _close(self, key: str, until: float) -> None:
        if len(self._closed) >= KEPT:
            self._closed.clear()
        self._closed[key] = until


def _refusal(scope: Scope, asked: Asked, left: int, seconds: float) -> Refused:
    _LIMITED.labels(asked.limit).inc()
    scope["state"]["limited"] = True
    item = asked.item
    per = item.GRANULARITY.name if item.multiples == 1 else f"{item.multiples} {item.GRANULARITY.name}s"
    return Refused(
        "too-many-requests",
        f"The limit `{asked.limit}` is {item.amount} a {per}.",
        headers={"Retry-After": str(max(1, ceil(seconds))), **dict(asked.told(left, seconds))},
    )
