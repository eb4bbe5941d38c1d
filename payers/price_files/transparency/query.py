"""What is looked for in a payer's file: codes, and the clinic that the rates must be for."""

import re
from typing import Any, NamedTuple, cast

from msgspec import Struct

_NINE_DIGITS = re.compile(r"(\d{2})-?(\d{7})")
_RUN = re.compile(r"[0-9A-Za-z]+")
NPI_DIGITS = 10


class Query(Struct, frozen=True, kw_only=True):
    """Rates for these codes of these types, where the TIN is one of `tins` or an NPI is one of `npis`."""

    codes: tuple[str, ...]
    billing_code_types: tuple[str, ...] = ("CPT", "HCPCS")
    tins: tuple[str, ...] = ()
    npis: tuple[int, ...] = ()

    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every type with every code."""
        return frozenset((kind, code.strip()) for kind in self.billing_code_types for code in self.codes)


class Match(NamedTuple):
    """A group's TIN as the file writes it, and what told that the group is the clinic's."""

    tin: str
    by: str


class Clinic:
    """Tells the clinic's provider groups from all others."""

    def __init__(self, query: Query) -> None:
        self._tins = frozenset(map(tin_of, query.tins))
        self._npis = frozenset(query.npis)
        numbers = [str(npi)[1:] for npi in self._npis] + [tin[-7:] for tin in self._tins]
        self.marks = tuple({max(_RUN.findall(each), key=len, default="").rstrip("0").encode() for each in numbers})
        """Bytes of which one stands in every group of the clinic's, however its numbers are written (`84-5556677`,
        `845556677`, `1.669999991E9`), unless they are escaped."""
        self.coerced = 0
        """How many numbers of the clinic's had another type or spelling than the schema's."""

    def matches(self, groups: Any) -> list[Match]:
        """Those of a `provider_groups` value that are the clinic's."""
        told = (cast("dict[str, Any]", group) for group in listed(groups) if isinstance(group, dict))
        return [match for group in told if (match := self._match(group))]

    def _match(self, group: dict[str, Any]) -> Match | None:
        tin: Any = group.get("tin")
        told = cast("dict[str, Any]", tin if isinstance(tin, dict) else {"value": tin})
        kind, value = told.get("type"), told.get("value")
        name = written(value)
        if tin_of(name) in self._tins or (isinstance(value, (int, float)) and name.zfill(9) in self._tins):
            self.coerced += not isinstance(value, str) or name != value or (kind != "npi" and "-" not in name)
            return Match(name, "tin")
        npis = listed(group.get("npi"))
        if kind == "npi":
            npis = [*npis, value]
        for npi in npis:
            if number_of(npi) in self._npis:
                self.coerced += not isinstance(npi, int) and npi is not value
                return Match(name, "npi")
        return None


def listed(value: Any) -> list[Any]:
    """A list; a value that stands alone is one of one, and nothing is one of none."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def written(value: Any) -> str:
    """A scalar as text, without blanks around it and without the `.0` of a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def tin_of(text: str) -> str:
    """A TIN as nine digits; what has none is left as it is."""
    found = _NINE_DIGITS.fullmatch(text.strip())
    return "".join(found.groups()) if found else text.strip()


def number_of(value: Any) -> int | None:
    """The NPI that is written as a number, whole or not, or as text."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.isdecimal() and len(text) == NPI_DIGITS else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None
