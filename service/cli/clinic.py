"""`outlay clinic`: the clinic's own prices, contracted rates and rules, from a file into the database."""

from pathlib import Path

import click
import msgspec
from asyncpg import IntegrityConstraintViolationError

from payers.catalogue.clinic import ClinicLayer
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.store.catalogue import add_clinic_rows
from service.store.database import Connection


@click.group(
    epilog="""\b
Example:
  outlay clinic add prices.toml"""
)
def clinic() -> None:
    """Keep the clinic's own rows above the catalogue."""


@clinic.command(
    epilog="""\b
Example:
  outlay clinic add prices.toml

\b
A file holds any of:
  [[prices]]  id, treatment, dose_mg, price_cents, valid_from, valid_until
  [[rates]]   id, payer, line_of_business, plan, treatment, dose_mg, allowed_cents, valid_from, valid_until
  [[rules]]   a rule as in the catalogue's payer files, with its payer"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(file: Path) -> None:
    """Add the rows of FILE (TOML), all or none. A running service answers from them within a second."""
    try:
        layer = msgspec.toml.decode(file.read_bytes(), type=ClinicLayer)
    except msgspec.ValidationError as error:
        raise Refused(f"{file} does not fit", str(error), "Remedy: see `outlay clinic add --help`.") from error
    except msgspec.DecodeError as error:
        raise Refused(f"{file} is not TOML", str(error)) from error

    async def work(connection: Connection) -> None:
        await add_clinic_rows(connection, layer)

    try:
        in_migrated_database(work)
    except IntegrityConstraintViolationError as error:
        raise Refused(
            f"the rows contradict what is on file ({error.constraint_name})",
            "Nothing was added.",
            "Remedy: two rows may not answer one question on one day; give them days that do not meet.",
        ) from error
    click.echo(f"Added {len(layer.prices)} prices, {len(layer.rates)} rates, {len(layer.rules)} rules.")
