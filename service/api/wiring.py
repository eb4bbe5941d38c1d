"""What a running service holds, and how handlers get at it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from litestar.di import Provide
from litestar.types import Scope

from payers.catalogue.catalogue import Catalogue
from service.api.ready import Ready
from service.api.versions import Versions
from service.eligibility.means import Means
from service.jobs.news import News
from service.store.database import Pool
from service.store.keys import Key
from service.store.live import LiveCatalogue
from service.store.storing import Storing

Clock = Callable[[], datetime]
"""The time with its time zone; the day in that zone is the service's today."""


class Wiring:
    """Made once by `create_app`, held by the application's state. `means` is absent without keys for member data."""

    def __init__(self, live: LiveCatalogue, pool: Pool, clock: Clock, means: Means | None, news: News) -> None:
        self.live = live
        self.pool = pool
        self.clock = clock
        self.storing = Storing(pool)
        self.ready = Ready()
        self.versions = Versions(pool)
        self.means = means
        self.news = news
        self.failing: dict[str, datetime] = {}
        """The checks of readiness that failed when they were looked at last, and since when."""


def wiring_of(scope: Scope) -> Wiring:
    """The wiring of the application that serves this request."""
    wiring: Wiring = scope["litestar_app"].state["wiring"]
    return wiring


def catalogue_of(scope: Scope) -> Catalogue:
    """The catalogue that answers this request; the answer tells its version, and whether the database is away."""
    live, state = wiring_of(scope).live, cast("dict[str, str]", scope["state"])
    if not live.healthy:
        state["degraded"] = "database"  # told before anything can go wrong
    state["catalogue_version"] = live.current.version
    return live.current


def _today(scope: Scope) -> date:
    return wiring_of(scope).clock().date()


def key_of(scope: Scope) -> Key:
    """The key that a guard let pass."""
    return cast("dict[str, Key]", scope["state"])["key"]


DEPENDENCIES = {
    "wiring": Provide(wiring_of, sync_to_thread=False),
    "catalogue": Provide(catalogue_of, sync_to_thread=False),
    "today": Provide(_today, sync_to_thread=False),
    "key": Provide(key_of, sync_to_thread=False),
}
"""By name: all of it, the catalogue in force, the day, and the key of who asks (behind a guard only)."""
