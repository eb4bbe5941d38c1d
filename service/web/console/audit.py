"""The audit trail, for administrators: who did what, to what, and when.

Looking at it leaves no trace, so that the trail speaks of patients' data and not of itself; taking a copy away does.
"""

import csv
import io
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Annotated, Any, NamedTuple, cast
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from service.api.problems import Refused
from service.spreadsheet import safe
from service.store import audit
from service.store.audit import Entry, Wanted, entries
from service.store.database import Connection, acquire
from service.store.keys import list_keys
from service.store.people import list_people
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.people.person import NO_ROLE
from service.web.console.reading import day as read_day
from service.web.console.words import Speak, words

HERE = "/console/audit"
PAGE = 50
NO_KEY = "no-key"
"""Who did what no key did: the service itself, or an operator on the command line."""
_AT_ONCE = 1_000
_SHORT, _LAST = 16, 6
"""An id of more characters is told by its last ones; the sheet has all of them."""

SUBJECTS: Mapping[str, str | None] = {
    "estimate": "/console/estimate/{}",
    "good-faith-estimate": "/console/good-faith/{}",
    "eligibility-check": None,
    "eligibility-batch": "/console/worklist/{}",
    "key": "/console/people/keys/{}",
    "person": "/console/people/{}",
    "price": "/console/prices/change/{}",
    "rule": None,
    "rate-multiple": None,
    "rate-pin": None,
    "rate-source": None,
    "release": None,
    "webhook": None,
    "member-data": None,
    "address": None,
    "audit": None,
    "backup": None,
    "patient": None,
    "retention": None,
}
"""What something may be done to, and the page that shows it where there is one."""

_KNOWN = "action_"

HEADINGS = ("id", "at", "who", "key", "action", "what", "subject_kind", "subject", "detail")

Text = Annotated[str, QueryParameter(max_length=100)]
Day = Annotated[str, QueryParameter(max_length=10)]
After = Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="The last entry of the page before.")]


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


class Row(NamedTuple):
    """An entry as the page tells it. `detail` is pairs of a name and a value, both in words."""

    entry: Entry
    at: datetime
    what: str
    subject: str
    address: str | None
    detail: tuple[tuple[str, str], ...]


@get(HERE, guards=[takes("admin")])
async def trail(
    desk: NamedDependency[Desk],
    who: Text = "",
    action: Text = "",
    kind: Text = "",
    subject: Text = "",
    since: Day = "",
    until: Day = "",
    after: After = None,
) -> Response[str]:
    """The newest first, a page at a time."""
    filters = Filters(who, action, kind, subject.strip(), since, until)
    now, speak = desk.wiring.clock(), desk.visit.speak
    wanted = _wanted(filters, now, speak)
    async with acquire(desk.wiring.pool) as connection:
        people = await _people(connection)
        found = () if isinstance(wanted, dict) else await entries(connection, wanted, after=after, limit=PAGE + 1)
    shown = [_row(entry, speak, people, now) for entry in found[:PAGE]]
    older = {**filters.query, "after": str(shown[-1].entry.id)} if len(found) > PAGE else None
    return desk.visit.show(
        "audit.html",
        status=422 if isinstance(wanted, dict) else 200,
        wrong=wanted if isinstance(wanted, dict) else {},
        rows=shown,
        filters=filters,
        narrowed=bool(filters.query),
        after=after,
        people=people.keys,
        actions=_actions(speak),
        subjects=[(kind, speak(f"audit.subject_{kind}")) for kind in SUBJECTS],
        csv=f"{HERE}.csv?{urlencode(filters.query)}".removesuffix("?"),
        older=f"{HERE}?{urlencode(older)}" if older else None,
        now=now,
        zone=_zone(now),
    )


@get(f"{HERE}.csv", guards=[takes("admin")])
async def as_sheet(
    desk: NamedDependency[Desk],
    who: Text = "",
    action: Text = "",
    kind: Text = "",
    subject: Text = "",
    since: Day = "",
    until: Day = "",
) -> Stream:
    """All that the filters let through, for a spreadsheet; that it was taken is an entry of its own."""
    filters = Filters(who, action, kind, subject.strip(), since, until)
    now, speak = desk.wiring.clock(), desk.visit.speak
    wanted = _wanted(filters, now, speak)
    if isinstance(wanted, dict):
        raise Refused("invalid-input", " ".join(wanted.values()))
    async with acquire(desk.wiring.pool) as connection:
        await audit.append(connection, "audit.export", "audit", "trail", key_id=desk.key.id, detail=filters.query)
    name = f"audit-{now:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(_sheet(desk, wanted, speak), media_type="text/csv; charset=utf-8", headers=headers)


PAGES = (trail, as_sheet)


class People(NamedTuple):
    """Who may have done something: keys with the ends of their secrets, people by their key, and names by id."""

    keys: tuple[tuple[str, str], ...]
    names: Mapping[str, str]


async def _people(connection: Connection) -> People:
    keys, people = await list_keys(connection), await list_people(connection)
    of_people = {person.key_id: person for person in people}
    persons = [(str(person.key_id), person.name) for person in people if person.key_id]
    others = [(str(key.id), f"{key.name} (…{key.last4})") for key in keys if key.id not in of_people]
    names = {str(key.id): key.name for key in keys} | dict(persons) | {str(each.id): each.name for each in people}
    return People((*persons, *sorted(others, key=lambda each: each[1].casefold())), names)


def _wanted(filters: Filters, now: datetime, speak: Speak) -> Wanted | dict[str, str]:
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


def _zone(now: datetime) -> str:
    """How far the clinic's clock is from the world's: `UTC-07:00`."""
    return f"UTC{now.isoformat()[-6:]}".removesuffix("+00:00")


def _actions(speak: Speak) -> list[tuple[str, str]]:
    """Every action that has words, and the words."""
    known = [key.removeprefix(f"audit.{_KNOWN}") for key in words("en") if key.startswith(f"audit.{_KNOWN}")]
    return sorted(((each, speak(f"audit.{_KNOWN}{each}")) for each in known), key=lambda each: each[1].casefold())


def _said(speak: Speak, key: str, otherwise: str) -> str:
    """The words; what nobody wrote words for keeps its name."""
    return speak(f"audit.{key}") if f"audit.{key}" in words("en") else otherwise


def _row(entry: Entry, speak: Speak, people: People, now: datetime) -> Row:
    page = SUBJECTS.get(entry.subject_kind)
    kind = _said(speak, f"subject_{entry.subject_kind}", entry.subject_kind)
    short = entry.subject_id if len(entry.subject_id) <= _SHORT else f"…{entry.subject_id[-_LAST:]}"
    return Row(
        entry=entry,
        at=entry.at.astimezone(now.tzinfo),
        what=_said(speak, f"{_KNOWN}{entry.action}", entry.action),
        subject=f"{kind} {people.names.get(entry.subject_id, short)}",
        address=page.format(quote(entry.subject_id)) if page else None,
        detail=tuple(_detail(entry.detail, speak)),
    )


def _detail(detail: Mapping[str, Any], speak: Speak) -> Iterator[tuple[str, str]]:
    for name, value in detail.items():
        if name == "name":
            continue  # the subject's own, which stands beside it
        if name == "role":
            told = speak(f"people.role_{value or NO_ROLE}")
        elif isinstance(value, list):
            told = ", ".join(str(each) for each in cast("list[Any]", value))
        else:
            told = str(value)
        yield _said(speak, f"detail_{name}", name), told


async def _sheet(desk: Desk, wanted: Wanted, speak: Speak) -> AsyncGenerator[str]:
    """The entries as comma-separated values, so many at a time: no connection is kept while the browser reads."""
    yield "\ufeff" + _lines([HEADINGS])
    zone, after = desk.wiring.clock().tzinfo, None
    while True:
        async with acquire(desk.wiring.pool) as connection:
            found = await entries(connection, wanted, after=after, limit=_AT_ONCE)
        if not found:
            return
        yield _lines([_cells(entry, speak, zone) for entry in found])
        after = found[-1].id


def _cells(entry: Entry, speak: Speak, zone: tzinfo | None) -> tuple[str, ...]:
    return (
        str(entry.id),
        entry.at.astimezone(zone).isoformat(timespec="seconds"),
        entry.who or speak("audit.no_key"),
        str(entry.key_id or ""),
        entry.action,
        _said(speak, f"{_KNOWN}{entry.action}", entry.action),
        entry.subject_kind,
        entry.subject_id,
        msgspec.json.encode(entry.detail).decode() if entry.detail else "",
    )


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()
