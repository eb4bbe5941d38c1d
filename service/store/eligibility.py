"""Eligibility checks on file: each question to a payer from the moment it was asked until its member data is purged.

A check ends once, as `done`, `failed` or `cancelled`. Until then there is one job for it in the queue, and who works
on it claims it first: what an earlier claim still brings back comes too late and changes nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from payers.eligibility.response import Status as MemberStatus
from service.store import audit, batches, webhooks
from service.store.database import Connection
from service.store.line_estimates import begin_estimates
from service.store.queue import Work, enqueue
from service.store.rows import fields, listed, read
from service.uuid7 import uuid7

CheckStatus = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
"""`waiting`: for the payer, or for the time of the next attempt."""

Change = Literal["today", "plan"]
"""How a question was asked differently: of today's date, or of the plan as a whole."""

SUBJECT = "eligibility-check"
"""What checks are called in the audit trail."""
ENDED = "eligibility.check.ended"
"""The event of a check that ended, whichever way."""


class NewCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A question to be put on file. `question` is its keyed fingerprint: the same for questions that are alike."""

    id: UUID
    created_at: datetime
    key_id: UUID | None
    idempotency_key: str | None
    payer: str
    connector: str
    date_of_service: date
    question: bytes
    sealed_inquiry: bytes


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check without member data.

    `attempts` is how often the payer was asked, `changes` how it was asked differently, `failure` why there is no
    answer.
    """

    id: UUID
    created_at: datetime
    key_id: UUID | None
    payer: str
    connector: str
    date_of_service: date
    status: CheckStatus
    claims: int
    attempts: int
    changes: tuple[Change, ...]
    next_attempt_at: datetime | None
    failure: str | None
    outcome: MemberStatus | None
    incomplete: bool | None
    reasons: tuple[str, ...]
    ended_at: datetime | None
    expires_at: datetime | None
    purged_at: datetime | None


class SealedCheck(Check, frozen=True, kw_only=True):
    """A check with its member data, sealed; the data is absent once it was purged."""

    question: bytes | None
    sealed_inquiry: bytes | None
    sealed_ticket: bytes | None
    sealed_answer: bytes | None


class KeyReused(msgspec.Struct, frozen=True, kw_only=True):
    """The Idempotency-Key was used before, for another question, which `check_id` stands for."""

    check_id: UUID


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the payer's answer came to, without member data. `reasons` are rejection codes (AAA03)."""

    outcome: MemberStatus
    incomplete: bool
    reasons: tuple[str, ...]
    expires_at: datetime


_CHECK = listed(fields(Check))
_SEALED = listed(fields(SealedCheck))


async def insert_check(
    connection: Connection, new: NewCheck, work: Work, *, recheck: bool = False
) -> SealedCheck | KeyReused:
    """Put the question on file with a job for it, in the caller's transaction, and return what is on file.

    That is an earlier check where the same Idempotency-Key came with the same question before, or where the question
    is being asked or was answered and the answer has not expired. `recheck` does not take an old answer.
    """
    while True:
        if new.idempotency_key and (earlier := await _under_the_same_key(connection, new)):
            return earlier if earlier.question in (None, new.question) else KeyReused(check_id=earlier.id)
        await connection.execute(
            """
            UPDATE eligibility_checks SET reusable = false
            WHERE question = $1 AND reusable AND status = 'done' AND (expires_at <= $2 OR $3)
            """,
            new.question,
            new.created_at,
            recheck,
        )
        made = await connection.fetchrow(
            f"""
            INSERT INTO eligibility_checks
              (id, created_at, key_id, idempotency_key, payer, connector, date_of_service, question, sealed_inquiry)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING {_SEALED}
            """,  # noqa: S608  our own field names
            *msgspec.structs.astuple(new),
        )
        if made is not None:
            await enqueue(connection, work, str(new.id))
            await audit.append(
                connection, "eligibility.check", SUBJECT, str(new.id), key_id=new.key_id, detail={"payer": new.payer}
            )
            return read(SealedCheck, made)
        # The insert waited for the other one to commit, and a new statement sees what it committed.
        standing = await connection.fetchrow(
            f"SELECT {_SEALED} FROM eligibility_checks WHERE question = $1 AND reusable",  # noqa: S608  own names
            new.question,
        )
        if standing is not None:
            return read(SealedCheck, standing)
        # It ended badly in between, or the other one was under the same key: look again.


async def _under_the_same_key(connection: Connection, new: NewCheck) -> SealedCheck | None:
    record = await connection.fetchrow(
        f"SELECT {_SEALED} FROM eligibility_checks WHERE key_id = $1 AND idempotency_key = $2",  # noqa: S608  own names
        new.key_id,
        new.idempotency_key,
    )
    return None if record is None else read(SealedCheck, record)


async def find_check(connection: Connection, check_id: UUID) -> SealedCheck | None:
    """The check with this id."""
    record = await connection.fetchrow(f"SELECT {_SEALED} FROM eligibility_checks WHERE id = $1", check_id)  # noqa: S608  own names
    return None if record is None else read(SealedCheck, record)


async def find_checks(connection: Connection, check_ids: Sequence[UUID]) -> dict[UUID, SealedCheck]:
    """The checks with these ids."""
    records = await connection.fetch(
        f"SELECT {_SEALED} FROM eligibility_checks WHERE id = ANY($1)",  # noqa: S608  our own field names
        list(check_ids),
    )
    return {record["id"]: read(SealedCheck, record) for record in records}


async def list_checks(
    connection: Connection,
    *,
    status: CheckStatus | None = None,
    batch_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[Check, ...]:
    """At most `limit` checks, the newest first, from just below `after`: ids sort by the time they were made."""
    records = await connection.fetch(
        f"""
        SELECT {_CHECK} FROM eligibility_checks
        WHERE ($1::text IS NULL OR status = $1) AND ($3::uuid IS NULL OR id < $3)
          AND ($2::uuid IS NULL OR id IN (SELECT check_id FROM eligibility_batch_rows WHERE batch_id = $2))
        ORDER BY id DESC LIMIT $4
        """,  # noqa: S608  our own field names
        status,
        batch_id,
        after,
        limit,
    )
    return tuple(read(Check, record) for record in records)


async def claim_check(connection: Connection, check_id: UUID) -> SealedCheck | None:
    """Take it up; nothing when it has ended. With a ticket its answer is looked for, without one the payer is asked.

    Whoever claims later takes it over.
    """
    record = await connection.fetchrow(
        f"""
        UPDATE eligibility_checks
        SET status = 'running', claims = claims + 1, next_attempt_at = NULL,
            attempts = attempts + CASE WHEN sealed_ticket IS NULL THEN 1 ELSE 0 END
        WHERE id = $1 AND ended_at IS NULL RETURNING {_SEALED}
        """,  # noqa: S608  our own field names
        check_id,
    )
    return None if record is None else read(SealedCheck, record)


async def postpone_check(
    connection: Connection,
    claimed: Check,
    next_attempt_at: datetime,
    *,
    sealed_ticket: bytes | None = None,
    change: Change | None = None,
) -> bool:
    """Let it wait: with a ticket for the payer's answer, else for asking again, changed or not.

    False: the claim is no longer the last, or the check ended.
    """
    postponed = await connection.fetchval(
        """
        UPDATE eligibility_checks
        SET status = 'waiting', next_attempt_at = $3, sealed_ticket = $4, changes = changes || $5::text[]
        WHERE id = $1 AND claims = $2 AND ended_at IS NULL RETURNING true
        """,
        claimed.id,
        claimed.claims,
        next_attempt_at,
        sealed_ticket,
        [change] if change else [],
    )
    return bool(postponed)


async def answer_check(
    connection: Connection, claimed: Check, at: datetime, verdict: Verdict, sealed_answer: bytes
) -> bool:
    """End it with the payer's answer. False: the claim is no longer the last, or the check ended."""
    async with connection.transaction():
        ended = await connection.fetchval(
            """
            UPDATE eligibility_checks
            SET status = 'done', ended_at = $3, outcome = $4, incomplete = $5, reasons = $6, expires_at = $7,
                sealed_answer = $8, sealed_ticket = NULL
            WHERE id = $1 AND claims = $2 AND ended_at IS NULL RETURNING true
            """,
            claimed.id,
            claimed.claims,
            at,
            verdict.outcome,
            verdict.incomplete,
            verdict.reasons,
            verdict.expires_at,
            sealed_answer,
        )
        if ended:
            await _ended(connection, claimed.id, "done", at)
    return bool(ended)


async def fail_check(connection: Connection, claimed: Check, at: datetime, failure: str) -> bool:
    """End it without an answer. False: the claim is no longer the last, or the check ended."""
    async with connection.transaction():
        ended = await connection.fetchval(
            """
            UPDATE eligibility_checks
            SET status = 'failed', ended_at = $3, failure = $4, sealed_ticket = NULL, reusable = false
            WHERE id = $1 AND claims = $2 AND ended_at IS NULL RETURNING true
            """,
            claimed.id,
            claimed.claims,
            at,
            failure,
        )
        if ended:
            await _ended(connection, claimed.id, "failed", at)
    return bool(ended)


async def cancel_check(connection: Connection, check_id: UUID, at: datetime, key_id: UUID | None = None) -> bool:
    """End it because nobody waits any more. False: it has ended already, or there is none."""
    async with connection.transaction():
        ended = await connection.fetchval(
            """
            UPDATE eligibility_checks
            SET status = 'cancelled', ended_at = $2, next_attempt_at = NULL, sealed_ticket = NULL, reusable = false
            WHERE id = $1 AND ended_at IS NULL RETURNING true
            """,
            check_id,
            at,
        )
        if ended:
            await audit.append(connection, "eligibility.cancel", SUBJECT, str(check_id), key_id=key_id)
            await _ended(connection, check_id, "cancelled", at)
    return bool(ended)


async def _ended(connection: Connection, check_id: UUID, status: CheckStatus, at: datetime) -> None:
    event = webhooks.Event(id=uuid7(), type=ENDED, at=at, data={"check": str(check_id), "status": status})
    await webhooks.announce(connection, event)
    await begin_estimates(connection, [check_id])
    if of := await batches.batches_of(connection, check_id):
        await batches.finish(connection, of, at)


async def purge_checks(connection: Connection, ended_before: datetime, at: datetime, *, limit: int = 500) -> int:
    """Take the member data away from at most `limit` checks that ended before; how many there were. Rows stay."""
    due = await connection.fetch(
        """
        SELECT id FROM eligibility_checks WHERE ended_at < $1 AND purged_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        ended_before,
        limit,
    )
    return await purge_these(connection, [record["id"] for record in due], at)


async def purge_these(connection: Connection, check_ids: Sequence[UUID], at: datetime) -> int:
    """Take the member data away from those of the checks that have ended; how many had any. Rows stay."""
    done = await connection.execute(
        """
        WITH purged AS (
          UPDATE eligibility_checks
          SET purged_at = $2, reusable = false, question = NULL, idempotency_key = NULL,
              sealed_inquiry = NULL, sealed_ticket = NULL, sealed_answer = NULL
          WHERE id = ANY($1) AND ended_at IS NOT NULL AND purged_at IS NULL
          RETURNING id
        )
        INSERT INTO audit (action, subject_kind, subject_id) SELECT 'eligibility.purge', $3, id::text FROM purged
        """,
        list(check_ids),
        at,
        SUBJECT,
    )
    return int(done.rpartition(" ")[2])


async def lock_unpurged(
    connection: Connection, *, after: UUID | None = None, limit: int = 100
) -> tuple[SealedCheck, ...]:
    """At most `limit` checks with member data, by id, from just above `after`; nobody changes them meanwhile."""
    records = await connection.fetch(
        f"""
        SELECT {_SEALED} FROM eligibility_checks
        WHERE purged_at IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2 FOR UPDATE
        """,  # noqa: S608  our own field names
        after,
        limit,
    )
    return tuple(read(SealedCheck, record) for record in records)


async def page_unpurged(connection: Connection, after: UUID | None, *, limit: int = 100) -> tuple[SealedCheck, ...]:
    """At most `limit` checks with member data, by id, from just above `after`."""
    records = await connection.fetch(
        f"""
        SELECT {_SEALED} FROM eligibility_checks
        WHERE purged_at IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2
        """,  # noqa: S608  our own field names
        after,
        limit,
    )
    return tuple(read(SealedCheck, record) for record in records)


async def count_unpurged(connection: Connection) -> int:
    """How many checks have member data."""
    return await connection.fetchval("SELECT count(*) FROM eligibility_checks WHERE purged_at IS NULL")


async def reseal_check(connection: Connection, check: SealedCheck) -> None:
    """Put the check's sealed values in the place of those on file."""
    await connection.execute(
        """
        UPDATE eligibility_checks SET sealed_inquiry = $2, sealed_ticket = $3, sealed_answer = $4 WHERE id = $1
        """,
        check.id,
        check.sealed_inquiry,
        check.sealed_ticket,
        check.sealed_answer,
    )


async def count_unfinished(connection: Connection) -> dict[str, int]:
    """How many checks have not ended, by status."""
    records = await connection.fetch(
        "SELECT status, count(*) AS checks FROM eligibility_checks WHERE ended_at IS NULL GROUP BY status"
    )
    return {record["status"]: record["checks"] for record in records}


async def resume_checks(connection: Connection) -> None:
    """See to it that every check that has not ended has a job: a queue may be lost, a check may not."""
    waiting = await connection.fetch(
        """
        SELECT asked.id, batch.check_id IS NOT NULL AS in_batch FROM eligibility_checks AS asked
        LEFT JOIN LATERAL (
          SELECT check_id FROM eligibility_batch_rows WHERE check_id = asked.id LIMIT 1
        ) AS batch ON true
        WHERE asked.ended_at IS NULL AND NOT EXISTS (
          SELECT FROM pgqueuer
          WHERE dedupe_key IN ('eligibility.continue/' || asked.id, 'eligibility.batch/' || asked.id)
        )
        """
    )
    for record in waiting:
        work: Work = "eligibility.batch" if record["in_batch"] else "eligibility.continue"
        await enqueue(connection, work, str(record["id"]))
