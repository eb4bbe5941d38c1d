"""What is measured for Prometheus; routes are templates, so that a scanner's paths make no series.

Where several processes answer at one port, each writes its numbers into files of a common folder, and whichever is
asked tells those of them all. The library does so where `PROMETHEUS_MULTIPROC_DIR` was set before it was imported.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from litestar.types import Method
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # series of their own for the time of the first request: twice as much to read

REGISTRY = CollectorRegistry()
_REQUESTS = Histogram(
    "outlay_http_request_seconds", "Requests by route", ("method", "route", "status"), registry=REGISTRY
)
_ESTIMATES = Counter(
    "outlay_estimates",
    "Estimates given out: to the staff, each on file; to the public, from the widget",
    ("to",),
    registry=REGISTRY,
)


def observe(method: Method, route: str, status: int, seconds: float) -> None:
    """Count one request and how long it took."""
    _requests(method, route, status).observe(seconds)


def observe_estimate(to: Literal["staff", "public"]) -> None:
    """Count one estimate that was given out."""
    _estimates(to).inc()


@lru_cache(maxsize=4096)
def _requests(method: Method, route: str, status: int) -> Histogram:
    """One series; looking its labels up again takes longer than counting."""
    return _REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=2)
def _estimates(to: str) -> Counter:
    return _ESTIMATES.labels(to)


@contextmanager
def measured_together(processes: int) -> Generator[None]:
    """While it lasts, the processes that are started add their numbers up; one by itself needs nothing."""
    if processes == 1:
        yield
        return
    # In memory where there is such a place: whoever writes to a mapped file on a disk that is full is killed for it.
    memory = Path("/dev/shm")  # noqa: S108  the folder below it is our own
    with TemporaryDirectory(prefix="outlay-metrics-", dir=memory if memory.is_dir() else None) as folder:
        os.environ[_FOLDER] = folder
        yield


def exposed(read: Iterable[Metric]) -> bytes:
    """What was measured, and what was read for this answer, in Prometheus' text format."""
    if folder := os.environ.get(_FOLDER):
        _forget_the_dead(Path(folder))
        measured = CollectorRegistry()
        MultiProcessCollector(measured, folder)
    else:
        measured = REGISTRY
    return generate_latest(measured) + generate_latest(_registry(read))


class _Read(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _registry(metrics: Iterable[Metric]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Read(metrics))
    return registry


def _forget_the_dead(folder: Path) -> None:
    """What a process counted stays counted after its end; what it held is held no more."""
    for path in folder.glob("gauge_live*.db"):
        try:
            os.kill(int(path.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
