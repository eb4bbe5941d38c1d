"""Everybody who may open anything: people by name, then keys."""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from service.store.audit import last_on_record
from service.store.database import acquire
from service.store.keys import Key, list_keys
from service.store.people import Person, list_people
from service.store.sessions import signed_in_now
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.identity import CALLBACK, IdentityProvider
from service.web.console.people.scopes import may_do

HERE = "/console/people"
_SOON = timedelta(days=30)

KeyState = Literal["open", "ends-soon", "expired", "revoked"]


class PersonRow(NamedTuple):
    """A person in the list. `shut_out`: the command line revoked their key, and their role opens nothing."""

    person: Person
    sessions: int
    shut_out: bool


class KeyRow(NamedTuple):
    """A key in the list. `seen_at` is when it last signed in, made an estimate or did what is on record."""

    key: Key
    state: KeyState
    may: str
    sessions: int
    seen_at: datetime | None


def state_of(key: Key, now: datetime) -> KeyState:
    """Whether the key opens anything, and for how long."""
    if key.revoked_at is not None:
        return "revoked"
    if not key.is_valid(now):
        return "expired"
    return "ends-soon" if key.expires_at is not None and key.expires_at <= now + _SOON else "open"


@get(HERE, guards=[takes("admin")])
async def everybody(desk: NamedDependency[Desk], provider: NamedDependency[IdentityProvider | None]) -> Response[str]:
    """People and keys. The key of a person is the person, and stands among the keys no second time."""
    now = desk.wiring.clock()
    async with acquire(desk.wiring.pool) as connection:
        people, keys = await list_people(connection), await list_keys(connection)
        sessions, seen = await signed_in_now(connection, now), await last_on_record(connection)
    by_id = {key.id: key for key in keys}
    of_people = {person.key_id for person in people}
    rows = [
        KeyRow(key, state_of(key, now), may_do(desk.visit.speak, key.scopes), sessions.get(key.id, 0), seen.get(key.id))
        for key in keys
        if key.id not in of_people
    ]
    return desk.visit.show(
        "people.html",
        now=now,
        people=[_row(person, by_id.get(person.key_id) if person.key_id else None, sessions, now) for person in people],
        keys=[row for row in rows if row.state in ("open", "ends-soon")],
        closed=[row for row in rows if row.state in ("expired", "revoked")],
        with_provider=provider is not None,
        callback=CALLBACK,
    )


def _row(person: Person, key: Key | None, sessions: dict[Any, int], now: datetime) -> PersonRow:
    shut_out = person.role is not None and (key is None or not key.is_valid(now))
    return PersonRow(person, sessions.get(person.key_id, 0), shut_out)
