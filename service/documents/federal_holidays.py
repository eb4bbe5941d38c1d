"""The federal holidays, which are no business days."""

from collections.abc import Iterable
from datetime import date


def federal_holidays(years: Iterable[int]) -> frozenset[date]:
    """Every holiday of those years (5 U.S.C. 6103), and the weekday on which one that falls on a weekend is kept."""
    # The library knows the calendars of all countries, which few requests need.
    from holidays import US

    return frozenset(US(years=years))
