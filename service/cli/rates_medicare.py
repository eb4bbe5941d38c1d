"""`outlay rates medicare`: Medicare's fees where the clinic's sites are, its limits for drugs, from its own files."""

import asyncio
import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.model import Ndc
from payers.claims.ndc import readings
from payers.price_files.medicare.drug_limits import DrugLimitFile, DrugPackage
from payers.price_files.medicare.fee import Amount, Place
from payers.rates import rate
from payers.rates.rate import Rate, Source
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.cli.medicare_files import NOTHING, Fees, fees_of, read_files
from service.store.catalogue import read_clinic_layer
from service.store.database import Connection
from service.store.medicare import stage_fees
from service.store.rates import stage
from service.store.release import read_release
from service.uuid7 import uuid7

_PLACE = re.compile(r"(\d{5})-?(\d{2})")


@click.command(
    epilog="""\b
Examples:
  outlay rates medicare PFALL26A.TXT --locality 04112-01
  outlay rates medicare PPRRVU2026_Jul_nonQPP.csv GPCI2026.csv
  outlay rates medicare "July 2026 ASP Pricing.csv" "July 2026 ASP NDC-HCPCS Crosswalk.csv"

\b
Exit codes:
  0  the fees are in force
  1  a file is another one, or has nothing that is wanted; nothing was imported
  2  the command line was wrong
  3  the database cannot be reached"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--locality", "told", multiple=True, metavar="CARRIER-LOCALITY", help="Instead of those of the clinic's sites."
)
@click.option("--code", "codes", multiple=True, metavar="CODE", help="These codes instead of all in the catalogue.")
@click.option(
    "--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day, if no file says it."
)
def medicare(
    paths: tuple[Path, ...], told: tuple[str, ...], codes: tuple[str, ...], first_day: datetime | None
) -> None:
    """Import Medicare's fees, or its limits for drugs, from the files that Medicare publishes each quarter.

    The fees come from a payment amount file, or from the relative values with the list of localities (GPCI). Of the
    two files of relative values, give the one that the clinic is paid by: nonQPP, unless its clinicians qualify for an
    advanced alternative payment model.
    """
    places = [_place(each) for each in told]

    async def work(connection: Connection) -> list[str]:
        release, layer = await read_release(connection), await read_clinic_layer(connection)
        wanted = frozenset(code.strip().upper() for code in codes) or {code.code for code in release.codes}
        where = places or sorted({Place(row.carrier, row.locality) for row in layer.localities})
        files = await asyncio.to_thread(read_files, paths, where, wanted)
        fees = fees_of(files, where, first_day.date() if first_day else None)
        async with connection.transaction():
            lines = await _put_fees(connection, fees, layer, wanted) if fees else []
            for path, limits in files.limits.items():
                lines += await _put_limits(connection, path, limits)
        packages = [each for several in files.packages.values() for each in several]
        return [*lines, *(_told(each, release.ndcs) for each in packages)]

    lines = in_migrated_database(work)
    click.echo("\n".join(lines) or "No package has a wanted code.")


def _place(text: str) -> Place:
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise click.UsageError(f"{text} is no locality: write the contractor's five digits and two, such as 04112-01")
    return Place(found[1], found[2])


async def _put_fees(connection: Connection, fees: Fees, layer: ClinicLayer, wanted: Collection[str]) -> list[str]:
    places = sorted({amount.place for amount in fees.amounts})
    codes = {amount.code for amount in fees.amounts}
    last_day = date(fees.begins_on.year, 12, 31)
    where = ", ".join(map(str, places))
    factor = f", conversion factor {fees.factor}" if fees.factor else ""
    lines = [f"{fees.source}: fees for {len(codes)} of {len(wanted)} codes in {where}, from {fees.begins_on}{factor}."]
    if _on_file(layer, fees) == set(fees.amounts):
        return [*lines, "Already there: nothing was changed."]
    source = _source("medicare-pfs", f"{fees.source} ({where})", fees.paths, fees.begins_on)
    await stage_fees(connection, source, fees.amounts, fees.begins_on, last_day)
    return lines


def _on_file(layer: ClinicLayer, fees: Fees) -> set[Amount]:
    """What is in force for the same localities from the same day on, from the same files."""
    places = {amount.place for amount in fees.amounts}
    return {
        Amount(Place(fee.carrier, fee.locality), fee.code, fee.modifier, fee.nonfacility_cents, fee.facility_cents)
        for fee in layer.medicare_fees
        if Place(fee.carrier, fee.locality) in places
        and fee.valid_from == fees.begins_on
        and fee.source.startswith(fees.source)
    }


async def _put_limits(connection: Connection, path: Path, found: DrugLimitFile) -> list[str]:
    """Limits are kept beside the payers' rates, exactly: most have fractions of a cent."""
    if not found.limits:
        named = f" It names {', '.join(found.without_limit)} without one." if found.without_limit else ""
        raise Refused(f"{path.name} has no limit for a wanted code.{named}", NOTHING)
    source = _source("medicare-asp", path.name + _quarter(found.begins_on), (path,), found.begins_on)
    rates: list[Rate] = []
    for limit in found.limits:
        cents, units = rate.amount_of(limit.limit)
        rates.append(
            Rate(
                source_id=source.id,
                code_type="HCPCS",
                code=limit.code,
                kind="fee schedule",
                amount_cents=cents,
                units=units,
                expires_on=found.ends_on,
            )
        )
    await stage(connection, source, rates)
    return [
        f"{path.name}: {each.code} up to ${each.limit} for {each.dosage}"
        + (f", of which the patient pays {each.coinsurance_percent}%." if each.coinsurance_percent else ".")
        for each in found.limits
    ]


def _quarter(begins_on: date | None) -> str:
    """The file of each quarter is one of its own: a later one does not take its place."""
    return f" (Q{(begins_on.month + 2) // 3} {begins_on.year})" if begins_on else ""


def _told(package: DrugPackage, known: Sequence[Ndc]) -> str:
    """The package beside what the catalogue says of it, by which claims are checked."""
    units = package.billing_units or "an unknown number of"
    ours = next((each for each in known if package.ndc in readings(each.ndc)), None)
    own_units = ours and ours.units_by_code.get(package.code)
    if ours is None:
        beside = "The catalogue does not have it."
    elif own_units is None:
        beside = f"The catalogue does not have it under {package.code}."
    elif own_units == package.billing_units:
        beside = "The catalogue says the same."
    else:
        beside = f"The catalogue says {own_units} units: look at the package and correct one of them."
    return f"NDC {package.ndc}: {package.code}, {units} units of {package.dosage}. {beside}"


def _source(kind: rate.SourceKind, name: str, paths: Sequence[Path], updated_on: date | None) -> Source:
    digests = [_digest(path) for path in paths]
    return Source(
        id=str(uuid7()),
        kind=kind,
        name=name,
        last_updated_on=updated_on,
        entity="Centers for Medicare & Medicaid Services",
        content_sha256=digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest(),
        imported_at=datetime.now(UTC),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
