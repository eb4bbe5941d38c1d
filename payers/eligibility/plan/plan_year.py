"""The day on which the limits start again, as far as an answer tells it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from payers.eligibility.plan.limits import LIMITS
from payers.eligibility.plan.slots import Slot
from payers.eligibility.response import Benefit, Member

PATH = ("plan_year_start",)
_OF_THE_LIMIT = frozenset({"291", "292"})
"""Qualifiers of the plan's and of the benefit's own dates."""
_CALENDAR_YEAR, _OWN_YEAR = "23", frozenset({"22", "25"})
_LONGEST = timedelta(days=366)
_SHORTEST = timedelta(days=31)


def plan_year(member: Member, rows: Sequence[Benefit]) -> Slot | None:
    """Every day that the rows of the limits name: several are held, none is left to be asked.

    A year that ends on a day starts again on the next, also for somebody whose coverage began within it. The plan's own
    year (service or contract) is told by coverage of just one year, never by the day alone on which it began: that may
    be the day the member was hired.
    """
    found: dict[str, list[Benefit]] = {}
    for row in rows:
        if row.kind in LIMITS and row.measure == "limit":
            for start in _starts(row, member):
                found.setdefault(start, []).append(row)
    if not found:
        return None
    saying = {row.segment: row for several in found.values() for row in several}
    return Slot("plan_year", tuple({PATH: start} for start in sorted(found)), {PATH: tuple(saying.values())}, {})


def _starts(row: Benefit, member: Member) -> Iterator[str]:
    for fact in row.dates:
        if fact.qualifier in _OF_THE_LIMIT:
            yield from _after(fact.start, fact.end, _SHORTEST)
    if row.period_code == _CALENDAR_YEAR:
        yield "01-01"
    elif row.period_code in _OWN_YEAR:
        yield from _after(member.coverage_start, member.coverage_end, timedelta(days=363))


def _after(start: date | None, end: date | None, shortest: timedelta) -> Iterator[str]:
    if start and end and shortest < end - start < _LONGEST:
        yield f"{end + timedelta(days=1):%m-%d}"
