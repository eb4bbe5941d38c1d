"""The catalogue that answers: the release in force with the clinic's layer above it, today or as it once was."""

from datetime import date

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
    SitePrice,
    SlidingBand,
)
from payers.catalogue.model import Rule
from service.store.database import Connection
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
    "rates": ContractedRate,
    "rules": Rule,
}
"""The fields of the layer and what their rows are; the table of `prices` is `clinic_prices`, and so on."""

_READ = ", ".join(
    f"'{table}', (SELECT coalesce(json_agg(r ORDER BY r.id COLLATE \"C\"), '[]') FROM clinic_{table} AS r)"  # noqa: S608  our own names
    for table in _TABLES
)


async def read_clinic_layer(connection: Connection) -> ClinicLayer:
    """Every row of the clinic, by id. One statement, so that a change is seen as a whole or not at all."""
    layer = await connection.fetchval(f"SELECT json_build_object({_READ})")
    return msgspec.convert(layer, ClinicLayer, str_keys=True)


async def add_clinic_rows(connection: Connection, layer: ClinicLayer) -> None:
    """Add the rows to what the clinic has entered already.

    Raises:
        asyncpg.IntegrityConstraintViolationError: a row contradicts one that is there; the error names the constraint.
    """
    async with connection.transaction():
        for table, kind in _TABLES.items():
            await write(connection, f"clinic_{table}", fields(kind), map(row, getattr(layer, table)))
        asked = [question for rule in layer.rules for question in questions(rule)]
        await write(connection, "clinic_rule_questions", QUESTION, asked)


async def end_clinic_row(connection: Connection, row_id: str, last_day: date) -> bool:
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
                return True
    return False


async def current_catalogue(connection: Connection) -> Catalogue:
    """The catalogue in force. Its version is remembered, so that what it answers can be replayed.

    Raises:
        LookupError: no release is in force: the database has not been seeded.
    """
    release = await connection.fetchval("SELECT release FROM current_release")
    if release is None:
        raise LookupError("no release is in force")
    catalogue = Catalogue(await read_tables(connection, release), await read_clinic_layer(connection))
    await connection.execute(
        """
        INSERT INTO catalogue_versions (version, release, clinic_layer) VALUES ($1, $2, $3)
        ON CONFLICT (version) DO NOTHING
        """,
        catalogue.version,
        release,
        catalogue.clinic,
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
        "SELECT release, clinic_layer FROM catalogue_versions WHERE version = $1", version
    )
    if found is None:
        raise LookupError(version)
    layer = msgspec.convert(found["clinic_layer"], ClinicLayer, str_keys=True)
    return Catalogue(await read_tables(connection, found["release"]), layer)
