"""Signing in with a clinic account, at a real OpenID provider in a process of its own."""

import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar import Litestar

from service.app import create_app
from service.sandbox_process import free_port
from service.settings import Settings, SettingsError, read_settings
from service.store.database import connect
from service.store.keys import create_key, list_keys, revoke_key
from service.store.people import give_role, list_people
from service.web.console.identity import identity_provider
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

STAFF = {
    "ana": {"name": "Ana Ruiz", "roles": ["reader", "biller"]},
    "bo": {"name": "Bo Chen", "roles": ["reader"]},
    "cy": {"name": "Cy Novak"},
}
CALLBACK = "/console/sign-in/openid/answer"


class Clinic(NamedTuple):
    """The service with its identity provider and its database."""

    app: Litestar
    issuer: str
    database_url: str


@pytest.fixture(scope="module")
def issuer() -> Generator[str]:
    port = free_port()
    users = [f"--user-claims={json.dumps({'sub': sub, **claims})}" for sub, claims in STAFF.items()]
    command = [sys.executable, "-m", "oidc_provider_mock", f"--port={port}", "--host=127.0.0.1", "--require-nonce=true"]
    with subprocess.Popen([*command, *users], stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{url}/.well-known/openid-configuration")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
        process.terminate()


@pytest.fixture
async def clinic(issuer: str, database_url: str, tmp_path: Path) -> AsyncGenerator[Clinic]:
    secret = tmp_path / "client-secret"
    secret.write_text("as told by the provider\n")
    settings = Settings(
        database_url=database_url,
        public_urls=("http://outlay", "https://estimates.clinic.example"),
        oidc_issuer=issuer,
        oidc_client_id="outlay",
        oidc_client_secret_file=secret,
    )
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app):
        yield Clinic(app, issuer, database_url)


async def begun(person: Person) -> str:
    """Where the browser is sent to sign in."""
    response = await person.client.get("/console/sign-in/openid?return_to=/console/estimate")
    assert response.status_code == 303
    return response.headers["location"]


async def answered(sub: str, address: str) -> str:
    """Where the provider sends the browser back when this person signs in there."""
    async with httpx.AsyncClient() as browser:
        response = await browser.post(address, data={"sub": sub})
    assert response.status_code == 302
    back = urlsplit(response.headers["location"])
    assert back.path == CALLBACK
    return f"{back.path}?{back.query}"


async def signed_in(person: Person, sub: str) -> None:
    await person.open(await answered(sub, await begun(person)))


async def test_a_clinic_account_opens_what_its_role_may(clinic: Clinic) -> None:
    async with browsing(clinic.app) as ana, browsing(clinic.app) as bo:
        assert "Sign in with your clinic account" in await ana.open("/console/sign-in")
        await signed_in(ana, "ana")
        assert (ana.at, ana.status) == ("/console/estimate", 200)
        assert "Ana Ruiz" in ana.page
        await signed_in(bo, "bo")
        assert (bo.at, bo.status) == ("/console/estimate", 403)


async def test_the_provider_is_asked_with_pkce_state_and_nonce(clinic: Clinic) -> None:
    async with browsing(clinic.app) as person:
        first, second = parse_qs(urlsplit(await begun(person)).query), parse_qs(urlsplit(await begun(person)).query)
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [f"http://outlay{CALLBACK}"]
    for fresh in ("state", "nonce", "code_challenge"):
        assert first[fresh] != second[fresh]


@pytest.mark.parametrize("forged", [{"Host": "elsewhere.example"}, {"Host": "outlay.elsewhere.example:80"}])
async def test_a_forged_host_sends_nobody_anywhere(clinic: Clinic, forged: dict[str, str]) -> None:
    async with browsing(clinic.app) as person:
        refused = await person.client.get("/console/sign-in/openid", headers=forged)
        assert (refused.status_code, "location" in refused.headers) == (421, False)
        assert "elsewhere" not in refused.text
        for ours in ({"Host": "estimates.clinic.example"}, {"X-Forwarded-Host": forged["Host"]}):
            sent = await person.client.get("/console/sign-in/openid", headers=ours)
            query = parse_qs(urlsplit(sent.headers["location"]).query)
            assert query["redirect_uri"] == [f"http://outlay{CALLBACK}"]


async def test_an_answer_that_somebody_else_got_opens_nothing(clinic: Clinic) -> None:
    async with browsing(clinic.app) as person, browsing(clinic.app) as thief:
        back = await answered("ana", await begun(person))
        await thief.open(back)
        assert (thief.at, thief.status) == (CALLBACK, 422)
        await begun(thief)
        await thief.open(back)
        assert thief.status == 422
        assert "Begin again here." in thief.text


async def test_an_answer_counts_once(clinic: Clinic) -> None:
    async with browsing(clinic.app) as person:
        back = await answered("ana", await begun(person))
        await person.open(back)
        assert person.at == "/console/estimate"
        person.client.cookies.clear()
        await person.open(back)
        assert person.status == 422


async def test_a_code_of_another_sign_in_is_refused_by_its_verifier(clinic: Clinic) -> None:
    async with browsing(clinic.app) as person, browsing(clinic.app) as other:
        own, others = await answered("bo", await begun(person)), await answered("ana", await begun(other))
        code = parse_qs(urlsplit(others).query)["code"][0]
        await person.open(re.sub(r"code=[^&]+", f"code={code}", own))
        assert person.status == 502
        assert "did not answer as it should" in person.text


async def test_somebody_who_declines_is_told_so(clinic: Clinic) -> None:
    async with browsing(clinic.app) as person:
        state = parse_qs(urlsplit(await begun(person)).query)["state"][0]
        await person.open(f"{CALLBACK}?error=access_denied&state={state}")
    assert person.status == 422
    assert "was not completed" in person.text


async def test_somebody_without_a_role_is_known_and_waits_for_one(clinic: Clinic) -> None:
    connection = await connect(clinic.database_url)
    async with browsing(clinic.app) as cy:
        await signed_in(cy, "cy")
        assert cy.status == 403
        assert "no role here yet" in cy.text
        (person,) = await list_people(connection)
        assert (person.name, person.role, person.key_id) == ("Cy Novak", None, None)
        boss = await create_key(connection, name="boss", scopes=("admin",))
        await give_role(connection, person.id, "biller", by=boss.key.id)
        await signed_in(cy, "cy")
        assert (cy.at, cy.status) == ("/console/estimate", 200)
    await connection.close()


async def test_a_person_whose_key_is_revoked_stays_out(clinic: Clinic) -> None:
    connection = await connect(clinic.database_url)
    async with browsing(clinic.app) as ana:
        await signed_in(ana, "ana")
        (key,) = await list_keys(connection)
        assert key.scopes == ("estimates:read", "estimates:write", "eligibility:read", "eligibility:write")
        await revoke_key(connection, key.id)
        await ana.open("/console/estimate")
        assert ana.at == "/console/sign-in"
        await signed_in(ana, "ana")
        assert ana.status == 403
    await connection.close()


async def test_without_the_provider_one_signs_in_by_key(database_url: str, tmp_path: Path) -> None:
    secret = tmp_path / "client-secret"
    secret.write_text("secret")
    settings = Settings(
        database_url=database_url,
        public_urls=("http://outlay",),
        oidc_issuer=f"http://127.0.0.1:{free_port()}",
        oidc_client_id="outlay",
        oidc_client_secret_file=secret,
    )
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app), browsing(app) as person:
        await person.open("/console/sign-in/openid")
        assert person.status == 502
        assert "or use a staff key" in person.text


GIVEN = {
    "OUTLAY_OIDC_ISSUER": "https://login.example",
    "OUTLAY_OIDC_CLIENT_ID": "outlay",
    "OUTLAY_OIDC_CLIENT_SECRET_FILE": "/run/secrets/oidc",
    "OUTLAY_PUBLIC_URLS": "https://estimates.clinic.example",
}


@pytest.mark.parametrize("lacking", GIVEN)
def test_a_provider_takes_all_of_its_settings(lacking: str) -> None:
    assert read_settings(GIVEN).oidc_roles_claim == "roles"
    with pytest.raises(SettingsError, match=rf"^{lacking}: it is needed"):
        read_settings({name: value for name, value in GIVEN.items() if name != lacking})


@pytest.mark.parametrize("issuer", ["login.example", "http://login.example", "ftp://127.0.0.1"])
def test_a_provider_is_reached_over_tls(issuer: str) -> None:
    with pytest.raises(SettingsError, match=r"^OUTLAY_OIDC_ISSUER: "):
        read_settings(GIVEN | {"OUTLAY_OIDC_ISSUER": issuer})


def test_a_secret_that_cannot_be_read_is_said_at_the_start(tmp_path: Path) -> None:
    settings = Settings(
        public_urls=("https://estimates.clinic.example",),
        oidc_issuer="https://login.example",
        oidc_client_id="outlay",
        oidc_client_secret_file=tmp_path / "none",
    )
    with pytest.raises(SettingsError, match=r"^OUTLAY_OIDC_CLIENT_SECRET_FILE: "):
        identity_provider(settings)
