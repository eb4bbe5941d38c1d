"""`outlay rates hospital`: what a hospital's file of standard charges says a payer pays."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import click
import msgspec

from payers.catalogue.model import Frozen, Release
from payers.price_files.hospital.charge import Read, Wanted
from payers.price_files.hospital.rates import LeftOut, Rates, rates_of
from payers.price_files.hospital.read import read_hospital
from payers.price_files.unreadable import Unreadable
from payers.rates.rate import Source
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.cli.progress import progress_bars
from service.store.database import Connection
from service.store.rates import stage
from service.store.release import read_release
from service.uuid7 import uuid7

_NAMES_TOLD = 20
_LEFT_OUT: dict[LeftOut, str] = {
    "amount-of-a-drug": "pay for a package of a drug, not for a unit of its code",
    "percentage-of-something-else": "are a percentage of something that the file does not hold",
    "algorithm-alone": "are told in words alone",
    "no-amount": "have no amount",
}


class Receipt(Frozen):
    """What was read and what came of it."""

    source: Source
    items: int
    charges: int
    rates: dict[str, int]
    left_out: dict[LeftOut, int]
    """Charges that give no rate, by the reason."""
    unread: dict[str, int]
    """Values that could not be read, by their column."""
    unchanged: bool = False
    replaced: str | None = None
    """When the file that this one replaces was last updated, or its name."""


@click.command(
    epilog="""\b
Example:
  outlay rates hospital charges.csv --payer aetna --payer-name "Aetna" --plan-name "Commercial PPO"

\b
Exit codes:
  0  its rates are in force
  1  it is another kind of file, or has no rate of this payer; nothing was imported
  2  the command line was wrong
  3  the database cannot be reached"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--payer", required=True, metavar="SLUG", help="The payer in the catalogue that the rates are of.")
@click.option(
    "--payer-name", "names", required=True, multiple=True, metavar="NAME", help="What the file calls it; repeatable."
)
@click.option("--plan-name", "plans", multiple=True, metavar="NAME", help="Only these plans, as the file calls them.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="These codes instead of all in the catalogue.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def hospital(
    file: Path, payer: str, names: tuple[str, ...], plans: tuple[str, ...], codes: tuple[str, ...], as_json: bool
) -> None:
    """Import what the hospital's FILE of standard charges (CSV or JSON, also packed) says PAYER pays."""

    async def work(connection: Connection) -> Receipt:
        release = await read_release(connection)
        refuse_unknown(payer, release)
        wanted = Wanted.of(codes or {code.code for code in release.codes}, names, plans)
        read, digest = await asyncio.to_thread(_read, file, wanted)
        source = Source(
            id=str(uuid7()),
            kind="hospital-file",
            payer=payer,
            name=file.name,
            last_updated_on=read.hospital.last_updated_on,
            entity=read.hospital.name,
            content_sha256=digest,
            imported_at=datetime.now(UTC),
        )
        found = rates_of(read.charges, source.id)
        if not found.rates:
            raise Refused(f"{file} has no rate of this payer", *_why(read, found), "Nothing was imported.")
        staged = await stage(connection, source, found.rates)
        before = staged.replaced
        return Receipt(
            source=staged.source,
            items=read.items,
            charges=len(read.charges),
            rates=dict(Counter(rate.kind for rate in found.rates)),
            left_out=dict(found.left_out),
            unread=dict(read.odd),
            unchanged=staged.unchanged,
            replaced=str(before.last_updated_on or before.name) if before else None,
        )

    receipt = in_migrated_database(work)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(receipt), indent=2))
    else:
        click.echo("\n".join(_told(receipt)))


def refuse_unknown(payer: str, release: Release) -> None:
    """Raises `Refused` if the catalogue has no such payer, with the nearest that it has."""
    slugs = [each.slug for each in release.payers]
    if payer not in slugs:
        near = get_close_matches(payer, slugs, n=1)
        remedy = f"write {near[0]}, if that is meant" if near else "write the slug of a payer of the catalogue"
        raise Refused(f'"{payer}" is not the slug of a payer', f"Remedy: {remedy}.")


def _read(file: Path, wanted: Wanted) -> tuple[Read, str]:
    """The file's charges and its SHA-256."""
    try:
        with file.open("rb") as content, progress_bars() as progress:
            read = read_hospital(progress.wrap_file(content, file.stat().st_size, description="Reading"), wanted)
    except Unreadable as error:
        raise Refused(f"{file} cannot be read", str(error), "Nothing was imported.") from error
    with file.open("rb") as content:
        return read, hashlib.file_digest(content, "sha256").hexdigest()


def _why(read: Read, found: Rates) -> Iterable[str]:
    """Why nothing of a file may price a line."""
    if not read.payers:
        yield f"None of its {read.items} items has one of the wanted codes."
    elif not read.charges:
        names = [f'"{payer}" ("{plan}")' for payer, plan in read.payers[:_NAMES_TOLD]]
        more = ", ..." if len(read.payers) > _NAMES_TOLD else ""
        yield f"For the wanted codes it names: {', '.join(names)}{more}."
        yield "Remedy: write one of them in --payer-name and --plan-name."
    for reason, count in found.left_out.items():
        yield f"Charges that {_LEFT_OUT[reason]}: {count}."


def _told(receipt: Receipt) -> Iterable[str]:
    source = receipt.source
    yield f"{source.entity or source.name}, last updated on {source.last_updated_on or 'an unknown day'}."
    kinds = ", ".join(f"{kind}: {count}" for kind, count in receipt.rates.items())
    yield f"Items: {receipt.items}. Charges of {source.payer}: {receipt.charges}. Rates: {kinds}."
    for reason, count in receipt.left_out.items():
        yield f"Left out, charges that {_LEFT_OUT[reason]}: {count}."
    for column, count in receipt.unread.items():
        yield f"Left out, values of {column} that could not be read: {count}."
    if receipt.unchanged:
        yield "Already there: nothing was changed."
    elif receipt.replaced:
        yield f"They replace those of {receipt.replaced}."
