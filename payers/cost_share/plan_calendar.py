"""When a plan year starts: any day of the calendar, told as month and day."""

from calendar import monthrange
from datetime import date
from typing import Annotated

from msgspec import Meta

MonthDay = tuple[int, int]
JANUARY_FIRST: MonthDay = (1, 1)

MonthDayText = Annotated[
    str, Meta(pattern=r"^((0[1-9]|1[0-2])-(0[1-9]|[12]\d)|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)$")
]
"""A day that some year has, as `MM-DD`."""


def month_day(text: MonthDayText) -> MonthDay:
    """The day that `MM-DD` names."""
    month, day = text.split("-")
    return int(month), int(day)


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_start_in(year: int, reset: MonthDay) -> date:
    """The first day of the plan year that starts in a year; one that starts on 29 February starts on 28 in others."""
    month, day = reset
    return date(year, month, min(day, monthrange(year, month)[1]))


def year_start(on: date, reset: MonthDay) -> date:
    """The first day of the plan year that holds a day."""
    start = year_start_in(on.year, reset)
    return start if start <= on else year_start_in(on.year - 1, reset)


def share_days(start: date, other: date) -> bool:
    """Whether the plan years that start on two days have days in common."""
    return start < months_later(other, 12) and other < months_later(start, 12)
