"""Whether the member is covered, since when and under which plan: read off the rows of a member, by written rules."""

from collections.abc import Iterable, Sequence
from datetime import date

from payers.eligibility.codes import PLAN_SERVICE_TYPES
from payers.eligibility.elements import OPEN_END
from payers.eligibility.response import Benefit, DatedFact, Rejection, Status

_STARTS = ("346", "356", "307", "291")
_ENDS = ("347", "357")
_RANGES = ("307", "291")
"""Plan begin and end, eligibility begin and end; eligibility and plan as ranges. 348 and 349 are of a benefit."""


def plan_rows(benefits: Iterable[Benefit], kind: str) -> list[Benefit]:
    """The rows of a kind that speak of a plan as a whole."""
    return [
        each
        for each in benefits
        if each.kind == kind and (not each.service_types or not PLAN_SERVICE_TYPES.isdisjoint(each.service_types))
    ]


def status_of(
    benefits: Sequence[Benefit], rejections: Iterable[Rejection]
) -> tuple[Status, str | None, Benefit | None]:
    """The status, its scope where it is not the plan's, and the row that says it.

    `rejections` are those of the member and of everybody above. A past period told beside an active one is no conflict.
    """
    active, inactive = plan_rows(benefits, "active"), plan_rows(benefits, "inactive")
    if active and inactive and not any(_told_apart(one, other) for one in active for other in inactive):
        return "conflict", None, active[0]
    if active:
        return "active", None, active[0]
    if inactive:
        return "inactive", None, inactive[0]
    of_services: tuple[tuple[Status, str], ...] = (("active", "active"), ("inactive", "inactive"))
    for status, kind in of_services:
        row = next((each for each in benefits if each.kind == kind), None)
        if row is not None:
            return status, "service types only", row
    return ("rejected" if any(True for _ in rejections) else "unknown"), None, None


def _told_apart(active: Benefit, inactive: Benefit) -> bool:
    """Whether the two rows speak of different things: other dates, or another insurance (Medicare's A and B)."""
    return active.dates != inactive.dates or (
        active.insurance_type is not None
        and inactive.insurance_type is not None
        and active.insurance_type != inactive.insurance_type
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
    start = next((day for code in _STARTS if code in told and (day := told[code].date or told[code].start)), None)
    end = next((day for code in _ENDS if code in told and (day := told[code].date or told[code].end)), None)
    if end is None:
        end = next((told[code].end for code in _RANGES if code in told), None)
    return start, None if end == OPEN_END else end
