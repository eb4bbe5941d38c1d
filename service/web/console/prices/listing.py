"""The clinic's layer as the page lays it out on a day: by site or payer, by kind, by what a row is for."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple, cast

from payers.catalogue.clinic import ClinicLayer, ClinicRow, ContractedRate, MedicareFee, SiteRow
from payers.catalogue.clinic_question import Question, question
from service.web.console.prices.kinds import KINDS


class Line(NamedTuple):
    """One thing that has a price: what holds on the day, and what begins later, the next first."""

    now: ClinicRow | None
    coming: tuple[ClinicRow, ...]


class Group(NamedTuple):
    """The lines of one kind of rows, and the rows that have ended, the last first."""

    table: str
    lines: tuple[Line, ...]
    ended: tuple[ClinicRow, ...]


class Place(NamedTuple):
    """A site or a payer with its groups; a `name` of none is every site."""

    name: str | None
    groups: tuple[Group, ...]


def by_site(layer: ClinicLayer, day: date) -> tuple[Place, ...]:
    """What holds at every site, then what each site has of its own."""
    tables = [table for table in KINDS if table != "rates"]
    rows = {table: cast("tuple[SiteRow, ...]", getattr(layer, table)) for table in tables}
    places = (
        Place(site, _groups({table: [row for row in rows[table] if row.site == site] for table in tables}, day))
        for site in (None, *layer.sites)
    )
    return tuple(place for place in places if place.groups)


def by_payer(rates: Iterable[ContractedRate], day: date) -> tuple[Place, ...]:
    """What each payer allows, by its slug."""
    ordered = sorted(rates, key=lambda rate: rate.payer)
    return tuple(
        Place(payer, _groups({"rates": [*its]}, day)) for payer, its in groupby(ordered, lambda rate: rate.payer)
    )


class Imported(NamedTuple):
    """Medicare's fees of a locality from a day to a day: for how many codes, from which file."""

    place: str
    first_day: date
    last_day: date
    source: str
    codes: int


def by_quarter(fees: Iterable[MedicareFee]) -> tuple[Imported, ...]:
    """What was imported, by locality and day."""
    codes: dict[tuple[str, date, date, str], set[str]] = {}
    for fee in fees:
        key = (f"{fee.carrier}-{fee.locality}", fee.valid_from, fee.valid_until, fee.source)
        codes.setdefault(key, set()).add(fee.code)
    return tuple(Imported(*key, len(its)) for key, its in sorted(codes.items()))


def _groups(tables: dict[str, list[SiteRow]] | dict[str, list[ContractedRate]], day: date) -> tuple[Group, ...]:
    return tuple(_group(table, rows, day) for table, rows in tables.items() if rows)


def _group(table: str, rows: Iterable[ClinicRow], day: date) -> Group:
    ordered = sorted(rows, key=lambda row: (_sorting(question(row)), row.valid_from or date.min))
    lines, ended = list[Line](), list[ClinicRow]()
    for _, several in groupby(ordered, question):
        same = list(several)
        now = next((row for row in same if row.holds_on(day)), None)
        coming = tuple(row for row in same if row.valid_from and row.valid_from > day)
        ended += [row for row in same if row.valid_until and row.valid_until < day]
        if now or coming:
            lines.append(Line(now, coming))
    return Group(table, tuple(lines), tuple(sorted(ended, key=lambda row: row.valid_until or date.max, reverse=True)))


def _sorting(asked: Question) -> tuple[tuple[bool, str | int], ...]:
    """What is said more generally goes first."""
    return tuple((part is not None, part or 0) for part in asked)
