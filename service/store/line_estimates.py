"""Estimates that lines of a schedule ask for: each is made once, when the line's check has ended with an answer.

One that is open has neither an estimate nor a refusal. Once its check has ended there is a job for it in the queue.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from payers.cost_share.money import Range
from payers.estimate.question import Question
from service.store.database import Connection
from service.store.queue import enqueue
from service.store.rows import read
from service.uuid7 import uuid7


class LineRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line has no estimate: how its check ended, or the kind of the problem with the sentence that tells it."""

    kind: str
    detail: str | None = None


class WantedEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """An open estimate: the question, without its check, and whose batch asks it."""

    id: UUID
    batch_id: UUID
    line: int
    question: Question
    check_id: UUID
    key_id: UUID | None


class GivenEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What lists show of an estimate. `open_questions` are unknown inputs that are worth asking about."""

    estimate_id: UUID
    first_session: Range
    course: Range
    open_questions: int


async def want_estimate(connection: Connection, batch_id: UUID, line: int, question: Question) -> None:
    """Let the line have an estimate when its check has ended, in the caller's transaction."""
    await connection.execute(
        "INSERT INTO eligibility_batch_estimates (id, batch_id, line, question) VALUES ($1, $2, $3, $4)",
        uuid7(),
        batch_id,
        line,
        question,
    )


async def begin_estimates(connection: Connection, check_ids: Sequence[UUID]) -> None:
    """Of those checks that have ended, give each open estimate a job, or record that no estimate follows."""
    await connection.execute(
        """
        UPDATE eligibility_batch_estimates AS wanted
        SET refusal = json_build_object('kind', coalesce(asked.outcome::text, asked.status::text))
        FROM eligibility_batch_rows AS line JOIN eligibility_checks AS asked ON asked.id = line.check_id
        WHERE asked.id = ANY($1) AND line.batch_id = wanted.batch_id AND line.line = wanted.line
          AND wanted.estimate_id IS NULL AND wanted.refusal IS NULL AND asked.ended_at IS NOT NULL
          AND (asked.status <> 'done' OR asked.outcome IN ('rejected', 'inactive'))
        """,
        list(check_ids),
    )
    answered = await connection.fetch(
        """
        SELECT wanted.id FROM eligibility_batch_estimates AS wanted
        JOIN eligibility_batch_rows AS line ON line.batch_id = wanted.batch_id AND line.line = wanted.line
        JOIN eligibility_checks AS asked ON asked.id = line.check_id
        WHERE asked.id = ANY($1) AND wanted.estimate_id IS NULL AND wanted.refusal IS NULL
          AND asked.ended_at IS NOT NULL
        ORDER BY wanted.batch_id, wanted.line
        """,
        list(check_ids),
    )
    for wanted in answered:
        await enqueue(connection, "eligibility.estimate", str(wanted["id"]))


async def find_wanted(connection: Connection, wanted_id: UUID) -> WantedEstimate | None:
    """The open estimate with this id; nothing once it was given or refused."""
    record = await connection.fetchrow(
        """
        SELECT wanted.id, wanted.batch_id, wanted.line, wanted.question, line.check_id, batch.key_id
        FROM eligibility_batch_estimates AS wanted
        JOIN eligibility_batch_rows AS line ON line.batch_id = wanted.batch_id AND line.line = wanted.line
        JOIN eligibility_batches AS batch ON batch.id = wanted.batch_id
        WHERE wanted.id = $1 AND wanted.estimate_id IS NULL AND wanted.refusal IS NULL
        """,
        wanted_id,
    )
    return None if record is None else read(WantedEstimate, record)


async def question_of_line(connection: Connection, batch_id: UUID, line: int) -> Question | None:
    """What the line asks to be estimated, without its check; nothing where it names no treatment."""
    asked = await connection.fetchval(
        "SELECT question FROM eligibility_batch_estimates WHERE batch_id = $1 AND line = $2", batch_id, line
    )
    return None if asked is None else msgspec.convert(asked, Question)


async def still_wanted(connection: Connection, wanted_id: UUID) -> bool:
    """Whether it is open; if so nobody else gives or refuses it before the caller's transaction ends."""
    return await connection.fetchval(
        """
        SELECT estimate_id IS NULL AND refusal IS NULL FROM eligibility_batch_estimates WHERE id = $1 FOR UPDATE
        """,
        wanted_id,
    )


async def give_estimate(connection: Connection, wanted_id: UUID, given: GivenEstimate) -> None:
    """Let the line have the estimate, which is on file."""
    await connection.execute(
        """
        UPDATE eligibility_batch_estimates
        SET estimate_id = $2, first_session = $3, course = $4, open_questions = $5 WHERE id = $1
        """,
        wanted_id,
        given.estimate_id,
        given.first_session,
        given.course,
        given.open_questions,
    )


async def refuse_estimate(connection: Connection, wanted_id: UUID, refusal: LineRefusal) -> None:
    """Record why the line has no estimate."""
    await connection.execute("UPDATE eligibility_batch_estimates SET refusal = $2 WHERE id = $1", wanted_id, refusal)
