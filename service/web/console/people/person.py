"""One person: the role that they have, and signing them out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.api.problems import Refused
from service.store.database import acquire
from service.store.keys import LastAdministrator, find_key
from service.store.people import Person, find_person, give_role
from service.store.sessions import end_sessions, signed_in_now
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.people.list import HERE
from service.web.console.people.scopes import ROLES
from service.web.console.visit import goes_to

NO_ROLE = "none"
"""What the form sends for taking the role away."""

Done = Annotated[Literal["role", "signed-out"] | None, QueryParameter(description="What was just done.")]


@get(f"{HERE}/{{person_id:uuid}}", guards=[takes("admin")])
async def person_page(person_id: FromPath[UUID], desk: NamedDependency[Desk], done: Done = None) -> Response[str]:
    """Who it is and what they may do."""
    return await _page(desk, person_id, done=done)


@post(f"{HERE}/{{person_id:uuid}}/role", guards=[takes("admin")], status_code=303)
async def change_role(
    request: Request[Any, Any, Any], person_id: FromPath[UUID], desk: NamedDependency[Desk]
) -> Response[str]:
    """Give another role, or take it away: from the next request on, everywhere."""
    chosen = str((await request.form()).get("role", ""))
    if chosen not in (*ROLES, NO_ROLE):
        return await _page(desk, person_id, wrong={"role": desk.visit.speak("people.missing_role")})
    role = None if chosen == NO_ROLE else chosen
    async with acquire(desk.wiring.pool) as connection:
        told = await give_role(connection, person_id, role, by=desk.key.id)
    if told is None:
        raise _unknown()
    if isinstance(told, LastAdministrator):
        return await _page(desk, person_id, chosen=chosen, wrong={"role": desk.visit.speak("people.last_person")})
    # Who gave away the right to see this page goes where they still may.
    away = told.key_id == desk.key.id and role != "administrator"
    return goes_to(desk.visit, "/console" if away else f"{HERE}/{person_id}?done=role")


@post(f"{HERE}/{{person_id:uuid}}/sign-out", guards=[takes("admin")], status_code=303)
async def sign_person_out(person_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """End every session of the person."""
    async with acquire(desk.wiring.pool) as connection:
        person = await _found(connection, person_id)
        if person.key_id is not None:
            await end_sessions(connection, person.key_id, by=desk.key.id)
    return goes_to(desk.visit, f"{HERE}/{person_id}?done=signed-out")


PAGES = (person_page, change_role, sign_person_out)


async def _page(
    desk: Desk,
    person_id: UUID,
    *,
    chosen: str | None = None,
    wrong: dict[str, str] | None = None,
    done: str | None = None,
) -> Response[str]:
    now = desk.wiring.clock()
    async with acquire(desk.wiring.pool) as connection:
        person = await _found(connection, person_id)
        key = await find_key(connection, person.key_id) if person.key_id else None
        sessions = (await signed_in_now(connection, now)).get(person.key_id, 0) if person.key_id else 0
    return desk.visit.show(
        "person.html",
        status=422 if wrong else 200,
        person=person,
        chosen=chosen or person.role or NO_ROLE,
        roles=(*reversed(ROLES), NO_ROLE),
        own=person.key_id == desk.key.id,
        shut_out=person.role is not None and (key is None or not key.is_valid(now)),
        sessions=sessions,
        wrong=wrong or {},
        done=done,
        now=now,
    )


async def _found(connection: Any, person_id: UUID) -> Person:
    person = await find_person(connection, person_id)
    if person is None:
        raise _unknown()
    return person


def _unknown() -> Refused:
    return Refused("not-found", "Nobody has this id.")
