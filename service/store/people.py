"""People whom the clinic's identity provider knows. Each acts as a key of their own, whose secret nobody knows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.keys import Key, LastAdministrator, change_scopes, close_key, create_key, find_key, others_administer
from service.store.rows import fields, listed, read
from service.uuid7 import uuid7

Role = Literal["reader", "biller", "catalogue-editor", "administrator"]

SCOPES: Mapping[Role, tuple[str, ...]] = {
    "reader": ("estimates:read", "eligibility:read"),
    "biller": ("estimates:read", "estimates:write", "eligibility:read", "eligibility:write"),
    "catalogue-editor": ("estimates:read", "eligibility:read", "catalogue:write"),
    "administrator": ("admin",),
}
"""What each role may do, as the scopes of its key; the strongest role last."""

SUBJECT = "person"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as the identity provider named them. Without a role, which somebody must give, they may do nothing."""

    id: UUID
    issuer: str
    subject: str
    name: str
    role: Role | None
    key_id: UUID | None
    created_at: datetime
    signed_in_at: datetime


_COLUMNS = listed(fields(Person))


async def recognise(
    connection: Connection, *, issuer: str, subject: str, name: str, role: Role | None, now: datetime
) -> Person:
    """The person who signs in, put on file the first time. A `role` replaces the one on file; without one it stays."""
    async with connection.transaction():
        record = await connection.fetchrow(
            f"""
            INSERT INTO people (id, issuer, subject, name, created_at, signed_in_at) VALUES ($1, $2, $3, $4, $5, $5)
            ON CONFLICT ON CONSTRAINT people_subject_key
              DO UPDATE SET name = excluded.name, signed_in_at = excluded.signed_in_at
            RETURNING {_COLUMNS}, (SELECT name FROM people WHERE issuer = $2 AND subject = $3) AS called_before
            """,  # noqa: S608  the struct's own field names
            uuid7(),
            issuer,
            subject,
            name,
            now,
        )
        if record is None:
            raise LookupError("an upsert that returns its row returned none")
        person = read(Person, record)
        if record["called_before"] != person.name:
            action = "person.add" if record["called_before"] is None else "person.rename"
            await audit.append(connection, action, SUBJECT, str(person.id), detail={"name": person.name})
        return person if role in (None, person.role) else await _set_role(connection, person, role, by=None)


async def give_role(
    connection: Connection, person_id: UUID, role: Role | None, *, by: UUID
) -> Person | LastAdministrator | None:
    """Let the person do what the role may, from the next request on; nothing where nobody has this id.

    Without a role their key is closed and their sessions end. `by` is the key of the administrator who decides so.
    """
    async with connection.transaction():
        record = await connection.fetchrow(
            f"SELECT {_COLUMNS} FROM people WHERE id = $1 FOR UPDATE",  # noqa: S608  the struct's own field names
            person_id,
        )
        if record is None:
            return None
        person = read(Person, record)
        if person.key_id and role != "administrator" and not await others_administer(connection, person.key_id):
            return LastAdministrator()
        return await _set_role(connection, person, role, by=by)


async def _set_role(connection: Connection, person: Person, role: Role | None, *, by: UUID | None) -> Person:
    key_id = person.key_id
    if role is None:
        if key_id is not None:
            await close_key(connection, key_id)
    elif key_id is None:
        key_id = (await create_key(connection, name=person.name, scopes=SCOPES[role], by=by)).key.id
    else:
        # A key that the command line revoked is opened again by an administrator, not by the identity provider.
        await change_scopes(connection, key_id, SCOPES[role], reopens=by is not None or person.role is None)
    record = await connection.fetchrow(
        f"UPDATE people SET role = $2, key_id = $3 WHERE id = $1 RETURNING {_COLUMNS}",  # noqa: S608  own names
        person.id,
        role,
        key_id,
    )
    if record is None:
        raise LookupError("the person is not on file")
    await audit.append(connection, "person.role", SUBJECT, str(person.id), key_id=by, detail={"role": role})
    return read(Person, record)


async def key_of_person(connection: Connection, person: Person) -> Key | None:
    """The key as which the person acts; nothing before somebody gives them a role, or after it was taken away."""
    if person.role is None or person.key_id is None:
        return None
    return await find_key(connection, person.key_id)


async def find_person(connection: Connection, person_id: UUID) -> Person | None:
    """The person with this id."""
    record = await connection.fetchrow(f"SELECT {_COLUMNS} FROM people WHERE id = $1", person_id)  # noqa: S608  own names
    return None if record is None else read(Person, record)


async def person_of_key(connection: Connection, key_id: UUID) -> UUID | None:
    """The person who acts as this key."""
    return await connection.fetchval("SELECT id FROM people WHERE key_id = $1", key_id)


async def list_people(connection: Connection) -> tuple[Person, ...]:
    """Everybody on file, by name."""
    records = await connection.fetch(f"SELECT {_COLUMNS} FROM people ORDER BY name, id")  # noqa: S608  own names
    return tuple(read(Person, record) for record in records)
