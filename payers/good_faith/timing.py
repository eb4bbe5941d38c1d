"""By when a good-faith estimate must be given, and how long one may hold.

Business days are Monday to Friday without the federal holidays, which the caller hands in. Days are counted from the
day after: one business day after a Friday is the Monday, and three business days before a Thursday the Monday.
"""

from collections.abc import Set
from datetime import date, timedelta
from typing import Literal

from payers.catalogue.model import Frozen
from payers.cost_share.plan_calendar import months_later

Holidays = Set[date]
Trigger = Literal["scheduled", "requested"]
"""What makes the estimate due: an appointment, or a question about the cost."""

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_MONTHS = 12
"""As long as one estimate may cover recurring services (45 CFR 149.610(b)(1)(x))."""


class Due(Frozen):
    """The last day on which the estimate is in time, and what set it."""

    on: date
    trigger: Trigger


def due(
    *, scheduled_on: date | None, service_on: date | None, requested_on: date | None, holidays: Holidays
) -> Due | None:
    """By when an estimate must be given; the earlier day where an appointment and a question both make it due.

    An appointment at least 10 business days ahead leaves 3 business days, one at least 3 ahead leaves 1, a question
    about the cost leaves 3. A shorter notice makes nothing due by itself, and then there may be no day at all.
    Source: 45 CFR 149.610(b)(1)(vi).
    """
    found: list[Due] = []
    if requested_on is not None:
        found.append(Due(on=business_days_after(requested_on, 3, holidays), trigger="requested"))
    if scheduled_on is not None and service_on is not None:
        for ahead, leaves in ((10, 3), (3, 1)):
            if scheduled_on <= business_days_before(service_on, ahead, holidays):
                found.append(Due(on=business_days_after(scheduled_on, leaves, holidays), trigger="scheduled"))
                break
    return min(found, key=lambda each: each.on, default=None)


def renewal_due(service_on: date, holidays: Holidays) -> date:
    """The last day for a new estimate after a change of scope: 1 business day before the service.

    Source: 45 CFR 149.610(b)(1)(vii).
    """
    return business_days_before(service_on, 1, holidays)


def last_day(first: date) -> date:
    """The last day that one estimate may cover, `first` being the first: it holds twelve months and no more."""
    return months_later(first, LONGEST_MONTHS) - DAY


def business_days_after(day: date, count: int, holidays: Holidays) -> date:
    """The business day that comes `count` business days after."""
    return _stepped(day, count, DAY, holidays)


def business_days_before(day: date, count: int, holidays: Holidays) -> date:
    """The business day that comes `count` business days before."""
    return _stepped(day, count, -DAY, holidays)


def _stepped(day: date, count: int, step: timedelta, holidays: Holidays) -> date:
    while count:
        day += step
        count -= day.weekday() < SATURDAY and day not in holidays
    return day
