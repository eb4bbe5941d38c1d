"""Numbers for Prometheus; routes are templates, so that a scanner's paths make no series."""

from litestar import Response, get
from litestar.types import Method
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest

REGISTRY = CollectorRegistry()
_REQUESTS = Histogram(
    "outlay_http_request_seconds", "Requests by route", ("method", "route", "status"), registry=REGISTRY
)


def observe(method: Method, route: str, status: int, seconds: float) -> None:
    """Count one request and how long it took."""
    _REQUESTS.labels(method, route, str(status)).observe(seconds)


@get("/metrics", operation_id="readMetrics", summary="Prometheus metrics of this process", tags=["Operation"])
async def metrics() -> Response[bytes]:
    """Requests by method, route and status with their duration, in the text format of Prometheus."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
