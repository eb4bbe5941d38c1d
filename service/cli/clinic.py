"""`outlay clinic`: the clinic's own prices, contracted rates and rules, from a file into the database."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import click
import msgspec
from asyncpg import IntegrityConstraintViolationError
from rich.console import Console
from rich.table import Table

from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.clinic_check import Misfit, misfits
from service.cli.clinic_rows import KINDS, amount, answers, days
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.store.catalogue import Broken, add_clinic_rows, broken, end_clinic_row, read_clinic_layer
from service.store.database import Connection
from service.store.release import read_release

_REMEDIES: dict[Broken, str] = {
    "pkey": "the id is taken: choose another, or end the old row with `outlay clinic end`",
    "no_overlap": "two rows may not answer one question on one day; give them days that do not meet",
    "sources_not_empty": "give at least one source in sources",
    "validity_not_empty": "valid_until is before valid_from: give a later day or leave one out",
    "review_not_before_verification": "review_by is before verified_on: give a later day",
    "rules_answer_something": "give at least one treatment in treatments and one indication in indications",
    "cents_not_negative": "give an amount in cents that is zero or more",
    "basis_points_in_range": "give a share in basis points from 0 to 10000",
    "one_of_two": "give either off_bp or off_cents",
    "applies_to_known": "write treatment or the name of a service in applies_to",
    "place_is_digits": "write five digits in carrier and two in locality",
    "count_positive": "give at least one session or installment, and at most 120 installments",
}
"""What to do about a row that a constraint refused."""


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
A file holds any of these; each row has an id, and may have valid_from, valid_until, note.
Those of the price list, all but the last two, may name a site.
  [[prices]]            treatment, dose_mg, minutes, price_cents
  [[services]]          service, codes, price_cents
  [[packages]]          name, treatment, sessions, included, price_cents, refundable
  [[discounts]]         kind, off_bp or off_cents, applies_to
  [[sliding_scale]]     tier, poverty_percent_max, off_bp or off_cents, applies_to
  [[fees]]              kind, amount_cents, per, refundable, credited, notice_hours
  [[payment_plans]]     name, instalments, down_payment_bp, fee_cents, annual_rate_bp, minimum_instalment_cents
  [[payment_policies]]  takes_hsa_fsa, gives_superbill
  [[localities]]        carrier, locality: where Medicare's fees of a site are looked up
  [[rates]]             payer, line_of_business, plan, treatment, dose_mg, allowed_cents
  [[rules]]             a rule as in the catalogue's payer files, with its payer"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(file: Path) -> None:
    """Add the rows of FILE (TOML), all or none. A running service answers from them within a second."""
    try:
        layer = msgspec.toml.decode(file.read_bytes(), type=ClinicLayer)
    except msgspec.ValidationError as error:
        raise Refused(f"{file} does not fit", str(error), "Remedy: see `outlay clinic add --help`.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file} is not TOML", str(error)) from error

    if layer.medicare_fees:
        raise Refused(f"{file} has Medicare's fees", "Remedy: import them with `outlay rates medicare`.")

    async def work(connection: Connection) -> None:
        try:
            release = await read_release(connection)
        except LookupError as error:
            raise Refused("the database holds no catalogue", "Remedy: run `outlay seed`.") from error
        if told := [_told(misfit) for misfit in misfits(layer, await read_clinic_layer(connection), release)]:
            raise Refused(f"{file} has rows that cannot answer", *told, "Nothing was added.")
        await add_clinic_rows(connection, layer)

    try:
        in_migrated_database(work)
    except IntegrityConstraintViolationError as error:
        name = error.constraint_name or ""
        found = broken(name)
        remedy = _REMEDIES[found] if found else str(error)
        raise Refused(
            f"the rows contradict themselves or what is on file ({name})", "Nothing was added.", f"Remedy: {remedy}."
        ) from error
    added = Counter(KINDS[table] for table, _ in layer.rows())
    click.echo(f"Added {', '.join(f'{kind}: {count}' for kind, count in added.items()) or 'nothing'}.")


@clinic.command(
    "list",
    epilog="""\b
Example:
  outlay clinic list
  outlay clinic list --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print the rows whole, as JSON.")
def list_(as_json: bool) -> None:
    """List every row the clinic has entered, also those that have ended."""
    layer = in_migrated_database(read_clinic_layer)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(layer), indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("KIND", "ID", "ANSWERS", "AMOUNT", "HOLDS"):
        table.add_column(heading, no_wrap=heading not in ("ANSWERS", "HOLDS"), overflow="fold")
    for kind, row in layer.rows():
        table.add_row(KINDS[kind], row.id, answers(row), amount(row), days(row))
    Console(highlight=False, markup=False, emoji=False).print(table)


@clinic.command(
    epilog="""\b
Example:
  outlay clinic end iv-ketamine-2026 --on 2026-06-30"""
)
@click.argument("row_id", metavar="ID")
@click.option(
    "--on", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day on which it holds."
)
def end(row_id: str, on: datetime) -> None:
    """End the row ID: DATE is its last day. Estimates already made can still be replayed."""
    last_day = on.date()

    async def work(connection: Connection) -> None:
        if await end_clinic_row(connection, row_id, last_day):
            return
        row = next((row for _, row in (await read_clinic_layer(connection)).rows() if row.id == row_id), None)
        if row is None:
            raise Refused(f"no row has the id {row_id}", "Remedy: look it up with `outlay clinic list`.")
        raise Refused(f"{row_id} does not hold on {last_day}", f"Remedy: choose one of its days: {days(row)}.")

    in_migrated_database(work)
    click.echo(f"{row_id} holds until {last_day}.")


def _told(misfit: Misfit) -> str:
    """What is wrong with a row and what to do about it."""
    row, value, instead = misfit.row, misfit.value, misfit.instead
    match misfit.fault:
        case "id-taken":
            told = f"a {KINDS[value]} has this id. Remedy: choose another."
        case "code-unknown":
            told = f"{value} is not a code on file. Remedy: correct it or leave it out."
        case "dose-unknown":
            remedy = f"write one of {instead}, or leave it out" if instead else "leave it out"
            told = f"the treatment is not given at {value} mg. Remedy: {remedy}."
        case "says-nothing":
            told = "it says nothing. Remedy: give takes_hsa_fsa or gives_superbill."
        case "payer-unknown":
            remedy = f"write {instead}, if that is meant" if instead else "write the slug of a payer of the release"
            told = f'"{value}" is not the slug of a payer. Remedy: {remedy}.'
        case "line-elsewhere":
            told = f"{instead} answers for {value} of its payer. Remedy: write {instead} as payer."
        case "line-first":
            told = f"rules for one line answer before it ({value}). Remedy: name line_of_business."
    return f"{KINDS[misfit.table]} {row.id}: {told}"
