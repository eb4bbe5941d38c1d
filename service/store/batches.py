"""Schedules that came as a file: which checks their lines led to, and which lines could not be used."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from payers.estimate.question import Question
from service.store import audit, webhooks
from service.store.database import Connection
from service.store.line_estimates import begin_estimates, want_estimate
from service.store.rows import read
from service.uuid7 import uuid7

FINISHED = "eligibility.batch.finished"
"""The event of a batch whose checks and estimates have all ended."""


class LineFault(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file that could not be used, and what to do. Nothing of what stands in it is repeated."""

    line: int
    column: str | None
    problem: str
    remedy: str


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch with how many lines have a check of which status, and how many estimates are `open`, given or refused."""

    id: UUID
    created_at: datetime
    finished_at: datetime | None
    faults: tuple[LineFault, ...]
    counts: dict[str, int]
    estimates: dict[str, int]


class ListedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch in a list: who uploaded it (absent: the command line), which days its visits are on, and how it stands.

    `lines` were asked and `ended` of them have come to their end, `troubled` of these with something that a person must
    look at. `not_asked` are the lines that could not be used.
    """

    id: UUID
    created_at: datetime
    finished_at: datetime | None
    uploaded_by: str | None
    first_day: date | None
    last_day: date | None
    lines: int
    ended: int
    troubled: int
    not_asked: int


_BATCH = """
    SELECT id, created_at, finished_at, faults, (
      SELECT coalesce(json_object_agg(status, lines), '{}') FROM (
        SELECT status, count(*) AS lines FROM eligibility_batch_rows AS line
        JOIN eligibility_checks AS asked ON asked.id = line.check_id
        WHERE line.batch_id = batch.id GROUP BY status
      ) AS counted
    ) AS counts, (
      SELECT json_build_object(
        'open', count(*) FILTER (WHERE estimate_id IS NULL AND refusal IS NULL),
        'given', count(estimate_id), 'refused', count(refusal)
      )
      FROM eligibility_batch_estimates AS wanted WHERE wanted.batch_id = batch.id
    ) AS estimates
    FROM eligibility_batches AS batch
"""
_LISTED = """
    SELECT batch.id, batch.created_at, batch.finished_at, keys.name AS uploaded_by, told.*, (
      SELECT count(DISTINCT fault ->> 'line') FROM json_array_elements(faults) AS fault
      WHERE (fault ->> 'line')::integer > 1
    ) AS not_asked
    FROM eligibility_batches AS batch LEFT JOIN keys ON keys.id = batch.key_id
    CROSS JOIN LATERAL (
      SELECT min(date_of_service) AS first_day, max(date_of_service) AS last_day, count(*) AS lines,
        count(*) FILTER (WHERE has_ended) AS ended,
        count(*) FILTER (WHERE has_ended AND (outcome IS DISTINCT FROM 'active' OR incomplete OR refused)) AS troubled
      FROM (
        SELECT asked.date_of_service, asked.outcome, asked.incomplete, wanted.refusal IS NOT NULL AS refused,
          asked.ended_at IS NOT NULL
            AND (wanted.id IS NULL OR num_nonnulls(wanted.estimate_id, wanted.refusal) > 0) AS has_ended
        FROM eligibility_batch_rows AS line
        JOIN eligibility_checks AS asked ON asked.id = line.check_id
        LEFT JOIN eligibility_batch_estimates AS wanted
          ON wanted.batch_id = line.batch_id AND wanted.line = line.line
        WHERE line.batch_id = batch.id
      ) AS line
    ) AS told
"""


async def add_batch(
    connection: Connection, batch_id: UUID, created_at: datetime, key_id: UUID | None, faults: Sequence[LineFault]
) -> None:
    """Begin a batch, in the caller's transaction."""
    await connection.execute(
        "INSERT INTO eligibility_batches (id, created_at, key_id, faults) VALUES ($1, $2, $3, $4)",
        batch_id,
        created_at,
        key_id,
        faults,
    )
    await audit.append(connection, "eligibility.batch", "eligibility-batch", str(batch_id), key_id=key_id)


async def add_row(
    connection: Connection, batch_id: UUID, line: int, check_id: UUID, question: Question | None = None
) -> None:
    """Let the line have the check, and want the estimate that answers the question, in the caller's transaction."""
    # A check that ends meanwhile waits for this transaction, and then sees that it belongs to the batch.
    await connection.execute("SELECT FROM eligibility_checks WHERE id = $1 FOR SHARE", check_id)
    await connection.execute(
        "INSERT INTO eligibility_batch_rows (batch_id, line, check_id) VALUES ($1, $2, $3)", batch_id, line, check_id
    )
    if question is not None:
        await want_estimate(connection, batch_id, line, question)


async def finish(connection: Connection, batch_ids: Sequence[UUID], at: datetime) -> None:
    """Finish those batches whose checks and estimates have all ended, and tell it, in the caller's transaction."""
    # One at a time looks, or two checks that end at once would each take the other for unfinished.
    await connection.execute(
        "SELECT FROM eligibility_batches WHERE id = ANY($1) ORDER BY id FOR UPDATE", list(batch_ids)
    )
    finished = await connection.fetch(
        """
        UPDATE eligibility_batches AS batch SET finished_at = $2
        WHERE id = ANY($1) AND finished_at IS NULL AND NOT EXISTS (
          SELECT FROM eligibility_batch_rows AS line JOIN eligibility_checks AS asked ON asked.id = line.check_id
          WHERE line.batch_id = batch.id AND asked.ended_at IS NULL
        ) AND NOT EXISTS (
          SELECT FROM eligibility_batch_estimates AS wanted
          WHERE wanted.batch_id = batch.id AND estimate_id IS NULL AND refusal IS NULL
        )
        RETURNING id
        """,
        list(batch_ids),
        at,
    )
    for batch in finished:
        event = webhooks.Event(id=uuid7(), type=FINISHED, at=at, data={"batch": str(batch["id"])})
        await webhooks.announce(connection, event)


async def batches_of(connection: Connection, check_id: UUID) -> tuple[UUID, ...]:
    """The unfinished batches that a check belongs to."""
    records = await connection.fetch(
        """
        SELECT DISTINCT batch.id FROM eligibility_batches AS batch
        JOIN eligibility_batch_rows AS line ON line.batch_id = batch.id
        WHERE line.check_id = $1 AND batch.finished_at IS NULL
        """,
        check_id,
    )
    return tuple(record["id"] for record in records)


async def find_batch(connection: Connection, batch_id: UUID) -> Batch | None:
    """The batch with this id."""
    record = await connection.fetchrow(f"{_BATCH} WHERE id = $1", batch_id)
    return None if record is None else read(Batch, record)


async def list_batches(
    connection: Connection, *, after: UUID | None = None, limit: int = 50
) -> tuple[ListedBatch, ...]:
    """At most `limit` batches, the newest first, from just below `after`: ids sort by the time they were made."""
    records = await connection.fetch(
        f"{_LISTED} WHERE $1::uuid IS NULL OR batch.id < $1 ORDER BY batch.id DESC LIMIT $2", after, limit
    )
    return tuple(read(ListedBatch, record) for record in records)


async def resume_estimates(connection: Connection, at: datetime) -> None:
    """See to it that every estimate whose check has ended has a job, in the caller's transaction."""
    records = await connection.fetch(
        """
        SELECT line.check_id, line.batch_id FROM eligibility_batch_estimates AS wanted
        JOIN eligibility_batch_rows AS line ON line.batch_id = wanted.batch_id AND line.line = wanted.line
        JOIN eligibility_checks AS asked ON asked.id = line.check_id
        WHERE wanted.estimate_id IS NULL AND wanted.refusal IS NULL AND asked.ended_at IS NOT NULL
        """
    )
    await begin_estimates(connection, [record["check_id"] for record in records])
    await finish(connection, [record["batch_id"] for record in records], at)
