"""Tomorrow's schedule in one file: every line that can be asked is, and every other is named with what to do."""

from collections.abc import Iterable
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
from service.api.keys import PRIVATE, needs
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.problems import Refused
from service.api.wiring import Wiring
from service.computing import computed
from service.eligibility.batch import Prepared, prepare, store
from service.eligibility.batch_results import BatchRow, exceptions_first, table
from service.eligibility.means import Means
from service.eligibility.schedule import ScheduleError
from service.store import audit
from service.store.batch_lines import BatchLine, lines_of
from service.store.batches import Batch, LineFault, find_batch
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
    """A batch: how many lines stand how (`counts`), what was not asked, and each line, what needs a person first.

    `estimates` counts those that are `open`, `given` and `refused`; the batch is finished when checks and estimates
    have all ended.
    """

    id: UUID
    created_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    estimates: dict[str, int]
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
        """A check for each line that can be asked, and an estimate for each that names a treatment, in the background.

        Treatments take the scopes `estimates:write` and `eligibility:read` too.
        """
        if request.content_type[0] != CSV:
            raise Refused("unsupported-media-type", f"The body must be sent as {CSV}.")
        try:
            ready = await prepared(wiring, catalogue, key, await request.body(), language(lang, accept_language))
        except ScheduleError as error:
            raise Refused("invalid-input", str(error)) from None
        batch_id = await taken_up(wiring, key, ready)
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
        text = await results_of(wiring, means, key, batch_id, language(lang, accept_language))
        return Response(text, media_type=CSV, headers=PRIVATE)


async def prepared(wiring: Wiring, catalogue: Catalogue, key: Key, text: bytes, lang: Language) -> Prepared:
    """The schedule's lines with what is wrong with them; nothing is on file yet.

    Raises:
        ScheduleError: the file as a whole cannot be used.
        Refused: payers cannot be asked here, or the key may not make the estimates that the lines ask for.
    """
    means, now = means_of(wiring), wiring.clock()
    ready = await computed(prepare, catalogue, configuration_of(means), means, text, now, lang, key.id)
    if any(line.estimate for line in ready.lines):
        for scope in ("estimates:write", "eligibility:read"):
            if not {scope, "admin"} & set(key.scopes):
                raise Refused("not-allowed", f"The key lacks the scope `{scope}`, which the column `treatment` takes.")
    return ready


async def taken_up(wiring: Wiring, key: Key, ready: Prepared) -> UUID:
    """Put the schedule on file; the id of its batch."""
    async with acquire(wiring.pool) as connection:
        return await store(connection, ready, wiring.clock(), key.id)


async def stored_batch(wiring: Wiring, batch_id: UUID) -> tuple[Batch, tuple[BatchLine, ...]]:
    """The batch with its lines as they stand. Raises `Refused` where there is none."""
    async with acquire(wiring.pool) as connection:
        batch = await find_batch(connection, batch_id)
        if batch is None:
            raise Refused("not-found", "No batch has this id.")
        return batch, await lines_of(connection, batch_id)


async def seen(wiring: Wiring, key: Key, batch_id: UUID, lines: Iterable[BatchLine]) -> dict[UUID, SealedCheck]:
    """The lines' checks with their member data, and on record that this key saw it."""
    async with acquire(wiring.pool) as connection:
        await audit.append(connection, "eligibility.read", "eligibility-batch", str(batch_id), key_id=key.id)
        return await find_checks(connection, [line.check_id for line in lines])


async def results_of(wiring: Wiring, means: Means, key: Key, batch_id: UUID, lang: Language) -> str:
    """The batch as a table, and on record that this key saw it. Raises `Refused` where there is none."""
    batch, lines = await stored_batch(wiring, batch_id)
    checks = await seen(wiring, key, batch_id, lines)
    return await computed(table, means.vault, lines, checks, batch.faults, lang)


async def _view(wiring: Wiring, batch_id: UUID) -> BatchView:
    batch, lines = await stored_batch(wiring, batch_id)
    return BatchView(
        id=batch.id,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        counts=batch.counts,
        estimates=batch.estimates,
        faults=tuple(_fault(fault) for fault in batch.faults),
        rows=exceptions_first(lines),
    )


def _fault(fault: LineFault) -> BatchFault:
    return BatchFault(line=fault.line, column=fault.column, problem=fault.problem, remedy=fault.remedy)
