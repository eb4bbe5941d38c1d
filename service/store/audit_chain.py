"""Whether the audit trail is as it was written: every hash of its chain is computed again, outside the database.

The database makes the chain (migration 0012); whoever owns the tables could make another. So a head, the last hash at
some time, is worth keeping where that owner cannot reach: a trail that does not hold it was cut off or written anew.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Literal

import asyncpg
import msgspec

from service.store.database import Connection

GENESIS = bytes(32)
"""What stands before the first entry."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 10_000
_PATIENCE_SECONDS = 600.0

Fault = Literal["changed", "removed", "unchained", "cut-off", "no-such-head"]
"""`changed`: an entry or its hash; `removed`: an entry; `unchained`: an entry was slipped in; `cut-off`: a link is
missing from the chain; `no-such-head`: the head that was kept elsewhere is not in the chain.
"""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last entry of the chain and its hash, which stands for all before it. Position 0: there is none."""

    position: int
    hash: str


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that is wrong, with its position in the chain and its row of `audit` as far as it has them."""

    fault: Fault
    position: int | None = None
    audit_id: int | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: how many entries are as they were written, the chain's head, and what is wrong, if anything."""

    entries: int
    head: Head
    broken: Broken | None


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `audit` as it is hashed. `detail` is the text of its `jsonb`."""

    id: int
    at: datetime
    key_id: str | None
    action: str
    subject_kind: str
    subject_id: str
    detail: str


def link(before: bytes, entry: Linked) -> bytes:
    """The hash of an entry: SHA-256 of the hash before it and its content, as migration 0012 writes it down."""
    microseconds = (entry.at - _EPOCH) // timedelta(microseconds=1)
    told = (
        str(entry.id),
        str(microseconds),
        entry.key_id or "",
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.detail,
    )
    fields = (field.encode() for field in told)
    return hashlib.sha256(before + b"".join(b"%d:%b" % (len(field), field) for field in fields)).digest()


async def head_of(connection: Connection) -> Head:
    """The head of the chain as it stands, unverified."""
    record = await connection.fetchrow("SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1")
    return _head(0, GENESIS) if record is None else _head(record["position"], record["hash"])


async def verify(connection: Connection, *, first: int = 1, kept_head: str | None = None) -> Verified:
    """Compute the chain again from the position `first` on; what stands before it is taken as it is.

    `kept_head` is the hash of an earlier head, which must be in the chain.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("SET LOCAL statement_timeout = 0")
        position, before = first - 1, await _hash_at(connection, first - 1)
        if before is None:
            return Verified(
                entries=0, head=await head_of(connection), broken=Broken(fault="cut-off", position=first - 1)
            )
        broken: Broken | None = None
        while broken is None and (records := await _after(connection, position)):
            for record in records:
                broken = _fault(record, position, before)
                if broken is not None:
                    break
                position, before = record["position"], record["hash"]
        broken = broken or await _unchained(connection) or await _no_such_head(connection, kept_head)
        return Verified(entries=position - first + 1, head=await head_of(connection), broken=broken)


def _fault(record: asyncpg.Record, position: int, before: bytes) -> Broken | None:
    here = {"position": position + 1, "audit_id": record["audit_id"]}
    if record["position"] != position + 1:
        return Broken(fault="cut-off", position=position + 1)
    if record["id"] is None:
        return Broken(fault="removed", **here)
    entry = Linked(**{name: record[name] for name in Linked.__struct_fields__})
    return None if link(before, entry) == record["hash"] else Broken(fault="changed", **here)


async def _after(connection: Connection, position: int) -> list[asyncpg.Record]:
    return await connection.fetch(
        """
        SELECT position, hash, audit_id, id, at, key_id::text, action, subject_kind, subject_id, detail::text
        FROM audit_chain LEFT JOIN audit ON id = audit_id WHERE position > $1 ORDER BY position LIMIT $2
        """,
        position,
        _AT_ONCE,
        timeout=_PATIENCE_SECONDS,
    )


async def _hash_at(connection: Connection, position: int) -> bytes | None:
    if position == 0:
        return GENESIS
    return await connection.fetchval("SELECT hash FROM audit_chain WHERE position = $1", position)


async def _unchained(connection: Connection) -> Broken | None:
    audit_id = await connection.fetchval(
        "SELECT min(id) FROM audit WHERE NOT EXISTS (SELECT FROM audit_chain WHERE audit_id = id)",
        timeout=_PATIENCE_SECONDS,
    )
    return None if audit_id is None else Broken(fault="unchained", audit_id=audit_id)


async def _no_such_head(connection: Connection, kept_head: str | None) -> Broken | None:
    if kept_head is None or kept_head == GENESIS.hex():
        return None
    found = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM audit_chain WHERE encode(hash, 'hex') = $1)", kept_head, timeout=_PATIENCE_SECONDS
    )
    return None if found else Broken(fault="no-such-head")


def _head(position: int, hash_: bytes) -> Head:
    return Head(position=position, hash=hash_.hex())
