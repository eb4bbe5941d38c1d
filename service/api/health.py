"""For whoever runs it: is the process alive, and can it serve."""

from typing import Literal

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec

from payers.catalogue.model import Frozen
from service.api.readiness import Failure, standing
from service.api.wiring import Wiring

Verdict = Literal["ok", "failed"]


class Alive(Frozen):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Readiness(Frozen):
    """Whether everything is there to serve; `migrations_pending` are the revisions that the database lacks.

    `failures` are the causes: what is wrong, since when, and what to do. `warnings` are what whoever runs it should
    change, and do not keep it from serving.
    """

    status: Literal["ready", "not-ready"]
    database: Verdict
    migrations: Verdict
    migrations_pending: tuple[str, ...]
    catalogue: Verdict
    catalogue_version: str | None
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


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
        found = await standing(wiring)
        catalogue = wiring.live.current.version if wiring.live.healthy else None
        good = not found.failures and catalogue is not None
        readiness = Readiness(
            status="ready" if good else "not-ready",
            database=_verdict(found.database),
            migrations=_verdict(found.database and not found.migrations_pending),
            migrations_pending=found.migrations_pending,
            catalogue=_verdict(catalogue is not None),
            catalogue_version=catalogue,
            failures=found.failures,
            warnings=found.warnings,
        )
        return Response(readiness, status_code=200 if good else 503, headers={"Cache-Control": "no-store"})


def _verdict(good: bool) -> Verdict:
    return "ok" if good else "failed"
