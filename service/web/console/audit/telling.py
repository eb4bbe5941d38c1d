"""An entry of the trail in words: who, did what, to what, with which details."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast
from urllib.parse import quote

from service.store.audit import Entry
from service.store.database import Connection
from service.store.keys import list_keys
from service.store.people import list_people
from service.web.console.people.person import NO_ROLE
from service.web.console.words import Speak, words

_SHORT, _LAST = 16, 6
"""An id of more characters is told by its last ones; the sheet has all of them."""
_KNOWN = "action_"

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


class Row(NamedTuple):
    """An entry as the page tells it. `detail` is pairs of a name and a value, both in words."""

    entry: Entry
    at: datetime
    what: str
    subject: str
    address: str | None
    detail: tuple[tuple[str, str], ...]


class People(NamedTuple):
    """Who may have done something: keys with the ends of their secrets, people by their key, and names by id."""

    keys: tuple[tuple[str, str], ...]
    names: Mapping[str, str]


async def people(connection: Connection) -> People:
    """Every key and person, whether still in use or not."""
    keys, persons = await list_keys(connection), await list_people(connection)
    of_people = {person.key_id: person for person in persons}
    by_key = [(str(person.key_id), person.name) for person in persons if person.key_id]
    others = [(str(key.id), f"{key.name} (…{key.last4})") for key in keys if key.id not in of_people]
    names = {str(key.id): key.name for key in keys} | dict(by_key) | {str(each.id): each.name for each in persons}
    return People((*by_key, *sorted(others, key=lambda each: each[1].casefold())), names)


def row(entry: Entry, speak: Speak, people: People, now: datetime) -> Row:
    """The entry at the clinic's own time."""
    page = SUBJECTS.get(entry.subject_kind)
    kind = _said(speak, f"subject_{entry.subject_kind}", entry.subject_kind)
    short = entry.subject_id if len(entry.subject_id) <= _SHORT else f"…{entry.subject_id[-_LAST:]}"
    return Row(
        entry=entry,
        at=entry.at.astimezone(now.tzinfo),
        what=action(entry, speak),
        subject=f"{kind} {people.names.get(entry.subject_id, short)}",
        address=page.format(quote(entry.subject_id)) if page else None,
        detail=tuple(_detail(entry.detail, speak)),
    )


def actions(speak: Speak) -> list[tuple[str, str]]:
    """Every action that has words, and the words."""
    known = [key.removeprefix(f"audit.{_KNOWN}") for key in words("en") if key.startswith(f"audit.{_KNOWN}")]
    return sorted(((each, speak(f"audit.{_KNOWN}{each}")) for each in known), key=lambda each: each[1].casefold())


def action(entry: Entry, speak: Speak) -> str:
    """What was done; what nobody wrote words for keeps its name."""
    return _said(speak, f"{_KNOWN}{entry.action}", entry.action)


def _said(speak: Speak, key: str, otherwise: str) -> str:
    """The words; what nobody wrote words for keeps its name."""
    return speak(f"audit.{key}") if f"audit.{key}" in words("en") else otherwise


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
