"""The catalogue that answers: the release in force with the clinic's layer above it, today or as it once was."""

from datetime import date, timedelta
from typing import Literal, cast, get_args
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import (
    ClinicFee,
    ClinicLayer,
    ClinicRow,
    ContractedRate,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SlidingBand,
    layer_of,
)
from payers.catalogue.model import Rule
from payers.rates.on_file import Recorded
from service.store import audit
from service.store.database import Connection
from service.store.rates import on_file, recall
from service.store.release import QUESTION, questions, read_tables
from service.store.rows import fields, row, write

_TABLES: dict[str, type[ClinicRow] | type[Rule]] = {
    "prices": SitePrice,
    "services": ServicePrice,
    "packages": Package,
    "discounts": Discount,
    "sliding_scale": SlidingBand,
    "fees": ClinicFee,
    "payment_plans": PaymentPlan,
    "payment_policies": PaymentPolicy,
    "localities": SiteLocality,
    "rates": ContractedRate,
    "rules": Rule,
}
"""The fields of the layer and what their rows are; the table of `prices` is `clinic_prices`, and so on."""

_READ = ", ".join(
    f"'{table}', (SELECT coalesce(json_agg(r ORDER BY r.id COLLATE \"C\"), '[]') FROM clinic_{table} AS r)"  # noqa: S608  our own names
    for table in _TABLES
)

_FEES = """
  SELECT coalesce(json_agg(fee ORDER BY fee.carrier, fee.locality, fee.code, fee.modifier, fee.valid_from), '[]')
  FROM clinic_medicare_fees AS fee
"""
"""Fees are imported (service/store/medicare.py), not entered."""


async def read_clinic_layer(connection: Connection) -> ClinicLayer:
    """Every row of the clinic, by id. One statement, so that a change is seen as a whole or not at all."""
    layer = await connection.fetchval(f"SELECT json_build_object({_READ}, 'medicare_fees', ({_FEES}))")
    return msgspec.convert(layer, ClinicLayer, str_keys=True)


async def add_clinic_rows(connection: Connection, layer: ClinicLayer, *, key_id: UUID | None = None) -> None:
    """Add the rows to what the clinic has entered already; `key_id` does it, absent the command line.

    Raises:
        asyncpg.IntegrityConstraintViolationError: a row contradicts one that is there; the error names the constraint.
    """
    async with connection.transaction():
        await _write(connection, layer)
        for table, added in layer.rows():
            await _record(connection, "add", table, added.id, key_id)


async def end_clinic_row(connection: Connection, row_id: str, last_day: date, *, key_id: UUID | None = None) -> bool:
    """Let the row hold no longer than `last_day`. False: no row of this id holds on that day.

    Nothing else about a row is ever changed. What was answered before can be replayed: `catalogue_versions` keeps the
    layer as it was.
    """
    async with connection.transaction():
        for table in _TABLES:
            ended = await connection.fetchval(
                f"""
                UPDATE clinic_{table} SET valid_until = $2
                WHERE id = $1 AND daterange(valid_from, valid_until, '[]') @> $2::date RETURNING true
                """,  # noqa: S608  our own names
                row_id,
                last_day,
            )
            if ended and table == "rules":
                await connection.execute(
                    """
                    UPDATE clinic_rule_questions SET valid = daterange(lower(valid), $2, '[]') WHERE rule = $1
                    """,
                    row_id,
                    last_day,
                )
            if ended:
                await _record(connection, "end", table, row_id, key_id, until=last_day.isoformat())
                return True
    return False


async def change_clinic_row(
    connection: Connection, table: str, row: ClinicRow, successor: ClinicRow, *, key_id: UUID | None = None
) -> bool:
    """Let `row` hold until the day before its `successor`, which is added: both or neither.

    False: the row does not end any more when it did, or never was, because somebody else changed it in between.

    Raises:
        asyncpg.IntegrityConstraintViolationError: the successor contradicts a row that is there.
        ValueError: the successor does not begin within the row's days.
    """
    first_day = successor.valid_from
    if first_day is None or not row.holds_on(first_day) or not row.holds_on(first_day - timedelta(days=1)):
        raise ValueError(first_day)
    async with connection.transaction():
        ended = await connection.fetchval(
            f"""
            UPDATE clinic_{table} SET valid_until = $2
            WHERE id = $1 AND valid_until IS NOT DISTINCT FROM $3 RETURNING true
            """,  # noqa: S608  our own names
            row.id,
            first_day - timedelta(days=1),
            row.valid_until,
        )
        if not ended:
            return False
        await _write(connection, layer_of(table, successor))
        await _record(connection, "change", table, row.id, key_id, by=successor.id, begins=first_day.isoformat())
    return True


async def _write(connection: Connection, layer: ClinicLayer) -> None:
    for table, kind in _TABLES.items():
        if rows := getattr(layer, table):
            await write(connection, f"clinic_{table}", fields(kind), map(row, rows))
    if asked := [question for rule in layer.rules for question in questions(rule)]:
        await write(connection, "clinic_rule_questions", QUESTION, asked)


async def _record(
    connection: Connection,
    action: Literal["add", "change", "end"],
    table: str,
    row_id: str,
    key_id: UUID | None,
    **detail: str,
) -> None:
    kind = "rule" if table == "rules" else "price"
    done = cast("audit.Action", f"{kind}.{action}")
    await audit.append(connection, done, kind, row_id, key_id=key_id, detail={"table": table, **detail})


Broken = Literal[
    "pkey",
    "no_overlap",
    "sources_not_empty",
    "validity_not_empty",
    "review_not_before_verification",
    "rules_answer_something",
    "cents_not_negative",
    "basis_points_in_range",
    "one_of_two",
    "applies_to_known",
    "count_positive",
    "place_is_digits",
]
"""What a row of the clinic can break: the ends of the names of its constraints."""


def broken(constraint: str) -> Broken | None:
    """What the constraint of this name holds; nothing where it is not one of the clinic's rows."""
    return next((each for each in get_args(Broken) if constraint.endswith(each)), None)


async def current_catalogue(connection: Connection, before: Catalogue | None = None) -> Catalogue:
    """The catalogue in force. Its version is remembered, so that what it answers can be replayed.

    `before` is one that was read earlier: a release and rates that it has are not read again, for they never change.

    Raises:
        LookupError: no release is in force: the database has not been seeded.
    """
    record = await connection.fetchrow(
        "SELECT id, version FROM current_release JOIN releases ON releases.id = current_release.release"
    )
    if record is None:
        raise LookupError("no release is in force")
    release, version = record
    if before is not None and before.release_version == version:
        tables = before.release
    else:
        tables = await read_tables(connection, release)
    layer = await read_clinic_layer(connection)
    catalogue = Catalogue(tables, layer, await on_file(connection, before.rates if before else None))
    await connection.execute(
        """
        INSERT INTO catalogue_versions (version, release, clinic_layer, rates) VALUES ($1, $2, $3, $4)
        ON CONFLICT (version) DO NOTHING
        """,
        catalogue.version,
        release,
        catalogue.clinic,
        catalogue.rates.recorded,
    )
    return catalogue


async def read_version(connection: Connection, version: str) -> Catalogue:
    """The catalogue as it was when it had this version.

    The values are the same. Its `version` differs from the asked one only if the program's own types have changed
    since, and the caller may say so.

    Raises:
        LookupError: no catalogue had this version.
    """
    found = await connection.fetchrow(
        "SELECT release, clinic_layer, rates FROM catalogue_versions WHERE version = $1", version
    )
    if found is None:
        raise LookupError(version)
    layer = msgspec.convert(found["clinic_layer"], ClinicLayer, str_keys=True)
    recorded = msgspec.convert(found["rates"] or {}, Recorded)
    return Catalogue(await read_tables(connection, found["release"]), layer, await recall(connection, recorded))
