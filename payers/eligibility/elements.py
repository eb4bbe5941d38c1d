"""Values inside a segment: text, days, cents, basis points. What cannot be read is absent, and says why."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from payers.eligibility.response import DatedFact

Elements = list[str]

OPEN_END = date(9999, 12, 31)
"""The day by which payers mean that something does not end."""

_NO_LIMIT = re.compile(r"9{5,}(\.9+|\.0+)?")
"""99999.99 and the like: no payer owes it to a patient; it stands for "no limit" (seen in published answers)."""
_FILLER = "99999"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_CENTS = Decimal("0.01")
_MOST_DOLLARS = 10**11
_CENTS_PER_LAST_DIGIT = (100, 10, 1)
"""Of an amount with none, one or two digits after the point."""
_LONGEST_NUMBER = 40
_LONGEST_DATE = 40


class Amount(NamedTuple):
    """An amount as sent: its cents, whether it is the filler for "no limit", and what is wrong with it."""

    cents: int | None
    no_limit: bool = False
    odd: str | None = None


class Share(NamedTuple):
    """A percent as sent (EB08 is a fraction): basis points, and what is unusual about it."""

    bp: int | None
    note: str | None = None
    odd: str | None = None


def at(elements: Elements, position: int) -> str | None:
    """The element at a position of the segment, its id being 0; absent when it is empty."""
    try:
        return elements[position].strip() or None
    except IndexError:
        return None


def numbers(elements: Elements) -> tuple[str, ...]:
    """What a REF or TRN segment says: its first three elements, empty ones left out."""
    return tuple(filter(None, map(str.strip, elements[1:4])))


def day(text: str | None) -> date | None:
    """A day written `CCYYMMDD`, with or without a time after it."""
    digits = text[:8] if text else ""
    if len(digits) < 8 or not digits.isdecimal() or not digits.isascii():
        return None
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return None


def date_fact(elements: Elements) -> DatedFact | None:
    """What a DTP segment says. Absent for a text that is no date."""
    if len(elements) < 4 or len(elements[1]) + len(elements[3]) > _LONGEST_DATE:
        return None
    return _date_fact(elements[1].strip(), elements[3].strip())


@lru_cache(1024)
def _date_fact(qualifier: str, text: str) -> DatedFact | None:
    start, dash, end = text.partition("-")
    first, last = day(start), day(end)
    if dash:
        if first is None and last is None:
            return None
        return DatedFact(qualifier=qualifier, start=first, end=last)
    return None if first is None else DatedFact(qualifier=qualifier, date=first)


def amount(text: str) -> Amount:
    """An amount in dollars, as cents; never through a float."""
    dollars, _, fraction = text.partition(".")
    digits = dollars + fraction
    if digits.isdecimal() and digits.isascii() and len(dollars) <= 9 and len(fraction) <= 2:
        # As nearly all are written, read without Decimal, which takes its time.
        cents = int(digits) * _CENTS_PER_LAST_DIGIT[len(fraction)]
        return Amount(cents, text.startswith(_FILLER) and _NO_LIMIT.fullmatch(text) is not None)
    number = _decimal(text)
    if number is None:
        return Amount(None, odd="is not an amount")
    if number < 0:
        return Amount(None, odd="is below zero")
    exact = number.quantize(_CENTS) if number < _MOST_DOLLARS else number
    if exact != number or number >= _MOST_DOLLARS:
        return Amount(None, odd="is no amount in whole cents")
    return Amount(int(exact * 100), _NO_LIMIT.fullmatch(text) is not None)


def share(text: str) -> Share:
    """A share sent as a fraction (`.2` is 20%). More than 1 is a whole number of percent, which payers send too."""
    number = _decimal(text)
    if number is None:
        return Share(None, odd="is not a percent")
    if number < 0 or number > 100:
        return Share(None, odd="is not between 0 and 100 percent")
    whole = number > 1
    points = number * (100 if whole else 10_000)
    rounded = int(points.quantize(Decimal(1)))
    return Share(
        rounded,
        note="sent as a whole number, not as a fraction" if whole else None,
        odd=None if rounded == points else "is no whole number of basis points; it was rounded",
    )


def _decimal(text: str) -> Decimal | None:
    # Decimal also reads "NaN", "1_000" and "1e9", which no payer means.
    return Decimal(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else None
