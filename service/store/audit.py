"""Who did what: rows are added and never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from service.store.database import Connection
from service.store.rows import read

Action = Literal[
    "audit.export",
    "backup.create",
    "backup.restore",
    "console.end-sessions",
    "console.lock-out",
    "console.sign-in",
    "console.sign-out",
    "eligibility.batch",
    "eligibility.cancel",
    "eligibility.check",
    "eligibility.purge",
    "eligibility.read",
    "estimate.create",
    "good-faith.bills",
    "good-faith.issue",
    "good-faith.read",
    "key.create",
    "key.revoke",
    "key.rotate",
    "member-data.rotate-keys",
    "patient.delete",
    "patient.export",
    "person.add",
    "person.rename",
    "person.role",
    "price.add",
    "price.change",
    "price.end",
    "rates.import",
    "rates.multiple",
    "rates.pin",
    "rates.unpin",
    "release.put-in-force",
    "release.write",
    "retention.purge",
    "rule.add",
    "rule.change",
    "rule.end",
    "webhook.add",
    "webhook.disable",
    "webhook.remove",
    "webhook.test",
]
"""Whatever goes on record: all that changes something or shows a member's or a patient's data.

What computes and keeps nothing does not, nor does a look at estimates, prices or this trail: they name nobody.
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was done. `who` is the name of the key or its person; without a key it was the service or an operator."""

    id: int
    at: datetime
    key_id: UUID | None
    who: str | None
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries to find; what is absent narrows nothing. `by_no_key`: those of the service and of operators."""

    key_id: UUID | None = None
    by_no_key: bool = False
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


async def append(
    connection: Connection,
    action: Action,
    subject_kind: str,
    subject_id: str,
    *,
    key_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that `key_id` (absent: the command line) did `action` to a subject, in the caller's transaction."""
    await connection.execute(
        "INSERT INTO audit (key_id, action, subject_kind, subject_id, detail) VALUES ($1, $2, $3, $4, $5)",
        key_id,
        action,
        subject_kind,
        subject_id,
        detail or {},
    )


async def entries(
    connection: Connection, wanted: Wanted, *, after: int | None = None, limit: int = 50
) -> tuple[Entry, ...]:
    """At most `limit` entries, the newest first, from just below `after`."""
    asked = {
        "audit.key_id = {}": wanted.key_id,
        "audit.action = {}": wanted.action,
        "audit.subject_kind = {}": wanted.subject_kind,
        "audit.subject_id = {}": wanted.subject_id,
        "audit.at >= {}": wanted.since,
        "audit.at < {}": wanted.before,
        "audit.id < {}": after,
    }
    told = {condition: value for condition, value in asked.items() if value is not None}
    conditions = [condition.format(f"${number}") for number, condition in enumerate(told, 1)]
    if wanted.by_no_key:
        conditions.append("audit.key_id IS NULL")
    records = await connection.fetch(
        f"""
        SELECT audit.id, at, audit.key_id, coalesce(people.name, keys.name) AS who, action, subject_kind, subject_id,
          detail
        FROM audit LEFT JOIN keys ON keys.id = audit.key_id LEFT JOIN people ON people.key_id = audit.key_id
        WHERE {" AND ".join(conditions) or "true"}
        ORDER BY audit.id DESC LIMIT {limit:d}
        """,  # noqa: S608  our own conditions; what was asked for goes as parameters
        *told.values(),
    )
    return tuple(read(Entry, record) for record in records)


async def last_on_record(connection: Connection) -> dict[UUID, datetime]:
    """When each key last did what is on record, or made an estimate."""
    records = await connection.fetch(
        """
        SELECT keys.id, greatest(
          (SELECT at FROM audit WHERE key_id = keys.id ORDER BY audit.id DESC LIMIT 1),
          (SELECT created_at FROM estimates WHERE key_id = keys.id ORDER BY estimates.id DESC LIMIT 1)
        ) AS at FROM keys
        """
    )
    return {record["id"]: record["at"] for record in records if record["at"] is not None}


async def makers_of_keys(connection: Connection) -> dict[str, UUID | None]:
    """By which key each key was made, as far as that is on record; by none where an operator made it."""
    records = await connection.fetch("SELECT subject_id, key_id FROM audit WHERE action = 'key.create'")
    return {record["subject_id"]: record["key_id"] for record in records}
