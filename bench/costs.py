"""`python -m bench.costs`: what a request takes of a processor, in the service and in the database, and of the disk."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import asyncpg

from bench import load
from bench.questions import REPEATED, asked_by_patients, asked_by_visitors, in_turns
from bench.served import children, processor_seconds, rest
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from service.store.embedded import start

SECONDS = 10


class Cost(NamedTuple):
    """Of one request: milliseconds of a processor, bytes of write-ahead log, bytes that stay."""

    service_ms: float
    database_ms: float
    log_bytes: float
    stored_bytes: float


class _Look(NamedTuple):
    service: float
    database: float
    log: int
    stored: int


def measured() -> dict[str, Cost]:
    """Every kind of request, one after the other."""
    visits = asked_by_visitors(Catalogue(load_release()), datetime.now().astimezone().date())
    found: dict[str, Cost] = {}
    with load.outlay() as service:
        database = start(service.folder / "postgres")
        rest(service.server)
        load.wrk(service.server.url, in_turns(visits), seconds=20)
        estimates = f"{service.server.url}/v1/estimates"
        runs: dict[str, Callable[[], load.Load]] = {
            "estimate, all different": lambda: load.wrk(
                estimates, service.staff(asked_by_patients(0)), seconds=SECONDS
            ),
            "estimate, repeated": lambda: load.wrk(
                estimates, service.staff(asked_by_patients(0, REPEATED)), seconds=SECONDS
            ),
            "widget answer, ready": lambda: load.wrk(service.server.url, in_turns(visits), seconds=SECONDS),
        }
        for name, run in runs.items():
            before = _look(service, database.url)
            requests = run().requests_per_second * SECONDS
            after = _look(service, database.url)
            found[name] = Cost(
                (after.service - before.service) * 1000 / requests,
                (after.database - before.database) * 1000 / requests,
                (after.log - before.log) / requests,
                (after.stored - before.stored) / requests,
            )
        database.stop()
    return found


def _look(service: load.Service, url: str) -> _Look:
    log, stored = asyncio.run(_sizes(url))
    folder = (service.folder / "postgres").resolve()
    postmaster = int((folder / "postmaster.pid").read_text().split()[0])
    servers = [postmaster, *children(postmaster)]
    return _Look(processor_seconds(service.server.pid), sum(map(processor_seconds, servers)), log, stored)


async def _sizes(url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_total_relation_size('estimates')"
        )
        assert row is not None
        return row[0], row[1]
    finally:
        await connection.close()


if __name__ == "__main__":
    for name, cost in measured().items():
        print(
            f"{name:26} {cost.service_ms:7.3f} ms service {cost.database_ms:7.3f} ms database "
            f"{cost.log_bytes:9,.0f} bytes of log {cost.stored_bytes:9,.0f} bytes stored"
        )
