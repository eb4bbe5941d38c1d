"""What the catalogue should have checked again by now or soon, and the yearly amounts that nobody has settled yet."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.finding import entries, key_of, place, within
from payers.catalogue.model import (
    AcceptedCodes,
    AddOn,
    AmbiguousName,
    Approval,
    Billing,
    Candidate,
    Cited,
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
    Phase,
    PlanDesign,
    PriceRange,
    Programme,
    PublishedPrice,
    Region,
    Release,
    Rule,
    TreatmentInfo,
)
from payers.catalogue.vocabulary import NOT_SETTLED
from payers.rates.imported_files import imported_files

SOON_DAYS = 30
"""A value due within so many days is listed before it is stale."""
YEAR_AHEAD_DAYS = 120
"""A plan year's amounts are missed from so many days before it begins: most are published in autumn."""
CLINIC = "clinic"
"""The file of the clinic's own rules, which lie in the database and in no file."""
IMPORTED = "imported"
"""Stands for the file of what was imported: price files of payers, hospitals and Medicare."""

FactKind = Literal[
    "rule",
    "payer",
    "identifier",
    "lineage",
    "yearly-amount",
    "fee",
    "code",
    "claim-rule",
    "price",
    "programme",
    "treatment",
    "plan-design",
    "medigap",
    "name",
    "region",
    "notice",
    "conflict",
    "payer-file",
    "hospital-file",
    "medicare-pfs",
    "medicare-asp",
]
_SOON_DAYS: dict[FactKind, int] = {"payer-file": 7}
"""Of what appears each month, thirty days before would be always."""
KINDS: dict[type[Cited], FactKind] = {
    Rule: "rule",
    Payer: "payer",
    Identifier: "identifier",
    LineageEvent: "lineage",
    Parameter: "yearly-amount",
    Fee: "fee",
    Code: "code",
    Ndc: "code",
    AddOn: "claim-rule",
    AcceptedCodes: "claim-rule",
    ClaimRule: "claim-rule",
    PriceRange: "price",
    PublishedPrice: "price",
    Programme: "programme",
    TreatmentInfo: "treatment",
    Approval: "treatment",
    Phase: "treatment",
    Billing: "treatment",
    PlanDesign: "plan-design",
    MedigapPlan: "medigap",
    AmbiguousName: "name",
    Candidate: "name",
    Region: "region",
    Notice: "notice",
    Conflict: "conflict",
}
"""The kind of every cited value of the catalogue."""


class Due(NamedTuple):
    """A value to check again. `days_left` is negative once it is stale.

    `unsettled`: it is a forecast or was not found, for a plan year that has begun or soon does.
    """

    kind: FactKind
    file: str
    key: str
    value: Cited
    of: msgspec.Struct
    """The entry that holds the value; often the value itself."""
    days_left: int
    unsettled: bool


class Gap(NamedTuple):
    """Amounts of a file that nobody has written down for a year. `days_left` is until that year begins."""

    kind: FactKind
    file: str
    year: int
    names: tuple[str, ...]
    days_left: int


def due(catalogue: Catalogue, today: date) -> list[Due]:
    """Every value and imported file past its `review_by` or near it, and every unsettled amount.

    The longest overdue stands first.
    """
    years = _years(today)
    found = [
        Due(KINDS[type(value)], file, key, value, of, (value.review_by - today).days, _unsettled(value, years))
        for file, key, value, of in _cited(catalogue)
    ]
    clinic = catalogue.clinic
    found += [
        Due(each.kind, IMPORTED, each.name, each, each, (each.review_by - today).days, unsettled=False)
        for each in imported_files(catalogue.rates, clinic.medicare_fees, clinic.localities)
    ]
    listed = [each for each in found if each.days_left <= _SOON_DAYS.get(each.kind, SOON_DAYS) or each.unsettled]
    return sorted(listed, key=lambda each: (each.days_left, each.file, each.key))


def gaps(release: Release, today: date) -> list[Gap]:
    """The yearly amounts whose last year on file has ended or soon does, by file and first missing year.

    An amount that was let go for more than a year is not missed: its programme or its survey has ended.
    """
    *_, last = _years(today)
    missing: dict[tuple[FactKind, str, int], list[str]] = defaultdict(list)
    for (kind, file, name), year in _newest(release).items():
        if today.year - 1 <= year < last:
            missing[kind, file, year + 1].append(name)
    return [
        Gap(kind, file, year, tuple(names), (date(year, 1, 1) - today).days)
        for (kind, file, year), names in sorted(missing.items(), key=lambda each: (each[0][2], each[0][1]))
    ]


def _cited(catalogue: Catalogue) -> Iterator[tuple[str, str, Cited, msgspec.Struct]]:
    for rule in catalogue.clinic.rules:
        yield CLINIC, f"rules[{key_of(rule)}]", rule, rule
    for table, entry in entries(catalogue.release):
        file, key = place(table, entry)
        for path, value in within(entry, key):
            if isinstance(value, Cited):
                yield file, path, value, entry


def _years(today: date) -> range:
    """The plan years whose amounts must be there: this one, and the next when it is near."""
    return range(today.year, (today + timedelta(days=YEAR_AHEAD_DAYS)).year + 1)


def _unsettled(value: Cited, years: range) -> bool:
    match value:
        case Parameter():
            return value.status in NOT_SETTLED and value.year in years
        case Fee():
            return value.status in NOT_SETTLED and any(
                value.holds_on(date(year, 1, 1)) or value.holds_on(date(year, 12, 31)) for year in years
            )
        case _:
            return False


def _newest(release: Release) -> dict[tuple[FactKind, str, str], int]:
    """The last year on file of everything that ever had a yearly amount, by its kind, file and name."""
    newest: dict[tuple[FactKind, str, str], int] = defaultdict(int)
    known: set[tuple[FactKind, str, str]] = set()
    for parameter in release.parameters:
        name = " ".join(part for part in (parameter.name, parameter.scope) if part)
        series = KINDS[Parameter], place("parameters", parameter)[0], name
        newest[series] = max(newest[series], parameter.year)
        if parameter.amounts:
            known.add(series)
    for code in release.codes:
        for fee in code.fees:
            if fee.valid_until is not None:
                name = code.code if fee.locality == "national" else f"{code.code} {fee.locality}"
                series = KINDS[Fee], place("codes", code)[0], name
                newest[series] = max(newest[series], fee.valid_until.year)
                known.add(series)
    return {series: year for series, year in newest.items() if series in known}
