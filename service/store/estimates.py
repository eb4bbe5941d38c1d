"""Estimates that were given out: each stored once, byte for byte, before it is answered."""

import hashlib
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from service.store.database import Connection


class StoredEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """A question and the answer given to it, both as their exact JSON.

    The question is as it was answered: with the plan of its eligibility check filled in.
    """

    id: UUID
    created_at: datetime
    asked_on: date
    key_id: UUID
    idempotency_key: str | None
    question: bytes
    answer: bytes
    catalogue_version: str


class KeyReused(msgspec.Struct, frozen=True, kw_only=True):
    """The Idempotency-Key was used before, for another question, which `estimate_id` answered."""

    estimate_id: UUID


_COLUMNS = """
    id, created_at, asked_on, key_id, idempotency_key, question::text, answer::text, catalogue_version, question_hash
"""


async def store_estimate(
    connection: Connection, estimate: StoredEstimate, *, asked: bytes | None = None
) -> StoredEstimate | KeyReused:
    """Put the estimate on file, once for each (key, Idempotency-Key), and return what is on file.

    That is the earlier estimate, under its own id, when the same question came with the same Idempotency-Key before.
    Without an Idempotency-Key every call stores anew. `asked` is the question as it was sent, where it differs.

    Raises:
        asyncpg.ForeignKeyViolationError: the key or the catalogue version is not on record.
    """
    record = await connection.fetchrow(
        f"""
        INSERT INTO estimates
          (id, created_at, asked_on, key_id, idempotency_key, question, answer, catalogue_version, question_hash)
        VALUES ($1, $2, $3, $4, $5, $6::text::json, $7::text::json, $8, $9)
        ON CONFLICT ON CONSTRAINT estimates_once_per_key DO NOTHING
        RETURNING {_COLUMNS}
        """,  # noqa: S608  our own column names
        estimate.id,
        estimate.created_at,
        estimate.asked_on,
        estimate.key_id,
        estimate.idempotency_key,
        estimate.question.decode(),
        estimate.answer.decode(),
        estimate.catalogue_version,
        _hash(asked or estimate.question),
    )
    if record is not None:
        return _read(record)
    # The insert waited for the other one to commit, and a new statement sees what it committed.
    earlier = await earlier_estimate(connection, estimate.key_id, estimate.idempotency_key, asked or estimate.question)
    return earlier or estimate


async def earlier_estimate(
    connection: Connection, key_id: UUID, idempotency_key: str | None, asked: bytes
) -> StoredEstimate | KeyReused | None:
    """The estimate that this key was given for the Idempotency-Key, if there is one and the question is the same."""
    record = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM estimates WHERE key_id = $1 AND idempotency_key = $2",  # noqa: S608
        key_id,
        idempotency_key,
    )
    if record is None:
        return None
    return _read(record) if record["question_hash"] == _hash(asked) else KeyReused(estimate_id=record["id"])


async def find_estimate(connection: Connection, estimate_id: UUID) -> StoredEstimate | None:
    """The estimate with this id."""
    record = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM estimates WHERE id = $1",  # noqa: S608
        estimate_id,
    )
    return None if record is None else _read(record)


async def list_estimates(
    connection: Connection, *, after: UUID | None = None, limit: int = 50
) -> tuple[StoredEstimate, ...]:
    """At most `limit` estimates, the newest first, from just below `after`: ids sort by the time they were made."""
    records = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM estimates WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2
        """,  # noqa: S608
        after,
        limit,
    )
    return tuple(_read(record) for record in records)


def _read(record: asyncpg.Record) -> StoredEstimate:
    values = dict(record)
    del values["question_hash"]
    return StoredEstimate(**values | {"question": record["question"].encode(), "answer": record["answer"].encode()})


def _hash(question: bytes) -> bytes:
    # Of the canonical form: the same question written with other spaces or in another order is the same question.
    return hashlib.sha256(msgspec.json.encode(msgspec.json.decode(question), order="deterministic")).digest()
