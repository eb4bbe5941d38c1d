"""Signing in and out: who gets in, for how long, and what a stranger can do with a cookie or a form."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
from litestar import Litestar

from service.app import create_app
from service.settings import Settings
from service.store.database import acquire, connect
from service.store.keys import create_key, revoke_key
from service.store.sessions import FAILURES_ALLOWED, IDLE, LOCKED, LONGEST
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_key_opens_the_console_and_signing_out_closes_it(person: Person, keys: dict[str, str]) -> None:
    assert "Sign in" in await person.open("/console")
    await person.send("/console/sign-in", key=keys["desk"])
    assert person.at == "/console/estimate"
    await person.send("/console/sign-out")
    assert person.at == "/console/sign-in"
    await person.open("/console/estimate")
    assert person.at == "/console/sign-in"


async def test_one_comes_back_to_the_page_that_was_asked_for(person: Person, keys: dict[str, str]) -> None:
    await person.open("/console/estimate/00000000-0000-7000-8000-000000000000")
    assert person.at == "/console/sign-in"
    await person.send("/console/sign-in", key=keys["desk"])
    assert (person.at, person.status) == ("/console/estimate/00000000-0000-7000-8000-000000000000", 404)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/console", "/v1/payers", "/console\\evil", "/console//evil"]
)
async def test_nobody_is_sent_anywhere_else(person: Person, keys: dict[str, str], elsewhere: str) -> None:
    await person.open("/console/sign-in")
    await person.send("/console/sign-in", key=keys["desk"], return_to=elsewhere)
    assert person.at == "/console/estimate"


@pytest.mark.parametrize(
    ("presented", "told"),
    [("", "Enter your staff key."), ("outlay_x", "This key is not known")],
)
async def test_what_is_wrong_stands_beside_the_key(person: Person, presented: str, told: str) -> None:
    await person.sign_in(presented)
    assert person.status == 422
    assert person.wrong["key"].startswith(told)


async def test_the_cookie_is_for_the_server_alone_and_new_with_every_sign_in(
    person: Person, keys: dict[str, str]
) -> None:
    await person.open("/console/sign-in")
    planted = person.client.cookies["outlay_console"]
    form = {**person.filled("/console/sign-in"), "key": keys["desk"]}
    response = await person.client.post("/console/sign-in", data=form)
    given = response.headers["set-cookie"]
    assert planted not in given
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= set(given.split("; "))
    person.client.cookies.clear()
    await person.open("/console/estimate", cookie=f"outlay_console={planted}")
    assert person.at == "/console/sign-in"


async def test_over_tls_the_cookie_is_for_tls_alone(app: Litestar, keys: dict[str, str]) -> None:
    async with browsing(app) as person:
        person.client.base_url = httpx.URL("https://outlay")
        await person.open("/console/sign-in")
        form = {**person.filled("/console/sign-in"), "key": keys["desk"]}
        response = await person.client.post("/console/sign-in", data=form)
    assert "Secure" in response.headers["set-cookie"].split("; ")


@pytest.mark.parametrize("token", ["", "f" * 64])
async def test_a_form_of_somebody_else_does_nothing(biller: Person, token: str) -> None:
    await biller.send("/console/sign-out", csrf=token)
    assert biller.status == 403
    await biller.open("/console/estimate")
    assert biller.at == "/console/estimate"


async def test_a_page_may_load_nothing_but_our_own_and_run_nothing_inside(biller: Person) -> None:
    response = await biller.client.get("/console/estimate")
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert response.headers["cache-control"] == "no-store"
    assert " style=" not in response.text
    assert "<script>" not in response.text


async def test_a_reader_sees_estimates_and_asks_for_none(reader: Person) -> None:
    await reader.open("/console/estimate")
    assert (reader.at, reader.status) == ("/console/estimate", 403)
    assert "This is not open to you" in reader.text


@pytest.fixture
async def clinic_clock(database_url: str, clock: Clock) -> Callable[[], Litestar]:
    return lambda: create_app(Settings(database_url=database_url), clock=clock)


async def test_a_desk_that_nobody_sits_at_signs_itself_out(
    clinic_clock: Callable[[], Litestar], database_url: str, clock: Clock
) -> None:
    secret = await _key(database_url)
    app = clinic_clock()
    async with alive(app), browsing(app) as person:
        await person.sign_in(secret)
        begun = clock.now
        while clock.now < begun + LONGEST - IDLE:
            clock.now += IDLE - timedelta(minutes=2)
            await person.open("/console/estimate")
            assert person.at == "/console/estimate"
        clock.now = begun + LONGEST
        await person.open("/console/estimate")
        assert person.at == "/console/sign-in"

        await person.sign_in(secret)
        clock.now += IDLE
        await person.open("/console/estimate")
        assert person.at == "/console/sign-in"


async def test_a_key_that_is_revoked_ends_its_sessions(clinic_clock: Callable[[], Litestar], database_url: str) -> None:
    connection = await connect(database_url)
    made = await create_key(connection, name="desk", scopes=("estimates:write",))
    app = clinic_clock()
    async with alive(app), browsing(app) as person:
        await person.sign_in(made.secret)
        assert person.at == "/console/estimate"
        assert await revoke_key(connection, made.key.id)
        await person.open("/console/estimate")
        assert person.at == "/console/sign-in"
    await connection.close()


async def test_after_many_wrong_keys_even_a_right_one_waits(
    clinic_clock: Callable[[], Litestar], database_url: str, clock: Clock
) -> None:
    secret = await _key(database_url)
    app = clinic_clock()
    async with alive(app), browsing(app) as person:
        for _ in range(FAILURES_ALLOWED):
            await person.sign_in("outlay_guess")
            assert person.status == 422
        await person.sign_in(secret)
        assert person.status == 429
        assert "Too many keys were tried from here" in person.text
        async with acquire(app.state.wiring.pool) as connection:
            recorded = await connection.fetch("SELECT subject_id FROM audit WHERE action = 'console.lock-out'")
        assert [record["subject_id"] for record in recorded] == ["127.0.0.1"]
        clock.now += LOCKED
        await person.sign_in(secret)
        assert person.at == "/console/estimate"


async def _key(database_url: str) -> str:
    connection = await connect(database_url)
    try:
        return (await create_key(connection, name="desk", scopes=("estimates:write",))).secret
    finally:
        await connection.close()
