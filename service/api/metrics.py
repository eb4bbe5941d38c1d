"""What is measured for Prometheus; routes are templates, so that a scanner's paths make no series."""

from litestar.types import Method
from prometheus_client import CollectorRegistry, Histogram

REGISTRY = CollectorRegistry()
_REQUESTS = Histogram(
    "outlay_http_request_seconds", "Requests by route", ("method", "route", "status"), registry=REGISTRY
)


def observe(method: Method, route: str, status: int, seconds: float) -> None:
    """Count one request and how long it took."""
    _REQUESTS.labels(method, route, str(status)).observe(seconds)
