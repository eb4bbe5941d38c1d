"""Real rates in Postgres: a source is written whole, once, and replaces its predecessor; nothing of it ever changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace

from payers.rates.on_file import Multiple, OnFile, Pin, Recorded
from payers.rates.rate import Rate, Source
from service.store import audit
from service.store.database import Connection
from service.store.rows import S, fields, listed, read, row, write
from service.uuid7 import uuid7

_MOST_RATES = 2**31
_OF_A_RATE = fields(Rate)
_OF_A_SOURCE = fields(Source)


class Placed(NamedTuple):
    """Where a rate stands: its source, and its place in it, as `SOURCE/NUMBER` on a command line and in a form."""

    source_id: UUID
    ordinal: int

    @classmethod
    def read(cls, text: str) -> "Placed | None":
        """The place that a text names, if it names one."""
        source, _, number = text.partition("/")
        try:
            place = cls(UUID(source), int(number))
        except ValueError:
            return None
        return place if 0 <= place.ordinal < _MOST_RATES else None


class Staged(NamedTuple):
    """What became of a source. `unchanged`: it was on file already with the same rates, and nothing was written."""

    source: Source
    rates: int
    replaced: Source | None = None
    unchanged: bool = False


async def stage(connection: Connection, source: Source, rates: Sequence[Rate], *, key_id: UUID | None = None) -> Staged:
    """Put a source with all of its rates in force, and its predecessor of the same identity out of it: both or neither.

    The same file with the same rates is not written twice, so that an import may be run again. The rates may name
    any source; they are written under this one.

    Raises:
        asyncpg.IntegrityConstraintViolationError: a value is none that the table takes; the error names the constraint.
    """
    async with connection.transaction():
        before = await _lock_predecessor(connection, source)
        if before and before.content_sha256 == source.content_sha256 and await _same(connection, before, rates):
            return Staged(before, len(rates), unchanged=True)
        await register(connection, source, key_id=key_id)
        rows = ((source.id, number, *row(rate)[1:]) for number, rate in enumerate(rates))
        await write(connection, "rates", ("source_id", "ordinal", *_OF_A_RATE[1:]), rows)
    return Staged(source, len(rates), before)


async def register(connection: Connection, source: Source, *, key_id: UUID | None = None) -> Source | None:
    """Put a source in force, in the caller's transaction, and return the predecessor that it replaced."""
    before = await _lock_predecessor(connection, source)
    if before:
        await connection.execute(
            "UPDATE rate_sources SET replaced_at = $2 WHERE id = $1", before.id, source.imported_at
        )
    values = (UUID(source.id), source.kind, source.payer, source.name, source.last_updated_on, source.entity)
    await connection.execute(
        f"""
        INSERT INTO rate_sources ({listed(_OF_A_SOURCE)}, identity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,  # noqa: S608  our own names
        *values,
        source.content_sha256,
        source.imported_at,
        source.identity,
    )
    detail = {"kind": source.kind, "payer": source.payer, "replaces": before and before.id}
    await audit.append(connection, "rates.import", "rate-source", source.id, key_id=key_id, detail=detail)
    return before


class NoSuchRate(msgspec.Struct, frozen=True):
    """Nothing on file stands at that place, or it has no payer."""


async def pin(
    connection: Connection, rate: Placed, first_day: date, *, note: str | None = None, key_id: UUID | None = None
) -> Pin | NoSuchRate:
    """Let this rate price its payer's code from a day on, whatever the rules say; put on record as the key's choice."""
    found = await connection.fetchrow(
        """
        SELECT payer, code FROM rates JOIN rate_sources ON rate_sources.id = source_id
        WHERE source_id = $1 AND ordinal = $2 AND payer IS NOT NULL
        """,
        rate.source_id,
        rate.ordinal,
    )
    if found is None:
        return NoSuchRate()
    chosen = Pin(
        id=str(uuid7()),
        payer=found["payer"],
        code=found["code"],
        source_id=str(rate.source_id),
        ordinal=rate.ordinal,
        valid_from=first_day,
        note=note,
    )
    await _choose(connection, chosen, "rates.pin", key_id)
    return chosen


async def unpin(connection: Connection, payer: str, code: str, first_day: date, *, key_id: UUID | None = None) -> Pin:
    """Let the rules choose again from a day on."""
    none = Pin(id=str(uuid7()), payer=payer, code=code, valid_from=first_day)
    await _choose(connection, none, "rates.unpin", key_id)
    return none


async def _choose(connection: Connection, chosen: Pin, action: audit.Action, key_id: UUID | None) -> None:
    detail = {"payer": chosen.payer, "code": chosen.code, "from": chosen.valid_from.isoformat()}
    if chosen.source_id:
        detail["rate"] = f"{chosen.source_id}/{chosen.ordinal}"
    async with connection.transaction():
        await write(connection, "rate_pins", fields(Pin), [row(chosen)])
        await audit.append(connection, action, "rate-pin", chosen.id, key_id=key_id, detail=detail)


async def take_multiple(
    connection: Connection, payer: str, percent_bp: int | None, first_day: date, *, key_id: UUID | None = None
) -> None:
    """Take a payer to allow this share of Medicare's fee from a day on, or without one nothing any more."""
    taken = Multiple(id=str(uuid7()), payer=payer, percent_bp=percent_bp, valid_from=first_day)
    detail = {"payer": payer, "percent_bp": percent_bp, "from": first_day.isoformat()}
    async with connection.transaction():
        await write(connection, "rate_multiples", fields(Multiple), [row(taken)])
        await audit.append(connection, "rates.multiple", "rate-multiple", taken.id, key_id=key_id, detail=detail)


async def list_sources(connection: Connection, *, payer: str | None = None) -> list[Source]:
    """The sources in force, of one payer or all, newest import first."""
    found = await connection.fetch(
        f"""
        SELECT {listed(_OF_A_SOURCE)} FROM rate_sources
        WHERE replaced_at IS NULL AND ($1::text IS NULL OR payer = $1) ORDER BY imported_at DESC, id
        """,  # noqa: S608  our own names
        payer,
    )
    return [_read(Source, each) for each in found]


async def rates_of(connection: Connection, source_ids: Sequence[str]) -> list[Rate]:
    """Every rate of the sources, in force or not, each in its order."""
    found = await connection.fetch(
        f"SELECT {listed(_OF_A_RATE)} FROM rates WHERE source_id = ANY($1) ORDER BY source_id, ordinal",  # noqa: S608  own names
        [UUID(each) for each in source_ids],
    )
    return [_read(Rate, each) for each in found]


async def on_file(connection: Connection, before: OnFile | None = None) -> OnFile:
    """The rates in force. What `before` has read of a source already is not read again: it never changes."""
    sources = await list_sources(connection)
    pins = [
        _read(Pin, each)
        for each in await connection.fetch(f"SELECT {listed(fields(Pin))} FROM rate_pins ORDER BY valid_from, id")  # noqa: S608  own names
    ]
    known = {source.id for source in sources}
    named = [UUID(each) for each in {pin.source_id for pin in pins if pin.source_id} - known]
    pinned = await connection.fetch(
        f"SELECT {listed(_OF_A_SOURCE)} FROM rate_sources WHERE id = ANY($1) ORDER BY id",  # noqa: S608  our own names
        named,
    )
    taken_back = await connection.fetch(
        "SELECT source_id, ordinal FROM remittance_lines WHERE taken_back_by IS NOT NULL ORDER BY source_id, ordinal"
    )
    multiples = await connection.fetch(f"SELECT {listed(fields(Multiple))} FROM rate_multiples ORDER BY id")  # noqa: S608  own names
    recorded = Recorded(
        sources=tuple(sorted(sources, key=lambda source: source.id)),
        pinned=tuple(_read(Source, each) for each in pinned),
        pins=tuple(pins),
        taken_back=tuple((str(each["source_id"]), each["ordinal"]) for each in taken_back),
        multiples=tuple(_read(Multiple, each) for each in multiples),
    )
    return await recall(connection, recorded, before)


async def recall(connection: Connection, recorded: Recorded, before: OnFile | None = None) -> OnFile:
    """The rates as they were when this was recorded."""
    known: Mapping[str, Sequence[Rate]] = before.by_source if before else {}
    wanted = [source.id for source in (*recorded.sources, *recorded.pinned) if source.id not in known]
    found: dict[str, list[Rate]] = {}
    for rate in await rates_of(connection, wanted) if wanted else ():
        found.setdefault(rate.source_id, []).append(rate)
    every = (*recorded.sources, *recorded.pinned)
    return OnFile(recorded, {each.id: known.get(each.id) or found.get(each.id, []) for each in every})


async def _lock_predecessor(connection: Connection, source: Source) -> Source | None:
    """The source in force of the same identity. Two imports of one identity take turns."""
    same = (source.kind, source.payer or "", source.identity)
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "rates:" + ":".join(same))
    found = await connection.fetchrow(
        f"""
        SELECT {listed(_OF_A_SOURCE)} FROM rate_sources
        WHERE kind = $1 AND coalesce(payer, '') = $2 AND identity = $3 AND replaced_at IS NULL
        """,  # noqa: S608  our own names
        *same,
    )
    return None if found is None else _read(Source, found)


async def _same(connection: Connection, source: Source, rates: Sequence[Rate]) -> bool:
    return await rates_of(connection, [source.id]) == [replace(rate, source_id=source.id) for rate in rates]


def _read(kind: type[S], record: asyncpg.Record) -> S:
    """A struct of its row, its ids as text."""
    return read(kind, {name: str(value) if isinstance(value, UUID) else value for name, value in record.items()})
