"""The numbers for Prometheus: what the processes behind this port measured, and how the work stands that all share."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import get_args

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, Metric
from prometheus_client.core import GaugeMetricFamily

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.staleness import FactKind, due
from service.api.readiness import Check, standing
from service.api.wiring import Wiring
from service.metrics import exposed
from service.store.database import DatabaseUnavailable, acquire
from service.store.eligibility import count_unfinished
from service.store.queue import Work, depth
from service.store.release import made_at
from service.store.webhooks import count_undelivered

_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")
"""The framework adds the charset itself."""


@get("/metrics", operation_id="readMetrics", summary="Prometheus metrics", tags=["Operation"], media_type=_MEDIA_TYPE)
async def metrics(wiring: NamedDependency[Wiring]) -> Response[bytes]:
    """Requests, the database and payers, as the processes behind this port met them; jobs and checks of them all."""
    read = [*await _standing(wiring), *_catalogue(wiring), *await _shared(wiring)]
    return Response(exposed(read), media_type=_MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def stale(catalogue: Catalogue, today: date) -> Mapping[FactKind, int]:
    """How many facts should have been read again before today, by kind. Counted once a day for each catalogue."""
    return Counter(each.kind for each in due(catalogue, today) if each.days_left < 0)


async def _standing(wiring: Wiring) -> Iterable[Metric]:
    failing = {failure.check for failure in (await standing(wiring)).failures}
    ready = GaugeMetricFamily(
        "outlay_ready", "1 where the check of /health/ready is good, 0 where it fails", None, ["check"]
    )
    for check in get_args(Check):
        ready.add_metric([check], check not in failing)
    return (ready,)


def _catalogue(wiring: Wiring) -> Iterable[Metric]:
    facts = GaugeMetricFamily(
        "outlay_catalogue_stale_facts", "Facts and imported files that should have been renewed", None, ["kind"]
    )
    with suppress(DatabaseUnavailable):
        counted = stale(wiring.live.current, wiring.clock().date())
        for kind in get_args(FactKind):
            facts.add_metric([kind], counted.get(kind, 0))
    return (facts,)


async def _shared(wiring: Wiring) -> Iterable[Metric]:
    jobs = GaugeMetricFamily("outlay_jobs", "Jobs in the queue", None, ["work", "status"])
    late = GaugeMetricFamily(
        "outlay_job_late_seconds", "Since when the job that waits longest could have been begun", None, ["work"]
    )
    checks = GaugeMetricFamily("outlay_unfinished_checks", "Checks that have not ended", None, ["status"])
    webhooks = GaugeMetricFamily("outlay_undelivered_webhooks", "Deliveries of webhooks that are not over")
    made = GaugeMetricFamily("outlay_release_timestamp_seconds", "When the release in force was written")
    with suppress(DatabaseUnavailable):
        async with acquire(wiring.pool) as connection:
            queue = {(each.work, each.status): each for each in await depth(connection)}
            for work in get_args(Work):
                waiting = queue.get((work, "queued"))
                late.add_metric([work], waiting.late_seconds if waiting else 0)
                if waiting is None:
                    jobs.add_metric([work, "queued"], 0)
            for (work, status), each in queue.items():
                jobs.add_metric([work, status], each.jobs)
            for status, count in (await count_unfinished(connection)).items():
                checks.add_metric([status], count)
            webhooks.add_metric([], await count_undelivered(connection))
            if written := await made_at(connection):
                made.add_metric([], written.timestamp())
    return jobs, late, checks, webhooks, made
