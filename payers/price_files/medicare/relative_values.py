"""The relative value file of the physician fee schedule (`PPRRVU2026_Jul_nonQPP.csv`).

There are two of each quarter, with one conversion factor each: for clinicians who take part in an advanced alternative
payment model to the degree that the law asks for (QPP), and for everybody else (nonQPP). Columns are named over several
lines and moved between years, so they are found by their joined names. Descriptors are the American Medical
Association's: they are not read.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TextIO

from payers.price_files.medicare.fee import RelativeValues
from payers.price_files.medicare.table import Row, Table, quarter_begins
from payers.price_files.unreadable import Unreadable

_YEAR = re.compile(r"\b(20\d\d)\b.*Relative Value File", re.IGNORECASE)
_RELEASED = re.compile(r"RELEASED\s+(\d\d)/(\d\d)/(20\d\d)", re.IGNORECASE)


class RelativeValueFile(NamedTuple):
    """The values of the wanted codes. `begins_on` is the first day of the quarter, where the file says it."""

    begins_on: date | None
    released_on: date | None
    conversion_factor: Decimal | None
    values: tuple[RelativeValues, ...]
    rows: int


def is_header(cells: Sequence[str]) -> bool:
    """Whether the cells, in small letters, are the last line of the columns' names."""
    return cells[:2] == ["hcpcs", "mod"]


def read_relative_values(text: TextIO, codes: Collection[str]) -> RelativeValueFile:
    """The relative values of the codes.

    Raises:
        Unreadable: it is another file, a column is missing, or a line is none of the table.
    """
    table = Table(text, is_header, "relative value file of the physician fee schedule")
    status, work, factor = (table.column(each) for each in ("STATUS CODE", "WORK RVU", "CONV(ERSION)? FACTOR"))
    nonfacility, facility = (table.column(f"{each} PE RVU") for each in ("NON-FAC(ILITY)?", "FAC(ILITY)?"))
    malpractice = table.column("MP RVU")
    values: list[RelativeValues] = []
    factors: set[Decimal] = set()
    rows = 0
    for row in table.rows():
        rows += 1
        if row.at(0).upper() not in codes:
            continue
        conversion_factor = _needed(row, factor)
        factors.add(conversion_factor)
        values.append(
            RelativeValues(
                code=row.at(0).upper(),
                modifier=row.at(1).upper() or None,
                status=row.at(status).upper(),
                work=_needed(row, work),
                nonfacility_pe=_needed(row, nonfacility),
                facility_pe=_needed(row, facility),
                malpractice=_needed(row, malpractice),
                conversion_factor=conversion_factor,
            )
        )
    if len(factors) > 1:
        raise Unreadable(f"It has several conversion factors: {', '.join(map(str, sorted(factors)))}.")
    return RelativeValueFile(
        _begins_on(table.preamble), _released_on(table.preamble), next(iter(factors), None), tuple(values), rows
    )


def _needed(row: Row, column: int) -> Decimal:
    found = row.number(column)
    if found is None:
        raise Unreadable(f"Line {row.line} lacks a relative value or the factor. Remedy: get the file again.")
    return found


def _begins_on(preamble: str) -> date | None:
    """`2026 National Physician Fee Schedule Relative Value File July Release` begins on July 1."""
    year, month = _YEAR.search(preamble), quarter_begins(preamble)
    return date(int(year[1]), month, 1) if year and month else None


def _released_on(preamble: str) -> date | None:
    found = _RELEASED.search(preamble)
    try:
        return date(int(found[3]), int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None
