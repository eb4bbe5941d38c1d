"""The numbers for Prometheus: what this process measured, and how the work stands that all processes share."""

from contextlib import suppress

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from service.api.metrics import REGISTRY
from service.api.wiring import Wiring
from service.store.database import DatabaseUnavailable, acquire
from service.store.eligibility import count_unfinished
from service.store.queue import depth

_JOBS = Gauge("outlay_jobs", "Jobs in the queue", ("work", "status"), registry=REGISTRY)
_UNFINISHED = Gauge("outlay_unfinished_checks", "Checks that have not ended", ("status",), registry=REGISTRY)


@get("/metrics", operation_id="readMetrics", summary="Prometheus metrics of this process", tags=["Operation"])
async def metrics(wiring: NamedDependency[Wiring]) -> Response[bytes]:
    """Requests, exchanges with payers and checks of this process; jobs and open checks of them all."""
    _JOBS.clear()
    _UNFINISHED.clear()
    with suppress(DatabaseUnavailable):
        async with acquire(wiring.pool) as connection:
            for each in await depth(connection):
                _JOBS.labels(each.work, each.status).set(each.jobs)
            for status, checks in (await count_unfinished(connection)).items():
                _UNFINISHED.labels(status).set(checks)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
