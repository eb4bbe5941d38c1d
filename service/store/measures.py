"""How the service gets at its database, for Prometheus."""

from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from service.metrics import REGISTRY

_WAIT = Histogram(
    "outlay_database_wait_seconds",
    "Waiting for a connection of the pool",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=REGISTRY,
)
_IN_USE = Gauge(
    "outlay_database_connections_in_use",
    "Connections of the pool that work for a request or a job",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
_MAX = Gauge(
    "outlay_database_connections_max",
    "Connections that the pool may have",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
_FAILURES = Counter(
    "outlay_database_failures",
    "Work that the database kept from being done: away, too busy, or gone in the middle, by the driver's error",
    ("error",),
    registry=REGISTRY,
)
_AGREED = Gauge(
    "outlay_catalogue_agreed_timestamp_seconds",
    "When the catalogue in memory was last known to agree with the database",
    registry=REGISTRY,
    multiprocess_mode="livemin",
)
_LOADED = Gauge(
    "outlay_catalogue_loaded_timestamp_seconds",
    "When the catalogue in memory was loaded",
    registry=REGISTRY,
    multiprocess_mode="livemin",
)


def pool_opened(connections: int) -> None:
    """A pool of at most so many connections; below zero when one is closed."""
    _MAX.inc(connections)


def waited(seconds: float) -> None:
    """A connection was borrowed after so long."""
    _WAIT.observe(seconds)


@contextmanager
def in_use() -> Generator[None]:
    """A connection works."""
    with _IN_USE.track_inprogress():
        yield


def failed(error: Exception) -> None:
    """Count what the driver raised."""
    _FAILURES.labels(type(error).__name__).inc()


def catalogue_loaded() -> None:
    """It was read from the database."""
    _LOADED.set_to_current_time()


def catalogue_agreed() -> None:
    """It is what the database has."""
    _AGREED.set_to_current_time()
