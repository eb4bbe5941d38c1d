"""Tomorrow's schedule in one file: every line that can be asked is, and every other is named with what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from service.api.asking_payers import configuration_of, means_of
from service.api.computing import computed
from service.api.keys import PRIVATE, needs
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.problems import Refused
from service.api.wiring import Wiring
from service.eligibility.batch import prepare, store
from service.eligibility.batch_results import BatchRow, exceptions_first, table
from service.eligibility.schedule import ScheduleError
from service.store import audit
from service.store.batches import Batch, LineFault, find_batch, lines_of
from service.store.database import acquire
from service.store.eligibility import SealedCheck, find_checks
from service.store.keys import Key

CSV = "text/csv"


class BatchFault(Frozen):
    """A line that was not asked. `column` is absent where the whole line is wrong."""

    line: int
    column: str | None
    problem: str
    remedy: str


class BatchView(Frozen):
    """A batch: how many lines stand how (`counts`), what was not asked, and each line, what needs a person first."""

    id: UUID
    created_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    faults: tuple[BatchFault, ...]
    rows: tuple[BatchRow, ...]


@dataclass
class _ScheduleOperation(Operation):
    """A body that no handler's signature can say."""

    def __post_init__(self) -> None:
        media = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
        self.request_body = RequestBody(required=True, content={CSV: media})


class BatchesController(Controller):
    """Batches of eligibility checks, for staff."""

    path = "/v1/eligibility/batches"
    tags = ("Eligibility",)
    security = ({"key": []},)

    @post(
        operation_id="createEligibilityBatch",
        summary="A whole schedule of checks",
        guards=[needs("eligibility:write")],
        operation_class=_ScheduleOperation,
    )
    async def create(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[BatchView]:
        """A check for each line that can be asked, worked off in the background."""
        if request.content_type[0] != CSV:
            raise Refused("unsupported-media-type", f"The body must be sent as {CSV}.")
        means, now, spoken = means_of(wiring), wiring.clock(), language(lang, accept_language)
        try:
            prepared = await computed(
                prepare, catalogue, configuration_of(means), means, await request.body(), now, spoken, key.id
            )
        except ScheduleError as error:
            raise Refused("invalid-input", str(error)) from None
        async with acquire(wiring.pool) as connection:
            batch_id = await store(connection, prepared, now, key.id)
        location = {"Location": f"/v1/eligibility/batches/{batch_id}"}
        return Response(await _view(wiring, batch_id), headers={**PRIVATE, **location})

    @get(
        "/{batch_id:uuid}",
        operation_id="readEligibilityBatch",
        summary="How far a batch is",
        guards=[needs("eligibility:read")],
    )
    async def read(self, batch_id: FromPath[UUID], wiring: NamedDependency[Wiring]) -> Response[BatchView]:
        """Without members' data: each line leads to its check."""
        return Response(await _view(wiring, batch_id), headers=PRIVATE)

    @get(
        "/{batch_id:uuid}/results.csv",
        operation_id="readEligibilityBatchResults",
        summary="A batch as a table",
        guards=[needs("eligibility:read")],
        media_type=CSV,
    )
    async def results(
        self,
        batch_id: FromPath[UUID],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[str]:
        """Every line in the order of the file. It holds members' data: that this key saw it goes on record."""
        means = means_of(wiring)
        batch, lines, checks = await _stored(wiring, batch_id)
        async with acquire(wiring.pool) as connection:
            await audit.append(connection, "eligibility.read", "eligibility-batch", str(batch_id), key_id=key.id)
        spoken: Language = language(lang, accept_language)
        text = await computed(table, means.vault, lines, checks, batch.faults, spoken)
        return Response(text, media_type=CSV, headers=PRIVATE)


async def _view(wiring: Wiring, batch_id: UUID) -> BatchView:
    batch, lines, checks = await _stored(wiring, batch_id)
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        counts=batch.counts,
        faults=tuple(_fault(fault) for fault in batch.faults),
        rows=exceptions_first(lines, checks),
    )


async def _stored(wiring: Wiring, batch_id: UUID) -> tuple[Batch, dict[int, UUID], dict[UUID, SealedCheck]]:
    async with acquire(wiring.pool) as connection:
        batch = await find_batch(connection, batch_id)
        if batch is None:
            raise Refused("not-found", "No batch has this id.")
        lines = await lines_of(connection, batch_id)
        return batch, lines, await find_checks(connection, tuple(lines.values()))


def _fault(fault: LineFault) -> BatchFault:
    return BatchFault(line=fault.line, column=fault.column, problem=fault.problem, remedy=fault.remedy)
