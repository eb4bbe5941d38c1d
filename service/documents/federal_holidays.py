"""The federal holidays, which are no business days."""

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date


def federal_holidays(years: Iterable[int]) -> frozenset[date]:
    """Every holiday of those years (5 U.S.C. 6103), and the weekday on which one that falls on a weekend is kept."""
    # The library knows the calendars of all countries, which few requests need.
    from holidays import US

    return frozenset(US(years=years))


def holidays_around(*days: date | None) -> frozenset[date]:
    """The holidays of the years of those days and of the years beside them, so that days can be counted from each."""
    years = {on.year + step for on in days if on for step in (-1, 0, 1)}
    return federal_holidays(year for year in years if MINYEAR <= year <= MAXYEAR)
