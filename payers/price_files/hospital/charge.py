"""What a hospital's file says: about itself, and what a payer's plan pays for one code."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

CODE_TYPES = frozenset({"CPT", "HCPCS"})
"""Types under which a professional's procedure or drug may be listed; hospitals use the two names for either."""


class Hospital(NamedTuple):
    """The file's own header."""

    name: str | None = None
    last_updated_on: date | None = None
    version: str | None = None
    locations: tuple[str, ...] = ()
    npis: tuple[str, ...] = ()
    """Organizational (type 2) NPIs; in files of version 3.0 alone."""


class Drug(NamedTuple):
    """How much of a drug an amount pays for, such as 100 ML. It is no billing unit of the code."""

    units: Decimal | None
    kind: str


class Charge(NamedTuple):
    """What one plan of a payer pays for one code."""

    place: int
    """The line of a CSV, or the number of the item in a JSON array, counted from 1."""
    payer: str
    plan: str
    code_type: str
    code: str
    modifiers: tuple[str, ...] = ()
    setting: str | None = None
    billing_class: str | None = None
    methodology: str | None = None
    dollar: Decimal | None = None
    percentage: Decimal | None = None
    algorithm: str | None = None
    estimated: Decimal | None = None
    """The hospital's expected amount; in files of version 2.x alone."""
    median: Decimal | None = None
    percentile_10: Decimal | None = None
    percentile_90: Decimal | None = None
    remittances: str | None = None
    """Of how many remittances the median is: `0`, `1 through 10`, or the number; version 3.0 alone."""
    drug: Drug | None = None
    gross: Decimal | None = None
    cash: Decimal | None = None


class Wanted(NamedTuple):
    """What is kept of a file: these codes, of these payers. No payers are every payer; no plans, every plan."""

    codes: frozenset[str]
    payers: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()

    @classmethod
    def of(cls, codes: Iterable[str], payers: Iterable[str] = (), plans: Iterable[str] = ()) -> "Wanted":
        """Names are compared without case, and without regard to blanks and underscores."""
        return cls(
            frozenset(code.strip().upper() for code in codes),
            frozenset(map(plain, payers)),
            frozenset(map(plain, plans)),
        )

    def has(self, payer: str, plan: str) -> bool:
        """Whether the plan of the payer is wanted."""
        return (not self.payers or plain(payer) in self.payers) and (not self.plans or plain(plan) in self.plans)


class Read(NamedTuple):
    """A file that was read to its end."""

    hospital: Hospital
    charges: tuple[Charge, ...]
    items: int
    """Rows of a CSV, or items of a JSON array, looked at."""
    payers: tuple[tuple[str, str], ...]
    """Payers and plans that the file names for the wanted codes, also those that were not wanted."""
    odd: Counter[str]
    """What could not be read as an amount or a date, and was left out, by the name of its column."""


def plain(name: str) -> str:
    """A name as it is compared: `Platform_Health Insurance ` is `platform health insurance`."""
    return " ".join(name.replace("_", " ").casefold().split())
