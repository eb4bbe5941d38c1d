"""Whatever changes something, or shows a member's or a patient's data, is on record. No route is forgotten."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer
from service.app import create_app
from service.settings import Settings
from service.store.audit import Action
from service.store.catalogue import add_clinic_rows
from service.store.database import acquire, connect
from service.store.keys import create_key
from service.store.people import recognise
from service.store.rates import stage
from service.uuid7 import uuid7
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person
from tests.payers.good_faith.issued import EXAMPLE, IV, REQUEST
from tests.payers.rates.real import rate, source
from tests.service import test_fhir as fhir
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import PAT, TODAY, about
from tests.service.eligibility.test_estimates import COURSE, TIMED
from tests.service.good_faith.asking import session

CHANGES: dict[str, Action] = {
    "POST /console/estimate": "estimate.create",
    "POST /console/estimate/check": "eligibility.check",
    "POST /console/estimate/check/{check_id:uuid}": "eligibility.read",
    "POST /console/good-faith/new": "good-faith.issue",
    "POST /console/good-faith/{issue_id:uuid}/bills": "good-faith.bills",
    "POST /console/good-faith/{issue_id:uuid}/plan": "good-faith.bills",
    "POST /console/good-faith/{issue_id:uuid}/replace": "good-faith.issue",
    "POST /console/people/keys": "key.create",
    "POST /console/people/keys/{key_id:uuid}/revoke": "key.revoke",
    "POST /console/people/keys/{key_id:uuid}/rotate": "key.rotate",
    "POST /console/people/keys/{key_id:uuid}/sign-out": "console.end-sessions",
    "POST /console/people/{person_id:uuid}/role": "person.role",
    "POST /console/people/{person_id:uuid}/sign-out": "console.end-sessions",
    "POST /console/prices/change/{row_id:path}": "price.change",
    "POST /console/prices/end/{row_id:path}": "price.end",
    "POST /console/prices/new/{table:str}": "price.add",
    "POST /console/rates/{payer:str}/{code:str}": "rates.pin",
    "POST /console/rates/{payer:str}/{code:str}/unpin": "rates.unpin",
    "POST /console/sign-in": "console.sign-in",
    "POST /console/sign-out": "console.sign-out",
    "POST /console/worklist": "eligibility.batch",
    "POST /fhir/CoverageEligibilityRequest/$submit": "eligibility.check",
    "POST /v1/eligibility/batches": "eligibility.batch",
    "POST /v1/eligibility/checks": "eligibility.check",
    "POST /v1/eligibility/checks/{check_id:uuid}/cancel": "eligibility.cancel",
    "POST /v1/eligibility/checks/{check_id:uuid}/recheck": "eligibility.check",
    "POST /v1/estimates": "estimate.create",
    "POST /v1/good-faith-estimates": "good-faith.issue",
    "POST /v1/good-faith-estimates/{issue_id:uuid}/bills": "good-faith.bills",
    "POST /v1/good-faith-estimates/{issue_id:uuid}/replace": "good-faith.issue",
    "POST /v1/webhooks": "webhook.add",
    "POST /v1/webhooks/{webhook_id:uuid}/test": "webhook.test",
    "DELETE /v1/webhooks/{webhook_id:uuid}": "webhook.remove",
}
"""What each route puts on record that may change something."""

CHANGE_NOTHING = {
    "POST /console/estimate/271": "reads an answer that was handed in, and keeps none of it",
    "POST /console/estimate/{estimate_id:uuid}/what-if": "computes",
    "POST /console/language": "the language is in the browser",
    "POST /v1/adjudications": "computes",
    "POST /v1/claims/check": "computes",
    "POST /v1/eligibility/parse": "reads an answer that was handed in, and keeps none of it",
    "POST /v1/estimates/compare": "computes",
    "POST /v1/estimates/{estimate_id:uuid}/replay": "computes",
}

OF_PEOPLE = ("/v1/eligibility", "/v1/good-faith-estimates", "/console/worklist", "/console/good-faith")
"""Under these may be members' and patients' data."""

SHOWS: dict[str, Action] = {
    "GET /console/good-faith/new": "eligibility.read",
    "GET /console/good-faith/{issue_id:uuid}/plan": "good-faith.read",
    "GET /console/good-faith/{issue_id:uuid}/replace": "good-faith.read",
    "GET /console/good-faith/{issue_id:uuid}/superbill.html": "good-faith.read",
    "GET /console/good-faith/{issue_id:uuid}/superbill.pdf": "good-faith.read",
    "GET /console/good-faith/{name:str}": "good-faith.read",
    "GET /console/worklist/{batch_id:uuid}": "eligibility.read",
    "GET /console/worklist/{batch_id:uuid}/lines": "eligibility.read",
    "GET /console/worklist/{batch_id:uuid}/lines/{number:int}": "eligibility.read",
    "GET /console/worklist/{batch_id:uuid}/results.csv": "eligibility.read",
    "GET /v1/eligibility/batches/{batch_id:uuid}/results.csv": "eligibility.read",
    "GET /v1/eligibility/checks/{check_id:uuid}": "eligibility.read",
    "GET /v1/good-faith-estimates/{issue_id:uuid}/drift": "good-faith.read",
    "GET /v1/good-faith-estimates/{issue_id:uuid}/superbill.html": "good-faith.read",
    "GET /v1/good-faith-estimates/{issue_id:uuid}/superbill.pdf": "good-faith.read",
    "GET /v1/good-faith-estimates/{name:str}": "good-faith.read",
}

SHOWS_NOBODY = {
    "GET /console/good-faith": "days and totals",
    "GET /console/worklist": "days and numbers of lines",
    "GET /console/worklist/example.csv": "somebody made up",
    "GET /console/worklist/{batch_id:uuid}/state": "how far it is",
    "GET /v1/eligibility/batches/{batch_id:uuid}": "how far it is",
    "GET /v1/eligibility/checks": "states of checks",
    "GET /v1/good-faith-estimates": "days and totals",
}

SCHEDULE = f"""payer,member_id,last_name,first_name,birth_date,date_of_service
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY}
"""
ALEX = {
    "payer": "Cigna",
    "treatment": "spravato",
    "member_id": "SBX0002",
    "first_name": "Alex",
    "last_name": "Sample",
    "birth_date": "1975-06-15",
}
CSV = {"Content-Type": "text/csv"}
PART = {"HX-Request": "true"}
BILLED = {"billed": [session("2026-11-23")]}
PATIENT = {f"patient__{name}": text for name, text in REQUEST["patient"].items()}
CLINIC = {f"clinic__{name}": text for name, text in REQUEST["clinic"].items() if name != "address"}
ADDRESS = {f"clinic__address__{name}": text for name, text in REQUEST["clinic"]["address"].items()}
DIAGNOSIS = {f"diagnoses__0__{name}": text for name, text in REQUEST["diagnoses"][0].items()}
BILL = {f"billed__0__{name}": str(value) for name, value in session("2026-11-23").items()}
PRICE = {"treatment": "spravato", "dose_mg": "84", "minutes": "120", "price": "900", "valid_from": "2026-01-01"}


class Clock:
    """Today, as the sandbox has it, or the day of a visit to the clinic of the other tests."""

    visit: datetime | None = None

    def __call__(self) -> datetime:
        return self.visit or datetime.now().astimezone()


class Desk:
    """Somebody who may do everything, over the API and in the console, and the routes they have gone."""

    def __init__(self, app: Litestar, clock: Clock, api: httpx.AsyncClient, person: Person) -> None:
        self.app, self.clock, self.api, self.person = app, clock, api, person
        self.gone: set[str] = set()

    async def recorded(self) -> list[str]:
        async with acquire(self.app.state.wiring.pool) as connection:
            found = await connection.fetch("SELECT action FROM audit WHERE key_id IS NOT NULL ORDER BY id")
        return [record["action"] for record in found]

    @asynccontextmanager
    async def on_record(self, route: str, actions: Mapping[str, Action]) -> AsyncGenerator[None]:
        """What is done meanwhile goes this way, and leaves the record that belongs to it."""
        before = len(await self.recorded())
        yield
        assert actions[route] in (await self.recorded())[before:], route
        self.gone.add(route)

    async def ask(self, route: str, at: str = "", *, number: int = 0, **more: Any) -> str:
        """Go this way over the API, or for a part of a page; the id of what was made, if anything was."""
        method, path = route.split(" ")
        path = re.sub(r"{\w+:int}", str(number), path)
        client = self.person.client if path.startswith("/console") else self.api
        async with self.on_record(route, CHANGES | SHOWS):
            response = await client.request(method, re.sub(r"{.*?}", at, path), **more)
            assert response.is_success, (path, response.text)
        return response.json().get("id", "") if response.headers.get("content-type") == "application/json" else ""

    async def send(
        self, route: str, typed: Mapping[str, str] = {}, /, *, at: object = "", page: str | None = None, **more: Any
    ) -> str:
        """Send a form of the console, from its page; where that leads."""
        path = re.sub(r"{.*?}", str(at), route.partition(" ")[2])
        await self.person.open(page or path)
        token = re.findall(r'name="csrf" value="(\w+)"', self.person.page)[0]
        async with self.on_record(route, CHANGES):
            await self.person.send(path, {"csrf": token, **typed}, **more)
            assert self.person.status == 200, (route, self.person.wrong, self.person.text)
        return self.person.at


@pytest.fixture
async def desk(settings: Settings) -> AsyncGenerator[Desk]:
    """In a clinic with the documentation's price list."""
    assert settings.database_url
    connection = await connect(settings.database_url)
    await add_clinic_rows(connection, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
    secret = (await create_key(connection, name="desk", scopes=("admin",))).secret
    await connection.close()
    clock = Clock()
    app = create_app(settings, clock=clock)
    async with alive(app), calling(app, secret) as client, browsing(app) as person:
        desk = Desk(app, clock, client, person)
        await desk.send("POST /console/sign-in", key=secret)
        yield desk


def test_every_route_that_changes_something_is_named(app: Litestar) -> None:
    routes = routes_of(app)
    assert {each for each in routes if not each.startswith("GET ")} == CHANGES.keys() | CHANGE_NOTHING.keys()
    of_people = {each for each in routes if each.startswith(tuple(f"GET {area}" for area in OF_PEOPLE))}
    assert of_people == SHOWS.keys() | SHOWS_NOBODY.keys()
    assert {*CHANGES.values(), *SHOWS.values()} <= set(get_args(Action))


async def test_whoever_goes_any_of_these_ways_is_on_record(desk: Desk) -> None:
    await ask_payers(desk)
    desk.clock.visit = NOW
    await issue(desk)
    await issue_in_the_console(desk)
    await keep_prices(desk)
    await choose_rates(desk)
    await administer(desk)
    assert CHANGES.keys() | SHOWS.keys() == desk.gone


async def ask_payers(desk: Desk) -> None:
    check = await desk.ask("POST /v1/eligibility/checks", json=PAT)
    await desk.ask("GET /v1/eligibility/checks/{check_id:uuid}", check)
    await desk.ask("POST /v1/eligibility/checks/{check_id:uuid}/recheck", check)
    async with desk.on_record("POST /v1/estimates", {"POST /v1/estimates": "eligibility.read"}):
        await desk.ask("POST /v1/estimates", json=COURSE | {"eligibility_check": check, "benefits": TIMED})
    later = about("SBX0002", "Lee", "1975-06-15", "Sample", connector="availity", wait_seconds=0)
    waiting = await desk.ask("POST /v1/eligibility/checks", json=later)
    await desk.ask("POST /v1/eligibility/checks/{check_id:uuid}/cancel", waiting)
    stranger = fhir.about("SBX0104", "Stranger", "1980-01-04")
    await desk.ask("POST /fhir/CoverageEligibilityRequest/$submit", content=stranger, headers=fhir.FHIR)
    webhook = await desk.ask("POST /v1/webhooks", json={"url": "https://clinic.example/"})
    await desk.ask("POST /v1/webhooks/{webhook_id:uuid}/test", webhook)
    await desk.ask("DELETE /v1/webhooks/{webhook_id:uuid}", webhook)

    batch = await desk.ask("POST /v1/eligibility/batches", content=SCHEDULE, headers=CSV)
    await desk.ask("GET /v1/eligibility/batches/{batch_id:uuid}/results.csv", batch)
    batch = (await desk.send("POST /console/worklist", schedule=SCHEDULE)).rpartition("/")[2]
    await desk.ask("GET /console/worklist/{batch_id:uuid}", batch)
    await desk.ask("GET /console/worklist/{batch_id:uuid}/lines", batch, headers=PART)
    await desk.ask("GET /console/worklist/{batch_id:uuid}/results.csv", batch)
    await desk.ask("GET /console/worklist/{batch_id:uuid}/lines/{number:int}", batch, number=2)

    here = "/console/estimate"
    await desk.send("POST /console/estimate/check", ALEX, page=here)
    form = {"payer": "Aetna", "treatment": "spravato"}
    await desk.send("POST /console/estimate/check/{check_id:uuid}", form, at=check, page=here)
    uncovered = IV | {"payer": "Aetna", "start_on": TODAY, "eligibility_check": check}
    estimate = await desk.ask("POST /v1/estimates", json=uncovered)
    await desk.ask("GET /console/good-faith/new", params={"estimate": estimate})


async def issue(desk: Desk) -> None:
    here = "/v1/good-faith-estimates"
    issued = await desk.ask(f"POST {here}", json=REQUEST | {"estimate": await desk.ask("POST /v1/estimates", json=IV)})
    await desk.ask(f"POST {here}/{{issue_id:uuid}}/bills", issued, json=BILLED)
    newer = REQUEST | {"estimate": await desk.ask("POST /v1/estimates", json=IV), "reason": "schedule"}
    await desk.ask(f"POST {here}/{{issue_id:uuid}}/replace", issued, json=newer)
    await desk.ask(f"GET {here}/{{issue_id:uuid}}/drift", issued)
    for form in ("html", "pdf"):
        await desk.ask(f"GET {here}/{{issue_id:uuid}}/superbill.{form}", issued)
    for form in ("", ".html", ".pdf", ".fhir.json"):
        await desk.ask(f"GET {here}/{{name:str}}", f"{issued}{form}")


async def issue_in_the_console(desk: Desk) -> None:
    here = "/console/good-faith"
    asked = {"payer": "Self-pay", "treatment": "iv-ketamine", "start_on": "2026-12-01", "sessions": "6"}
    asked |= {"site": "denver", "session_minutes": "45"}
    estimate = (await desk.send("POST /console/estimate", asked)).rpartition("/")[2]
    typed = PATIENT | CLINIC | ADDRESS | DIAGNOSIS
    at = await desk.send(f"POST {here}/new", typed, page=f"{here}/new?estimate={estimate}")
    issued = at.rpartition("/")[2]
    await desk.send(f"POST {here}/{{issue_id:uuid}}/bills", BILL, at=issued, page=at)
    await desk.send(f"POST {here}/{{issue_id:uuid}}/plan", at=issued)
    await desk.ask(f"GET {here}/{{issue_id:uuid}}/plan", issued)
    await desk.ask(f"GET {here}/{{issue_id:uuid}}/replace", issued)
    for form in ("html", "pdf"):
        await desk.ask(f"GET {here}/{{issue_id:uuid}}/superbill.{form}", issued)
    for form in ("", ".html", ".pdf", ".fhir.json"):
        await desk.ask(f"GET {here}/{{name:str}}", f"{issued}{form}")
    await desk.send(f"POST {here}/{{issue_id:uuid}}/replace", at=issued, reason="schedule")


async def keep_prices(desk: Desk) -> None:
    here = "/console/prices"

    def newest() -> str:
        return max(re.findall(rf'{here}/change/([\w-]*boulder[\w-]*)"', desk.person.page))

    await desk.send(f"POST {here}/new/{{table:str}}", PRICE, at="prices", site="Boulder")
    changed = {"price": "950", "first_day": "2026-12-01"}
    await desk.send(f"POST {here}/change/{{row_id:path}}", changed, at=newest())
    await desk.send(f"POST {here}/end/{{row_id:path}}", at=newest(), last_day="2026-12-31")


async def choose_rates(desk: Desk) -> None:
    async with acquire(desk.app.state.wiring.pool) as connection:
        file = source(str(uuid7()), payer="aetna")
        await stage(connection, file, [rate("G2083", 140_000)])
    here, page = "POST /console/rates/{payer:str}/{code:str}", "/console/rates/aetna/G2083"
    pinned = {"rate": f"{file.id}/0", "first_day": NOW.date().isoformat(), "note": ""}
    await desk.person.open(page)
    for route, address, typed in ((here, page, pinned), (f"{here}/unpin", f"{page}/unpin", {"until": "2026-12-01"})):
        async with desk.on_record(route, CHANGES):
            await desk.person.send(address, typed)


async def administer(desk: Desk) -> None:
    keys, people = "/console/people/keys", "/console/people"
    await desk.send(f"POST {keys}", name="Front desk", purpose="biller", ends_on="")
    async with acquire(desk.app.state.wiring.pool) as connection:
        made: UUID = await connection.fetchval("SELECT id FROM keys WHERE name = 'Front desk'")
        ana = await recognise(
            connection, issuer="https://login.example", subject="1", name="Ana Ruiz", role="reader", now=NOW
        )
        await sign_in_as(connection, made, ana.key_id)
    await desk.send(f"POST {keys}/{{key_id:uuid}}/sign-out", at=made, page=f"{keys}/{made}")
    await desk.send(f"POST {keys}/{{key_id:uuid}}/rotate", at=made, page=f"{keys}/{made}")
    await desk.send(f"POST {keys}/{{key_id:uuid}}/revoke", at=made, page=f"{keys}/{made}", sure="yes")
    await desk.send(f"POST {people}/{{person_id:uuid}}/sign-out", at=ana.id, page=f"{people}/{ana.id}")
    await desk.send(f"POST {people}/{{person_id:uuid}}/role", at=ana.id, page=f"{people}/{ana.id}", role="biller")
    await desk.send("POST /console/sign-out", page=people)


async def sign_in_as(connection: Any, *keys: UUID | None) -> None:
    for number, key in enumerate(keys):
        await connection.execute(
            "INSERT INTO console_sessions (secret_hash, key_id, begun_at, seen_at) VALUES ($1, $2, $3, $3)",
            bytes([number]) * 32,
            key,
            NOW,
        )


def routes_of(app: Litestar) -> set[str]:
    return {
        f"{method} {route.path}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods - {"HEAD", "OPTIONS"}
    }
