"""Lines of a text for the reader of a CSV, none of them without an end."""

from collections.abc import Iterator
from typing import TextIO

from payers.price_files.unreadable import Unreadable

LONGEST = 1 << 24
"""Characters of a line: the header of a hospital's wide file has some ten columns for each plan of each payer."""


class Lines:
    """Lines of a text, each with its end; `unended` when the last one had none."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._number = 0
        self.unended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST)
        if not line:
            raise StopIteration
        self._number += 1
        self.unended = line[-1] not in "\r\n"
        if self.unended and len(line) >= LONGEST:
            raise Unreadable(f"Line {self._number} has more than {LONGEST} characters: it is no table.")
        return line
