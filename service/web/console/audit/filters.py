"""What was typed above the trail, and which entries that lets through."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from service.store.audit import Wanted
from service.web.console.reading import day as read_day
from service.web.console.words import Speak

NO_KEY = "no-key"
"""Who did what no key did: the service itself, or an operator on the command line."""


class Filters(NamedTuple):
    """What was typed above the list."""

    who: str = ""
    action: str = ""
    kind: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address."""
        return {name: value for name, value in self._asdict().items() if value}


def wanted(filters: Filters, now: datetime, speak: Speak) -> Wanted | dict[str, str]:
    """What the filters let through; what is wrong with them by the name of the field."""
    wrong: dict[str, str] = {}
    key_id = since = before = None
    try:
        key_id = UUID(filters.who) if filters.who not in ("", NO_KEY) else None
    except ValueError:
        wrong["who"] = speak("audit.wrong_who")
    try:
        since = _start_of(filters.since, now)
    except ValueError:
        wrong["since"] = speak("estimate.wrong_date")
    try:
        until = _start_of(filters.until, now)
        before = until + timedelta(days=1) if until else None
    except (ValueError, OverflowError):
        wrong["until"] = speak("estimate.wrong_date")
    if since and before and before <= since:
        wrong["until"] = speak("audit.wrong_order")
    return wrong or Wanted(
        key_id=key_id,
        by_no_key=filters.who == NO_KEY,
        action=filters.action or None,
        subject_kind=filters.kind or None,
        subject_id=filters.subject or None,
        since=since,
        before=before,
    )


def _start_of(day: str, now: datetime) -> datetime | None:
    return datetime.combine(read_day(day), time(), now.tzinfo) if day else None
