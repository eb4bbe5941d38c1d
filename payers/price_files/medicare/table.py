"""A table below a preamble: the lines above it, its columns by name, its rows."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple, TextIO

from payers.price_files.lines import Lines
from payers.price_files.unreadable import Unreadable

_HEADER_WITHIN = 60
"""Lines within which the names of the columns stand."""
_LOOK = 4096
"""Characters within which a tab shows that cells are parted by tabs."""
_NUMBER = re.compile(r"\d{0,9}(?:\.\d{0,9})?")
_FIRST_OF = {"January": 1, "April": 4, "July": 7, "October": 10}


class Row(NamedTuple):
    """A row with its line; a cell that is not there is empty."""

    line: int
    cells: Sequence[str]

    def at(self, column: int) -> str:
        """The cell without blanks around it."""
        return self.cells[column].strip() if column < len(self.cells) else ""

    def number(self, column: int) -> Decimal | None:
        """The number in a cell; nothing where it is empty, `N/A`, or none.

        Raises:
            Unreadable: there is something else.
        """
        text = self.at(column).replace(",", "").removeprefix("$").strip()
        if not text or text.upper() in ("N/A", "NA"):
            return None
        if not _NUMBER.fullmatch(text) or text == ".":
            raise Unreadable(
                f"Line {self.line} has {self.at(column)!r} instead of a number. Remedy: get the file again."
            )
        return Decimal(text)


class Table:
    """A table whose header's last line is the first one that `is_header` knows. Titles above it are `preamble`."""

    def __init__(self, text: TextIO, is_header: Callable[[Sequence[str]], bool], what: str) -> None:
        begins = text.read(_LOOK)
        text.seek(0)
        self._lines = Lines(text)
        self._rows = csv.reader(self._lines, delimiter="\t" if "\t" in begins else ",", strict=True)
        above: list[list[str]] = []
        for row in self._read():
            if is_header([cell.strip().casefold() for cell in row.cells]):
                self.columns = _joined(above, row.cells)
                self.preamble = "\n".join(" ".join(filter(None, map(str.strip, each))) for each in above)
                break
            above.append(list(row.cells))
            if len(above) > _HEADER_WITHIN:
                raise Unreadable(f"It is no {what}: its columns are not named. Remedy: get the CSV of that file.")
        else:
            raise Unreadable(f"It is no {what}: its columns are not named. Remedy: get the CSV of that file.")

    def column(self, pattern: str) -> int:
        """The column whose joined name is wholly of the pattern, whatever its case.

        Raises:
            Unreadable: there is none, or more than one.
        """
        found = [at for at, name in enumerate(self.columns) if re.fullmatch(pattern, name, re.IGNORECASE)]
        if len(found) != 1:
            raise Unreadable(f"It has {len(found)} columns of the name {pattern!r} instead of one.")
        return found[0]

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank.

        Raises:
            Unreadable: a line is none of a table, or the last one breaks off.
        """
        row = Row(0, ())
        for row in self._read():
            if any(cell.strip() for cell in row.cells):
                yield row
        if self._lines.unended and 0 < len(row.cells) < len(self.columns):
            raise Unreadable(f"The file breaks off in line {row.line}. Remedy: get the file again.")

    def _read(self) -> Iterator[Row]:
        try:
            for cells in self._rows:
                yield Row(self._rows.line_num, cells)
        except csv.Error as error:
            where = self._rows.line_num
            raise Unreadable(f"Line {where} cannot be read ({error}). Remedy: get the file again.") from error


def quarter_begins(text: str) -> int | None:
    """The month in which the quarter that the text names begins."""
    found = re.search(rf"\b({'|'.join(_FIRST_OF)})\b", text)
    return _FIRST_OF[found[1]] if found else None


def _joined(above: Sequence[Sequence[str]], last: Sequence[str]) -> list[str]:
    """Names that stand over several lines, from the top down. A line with one cell is a title, and ends the header."""
    stacked = list(takewhile(lambda row: sum(bool(cell.strip()) for cell in row) > 1, reversed(above)))[::-1]
    names: list[str] = []
    for at in range(len(last)):
        parts = [row[at] for row in (*stacked, last) if at < len(row)]
        names.append(" ".join(" ".join(parts).split()))
    return names
