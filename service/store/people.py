"""People whom the clinic's identity provider knows. Each acts as a key of their own, whose secret nobody knows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.keys import Key, create_key, list_keys
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
            RETURNING {_COLUMNS}
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
        return person if role in (None, person.role) else await give_role(connection, person, role)


async def give_role(connection: Connection, person: Person, role: Role | None, *, by: UUID | None = None) -> Person:
    """Let the person do what the role may, from the next request on. `by` is the key of who decides so."""
    async with connection.transaction():
        key_id = person.key_id
        if role is not None and key_id is None:
            key_id = (await create_key(connection, name=person.name, scopes=SCOPES[role])).key.id
        elif role is not None:
            await connection.execute("UPDATE keys SET scopes = $2 WHERE id = $1", key_id, SCOPES[role])
        else:
            await connection.execute("DELETE FROM console_sessions WHERE key_id = $1", key_id)
        record = await connection.fetchrow(
            f"UPDATE people SET role = $2, key_id = $3 WHERE id = $1 RETURNING {_COLUMNS}",  # noqa: S608
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
    return next((key for key in await list_keys(connection) if key.id == person.key_id), None)


async def list_people(connection: Connection) -> tuple[Person, ...]:
    """Everybody on file, by name."""
    records = await connection.fetch(f"SELECT {_COLUMNS} FROM people ORDER BY name, id")  # noqa: S608  own names
    return tuple(read(Person, record) for record in records)
