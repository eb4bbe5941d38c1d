"""Which of Medicare's files one is, by what is in it: names are changed by whoever downloads them."""

import csv
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TextIO

from payers.price_files.medicare import drug_limits, localities, payment_amounts, relative_values
from payers.price_files.unreadable import Unreadable

Kind = Literal["relative-values", "localities", "payment-amounts", "drug-limits", "drug-packages"]

_LOOK = 1 << 16
"""Characters within which a file shows what it is."""
_HEADERS: Mapping[Kind, Callable[[Sequence[str]], bool]] = {
    "relative-values": relative_values.is_header,
    "localities": localities.is_header,
    "drug-limits": drug_limits.is_limit_header,
    "drug-packages": drug_limits.is_package_header,
}


def kind_of(text: TextIO) -> Kind:
    """The kind of a file, which is left at its beginning.

    Raises:
        Unreadable: it is none of them.
    """
    lines = text.read(_LOOK).splitlines()
    text.seek(0)
    for line in lines:
        for cells in (_cells(line, ","), _cells(line, "\t")):
            if len(cells) == payment_amounts.FIELDS and len(cells[0]) == 4 and cells[0].isdigit():
                return "payment-amounts"
            for kind, is_header in _HEADERS.items():
                if is_header(cells):
                    return kind
    raise Unreadable(
        "It is none of Medicare's price files: relative values (PPRRVU), localities (GPCI), payment amounts (PFALL, "
        "PFREV), drug limits (ASP) or their NDC crosswalk. Remedy: get the CSV or TXT inside the zip."
    )


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself, in small letters; none of one that is no line of a table."""
    try:
        row = next(csv.reader([line], delimiter=delimiter), [""])
    except csv.Error:
        return []
    return [cell.strip().casefold() for cell in row]
