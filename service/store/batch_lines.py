"""The lines of a batch with how each stands: its check and its estimate, without member data."""

from datetime import date
from uuid import UUID

import msgspec

from payers.catalogue.vocabulary import Treatment
from payers.cost_share.money import Range
from payers.eligibility.response import Status as MemberStatus
from service.store.database import Connection
from service.store.eligibility import CheckStatus
from service.store.line_estimates import LineRefusal
from service.store.rows import read


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was asked. Without a `treatment` it asks for no estimate.

    `open_questions` are unknown inputs of the estimate that are worth asking about.
    """

    line: int
    check_id: UUID
    payer: str
    date_of_service: date
    status: CheckStatus
    outcome: MemberStatus | None
    incomplete: bool | None
    reasons: tuple[str, ...]
    failure: str | None
    treatment: Treatment | None
    estimate_id: UUID | None
    first_session: Range | None
    course: Range | None
    open_questions: int | None
    refusal: LineRefusal | None


async def lines_of(connection: Connection, batch_id: UUID) -> tuple[BatchLine, ...]:
    """Every line that was asked, in the order of the file."""
    records = await connection.fetch(
        """
        SELECT line.line, line.check_id, asked.payer, asked.date_of_service, asked.status, asked.outcome,
          asked.incomplete, asked.reasons, asked.failure, wanted.question ->> 'treatment' AS treatment,
          wanted.estimate_id, wanted.first_session, wanted.course, wanted.open_questions, wanted.refusal
        FROM eligibility_batch_rows AS line
        JOIN eligibility_checks AS asked ON asked.id = line.check_id
        LEFT JOIN eligibility_batch_estimates AS wanted
          ON wanted.batch_id = line.batch_id AND wanted.line = line.line
        WHERE line.batch_id = $1 ORDER BY line.line
        """,
        batch_id,
    )
    return tuple(read(BatchLine, record) for record in records)
