"""Whether the member is covered, since when and under which plan: read off the rows of a member, by written rules."""

from collections.abc import Iterable, Sequence
from datetime import date

from payers.eligibility.codes import PLAN_SERVICE_TYPES
from payers.eligibility.elements import OPEN_END
from payers.eligibility.response import Benefit, DatedFact, Status

_STATUS = frozenset({"active", "inactive"})
_STARTS = ("346", "356", "307", "291")
_ENDS = ("347", "357")
_RANGES = ("307", "291")
"""Plan begin and end, eligibility begin and end; eligibility and plan as ranges. 348 and 349 are of a benefit."""


def status_of(benefits: Iterable[Benefit], *, is_refused: bool) -> tuple[Status, str | None, Benefit | None]:
    """The status, its scope where it is not the plan's, and the row that says it.

    `is_refused` tells of a rejection that is about the member. A past period told beside an active one is no conflict.
    """
    rows = [each for each in benefits if each.kind in _STATUS]
    if not rows:
        return ("rejected" if is_refused else "unknown"), None, None
    of_plan = [each for each in rows if not each.service_types or not PLAN_SERVICE_TYPES.isdisjoint(each.service_types)]
    active = [each for each in of_plan or rows if each.kind == "active"]
    inactive = [each for each in of_plan or rows if each.kind == "inactive"]
    if of_plan and active and inactive and not _told_apart(active, inactive):
        return "conflict", None, active[0]
    scope = None if of_plan else "service types only"
    return ("active", scope, active[0]) if active else ("inactive", scope, inactive[0])


def _told_apart(active: Sequence[Benefit], inactive: Sequence[Benefit]) -> bool:
    """Whether any two of them speak of different things: other dates, or another insurance (Medicare's A and B)."""
    insured = {each.insurance_type for each in active if each.insurance_type}
    not_insured = {each.insurance_type for each in inactive if each.insurance_type}
    return len({each.dates for each in (*active, *inactive)}) > 1 or (
        bool(insured and not_insured) and len(insured | not_insured) > 1
    )


def covered_dates(row: Benefit, of_member: Sequence[DatedFact]) -> tuple[date | None, date | None]:
    """First and last day of the coverage that a status row tells; absent is not told or open.

    From the row's own dates, else from the member's, where a single 291 and a range of one day are echoes of the
    question.
    """
    if row.dates and any(own := _dates(row.dates)):
        return own
    return _dates([each for each in of_member if not _echoes(each)])


def _echoes(fact: DatedFact) -> bool:
    return (fact.qualifier == "291" and fact.date is not None) or (fact.start is not None and fact.start == fact.end)


def _dates(facts: Sequence[DatedFact]) -> tuple[date | None, date | None]:
    told = {each.qualifier: each for each in reversed(facts)}
    start = end = None
    for code in _STARTS:
        if start is None and code in told:
            start = told[code].date or told[code].start
    for code in _ENDS:
        if end is None and code in told:
            end = told[code].date or told[code].end
    for code in _RANGES:
        if end is None and code in told:
            end = told[code].end
    return start, None if end == OPEN_END else end
