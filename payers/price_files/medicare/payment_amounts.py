"""The payment amount file of the physician fee schedule (`PFALL26A.TXT`, `PFREV26B.TXT`, or one carrier's).

Records of 130 characters: sixteen quoted fields parted by commas, about a million of them, then lines that begin with
`TRL`. It has no names of columns; the layout has been the same since 2004.
"""

import csv
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TextIO

from payers.price_files.lines import Lines
from payers.price_files.medicare.fee import PRICED, Amount, Place, cents
from payers.price_files.unreadable import Unreadable

FIELDS = 16
_YEAR, _CARRIER, _LOCALITY, _CODE, _MODIFIER, _NONFACILITY, _FACILITY, _STATUS = 0, 1, 2, 3, 4, 5, 6, 9
_DOLLARS = re.compile(r"\d{1,9}\.\d\d")
_NAME = re.compile(r"PF(?:ALL|REV|[A-Z]{2}\d?)(\d\d)([A-D])", re.IGNORECASE)
_QUARTERS = {"A": 1, "B": 4, "C": 7, "D": 10}


class PaymentAmountFile(NamedTuple):
    """The amounts of the wanted codes in the wanted localities."""

    year: int
    amounts: tuple[Amount, ...]
    rows: int


def read_payment_amounts(text: TextIO, places: Collection[Place], codes: Collection[str]) -> PaymentAmountFile:
    """The amounts of the codes at the places; the file is read once, and memory does not grow with it.

    Raises:
        Unreadable: a line is no record, or the file breaks off before its `TRL`.
    """
    rows = csv.reader(Lines(text), strict=True)
    amounts: list[Amount] = []
    years: set[str] = set()
    count, ended = 0, False
    try:
        for row in rows:
            if not row:
                continue
            if row[0].startswith("TRL"):
                ended = True
                continue
            if len(row) != FIELDS or ended:
                raise Unreadable(f"Line {rows.line_num} is no record of sixteen fields. Remedy: get the file again.")
            count += 1
            years.add(row[_YEAR])
            place = Place.of(row[_CARRIER], row[_LOCALITY])
            if row[_CODE].strip() in codes and place in places and row[_STATUS].strip() in PRICED:
                nonfacility, facility = (_cents(row[at], rows.line_num) for at in (_NONFACILITY, _FACILITY))
                if nonfacility or facility:
                    modifier = row[_MODIFIER].strip() or None
                    amounts.append(Amount(place, row[_CODE].strip(), modifier, nonfacility, facility))
    except csv.Error as error:
        raise Unreadable(f"Line {rows.line_num} cannot be read ({error}). Remedy: get the file again.") from error
    if not ended:
        raise Unreadable(f"The file breaks off after line {rows.line_num}: it does not end with TRL. Get it again.")
    if len(years) != 1 or not (year := years.pop()).isdigit():
        raise Unreadable("Its records are not of one year. Remedy: get the file again.")
    return PaymentAmountFile(int(year), tuple(amounts), count)


def begins_on(name: str, year: int) -> date | None:
    """The first day of the quarter that the file's name tells: `PFALL26A` is of January, `PFREV26D` of October."""
    found = _NAME.search(name)
    return date(year, _QUARTERS[found[2].upper()], 1) if found and int(found[1]) == year % 100 else None


def _cents(text: str, line: int) -> int | None:
    if not _DOLLARS.fullmatch(text.strip()):
        raise Unreadable(f"Line {line} has {text!r} instead of an amount. Remedy: get the file again.")
    return cents(Decimal(text.strip()))
