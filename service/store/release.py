"""A release in Postgres: written once as a whole, read back equal to the last byte of its hash."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from asyncpg import Range

from payers.catalogue.catalogue import release_version
from payers.catalogue.model import (
    AcceptedCodes,
    AddOn,
    AmbiguousName,
    ClaimRule,
    Code,
    Conflict,
    Fee,
    Identifier,
    LineageEvent,
    MedigapPlan,
    Ndc,
    Notice,
    Parameter,
    Payer,
    PlanDesign,
    PriceRange,
    Programme,
    PublishedPrice,
    Region,
    Release,
    Rule,
    Source,
    TreatmentInfo,
)
from service.store import audit
from service.store.database import Connection
from service.store.rows import fields, listed, read, row, write

QUESTION = ("rule", "payer", "line_of_business", "plan", "treatment", "indication", "valid")
"""The columns of `rule_questions`, after the release."""


class _Nested(NamedTuple):
    """A list inside an entry that has a table of its own; `owner` is the entry's own key, written for the reader."""

    field: str
    table: str
    kind: type[msgspec.Struct] | None
    owner: tuple[str, str]


_TABLES: dict[str, type[msgspec.Struct]] = {
    "sources": Source,
    "payers": Payer,
    "rules": Rule,
    "treatments": TreatmentInfo,
    "codes": Code,
    "ndcs": Ndc,
    "add_ons": AddOn,
    "accepted_codes": AcceptedCodes,
    "claim_rules": ClaimRule,
    "parameters": Parameter,
    "price_ranges": PriceRange,
    "published_prices": PublishedPrice,
    "programmes": Programme,
    "plan_designs": PlanDesign,
    "medigap_plans": MedigapPlan,
    "ambiguous_names": AmbiguousName,
    "regions": Region,
    "notices": Notice,
    "conflicts": Conflict,
}
"""The fields of a `Release`; each has a table of its name."""

_NESTED: dict[str, tuple[_Nested, ...]] = {
    "payers": (
        _Nested("aliases", "payer_aliases", None, ("payer", "slug")),
        _Nested("identifiers", "payer_identifiers", Identifier, ("payer", "slug")),
        _Nested("lineage", "payer_lineage", LineageEvent, ("payer", "slug")),
    ),
    "codes": (_Nested("fees", "code_fees", Fee, ("code", "code")),),
}


async def write_release(
    connection: Connection, release: Release, note: str | None = None, *, make_current: bool = True
) -> str:
    """Store the release, unless it is stored already, put it in force, and return its version.

    Raises:
        asyncpg.IntegrityConstraintViolationError: it contradicts itself; the error names the constraint.
    """
    version = release_version(release)
    async with connection.transaction():
        made = await connection.fetchval(
            "INSERT INTO releases (version, note) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING RETURNING id",
            version,
            note,
        )
        if made is not None:
            await _write_tables(connection, made, release)
            await audit.append(connection, "release.write", "release", version)
        if make_current:
            await put_in_force(connection, version)
    return version


async def put_in_force(connection: Connection, version: str) -> None:
    """Make a stored release the one that answers; nothing happens when it already is.

    Raises:
        LookupError: no release has this version.
    """
    async with connection.transaction():
        release = await connection.fetchval("SELECT id FROM releases WHERE version = $1", version)
        if release is None:
            raise LookupError(version)
        changed = await connection.fetchval(
            """
            INSERT INTO current_release (release) VALUES ($1)
            ON CONFLICT (singleton) DO UPDATE SET release = excluded.release
              WHERE current_release.release <> excluded.release
            RETURNING release
            """,
            release,
        )
        if changed is not None:
            await audit.append(connection, "release.put-in-force", "release", version)


async def made_at(connection: Connection) -> datetime | None:
    """When the release in force was written; nothing where none is in force."""
    return await connection.fetchval(
        "SELECT made_at FROM releases JOIN current_release ON current_release.release = releases.id"
    )


async def read_release(connection: Connection, version: str | None = None) -> Release:
    """The release of that version, or the one in force.

    Raises:
        LookupError: there is none.
    """
    if version is None:
        release = await connection.fetchval("SELECT release FROM current_release")
    else:
        release = await connection.fetchval("SELECT id FROM releases WHERE version = $1", version)
    if release is None:
        raise LookupError(version or "no release is in force")
    return await read_tables(connection, release)


async def read_tables(connection: Connection, release: int) -> Release:
    """The release by its number in the database."""
    tables: dict[str, Any] = {}
    for table, kind in _TABLES.items():
        lists = [await _read_nested(connection, release, nested) for nested in _NESTED.get(table, ())]
        columns = fields(kind, _left_out(table))
        records = await connection.fetch(
            f"SELECT {listed(columns)} FROM {table} WHERE release = $1 ORDER BY ordinal",  # noqa: S608  own names
            release,
        )
        tables[table] = tuple(
            read(kind, record, **{name: rows.get(ordinal, ()) for name, rows in lists})
            for ordinal, record in enumerate(records)
        )
    return Release(**tables)


def questions(rule: Rule) -> Iterable[tuple[Any, ...]]:
    """The questions that a rule answers, as rows of `rule_questions`: `*` stands for any line, '' for any plan."""
    valid: Range[date] = Range(rule.valid_from, rule.valid_until, upper_inc=True)
    for treatment in rule.treatments:
        for indication in rule.indications:
            yield rule.id, rule.payer, rule.line_of_business or "*", rule.plan or "", treatment, indication, valid


def _left_out(table: str) -> frozenset[str]:
    return frozenset(nested.field for nested in _NESTED.get(table, ()))


async def _write_tables(connection: Connection, release: int, value: Release) -> None:
    for table, kind in _TABLES.items():
        entries: tuple[msgspec.Struct, ...] = getattr(value, table)
        left_out = _left_out(table)
        rows = [(release, ordinal, *row(entry, left_out)) for ordinal, entry in enumerate(entries)]
        await write(connection, table, ("release", "ordinal", *fields(kind, left_out)), rows)
        for nested in _NESTED.get(table, ()):
            await _write_nested(connection, release, nested, entries)
    rows = [(release, *question) for rule in value.rules for question in questions(rule)]
    await write(connection, "rule_questions", ("release", *QUESTION), rows)


async def _write_nested(
    connection: Connection, release: int, nested: _Nested, entries: tuple[msgspec.Struct, ...]
) -> None:
    column, key = nested.owner
    pairs = [(owner, entry, item) for owner, entry in enumerate(entries) for item in getattr(entry, nested.field)]
    rows = [
        (release, ordinal, owner, getattr(entry, key), *(row(item) if nested.kind else (item,)))
        for ordinal, (owner, entry, item) in enumerate(pairs)
    ]
    columns = ("release", "ordinal", "owner", column, *(fields(nested.kind) if nested.kind else ("alias",)))
    await write(connection, nested.table, columns, rows)


async def _read_nested(connection: Connection, release: int, nested: _Nested) -> tuple[str, dict[int, list[Any]]]:
    columns = fields(nested.kind) if nested.kind else ("alias",)
    by_owner: dict[int, list[Any]] = {}
    for record in await connection.fetch(
        f"SELECT owner, {listed(columns)} FROM {nested.table} WHERE release = $1 ORDER BY ordinal",  # noqa: S608  own names
        release,
    ):
        owner, *values = record.values()
        by_owner.setdefault(owner, []).append(dict(zip(columns, values, strict=True)) if nested.kind else values[0])
    return nested.field, by_owner
