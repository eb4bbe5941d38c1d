"""One key: what it may do, and how it ends."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.api.problems import Refused
from service.store.audit import last_on_record, makers_of_keys
from service.store.database import ConstraintViolated, acquire
from service.store.keys import LastAdministrator, find_key, list_keys, revoke_key, rotate_key
from service.store.people import list_people, person_of_key
from service.store.sessions import end_sessions, signed_in_now
from service.uuid7 import uuid7
from service.web.console.access import SIGN_IN, session_cookie, takes
from service.web.console.desk import Desk
from service.web.console.people.list import HERE, state_of
from service.web.console.people.making import KEYS, SENT_BEFORE, key_id_of, made_before, once
from service.web.console.people.scopes import may_do
from service.web.console.visit import goes_to

KEPT = timedelta(hours=24)
"""How long a rotated key goes on where its holder cannot change it at once."""

Done = Annotated[Literal["revoked", "signed-out"] | None, QueryParameter(description="What was just done.")]


@get(f"{KEYS}/{{key_id:uuid}}", guards=[takes("admin")])
async def key_page(key_id: FromPath[UUID], desk: NamedDependency[Desk], done: Done = None) -> Response[str]:
    """The key, never its secret. A person's key is the person."""
    async with acquire(desk.wiring.pool) as connection:
        person = await person_of_key(connection, key_id)
    return goes_to(desk.visit, f"{HERE}/{person}") if person else await _page(desk, key_id, done=done)


@post(f"{KEYS}/{{key_id:uuid}}/rotate", guards=[takes("admin")], status_code=200)
async def rotate(request: Request[Any, Any, Any], key_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """A key with a new secret that may do the same; the old one ends at once or in a day."""
    sent = await request.form()
    new_id, kept = key_id_of(sent), sent.get("old_ends") == "in-24-hours"
    ends_at = desk.wiring.clock() + KEPT if kept else None
    try:
        async with acquire(desk.wiring.pool) as connection:
            made = await rotate_key(connection, key_id, ends_at=ends_at, by=desk.key.id, key_id=new_id)
            before = made is None and await find_key(connection, new_id) is not None
    except ConstraintViolated as violated:
        if violated.constraint != SENT_BEFORE:
            raise
        return made_before(desk, new_id)
    if before:
        return made_before(desk, new_id)
    if made is None:
        return await _page(desk, key_id, wrong={"": desk.visit.speak("people.closed_already")})
    return once(desk, made, old_ends_at=ends_at, old=key_id, own=key_id == desk.key.id)


@post(f"{KEYS}/{{key_id:uuid}}/revoke", guards=[takes("admin")], status_code=303)
async def revoke(request: Request[Any, Any, Any], key_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """Close the key. Whoever is signed in with it says so twice, and is signed out."""
    own = key_id == desk.key.id
    if own and (await request.form()).get("sure") != "yes":
        return await _page(desk, key_id, wrong={"sure": desk.visit.speak("people.not_sure")})
    async with acquire(desk.wiring.pool) as connection:
        if await person_of_key(connection, key_id):
            raise _unknown()
        told = await revoke_key(connection, key_id, by=desk.key.id)
    if isinstance(told, LastAdministrator):
        return await _page(desk, key_id, wrong={"": desk.visit.speak("people.last_key")})
    if not own:
        return goes_to(desk.visit, f"{KEYS}/{key_id}?done=revoked")
    response = goes_to(desk.visit, SIGN_IN)
    response.set_cookie(session_cookie(request, None))
    return response


@post(f"{KEYS}/{{key_id:uuid}}/sign-out", guards=[takes("admin")], status_code=303)
async def sign_key_out(key_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """End every session of the key."""
    async with acquire(desk.wiring.pool) as connection:
        if await find_key(connection, key_id) is None or await person_of_key(connection, key_id):
            raise _unknown()
        await end_sessions(connection, key_id, by=desk.key.id)
    return goes_to(desk.visit, f"{KEYS}/{key_id}?done=signed-out")


PAGES = (key_page, rotate, revoke, sign_key_out)


async def _page(
    desk: Desk, key_id: UUID, *, wrong: dict[str, str] | None = None, done: str | None = None
) -> Response[str]:
    now = desk.wiring.clock()
    async with acquire(desk.wiring.pool) as connection:
        keys = {key.id: key for key in await list_keys(connection)}
        if key_id not in keys:
            raise _unknown()
        makers, people = await makers_of_keys(connection), await list_people(connection)
        sessions, seen = await signed_in_now(connection, now), await last_on_record(connection)
    key, names = keys[key_id], {each.key_id: each.name for each in people}
    maker = makers.get(str(key_id))
    return desk.visit.show(
        "key.html",
        status=422 if wrong else 200,
        key=key,
        state=state_of(key, now),
        may=may_do(desk.visit.speak, key.scopes),
        maker=names.get(maker, keys[maker].name) if maker and maker in keys else None,
        sessions=sessions.get(key_id, 0),
        seen_at=seen.get(key_id),
        own=key_id == desk.key.id,
        new_id=uuid7(),
        wrong=wrong or {},
        done=done,
        now=now,
    )


def _unknown() -> Refused:
    return Refused("not-found", "No key has this id.")
