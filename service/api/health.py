"""For whoever runs it: is the process alive, and can it serve."""

from typing import Literal

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec

from payers.catalogue.model import Frozen
from service.api.wiring import Wiring
from service.store.database import DatabaseUnavailable, acquire
from service.store.migrate import pending

Verdict = Literal["ok", "failed"]


class Alive(Frozen):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Readiness(Frozen):
    """Whether everything is there to serve; `migrations_pending` are the revisions that the database lacks."""

    status: Literal["ready", "not-ready"]
    database: Verdict
    migrations: Verdict
    migrations_pending: tuple[str, ...]
    catalogue: Verdict
    catalogue_version: str | None


class HealthController(Controller):
    """Health, for whoever runs the service."""

    path = "/health"
    tags = ("Operation",)

    @get("/live", operation_id="readLiveness", summary="Whether the process runs")
    async def live(self) -> Alive:
        """Always the same answer: it looks at nothing."""
        return Alive()

    @get(
        "/ready",
        operation_id="readReadiness",
        summary="Whether the service can serve",
        responses={503: ResponseSpec(Readiness, generate_examples=False, description="Not ready: send no requests")},
    )
    async def ready(self, wiring: NamedDependency[Wiring]) -> Response[Readiness]:
        """Looks at the database, its migrations and the catalogue in memory."""
        database, lacking = await _database(wiring)
        catalogue = wiring.live.current.version if wiring.live.healthy else None
        checks = (database, bool(database and not lacking), catalogue is not None)
        readiness = Readiness(
            status="ready" if all(checks) else "not-ready",
            database=_verdict(checks[0]),
            migrations=_verdict(checks[1]),
            migrations_pending=lacking,
            catalogue=_verdict(checks[2]),
            catalogue_version=catalogue,
        )
        return Response(readiness, status_code=200 if all(checks) else 503, headers={"Cache-Control": "no-store"})


async def _database(wiring: Wiring) -> tuple[bool, tuple[str, ...]]:
    try:
        async with acquire(wiring.pool) as connection:
            return True, await pending(connection)
    except DatabaseUnavailable:
        return False, ()


def _verdict(good: bool) -> Verdict:
    return "ok" if good else "failed"
