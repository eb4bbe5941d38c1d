"""Good-faith estimates that were given out, sealed, and what was billed and planned after them."""

from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from payers.catalogue.vocabulary import Treatment
from payers.estimate.question import Language
from payers.good_faith.account import Account, Recorded
from service.store import audit
from service.store.database import Connection
from service.store.rows import fields, listed, read

SUBJECT = "good-faith-estimate"
"""What they are called in the audit trail."""


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate that was given out, without patients' data. `due_on` is absent where nothing made it due."""

    id: UUID
    created_at: datetime
    issued_on: date
    valid_until: date
    due_on: date | None
    key_id: UUID
    idempotency_key: str | None
    estimate_id: UUID
    lang: Language
    replaces: UUID | None


class SealedIssue(Issued, frozen=True, kw_only=True):
    """The same with what was asked and the documents in both languages, sealed."""

    sealed_request: bytes
    sealed_documents: bytes


class Listed(Issued, frozen=True, kw_only=True):
    """An estimate in a list: what it is for, who issued it, and the one that replaced it."""

    treatment: Treatment
    issued_by: str
    replaced_by: UUID | None


class BillsKeyReused(msgspec.Struct, frozen=True, kw_only=True):
    """The Idempotency-Key was used before, for something else that was recorded."""


_SEALED = listed(fields(SealedIssue))
_SEALED_ISSUED = ", ".join(f"issued.{name}" for name in fields(SealedIssue))
_ISSUED = ", ".join(f"issued.{name}" for name in fields(Issued))


async def insert_issue(connection: Connection, new: SealedIssue) -> bool:
    """Put it on file with its row in the audit trail; false where its key and Idempotency-Key stand for another.

    Raises:
        asyncpg.UniqueViolationError: what it replaces was replaced before (`good_faith_estimates_replaced_once`).
    """
    async with connection.transaction():
        made = await connection.fetchval(
            f"""
            INSERT INTO good_faith_estimates ({_SEALED}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT ON CONSTRAINT good_faith_estimates_once_per_key DO NOTHING RETURNING true
            """,  # noqa: S608  our own field names
            *msgspec.structs.astuple(new),
        )
        if made:
            detail = {"estimate": str(new.estimate_id)} | ({"replaces": str(new.replaces)} if new.replaces else {})
            await audit.append(connection, "good-faith.issue", SUBJECT, str(new.id), key_id=new.key_id, detail=detail)
    return bool(made)


async def find_issue(connection: Connection, issue_id: UUID) -> SealedIssue | None:
    """The estimate with this id."""
    record = await connection.fetchrow(f"SELECT {_SEALED} FROM good_faith_estimates WHERE id = $1", issue_id)  # noqa: S608  own names
    return None if record is None else read(SealedIssue, record)


async def earlier_issue(connection: Connection, key_id: UUID, idempotency_key: str) -> SealedIssue | None:
    """The estimate that this key was given for the Idempotency-Key."""
    record = await connection.fetchrow(
        f"SELECT {_SEALED} FROM good_faith_estimates WHERE key_id = $1 AND idempotency_key = $2",  # noqa: S608  own names
        key_id,
        idempotency_key,
    )
    return None if record is None else read(SealedIssue, record)


async def replaced_by(connection: Connection, issue_id: UUID) -> UUID | None:
    """The estimate that replaced this one."""
    return await connection.fetchval("SELECT id FROM good_faith_estimates WHERE replaces = $1", issue_id)


async def list_issues(connection: Connection, *, after: UUID | None = None, limit: int = 50) -> tuple[Listed, ...]:
    """At most `limit` estimates, the newest first, from just below `after`: ids sort by the time they were made."""
    records = await connection.fetch(
        f"""
        SELECT {_ISSUED}, estimates.treatment, keys.name AS issued_by,
          newer.id AS replaced_by
        FROM good_faith_estimates AS issued
        JOIN estimates ON estimates.id = issued.estimate_id
        JOIN keys ON keys.id = issued.key_id
        LEFT JOIN good_faith_estimates AS newer ON newer.replaces = issued.id
        WHERE $1::uuid IS NULL OR issued.id < $1 ORDER BY issued.id DESC LIMIT $2
        """,  # noqa: S608  our own field names
        after,
        limit,
    )
    return tuple(read(Listed, record) for record in records)


async def last_issue(connection: Connection, *, of_estimate: UUID | None = None) -> SealedIssue | None:
    """The estimate that was issued last, of all or of those made from one stored estimate."""
    record = await connection.fetchrow(
        f"""
        SELECT {_SEALED} FROM good_faith_estimates
        WHERE $1::uuid IS NULL OR estimate_id = $1 ORDER BY id DESC LIMIT 1
        """,  # noqa: S608  our own field names
        of_estimate,
    )
    return None if record is None else read(SealedIssue, record)


async def list_watched(
    connection: Connection, *, ends: tuple[date, date], recorded_since: datetime, limit: int = 100
) -> tuple[tuple[SealedIssue, Treatment, Account], ...]:
    """The estimates in force that may need somebody, the newest first, with everything recorded for each.

    Those that end between two days, and those for which something was recorded since.
    """
    records = await connection.fetch(
        f"""
        SELECT {_SEALED_ISSUED}, estimates.treatment FROM good_faith_estimates AS issued
        JOIN estimates ON estimates.id = issued.estimate_id
        WHERE NOT EXISTS (SELECT FROM good_faith_estimates AS newer WHERE newer.replaces = issued.id)
          AND (
            issued.valid_until BETWEEN $1 AND $2
            OR EXISTS (
              SELECT FROM good_faith_bills WHERE good_faith_estimate_id = issued.id AND created_at >= $3
            )
          )
        ORDER BY issued.id DESC LIMIT $4
        """,  # noqa: S608  our own field names
        *ends,
        recorded_since,
        limit,
    )
    found = {record["id"]: record for record in records}
    bills = await connection.fetch(
        """
        SELECT good_faith_estimate_id, billed, planned FROM good_faith_bills
        WHERE good_faith_estimate_id = ANY($1) ORDER BY id
        """,
        list(found),
    )
    of_issue: dict[UUID, list[Recorded]] = {issue_id: [] for issue_id in found}
    for record in bills:
        of_issue[record["good_faith_estimate_id"]].append(_recorded(record))
    return tuple(
        (read(SealedIssue, record), record["treatment"], Account(records=tuple(of_issue[issue_id])))
        for issue_id, record in found.items()
    )


async def record_bills(
    connection: Connection,
    issue_id: UUID,
    recorded: Recorded,
    *,
    at: datetime,
    key_id: UUID,
    idempotency_key: str | None,
) -> bool | BillsKeyReused:
    """Put on record what was billed and planned; false where the same came with the same Idempotency-Key before."""
    async with connection.transaction():
        made = await connection.fetchval(
            """
            INSERT INTO good_faith_bills (good_faith_estimate_id, created_at, key_id, idempotency_key, billed, planned)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT ON CONSTRAINT good_faith_bills_once_per_key DO NOTHING RETURNING true
            """,
            issue_id,
            at,
            key_id,
            idempotency_key,
            recorded.billed,
            recorded.planned,
        )
        if made:
            await audit.append(connection, "good-faith.bills", SUBJECT, str(issue_id), key_id=key_id)
            return True
    earlier = await connection.fetchrow(
        """
        SELECT good_faith_estimate_id, billed, planned FROM good_faith_bills WHERE key_id = $1 AND idempotency_key = $2
        """,
        key_id,
        idempotency_key,
    )
    same = earlier and earlier["good_faith_estimate_id"] == issue_id and _recorded(earlier) == recorded
    return False if same else BillsKeyReused()


async def account_of(connection: Connection, issue_id: UUID) -> tuple[Account, datetime | None]:
    """Everything recorded for the estimate, and when something was recorded last."""
    records = await connection.fetch(
        "SELECT created_at, billed, planned FROM good_faith_bills WHERE good_faith_estimate_id = $1 ORDER BY id",
        issue_id,
    )
    last = records[-1]["created_at"] if records else None
    return Account(records=tuple(_recorded(record) for record in records)), last


async def lock_issues(connection: Connection, *, after: UUID | None, limit: int = 100) -> tuple[SealedIssue, ...]:
    """The next estimates above `after`, in the order of their ids, so that nobody else seals them anew meanwhile."""
    records = await connection.fetch(
        f"""
        SELECT {_SEALED} FROM good_faith_estimates
        WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2 FOR UPDATE
        """,  # noqa: S608  our own field names
        after,
        limit,
    )
    return tuple(read(SealedIssue, record) for record in records)


async def page_issues(connection: Connection, after: UUID | None, *, limit: int = 100) -> tuple[SealedIssue, ...]:
    """At most `limit` estimates, by id, from just above `after`."""
    records = await connection.fetch(
        f"""
        SELECT {_SEALED} FROM good_faith_estimates
        WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
        """,  # noqa: S608  our own field names
        after,
        limit,
    )
    return tuple(read(SealedIssue, record) for record in records)


async def reseal_issue(connection: Connection, issue: SealedIssue) -> None:
    """Put the estimate's values, wrapped anew, in the place of those on file."""
    await connection.execute(
        "UPDATE good_faith_estimates SET sealed_request = $2, sealed_documents = $3 WHERE id = $1",
        issue.id,
        issue.sealed_request,
        issue.sealed_documents,
    )


async def count_issues(connection: Connection) -> int:
    """How many estimates are on file."""
    return await connection.fetchval("SELECT count(*) FROM good_faith_estimates")


def _recorded(record: asyncpg.Record) -> Recorded:
    return msgspec.convert({"billed": record["billed"], "planned": record["planned"]}, Recorded)
