"""A day out of FHIR's dates, which may also be a year, a month or a moment (R4, `date` and `dateTime`)."""

import re
from datetime import date

from payers.fhir.elements import Period

_DAY = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(T.*)?", re.ASCII)


def day(text: str | None) -> date | None:
    """The day, that of the place the sender wrote it for; nothing for a month, a year, or no date at all."""
    found = _DAY.fullmatch(text or "")
    if not found:
        return None
    try:
        return date.fromisoformat(found["day"])
    except ValueError:
        return None


def days(start: date | None, end: date | None) -> Period | None:
    """From one day to another; absent where neither is known."""
    if start is None and end is None:
        return None
    return Period(start=start and start.isoformat(), end=end and end.isoformat())
