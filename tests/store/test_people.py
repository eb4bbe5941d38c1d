"""Roles are given and taken away, and somebody who may do everything is always left."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from service.store.database import Connection, connect
from service.store.keys import (
    LastAdministrator,
    close_key,
    create_key,
    find_key,
    list_keys,
    others_administer,
    revoke_key,
    rotate_key,
)
from service.store.people import Person, Role, find_person, give_role, key_of_person, recognise
from service.store.sessions import end_sessions, key_of_session, open_session, signed_in_now
from service.uuid7 import uuid7

NOW = datetime.now(UTC)


async def known(connection: Connection, subject: str, role: Role | None = None) -> Person:
    """Somebody whom the identity provider named."""
    return await recognise(
        connection, issuer="https://login.example", subject=subject, name=subject, role=role, now=NOW
    )


async def administrator(connection: Connection, subject: str) -> tuple[Person, UUID]:
    person = await known(connection, subject, "administrator")
    assert person.key_id
    return person, person.key_id


async def no_administrators(connection: Connection) -> None:
    """Close every key that the service was set up with."""
    for key in await list_keys(connection):
        await revoke_key(connection, key.id)


async def test_a_role_holds_at_once_and_ends_with_every_session(conn: Connection) -> None:
    boss, by = await administrator(conn, "boss")
    ana = await known(conn, "ana")
    assert await key_of_person(conn, ana) is None

    given = await give_role(conn, ana.id, "reader", by=by)
    assert isinstance(given, Person)
    key = await key_of_person(conn, given)
    assert key
    secret = await open_session(conn, key, NOW)
    assert (await signed_in_now(conn, NOW))[key.id] == 1
    await give_role(conn, ana.id, "biller", by=by)
    seen = await key_of_session(conn, secret, NOW)
    assert seen
    assert "estimates:write" in seen.scopes

    taken = await give_role(conn, ana.id, None, by=by)
    assert isinstance(taken, Person)
    assert await key_of_session(conn, secret, NOW) is None
    assert await key_of_person(conn, taken) is None
    # Even a sign-in that was under way when the role was taken opens nothing.
    late = await open_session(conn, key, NOW)
    assert await key_of_session(conn, late, NOW) is None

    again = await give_role(conn, ana.id, "reader", by=by)
    assert isinstance(again, Person)
    assert again.key_id == key.id, "a person stays one author"
    opened = await key_of_person(conn, again)
    assert opened
    assert opened.is_valid(NOW)
    assert await give_role(conn, uuid7(), "reader", by=by) is None
    decided = await conn.fetch(
        "SELECT key_id, detail FROM audit WHERE action = 'person.role' AND subject_id = $1 ORDER BY id", str(ana.id)
    )
    assert [record["detail"]["role"] for record in decided] == ["reader", "biller", None, "reader"]
    assert {record["key_id"] for record in decided} == {by}
    assert await find_person(conn, boss.id) == boss


async def test_who_is_new_or_has_a_new_name_is_on_record(conn: Connection) -> None:
    ana = await known(conn, "ana")
    for name in ("ana", "Ana Ruiz", "Ana Ruiz"):
        await recognise(conn, issuer=ana.issuer, subject=ana.subject, name=name, role=None, now=NOW)
    done = await conn.fetch("SELECT action, detail FROM audit WHERE subject_id = $1 ORDER BY id", str(ana.id))
    assert [tuple(record) for record in done] == [
        ("person.add", {"name": "ana"}),
        ("person.rename", {"name": "Ana Ruiz"}),
    ]


async def test_what_the_command_line_closed_an_administrator_opens_and_the_provider_does_not(conn: Connection) -> None:
    _, by = await administrator(conn, "boss")
    ana = await known(conn, "ana", "reader")
    assert ana.key_id
    await revoke_key(conn, ana.key_id)
    ana = await known(conn, "ana", "biller")
    key = await key_of_person(conn, ana)
    assert key
    assert not key.is_valid(NOW)
    await give_role(conn, ana.id, "biller", by=by)
    key = await key_of_person(conn, ana)
    assert key
    assert key.is_valid(NOW)


async def test_the_last_administrator_stays_whoever_asks(conn: Connection) -> None:
    await no_administrators(conn)
    boss, by = await administrator(conn, "boss")
    await create_key(conn, name="desk", scopes=("estimates:write",))
    for role in ("reader", None):
        assert isinstance(await give_role(conn, boss.id, role, by=by), LastAdministrator)
    assert isinstance(await revoke_key(conn, by, by=by), LastAdministrator)
    assert (await find_person(conn, boss.id)) == boss

    spent = await create_key(conn, name="spent", scopes=("admin",), expires_at=NOW)
    assert isinstance(await give_role(conn, boss.id, "reader", by=by), LastAdministrator), "an expired key is nobody"
    other = await create_key(conn, name="other", scopes=("admin",))
    assert isinstance(await give_role(conn, boss.id, "reader", by=by), Person)
    assert isinstance(await revoke_key(conn, other.key.id, by=by), LastAdministrator)
    assert await revoke_key(conn, spent.key.id, by=by), "what opens nothing may be closed"
    assert await revoke_key(conn, other.key.id), "the command line can make another"


async def test_two_administrators_who_demote_each_other_at_once_do_not_both_succeed(database_url: str) -> None:
    first, second = await connect(database_url), await connect(database_url)
    await no_administrators(first)
    (ana, ana_key), (bo, bo_key) = await administrator(first, "ana"), await administrator(first, "bo")
    for role in ("reader", None):
        told = await asyncio.gather(
            give_role(first, ana.id, role, by=bo_key), give_role(second, bo.id, role, by=ana_key)
        )
        assert [type(each) for each in told].count(LastAdministrator) == 1
        for person in (ana, bo):
            await recognise(
                first, issuer=person.issuer, subject=person.subject, name=person.name, role="administrator", now=NOW
            )
    told = await asyncio.gather(revoke_key(first, ana_key, by=bo_key), give_role(second, bo.id, None, by=ana_key))
    assert [type(each) for each in told].count(LastAdministrator) == 1
    await first.close()
    await second.close()


async def test_nobody_else_changes_a_key_while_it_is_looked_who_is_left(database_url: str) -> None:
    first, second = await connect(database_url), await connect(database_url)
    await no_administrators(first)
    (_, ana), (_, bo) = await administrator(first, "ana"), await administrator(first, "bo")
    async with first.transaction():
        assert await others_administer(first, ana)
        waiting = asyncio.create_task(revoke_key(second, bo, by=ana))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert await close_key(first, ana)
    assert isinstance(await waiting, LastAdministrator)
    await first.close()
    await second.close()


async def test_a_rotated_key_does_the_same_for_as_long_and_the_old_one_ends(conn: Connection) -> None:
    by = (await create_key(conn, name="boss", scopes=("admin",))).key.id
    ends = datetime(2099, 1, 1, tzinfo=UTC)
    old = await create_key(conn, name="EHR", scopes=("estimates:write", "eligibility:read"), expires_at=ends)
    later = datetime(2098, 1, 1, tzinfo=UTC)
    new = await rotate_key(conn, old.key.id, ends_at=later, by=by)
    assert new
    assert (new.key.name, new.key.scopes, new.key.expires_at) == (old.key.name, old.key.scopes, ends)
    assert new.secret != old.secret
    still = await find_key(conn, old.key.id)
    assert still
    assert (still.expires_at, still.revoked_at) == (later, None)

    newest = await rotate_key(conn, new.key.id, by=by)
    assert newest
    closed = await find_key(conn, new.key.id)
    assert closed
    assert closed.revoked_at
    assert await rotate_key(conn, new.key.id, by=by) is None
    assert await rotate_key(conn, uuid7(), by=by) is None
    records = await conn.fetch(
        "SELECT action, subject_id FROM audit WHERE key_id = $1 AND action LIKE 'key.%' ORDER BY id", by
    )
    assert [(record["action"], record["subject_id"]) for record in records] == [
        ("key.create", str(new.key.id)),
        ("key.rotate", str(old.key.id)),
        ("key.create", str(newest.key.id)),
        ("key.rotate", str(new.key.id)),
    ]


async def test_a_key_that_ends_sooner_is_not_kept_longer_by_rotating_it(conn: Connection) -> None:
    soon, later = datetime(2098, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    old = await create_key(conn, name="EHR", scopes=("admin",), expires_at=soon)
    assert await rotate_key(conn, old.key.id, ends_at=later)
    still = await find_key(conn, old.key.id)
    assert still
    assert still.expires_at == soon


async def test_a_person_s_key_cannot_be_rotated(conn: Connection) -> None:
    _, key_id = await administrator(conn, "ana")
    assert await rotate_key(conn, key_id) is None


async def test_revoking_a_key_and_ending_its_sessions_signs_out_everywhere(conn: Connection) -> None:
    made = await create_key(conn, name="desk", scopes=("admin",))
    by = (await create_key(conn, name="boss", scopes=("admin",))).key.id
    secrets = [await open_session(conn, made.key, NOW) for _ in range(2)]
    others = await open_session(conn, made.key, NOW.replace(year=2020))
    assert (await signed_in_now(conn, NOW))[made.key.id] == 2, "a session that is over counts no more"
    assert others
    assert await end_sessions(conn, made.key.id, by=by) == 3
    assert [await key_of_session(conn, secret, NOW) for secret in secrets] == [None, None]
    secret = await open_session(conn, made.key, NOW)
    await revoke_key(conn, made.key.id, by=by)
    assert await key_of_session(conn, secret, NOW) is None
    assert made.key.id not in await signed_in_now(conn, NOW)
