"""What Medicare's files say of a code: relative values, a locality's factors, an amount."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

PRICED = frozenset({"A", "R", "T"})
"""Statuses of codes that the fee schedule pays an amount for: active, restricted, and paid when billed alone. The
others are bundled, priced by the contractor or another schedule, or not paid; an amount of zero is no price."""


class Place(NamedTuple):
    """A locality of the physician fee schedule: the contractor's five digits and the locality's two."""

    carrier: str
    locality: str

    @classmethod
    def of(cls, carrier: str, locality: str) -> "Place":
        """The place with the zeros in front that spreadsheets take away."""
        return cls(carrier.strip().zfill(5), locality.strip().zfill(2))

    def __str__(self) -> str:
        return f"{self.carrier}-{self.locality}"


class RelativeValues(NamedTuple):
    """A code's relative values, and the conversion factor of the file they stand in."""

    code: str
    modifier: str | None
    status: str
    work: Decimal
    nonfacility_pe: Decimal
    facility_pe: Decimal
    malpractice: Decimal
    conversion_factor: Decimal


class Factors(NamedTuple):
    """A locality's geographic practice cost indices (GPCI)."""

    place: Place
    name: str
    work: Decimal
    pe: Decimal
    malpractice: Decimal


class Amount(NamedTuple):
    """What Medicare allows a professional for a code at a place, in cents; absent where it pays nothing there."""

    place: Place
    code: str
    modifier: str | None
    nonfacility_cents: int | None
    facility_cents: int | None


def amount_of(values: RelativeValues, factors: Factors) -> Amount | None:
    """The amount that the fee schedule's formula gives; nothing for a code that it has no price for.

    (work x work GPCI + practice expense x PE GPCI + malpractice x MP GPCI) x conversion factor, exactly, rounded once,
    half up, to the cent (42 U.S.C. 1395w-4(b)(1), (e)). So are the amounts of CMS's own payment files. What OPPS caps,
    the technical part of imaging, is not capped here.
    """
    if values.status not in PRICED:
        return None
    fixed = values.work * factors.work + values.malpractice * factors.malpractice
    nonfacility, facility = (
        cents((fixed + pe * factors.pe) * values.conversion_factor)
        for pe in (values.nonfacility_pe, values.facility_pe)
    )
    if nonfacility is facility is None:
        return None
    return Amount(factors.place, values.code, values.modifier, nonfacility, facility)


def cents(dollars: Decimal) -> int | None:
    """Dollars as cents, rounded half up; zero is no price."""
    return int((dollars * 100).quantize(Decimal(1), ROUND_HALF_UP)) or None
