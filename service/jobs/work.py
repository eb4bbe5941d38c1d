"""Which job is done by what."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import httpx

from payers.catalogue.catalogue import Catalogue
from service.eligibility.means import Means
from service.jobs.checks import go_on
from service.jobs.estimates import estimate_line
from service.jobs.housekeeping import housekeep
from service.jobs.news import News
from service.jobs.webhooks import SECONDS, Teller
from service.jobs.worker import Doing, Worker
from service.store.queue import Work


@asynccontextmanager
async def working(
    url: str, means: Means, catalogue: Callable[[], Catalogue], news: News | None = None
) -> AsyncGenerator[Worker]:
    """A worker for everything, at the database's direct address. `catalogue` gives the one in force."""
    async with httpx.AsyncClient(timeout=SECONDS, headers={"User-Agent": "outlay"}) as client:
        teller = Teller(means.pool, means.vault, means.clock, client, means.http_hosts)
        jobs: Mapping[Work, Doing] = {
            "eligibility.continue": partial(go_on, means, "person"),
            "eligibility.batch": partial(go_on, means, "batch"),
            "eligibility.estimate": partial(estimate_line, means, catalogue),
            "webhook.deliver": teller.deliver,
        }
        async with Worker(url, jobs, partial(housekeep, means), news) as worker:
            yield worker
