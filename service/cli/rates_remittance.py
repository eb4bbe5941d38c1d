"""`outlay rates remittance`: what payers really allowed, from remittance advices (X12 835)."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import click
import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.model import Frozen
from payers.eligibility.response import NotX12
from payers.rates.rate import Source
from payers.remittances.in_force import Standing, in_force
from payers.remittances.rates import settled
from payers.remittances.read_835 import read_835
from payers.remittances.remittance import Remittances
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.store.database import Connection
from service.store.release import read_release
from service.store.remittances import Put, put_remittance
from service.uuid7 import uuid7


class Receipt(Frozen):
    """What was read of one payer's remittances and what came of it."""

    source: Source
    claims: int
    rates: int
    """Lines with an allowed amount, on file as rates."""
    other_codes: int
    without_amount: int
    matched: int
    """Lines that fit a session of an estimate on file."""
    taken_back: int
    """Lines of earlier files that the payer has taken back."""
    unchanged: bool


@click.command(
    epilog="""\b
Example:
  outlay rates remittance 2026-11-30.835 --payer aetna

\b
Nothing that names a patient is read or kept. Only codes of the catalogue are.

\b
Exit codes:
  0  its amounts are in force
  1  it is no remittance, breaks off, or names a payer that is not known; nothing was imported
  2  the command line was wrong
  3  the database cannot be reached"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--payer", metavar="SLUG", help="The payer in the catalogue; else it is found by the name in the file.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipts as JSON.")
def remittance(file: Path, payer: str | None, as_json: bool) -> None:
    """Import what payers allowed from the remittance advice FILE (835), and match it to estimates on file."""
    content = file.read_bytes()
    read = read_835(content)
    if isinstance(read, NotX12):
        raise Refused(f"{file} is no remittance advice", read.detail, "Nothing was imported.")
    if read.is_test:
        raise Refused(f"{file} is a test: it is about nobody's money", "Nothing was imported.")
    if broken := [each for each in read.remittances if not each.whole]:
        told = [f"segment {each.segment}: {each.text}" for each in read.warnings]
        raise Refused(f"{file} breaks off: {len(broken)} of its payments are not whole", *told, "Nothing was imported.")

    async def work(connection: Connection) -> list[Receipt]:
        catalogue = Catalogue(await read_release(connection))
        codes = {code.code for code in catalogue.release.codes}
        digest = hashlib.sha256(content).hexdigest()
        receipts: list[Receipt] = []
        async with connection.transaction():
            for slug, claims, reversals in _by_payer(catalogue, read, payer):
                first = (claims or reversals)[0].remittance
                source = Source(
                    id=str(uuid7()),
                    kind="remittance",
                    payer=slug,
                    name=file.name,
                    last_updated_on=first.paid_on,
                    entity=first.payer.name,
                    content_sha256=digest,
                    imported_at=datetime.now(UTC),
                )
                found = settled(claims, codes)
                put = await put_remittance(connection, source, found.settled, reversals)
                receipts.append(_receipt(put, len(claims), found.other_codes, found.without_amount))
        return receipts

    receipts = in_migrated_database(work)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(receipts), indent=2))
        return
    for each in receipts:
        click.echo("\n".join(_told(each)))


def _by_payer(
    catalogue: Catalogue, read: Remittances, payer: str | None
) -> list[tuple[str, list[Standing], list[Standing]]]:
    """Claims that stand and reversals of earlier ones, by the slug of their payer."""
    standing, reversals = in_force(read)
    slugs: dict[str | None, str] = {}
    for each in (*standing, *reversals):
        name = each.remittance.payer.name
        if name not in slugs:
            slugs[name] = _slug(catalogue, payer or name or "", each.remittance.paid_on)
    return [
        (
            slug,
            [each for each in standing if slugs[each.remittance.payer.name] == slug],
            [each for each in reversals if slugs[each.remittance.payer.name] == slug],
        )
        for slug in dict.fromkeys(slugs.values())
    ]


def _slug(catalogue: Catalogue, name: str, paid_on: date | None) -> str:
    if name in catalogue.payers:
        return name
    found = resolve(catalogue, name, paid_on or datetime.now(UTC).date())
    if found.payer is None or found.question:
        near = ", ".join(each.slug for each in found.candidates[:5])
        remedy = f"Remedy: say which payer it is with --payer{f', such as {near}' if near else ''}."
        raise Refused(f'the payer "{name}" is not known for sure', remedy, "Nothing was imported.")
    return found.payer


def _receipt(put: Put, claims: int, other_codes: int, without_amount: int) -> Receipt:
    return Receipt(
        source=put.source,
        claims=claims,
        rates=put.lines,
        other_codes=other_codes,
        without_amount=without_amount,
        matched=put.matched,
        taken_back=put.taken_back,
        unchanged=put.unchanged,
    )


def _told(receipt: Receipt) -> list[str]:
    if receipt.unchanged:
        return [f"{receipt.source.payer}: already there: nothing was changed."]
    found = (
        f"{receipt.claims} claims, {receipt.rates} allowed amounts, {receipt.matched} of sessions in estimates on file"
    )
    told = [f"{receipt.source.payer}: {found}."]
    if receipt.taken_back:
        told.append(f"Taken back by the payer, from earlier files: {receipt.taken_back} lines.")
    if receipt.other_codes or receipt.without_amount:
        amounts = f"{receipt.without_amount} without an allowed amount"
        told.append(f"Left out: {receipt.other_codes} lines of other codes, {amounts}.")
    return told
