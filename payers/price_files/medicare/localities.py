"""The localities of the physician fee schedule with their factors (`GPCI2026.csv`, Addendum E of the yearly rule)."""

import re
from collections.abc import Sequence
from typing import NamedTuple, TextIO

from payers.price_files.medicare.fee import Factors, Place
from payers.price_files.medicare.table import Table
from payers.price_files.unreadable import Unreadable

_YEAR = re.compile(r"\b(20\d\d)\b")


class LocalityFile(NamedTuple):
    """Every locality of a year."""

    year: int | None
    localities: tuple[Factors, ...]


def is_header(cells: Sequence[str]) -> bool:
    """Whether the cells, in small letters, are the columns' names."""
    return any("pw gpci" in cell for cell in cells)


def read_localities(text: TextIO) -> LocalityFile:
    """Every locality. Work's factor is the one with the floor of 1.0 (42 U.S.C. 1395w-4(e)(1)(E)), where both stand.

    Raises:
        Unreadable: it is another file, a column is missing, or a line is none of the table.
    """
    table = Table(text, is_header, "list of localities with their factors (GPCI)")
    carrier = table.column(r".*(\(MAC\)|Contractor|Carrier).*")
    number, name = table.column(r"Locality Number"), table.column(r"Locality Name")
    floor = r".*PW GPCI\W*\(?with 1\.0 Floor.*"
    work = table.column(
        floor if any(re.fullmatch(floor, each, re.IGNORECASE) for each in table.columns) else ".*PW GPCI.*"
    )
    pe, malpractice = table.column(".*PE GPCI.*"), table.column(".*MP GPCI.*")
    localities: list[Factors] = []
    for row in table.rows():
        if not row.at(carrier).isdigit():  # footnotes
            continue
        factors = [row.number(column) for column in (work, pe, malpractice)]
        if not all(factors):
            raise Unreadable(f"Line {row.line} lacks a factor. Remedy: get the file again.")
        given = [each for each in factors if each]
        localities.append(Factors(Place.of(row.at(carrier), row.at(number)), row.at(name).rstrip("* "), *given))
    years = {year[0] for column in (work, pe, malpractice) if (year := _YEAR.search(table.columns[column]))}
    return LocalityFile(int(years.pop()) if len(years) == 1 else None, tuple(localities))
