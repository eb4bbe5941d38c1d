"""Making a key. Its secret is in one answer and nowhere else: no address leads to it, no cache keeps it.

The id that the key will have is in the form, so that a form that is sent twice (a reload, a double click) makes one
key; the second answer has no secret.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from service.store.database import ConstraintViolated, acquire
from service.store.keys import NewKey, create_key
from service.store.people import SCOPES
from service.uuid7 import uuid7
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.people.list import HERE
from service.web.console.people.scopes import ALL_SCOPES, ROLES, may_do
from service.web.console.reading import Unreadable, day
from service.web.console.words import Speak

KEYS = f"{HERE}/keys"
EXACT = "exact"
"""The choice of naming scopes one by one."""
SENT_BEFORE = "keys_pkey"
"""What the database calls a key that is there already."""
PURPOSES = (*ROLES, EXACT)
_SCOPES: Mapping[str, tuple[str, ...]] = {role: SCOPES[role] for role in ROLES}
_SUGGESTED = timedelta(days=365)
_LONGEST_NAME = 120


class Allowed(NamedTuple):
    """What a key may do, and until when."""

    scopes: tuple[str, ...]
    ends_at: datetime | None


class Form(NamedTuple):
    """What was typed."""

    key_id: UUID
    name: str = ""
    purpose: str = ""
    scopes: tuple[str, ...] = ()
    ends_on: str = ""


@get(KEYS, guards=[takes("admin")])
async def new_key(desk: NamedDependency[Desk]) -> Response[str]:
    """An empty form. A key that ends within a year is one that nobody forgets."""
    return _page(desk, Form(uuid7(), ends_on=(desk.today + _SUGGESTED).isoformat()))


@post(KEYS, guards=[takes("admin")], status_code=200)
async def make_key(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """The new key, with its secret."""
    sent = await request.form()
    form = Form(
        key_id_of(sent),
        str(sent.get("name", "")).strip(),
        str(sent.get("purpose", "")),
        tuple(str(scope) for scope in sent.getall("scopes", [])),
        str(sent.get("ends_on", "")).strip(),
    )
    allowed = _allowed(form, desk.wiring.clock(), desk.visit.speak)
    if not isinstance(allowed, Allowed):
        return _page(desk, form, allowed)
    try:
        async with acquire(desk.wiring.pool) as connection:
            made = await create_key(
                connection,
                name=form.name,
                scopes=allowed.scopes,
                expires_at=allowed.ends_at,
                by=desk.key.id,
                key_id=form.key_id,
            )
    except ConstraintViolated as violated:
        if violated.constraint != SENT_BEFORE:
            raise
        return made_before(desk, form.key_id)
    return once(desk, made)


def key_id_of(sent: Any) -> UUID:
    """The id that the form gives the new key."""
    try:
        return UUID(str(sent.get("new_id", "")))
    except ValueError:
        return uuid7()


def once(desk: Desk, made: NewKey, **more: Any) -> Response[str]:
    """The page with the secret."""
    may, now = may_do(desk.visit.speak, made.key.scopes), desk.wiring.clock()
    told = {"key": made.key, "key_id": made.key.id, "secret": made.secret, "may": may, "now": now}
    return desk.visit.show("key_made.html", **told, **more)


def made_before(desk: Desk, key_id: UUID) -> Response[str]:
    """The same page without the secret: the form came before, and the key is there."""
    return desk.visit.show("key_made.html", key=None, key_id=key_id, secret=None)


PAGES = (new_key, make_key)


def _page(desk: Desk, form: Form, wrong: dict[str, str] | None = None) -> Response[str]:
    return desk.visit.show(
        "key_new.html",
        status=422 if wrong else 200,
        form=form,
        purposes=PURPOSES,
        scopes=ALL_SCOPES,
        wrong=wrong or {},
    )


def _allowed(form: Form, now: datetime, speak: Speak) -> Allowed | dict[str, str]:
    """What the form asks for; what is wrong with it by the name of the field."""
    wrong: dict[str, str] = {}
    if not form.name:
        wrong["name"] = speak("people.missing_name")
    elif len(form.name) > _LONGEST_NAME:
        wrong["name"] = speak("people.long_name", longest=_LONGEST_NAME)
    scopes = form.scopes if form.purpose == EXACT else _SCOPES.get(form.purpose, ())
    if form.purpose not in PURPOSES:
        wrong["purpose"] = speak("people.missing_purpose")
    elif not scopes or not set(scopes) <= set(ALL_SCOPES):
        wrong["scopes"] = speak("people.missing_scopes")
    ends_at = None
    try:
        ends_at = datetime.combine(day(form.ends_on), time(), now.tzinfo) if form.ends_on else None
    except Unreadable:
        wrong["ends_on"] = speak("estimate.wrong_date")
    if ends_at is not None and ends_at <= now:
        wrong["ends_on"] = speak("people.past_date")
    return wrong or Allowed(scopes, ends_at)
