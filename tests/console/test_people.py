"""People and keys in the console: who gets in here, what is shown once, and that somebody always can get in."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from service import testing
from service.api.wiring import Wiring
from service.app import create_app
from service.settings import Settings
from service.store.database import Connection, connect
from service.store.keys import check_key, create_key, find_key, list_keys, revoke_key
from service.store.people import Person as Somebody
from service.store.people import Role, find_person, recognise
from service.store.sessions import open_session
from service.uuid7 import uuid7
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

PEOPLE = "/console/people"
KEYS = f"{PEOPLE}/keys"
SECRET = re.compile(r"outlay_[0-9a-f]{32}_[\w-]{43}")


class Clinic(NamedTuple):
    """A service of its own with a way to sign in by account, its database, and its administrator's key."""

    app: Litestar
    connection: Connection
    boss: Person
    key_id: UUID
    secret: str


@pytest.fixture(scope="module")
async def house(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Litestar, str]]:
    """The service without anybody, and the address of its database."""
    secret = tmp_path_factory.mktemp("provider") / "secret"
    secret.write_text("never sent: nobody signs in at the provider here")
    async with testing.cloned_database(template_url) as url:
        settings = Settings(
            database_url=url,
            public_urls=("http://outlay",),
            oidc_issuer="https://login.example",
            oidc_client_id="outlay",
            oidc_client_secret_file=secret,
        )
        app = create_app(settings, clock=lambda: NOW)
        async with alive(app):
            yield app, url


@pytest.fixture
async def clinic(house: tuple[Litestar, str]) -> AsyncGenerator[Clinic]:
    app, url = house
    connection = await connect(url)
    made = await create_key(connection, name="boss", scopes=("admin",))
    async with browsing(app) as boss:
        await sign_in(app, boss, made.secret)
        yield Clinic(app, connection, boss, made.key.id, made.secret)
    await connection.close()
    owner = await asyncpg.connect(url)
    await owner.execute("DELETE FROM console_sessions; DELETE FROM people; DELETE FROM keys")
    await owner.close()


async def sign_in(app: Litestar, person: Person, secret: str) -> None:
    """Sign in by a key that was just made, as soon as the service has heard of it."""
    wiring: Wiring = app.state.wiring
    async with asyncio.timeout(5):
        while check_key(wiring.live.keys, secret, NOW) is None:  # noqa: ASYNC110  it is heard in milliseconds
            await asyncio.sleep(0.01)
    await person.sign_in(secret)


async def known(connection: Connection, name: str, role: Role | None = None) -> Somebody:
    """Somebody who signed in with a clinic account."""
    return await recognise(connection, issuer="https://login.example", subject=name, name=name, role=role, now=NOW)


async def enter(connection: Connection, person: Person, key_id: UUID | None) -> None:
    """Be signed in as this key."""
    key = await find_key(connection, key_id) if key_id else None
    assert key
    person.client.cookies.set("outlay_console", await open_session(connection, key, NOW), path="/console")


async def made(person: Person, name: str = "Front desk", purpose: str = "biller", **more: str) -> str:
    """Make a key, and return its secret."""
    await person.open(KEYS)
    await person.send(KEYS, name=name, purpose=purpose, **more)
    assert person.status == 200, person.wrong
    (secret,) = set(SECRET.findall(person.page))
    return secret


async def key_named(connection: Connection, name: str) -> UUID:
    return max(key.id for key in await list_keys(connection) if key.name == name)


async def done(connection: Connection, subject: object) -> Sequence[tuple[str, UUID | None]]:
    """What is on record of it, and by whom."""
    records = await connection.fetch("SELECT action, key_id FROM audit WHERE subject_id = $1 ORDER BY id", str(subject))
    return [(record["action"], record["key_id"]) for record in records]


async def test_nobody_but_an_administrator_gets_in_or_sends_anything(biller: Person, reader: Person) -> None:
    ids = uuid7()
    for person in (biller, reader):
        for address in (PEOPLE, KEYS, f"{PEOPLE}/{ids}", f"{KEYS}/{ids}", "/console/audit", "/console/audit.csv"):
            await person.open(address)
            assert (person.at, person.status) == (address, 403)
        await person.open("/console/nowhere")
        token = re.findall(r'name="csrf" value="(\w+)"', person.page)[0]
        for address in (KEYS, *(f"{KEYS}/{ids}/{what}" for what in ("rotate", "revoke", "sign-out"))):
            response = await person.client.post(address, data={"csrf": token, "name": "x", "purpose": "administrator"})
            assert response.status_code == 403
        for what in ("role", "sign-out"):
            response = await person.client.post(f"{PEOPLE}/{ids}/{what}", data={"csrf": token, "role": "administrator"})
            assert response.status_code == 403
        assert 'href="/console/people"' not in person.page


async def test_a_form_of_another_session_changes_nothing(clinic: Clinic) -> None:
    ana = await known(clinic.connection, "Ana Ruiz", "reader")
    for address in (
        KEYS,
        f"{KEYS}/{clinic.key_id}/rotate",
        f"{KEYS}/{clinic.key_id}/revoke",
        f"{KEYS}/{clinic.key_id}/sign-out",
        f"{PEOPLE}/{ana.id}/role",
        f"{PEOPLE}/{ana.id}/sign-out",
    ):
        sent = {"csrf": "f" * 64, "name": "x", "purpose": "administrator", "role": "administrator", "sure": "yes"}
        assert (await clinic.boss.client.post(address, data=sent)).status_code == 403
    assert [key.name for key in await list_keys(clinic.connection)] == ["boss", "Ana Ruiz"]
    assert await find_person(clinic.connection, ana.id) == ana


async def test_somebody_new_is_given_a_role_and_it_is_taken_away(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    cy = await known(connection, "Cy Novak")
    text = await boss.open(PEOPLE)
    assert "Cy Novak waits for a role Last signed in Nov 23, 2026, 3:00 PM" in text
    page, form = f"{PEOPLE}/{cy.id}", f"{PEOPLE}/{cy.id}/role"
    await boss.open(page)
    assert boss.filled(form)["role"] == "none"
    await boss.send(form, role="reader")
    assert (boss.at, boss.status) == (page, 200)
    assert "The role was saved." in boss.text
    async with browsing(clinic.app) as person:
        await enter(connection, person, (await known(connection, "Cy Novak")).key_id)
        await person.open("/console/estimate")
        assert person.status == 403
        await boss.open(page)
        assert "signed in now" in boss.text
        await boss.send(form, role="biller")
        await person.open("/console/estimate")
        assert person.status == 200, "at the next request"
        await boss.open(page)
        await boss.send(form, role="none")
        await person.open("/console/estimate")
        assert person.at == "/console/sign-in"
    assert await done(connection, cy.id) == [("person.add", None), *[("person.role", clinic.key_id)] * 3]


@pytest.mark.parametrize("role", ["", "owner"])
async def test_a_role_that_nobody_knows_is_asked_for_again(clinic: Clinic, role: str) -> None:
    ana = await known(clinic.connection, "Ana Ruiz", "reader")
    await clinic.boss.open(f"{PEOPLE}/{ana.id}")
    await clinic.boss.send(f"{PEOPLE}/{ana.id}/role", role=role)
    assert (clinic.boss.status, clinic.boss.wrong["role"]) == (422, "Choose a role.")


async def test_the_last_administrator_cannot_be_lost(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    ana = await known(connection, "Ana Ruiz", "administrator")
    await enter(connection, boss, ana.key_id)
    await revoke_key(connection, clinic.key_id)
    page = f"{PEOPLE}/{ana.id}"
    assert "This is you." in await boss.open(page)
    await boss.send(f"{page}/role", role="none")
    assert boss.status == 422
    assert boss.wrong["role"].startswith("Nobody else may do everything")
    assert boss.filled(f"{page}/role")["role"] == "none", "what was chosen is kept"
    assert "Nobody else" in boss.page.partition('role="alert"')[2]

    secret = await made(boss, "spare", "administrator")
    await boss.open(page)
    await boss.send(f"{page}/role", role="biller")
    assert (boss.at, boss.status) == ("/console/estimate", 200), "who may not see the page any more goes elsewhere"
    async with browsing(clinic.app) as other:
        await sign_in(clinic.app, other, secret)
        spare = await key_named(connection, "spare")
        await other.open(f"{KEYS}/{spare}")
        await other.send(f"{KEYS}/{spare}/revoke", sure="yes")
        assert other.status == 422
        assert "Nobody else may do everything" in other.text
        await other.open(PEOPLE)
        assert other.at == PEOPLE


async def test_a_person_is_signed_out_everywhere(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    ana = await known(connection, "Ana Ruiz", "biller")
    async with browsing(clinic.app) as here, browsing(clinic.app) as there:
        for browser in (here, there):
            await enter(connection, browser, ana.key_id)
        assert "signed in 2 times now" in await boss.open(f"{PEOPLE}/{ana.id}")
        await boss.send(f"{PEOPLE}/{ana.id}/sign-out")
        assert "Signed out everywhere." in boss.text
        for browser in (here, there):
            await browser.open("/console/estimate")
            assert browser.at == "/console/sign-in"
        await enter(connection, here, ana.key_id)
        await here.open("/console/estimate")
        assert here.status == 200, "the role stays"


async def test_what_the_command_line_revoked_is_said_and_put_right_here(clinic: Clinic) -> None:
    ana = await known(clinic.connection, "Ana Ruiz", "biller")
    assert ana.key_id
    await revoke_key(clinic.connection, ana.key_id)
    assert "Ana Ruiz Biller key revoked" in await clinic.boss.open(PEOPLE)
    await clinic.boss.open(f"{PEOPLE}/{ana.id}")
    await clinic.boss.send(f"{PEOPLE}/{ana.id}/role")
    key = await find_key(clinic.connection, ana.key_id)
    assert key
    assert key.is_valid(NOW)


async def test_a_key_is_made_its_secret_is_shown_once_and_opens_what_it_should(clinic: Clinic) -> None:
    boss = clinic.boss
    await boss.open(KEYS)
    form = boss.filled(KEYS)
    assert form["ends_on"] == "2027-11-23"
    response = await boss.client.post(KEYS, data={**form, "name": " Front desk ", "purpose": "biller"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    (secret,) = set(SECRET.findall(response.text))
    assert secret not in str(response.url)

    # The browser's reload sends the same form again.
    again = await boss.client.post(KEYS, data={**form, "name": "Front desk", "purpose": "biller"})
    assert again.status_code == 200
    assert "This key was made already" in again.text
    assert not SECRET.search(again.text)
    keys = [key for key in await list_keys(clinic.connection) if key.name == "Front desk"]
    assert len(keys) == 1
    assert keys[0].expires_at
    assert keys[0].expires_at.date().isoformat() == "2027-11-23"
    for address in (PEOPLE, KEYS, f"{KEYS}/{keys[0].id}", "/console/audit"):
        await boss.open(address)
        assert not SECRET.search(boss.page)
    assert await done(clinic.connection, keys[0].id) == [("key.create", clinic.key_id)]

    async with browsing(clinic.app) as person:
        await sign_in(clinic.app, person, secret)
        assert person.at == "/console/estimate"
    assert "boss" in (await boss.open(f"{KEYS}/{keys[0].id}")).partition("Made")[2]


async def test_exact_scopes_are_those_that_were_ticked_and_only_then(clinic: Clinic) -> None:
    await made(clinic.boss, "Website", "exact", scopes="estimates:write", ends_on="")
    await made(clinic.boss, "Ticked in vain", "reader", scopes="admin")
    by_name = {key.name: key for key in await list_keys(clinic.connection)}
    assert (by_name["Website"].scopes, by_name["Website"].expires_at) == (("estimates:write",), None)
    assert by_name["Ticked in vain"].scopes == ("estimates:read", "eligibility:read")
    text = await clinic.boss.open(PEOPLE)
    assert "Make estimates, issue good-faith estimates, record bills Does not end" in text


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "owner"}, "purpose"),
        ({"purpose": "exact"}, "scopes"),
        ({"purpose": "exact", "scopes": "everything"}, "scopes"),
        ({"ends_on": "soon"}, "ends_on"),
        ({"ends_on": "2026-11-23"}, "ends_on"),
    ],
)
async def test_what_is_wrong_with_a_key_is_said_and_the_rest_is_kept(
    admin: Person, typed: dict[str, str], where: str
) -> None:
    await admin.open(KEYS)
    before = admin.filled(KEYS)
    sent = {"name": "Front desk", "purpose": "reader", "ends_on": "2027-01-31", **typed}
    await admin.send(KEYS, sent)
    assert admin.status == 422
    assert list(admin.wrong) == [where]
    assert f'<a href="#{where}">' in admin.page
    kept = admin.filled(KEYS)
    assert {name: kept[name] for name in ("name", "ends_on") if name != where} == {
        name: sent[name] for name in ("name", "ends_on") if name != where
    }
    assert kept["new_id"] == before["new_id"]


@pytest.fixture
async def admin(app: Litestar, keys: dict[str, str]) -> AsyncGenerator[Person]:
    async with browsing(app) as person:
        await person.sign_in(keys["admin"])
        yield person


async def test_a_key_gets_a_new_secret_and_the_old_one_a_day(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    old = await made(boss, "EHR", "exact", scopes="estimates:write")
    key_id = await key_named(connection, "EHR")
    await boss.open(f"{KEYS}/{key_id}")
    form = boss.filled(f"{KEYS}/{key_id}/rotate")
    assert form["old_ends"] == "in-24-hours"
    await boss.send(f"{KEYS}/{key_id}/rotate")
    (new,) = set(SECRET.findall(boss.page))
    assert new != old
    kept, key = await find_key(connection, key_id), await find_key(connection, UUID(form["new_id"]))
    assert kept
    assert key
    assert kept.expires_at == NOW + timedelta(hours=24)
    assert (key.name, key.scopes) == ("EHR", ("estimates:write",))
    await boss.client.post(f"{KEYS}/{key_id}/rotate", data=form)
    assert sum(each.name == "EHR" for each in await list_keys(connection)) == 2, "sent twice, made once"


async def test_rotating_at_once_closes_the_old_key_and_is_not_done_twice(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    await made(boss, "EHR", "reader")
    key_id = await key_named(connection, "EHR")
    await boss.open(f"{KEYS}/{key_id}")
    form = {**boss.filled(f"{KEYS}/{key_id}/rotate"), "old_ends": "now"}
    first = await boss.client.post(f"{KEYS}/{key_id}/rotate", data=form)
    assert SECRET.search(first.text)
    again = await boss.client.post(f"{KEYS}/{key_id}/rotate", data=form)
    assert "This key was made already" in again.text
    another = await boss.client.post(f"{KEYS}/{key_id}/rotate", data={**form, "new_id": str(uuid7())})
    assert another.status_code == 422
    assert "opens nothing any more" in another.text
    closed = await find_key(connection, key_id)
    assert closed
    assert closed.revoked_at


async def test_revoking_refuses_the_key_everywhere(clinic: Clinic) -> None:
    boss = clinic.boss
    secret = await made(boss, "Lost", "biller")
    key_id = await key_named(clinic.connection, "Lost")
    async with browsing(clinic.app) as thief:
        await sign_in(clinic.app, thief, secret)
        await boss.open(f"{KEYS}/{key_id}")
        await boss.send(f"{KEYS}/{key_id}/revoke")
        assert "It opens nothing any more." in boss.text
        assert f"{KEYS}/{key_id}/revoke" not in boss.page
        await thief.open("/console/estimate")
        assert thief.at == "/console/sign-in"
    assert "Keys that no longer open anything: 1" in await boss.open(PEOPLE)
    assert (await done(clinic.connection, key_id))[-1] == ("key.revoke", clinic.key_id)


async def test_the_key_that_one_is_signed_in_with_is_revoked_on_purpose_alone(clinic: Clinic) -> None:
    boss, own = clinic.boss, f"{KEYS}/{clinic.key_id}"
    await made(boss, "spare", "administrator")
    await boss.open(own)
    await boss.send(f"{own}/revoke")
    assert (boss.status, list(boss.wrong)) == (422, ["sure"])
    await boss.send(f"{own}/revoke", sure="yes")
    assert boss.at == "/console/sign-in"
    key = await find_key(clinic.connection, clinic.key_id)
    assert key
    assert key.revoked_at


async def test_who_rotates_the_key_of_this_session_is_told_to_sign_in_with_the_new_one(clinic: Clinic) -> None:
    boss, own = clinic.boss, f"{KEYS}/{clinic.key_id}"
    await boss.open(own)
    await boss.send(f"{own}/rotate", old_ends="now")
    (new,) = set(SECRET.findall(boss.page))
    assert "then sign in with it" in boss.text
    await boss.open(PEOPLE)
    assert boss.at == "/console/sign-in"
    await sign_in(clinic.app, boss, new)
    await boss.open(PEOPLE)
    assert boss.at == PEOPLE


async def test_the_sessions_of_a_key_end_and_the_key_stays(clinic: Clinic) -> None:
    boss, own = clinic.boss, f"{KEYS}/{clinic.key_id}"
    await boss.open(own)
    await boss.send(f"{own}/sign-out")
    assert boss.at == "/console/sign-in"
    await sign_in(clinic.app, boss, clinic.secret)
    await boss.open(own)
    assert boss.status == 200


async def test_a_person_s_key_is_the_person_and_nothing_else(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    ana = await known(connection, "Ana Ruiz", "biller")
    await boss.open(f"{KEYS}/{ana.key_id}")
    assert boss.at == f"{PEOPLE}/{ana.id}"
    token = boss.filled(f"{PEOPLE}/{ana.id}/role")["csrf"]
    for what, status in (("revoke", 404), ("sign-out", 404), ("rotate", 422)):
        response = await boss.client.post(f"{KEYS}/{ana.key_id}/{what}", data={"csrf": token})
        assert response.status_code == status
    key = await find_key(connection, ana.key_id) if ana.key_id else None
    assert key
    assert key.is_valid(NOW)
    assert (await boss.open(PEOPLE)).count("Ana Ruiz") == 1


@pytest.mark.parametrize("address", [f"{PEOPLE}/{{}}", f"{KEYS}/{{}}"])
async def test_who_and_what_nobody_knows_is_not_there(admin: Person, address: str) -> None:
    await admin.open(address.format(uuid7()))
    assert admin.status == 404


async def test_without_an_identity_provider_the_way_to_one_is_told(admin: Person) -> None:
    text = await admin.open(PEOPLE)
    assert "OUTLAY_OIDC_ISSUER" in text
    assert "https://…/console/sign-in/openid/answer" in text


async def test_with_a_provider_and_nobody_it_says_what_to_do(clinic: Clinic) -> None:
    text = await clinic.boss.open(PEOPLE)
    assert "Nobody has signed in yet" in text
    assert "OUTLAY_OIDC_ISSUER" not in text


async def test_names_are_text_whatever_is_in_them(clinic: Clinic) -> None:
    await made(clinic.boss, "<b>&\"'", "reader")
    await known(clinic.connection, "<script>x</script>")
    await clinic.boss.open(PEOPLE)
    assert "&lt;b&gt;&amp;&#34;&#39;" in clinic.boss.page
    assert "<script>x" not in clinic.boss.page
