"""Imported price files, and until when each is the newest there is: by its own date and how often its kind appears."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.clinic import MedicareFee, SiteLocality
from payers.catalogue.model import Cited
from payers.cost_share.plan_calendar import months_later
from payers.rates.on_file import OnFile
from payers.rates.rate import FileKind, Source

PUBLISHED_EVERY_MONTHS: dict[FileKind, int] = {
    "payer-file": 1,
    "hospital-file": 12,
    "medicare-asp": 3,
    "medicare-pfs": 12,
}
"""Payers publish each month (45 CFR 147.212(b)(3)), hospitals at least each year (45 CFR 180.50(e)), Medicare its
limits for drugs each quarter (42 U.S.C. 1395w-3a) and its fee schedule each year (42 U.S.C. 1395w-4(b))."""


class ImportedFile(Cited):
    """A file: `verified_on` is its own date, and after `review_by` a newer one should be on file.

    `payer` is whose rates it has, `locality` where its fees hold.
    """

    kind: FileKind
    name: str
    payer: str | None = None
    locality: str | None = None


def imported_files(
    rates: OnFile, fees: tuple[MedicareFee, ...], localities: tuple[SiteLocality, ...]
) -> Iterator[ImportedFile]:
    """The files in force that a newer one replaces; a remittance is none.

    Of Medicare's limits, and of its fees in each site's locality, the last one counts.
    """
    limits: list[Source] = []
    for source in rates.recorded.sources:
        match source.kind:  # fees are told by the locality, below
            case "payer-file" | "hospital-file":
                yield _file(source.kind, source.name, _own_date(source), payer=source.payer)
            case "medicare-asp":
                limits.append(source)
            case "medicare-pfs" | "remittance":
                pass
    if limits:
        last = max(limits, key=_own_date)
        ends = next((rate.expires_on for rate in rates.by_source[last.id]), None)
        yield _file("medicare-asp", last.name, _own_date(last), ends)
    for carrier, locality in sorted({(site.carrier, site.locality) for site in localities}):
        of_site = [fee for fee in fees if (fee.carrier, fee.locality) == (carrier, locality)]
        if of_site:
            newest = max(of_site, key=lambda fee: fee.valid_from)
            where = f"{carrier}-{locality}"
            yield _file("medicare-pfs", newest.source, newest.valid_from, newest.valid_until, locality=where)


def _own_date(source: Source) -> date:
    return source.last_updated_on or source.imported_at.date()


def _file(
    kind: FileKind,
    name: str,
    on: date,
    ends: date | None = None,
    *,
    payer: str | None = None,
    locality: str | None = None,
) -> ImportedFile:
    return ImportedFile(
        sources=(name,),
        confidence="high",
        verified_on=on,
        review_by=ends or months_later(on, PUBLISHED_EVERY_MONTHS[kind]),
        kind=kind,
        name=name,
        payer=payer,
        locality=locality,
    )
