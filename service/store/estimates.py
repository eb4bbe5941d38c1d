"""Estimates that were given out: each stored once, byte for byte, before it is answered."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from payers.catalogue.vocabulary import CoverageStatus
from payers.cost_share.money import Range
from payers.estimate.answer import TreatmentAnswer
from service.store.database import Connection


class StoredEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """A question and the answer given to it, both as their exact JSON.

    The question is as it was answered: with the plan of its eligibility check filled in. `key_id` is absent for the
    command line.
    """

    id: UUID
    created_at: datetime
    asked_on: date
    key_id: UUID | None
    idempotency_key: str | None
    question: bytes
    answer: bytes
    catalogue_version: str


class KeyReused(msgspec.Struct, frozen=True, kw_only=True):
    """The Idempotency-Key was used before, for another question, which `estimate_id` answered."""

    estimate_id: UUID


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer: the decoder passes over whatever is not named here."""


class PayerInShort(Part, frozen=True, kw_only=True):
    """The payer that answers, and the name that was asked."""

    slug: str
    name: str
    asked: str


class CoverageInShort(Part, frozen=True, kw_only=True):
    """Whether the payer covers the treatment."""

    status: CoverageStatus


class PaysInShort(Part, frozen=True, kw_only=True):
    """What the patient pays, in cents."""

    first_session: Range
    typical_session: Range
    course: Range


class CourseInShort(Part, frozen=True, kw_only=True):
    """How long the course is."""

    sessions: int


class UnknownInShort(Part, frozen=True, kw_only=True):
    """An open question, and by how much its answer would narrow the course's range."""

    worth_cents: int


class AnswerInShort(Part, frozen=True, kw_only=True):
    """What a list shows of an answer, which is little of it."""

    payer: PayerInShort
    treatment: TreatmentAnswer
    coverage: CoverageInShort
    patient_pays: PaysInShort
    typical: CourseInShort
    unknowns: tuple[UnknownInShort, ...]


class _Named(Part, frozen=True, kw_only=True):
    slug: str | None = None


class _Subject(Part, frozen=True, kw_only=True):
    """What an answer is searched by."""

    payer: _Named = _Named()
    treatment: _Named = _Named()


class FoundEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate in a list."""

    id: UUID
    created_at: datetime
    key_id: UUID | None
    answer: AnswerInShort


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What estimates are looked for by; what is absent does not matter.

    `payers` are slugs, any of them. `since` is inclusive, `before` is not. `id_begins` are the first hexadecimal
    digits of an id, without its hyphens.
    """

    payers: tuple[str, ...] | None = None
    treatment: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    key_id: UUID | None = None
    id_begins: str = ""


ANY = Sought()
_LONG_SECONDS = 600.0
_SUBJECT = msgspec.json.Decoder(_Subject)

_COLUMNS = """
    id, created_at, asked_on, key_id, idempotency_key, question::text, answer::text, catalogue_version, question_hash
"""


async def store_estimate(
    connection: Connection, estimate: StoredEstimate, *, asked: bytes | None = None
) -> StoredEstimate | KeyReused:
    """Put the estimate on file and on record, once for each (key, Idempotency-Key), and return what is on file.

    That is the earlier estimate, under its own id, when the same question came with the same Idempotency-Key before.
    Without an Idempotency-Key every call stores anew. `asked` is the question as it was sent, where it differs.

    Raises:
        asyncpg.ForeignKeyViolationError: the key or the catalogue version is not on record.
    """
    (stored,) = await store_estimates(connection, [(estimate, asked or estimate.question)])
    return stored


async def store_estimates(
    connection: Connection, several: Sequence[tuple[StoredEstimate, bytes]]
) -> list[StoredEstimate | KeyReused]:
    """The same for several with the questions as they were sent: all of them in one insert, or none if it raises."""
    rows = [
        (
            each.id,
            each.created_at,
            each.asked_on,
            each.key_id,
            each.idempotency_key,
            each.question.decode(),
            each.answer.decode(),
            each.catalogue_version,
            _hash(asked),
            subject.payer.slug,
            subject.treatment.slug,
        )
        for each, asked in several
        for subject in (_SUBJECT.decode(each.answer),)
    ]
    inserted = await connection.fetch(
        """
        WITH stored AS (
          INSERT INTO estimates
            (id, created_at, asked_on, key_id, idempotency_key, question, answer, catalogue_version, question_hash,
              payer, treatment)
          SELECT id, created_at, asked_on, key_id, idempotency_key, question::json, answer::json, version, hash,
            payer, treatment
          FROM unnest($1::uuid[], $2::timestamptz[], $3::date[], $4::uuid[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::bytea[], $10::text[], $11::text[])
            AS each (id, created_at, asked_on, key_id, idempotency_key, question, answer, version, hash, payer,
              treatment)
          ON CONFLICT ON CONSTRAINT estimates_once_per_key DO NOTHING
          RETURNING id, key_id, payer
        ), recorded AS (
          INSERT INTO audit (key_id, action, subject_kind, subject_id, detail)
          SELECT key_id, 'estimate.create', 'estimate', id::text, jsonb_build_object('payer', payer) FROM stored
        )
        SELECT id FROM stored
        """,
        *zip(*rows, strict=True),
    )
    new = {record["id"] for record in inserted}
    stored: list[StoredEstimate | KeyReused] = []
    for each, asked in several:
        if each.id in new:
            stored.append(each)
            continue
        # The insert waited for the other one to commit, and a new statement sees what it committed.
        earlier = await earlier_estimate(connection, each.key_id, each.idempotency_key, asked)
        stored.append(earlier or each)
    return stored


async def earlier_estimate(
    connection: Connection, key_id: UUID | None, idempotency_key: str | None, asked: bytes
) -> StoredEstimate | KeyReused | None:
    """The estimate that this key was given for the Idempotency-Key, if there is one and the question is the same."""
    record = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM estimates WHERE key_id = $1 AND idempotency_key = $2",  # noqa: S608  own names
        key_id,
        idempotency_key,
    )
    if record is None:
        return None
    return _read(record) if record["question_hash"] == _hash(asked) else KeyReused(estimate_id=record["id"])


async def find_estimate(connection: Connection, estimate_id: UUID) -> StoredEstimate | None:
    """The estimate with this id."""
    record = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM estimates WHERE id = $1",  # noqa: S608  our own field names
        estimate_id,
    )
    return None if record is None else _read(record)


async def estimates_of(
    connection: Connection, check_ids: Sequence[UUID], issue_ids: Sequence[UUID]
) -> tuple[StoredEstimate, ...]:
    """The estimates made from the checks, and those that the good-faith estimates were made from.

    Looks through the questions of all of them, for as long as that takes.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        records = await connection.fetch(
            f"""
            SELECT {_COLUMNS} FROM estimates WHERE id IN (
              SELECT id FROM estimates WHERE question ->> 'eligibility_check' = ANY($1::text[])
              UNION SELECT estimate_id FROM good_faith_estimates WHERE id = ANY($2)
            )
            ORDER BY id
            """,  # noqa: S608  our own field names
            [str(each) for each in check_ids],
            list(issue_ids),
            timeout=_LONG_SECONDS,
        )
    return tuple(_read(record) for record in records)


async def search_estimates(
    connection: Connection, sought: Sought = ANY, *, after: UUID | None = None, limit: int = 50
) -> tuple[FoundEstimate, ...]:
    """At most `limit` estimates, the newest first, from just below `after`: ids sort by the time they were made."""
    records = await connection.fetch(
        """
        SELECT id, created_at, key_id, answer::text FROM estimates
        WHERE id BETWEEN $1 AND $2
          AND ($3::uuid IS NULL OR id < $3)
          AND ($4::text[] IS NULL OR payer = ANY ($4))
          AND ($5::text IS NULL OR treatment = $5)
          AND ($6::timestamptz IS NULL OR created_at >= $6)
          AND ($7::timestamptz IS NULL OR created_at < $7)
          AND ($8::uuid IS NULL OR key_id = $8)
        ORDER BY id DESC LIMIT $9
        """,
        UUID(hex=sought.id_begins.ljust(32, "0")),
        UUID(hex=sought.id_begins.ljust(32, "f")),
        after,
        sought.payers,
        sought.treatment,
        sought.since,
        sought.before,
        sought.key_id,
        limit,
    )
    return tuple(
        FoundEstimate(
            id=record["id"],
            created_at=record["created_at"],
            key_id=record["key_id"],
            answer=msgspec.json.decode(record["answer"], type=AnswerInShort),
        )
        for record in records
    )


async def estimates_by_payer(connection: Connection, since: datetime) -> dict[str, int]:
    """How many estimates were given out since then, by the slug of the payer that answers."""
    records = await connection.fetch(
        "SELECT payer, count(*) FROM estimates WHERE created_at >= $1 AND payer IS NOT NULL GROUP BY payer", since
    )
    return {record["payer"]: record["count"] for record in records}


def _read(record: asyncpg.Record) -> StoredEstimate:
    values = dict(record)
    del values["question_hash"]
    return StoredEstimate(**values | {"question": record["question"].encode(), "answer": record["answer"].encode()})


def _hash(question: bytes) -> bytes:
    # Of the canonical form: the same question written with other spaces or in another order is the same question.
    return hashlib.sha256(msgspec.json.encode(msgspec.json.decode(question), order="deterministic")).digest()
