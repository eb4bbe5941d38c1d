"""What Medicare Part B allows for drugs: payment limits from the average sales price (ASP), and their NDCs.

A limit is for the dosage of the code, and has its markup in it already. Most limits change each quarter. The names of
drugs are not read.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TextIO

from payers.price_files.medicare.table import Table
from payers.price_files.unreadable import Unreadable

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY = rf"({'|'.join(_MONTHS)})\s+(\d{{1,2}}),?\s+(20\d\d)"
_EFFECTIVE = re.compile(rf"{_DAY}\s+(?:through|to|-)\s+{_DAY}", re.IGNORECASE)
_NDC = re.compile(r"(\d{5})-?(\d{4})-?(\d{2})")


class DrugLimit(NamedTuple):
    """The limit of one code, in dollars for its dosage, and the patient's percentage where the file tells one."""

    code: str
    dosage: str
    limit: Decimal
    coinsurance_percent: Decimal | None


class DrugLimitFile(NamedTuple):
    """The limits of the wanted codes. `without_limit` are wanted codes that stand there with no limit."""

    begins_on: date | None
    ends_on: date | None
    limits: tuple[DrugLimit, ...]
    without_limit: tuple[str, ...]
    rows: int


class DrugPackage(NamedTuple):
    """A package of a drug: its NDC of eleven digits, and how many units of the code are in it."""

    code: str
    ndc: str
    dosage: str
    billing_units: Decimal | None


def is_limit_header(cells: Sequence[str]) -> bool:
    """Whether the cells, in small letters, are the columns' names of the limits."""
    return cells[:1] == ["hcpcs code"] and "payment limit" in cells


def is_package_header(cells: Sequence[str]) -> bool:
    """Whether the cells, in small letters, are the columns' names of the crosswalk from NDC to code."""
    return "ndc" in cells and any(cell.replace(" ", "") == "billunitspkg" for cell in cells)


def read_drug_limits(text: TextIO, codes: Collection[str]) -> DrugLimitFile:
    """The payment limits of the codes. An empty limit, `N/A` or zero is none.

    Raises:
        Unreadable: it is another file, a column is missing, or a line is none of the table.
    """
    table = Table(text, is_limit_header, "file of payment limits for drugs (ASP)")
    dosage, limit = table.column("HCPCS Code Dosage"), table.column("Payment Limit")
    shares = [
        at for at, name in enumerate(table.columns) if re.fullmatch("Co-?insurance Percentage", name, re.IGNORECASE)
    ]
    limits: list[DrugLimit] = []
    without: list[str] = []
    rows = 0
    for row in table.rows():
        rows += 1
        code = row.at(0).upper()
        if code not in codes:
            continue
        found = row.number(limit)
        if found:
            share = row.number(shares[0]) if shares else None
            limits.append(DrugLimit(code, row.at(dosage), found, share))
        else:
            without.append(code)
    begins, ends = _effective(table.preamble)
    return DrugLimitFile(begins, ends, tuple(limits), tuple(without), rows)


def read_drug_packages(text: TextIO, codes: Collection[str]) -> tuple[DrugPackage, ...]:
    """The packages of the codes.

    Raises:
        Unreadable: it is another file, a column is missing, or a line is none of the table.
    """
    table = Table(text, is_package_header, "crosswalk from NDC to HCPCS")
    code, ndc, dosage = table.column("(.*_)?(HCPCS )?CODE"), table.column("NDC"), table.column("HCPCS dosage")
    units = table.column("BILL ?UNITS ?PKG")
    packages: list[DrugPackage] = []
    for row in table.rows():
        if row.at(code).upper() not in codes:
            continue
        digits = _NDC.fullmatch(row.at(ndc))
        if digits is None:
            raise Unreadable(f"Line {row.line} has {row.at(ndc)!r} instead of an NDC of eleven digits.")
        packages.append(DrugPackage(row.at(code).upper(), "".join(digits.groups()), row.at(dosage), row.number(units)))
    return tuple(packages)


def _effective(preamble: str) -> tuple[date | None, date | None]:
    """`Effective July 1, 2026 through September 30, 2026`."""
    found = _EFFECTIVE.search(preamble)
    if found is None:
        return None, None
    first, last = found.groups()[:3], found.groups()[3:]
    return _day(*first), _day(*last)


def _day(month: str, day: str, year: str) -> date | None:
    try:
        return date(int(year), _MONTHS.index(month.capitalize()) + 1, int(day))
    except ValueError:
        return None
