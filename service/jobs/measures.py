"""What becomes of jobs, for Prometheus."""

from typing import Literal

from prometheus_client import Counter

from service.metrics import REGISTRY

_FAILED = Counter(
    "outlay_failed_jobs", "Jobs that met a fault of the service and are tried again", ("work",), registry=REGISTRY
)
_SENT = Counter(
    "outlay_webhook_attempts", "Attempts to deliver a webhook by what came of them", ("result",), registry=REGISTRY
)


def observe_failed(work: str) -> None:
    """Count one job."""
    _FAILED.labels(work).inc()


def observe_sent(result: Literal["delivered", "again", "given-up"]) -> None:
    """Count one attempt."""
    _SENT.labels(result).inc()
