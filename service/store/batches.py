"""Schedules that came as a file: which checks their lines led to, and which lines could not be used."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from service.store import audit, webhooks
from service.store.database import Connection
from service.store.rows import read
from service.uuid7 import uuid7

FINISHED = "eligibility.batch.finished"
"""The event of a batch whose checks have all ended."""


class LineFault(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file that could not be used, and what to do. Nothing of what stands in it is repeated."""

    line: int
    column: str | None
    problem: str
    remedy: str


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch with how its checks stand: how many lines have a check of which status."""

    id: UUID
    created_at: datetime
    finished_at: datetime | None
    faults: tuple[LineFault, ...]
    counts: dict[str, int]


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


async def add_row(connection: Connection, batch_id: UUID, line: int, check_id: UUID) -> None:
    """Let the line have the check, in the caller's transaction."""
    # A check that ends meanwhile waits for this transaction, and then sees that it belongs to the batch.
    await connection.execute("SELECT FROM eligibility_checks WHERE id = $1 FOR SHARE", check_id)
    await connection.execute(
        "INSERT INTO eligibility_batch_rows (batch_id, line, check_id) VALUES ($1, $2, $3)", batch_id, line, check_id
    )


async def finish(connection: Connection, batch_ids: Sequence[UUID], at: datetime) -> None:
    """Finish those batches whose checks have all ended, and tell it, in the caller's transaction."""
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
    record = await connection.fetchrow(
        """
        SELECT id, created_at, finished_at, faults, (
          SELECT coalesce(json_object_agg(status, lines), '{}') FROM (
            SELECT status, count(*) AS lines FROM eligibility_batch_rows AS line
            JOIN eligibility_checks AS asked ON asked.id = line.check_id
            WHERE line.batch_id = batch.id GROUP BY status
          ) AS counted
        ) AS counts
        FROM eligibility_batches AS batch WHERE id = $1
        """,
        batch_id,
    )
    return None if record is None else read(Batch, record)


async def lines_of(connection: Connection, batch_id: UUID) -> dict[int, UUID]:
    """The check of each line, in the order of the file."""
    records = await connection.fetch(
        "SELECT line, check_id FROM eligibility_batch_rows WHERE batch_id = $1 ORDER BY line", batch_id
    )
    return {record["line"]: record["check_id"] for record in records}
