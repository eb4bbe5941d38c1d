"""Values of resources as elements of the segments that an answer is turned back into."""

from datetime import date

from payers.eligibility.mirror import Segment, told
from payers.fhir.dates import day
from payers.fhir.elements import Period

_OPEN_END = "99991231"


def text(value: str | None) -> str:
    """The text without the characters that segments are cut with; empty where there is none."""
    return told({"text": value}, "text")


def dated(qualifier: str | None, on: str | None, period: Period | None) -> Segment | None:
    """A day or some days (DTP); absent where no whole day is told."""
    if single := day(on):
        return "DTP", text(qualifier), "D8", compact(single)
    start, end = (day(period.start), day(period.end)) if period else (None, None)
    if start is None:
        return None
    return "DTP", text(qualifier), "RD8", f"{compact(start)}-{compact(end) if end else _OPEN_END}"


def compact(on: date) -> str:
    """As X12 writes a day."""
    return on.isoformat().replace("-", "")
