"""Good-faith estimates over HTTP: issued once, the same bytes ever after, in two languages, sealed at rest."""

import asyncio
import hashlib
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer, SitePrice
from payers.good_faith.content import GoodFaithEstimate, content_hash
from service.store.catalogue import add_clinic_rows
from service.store.database import acquire, connect
from tests.payers.good_faith.issued import REQUEST
from tests.service.good_faith.asking import PATH, Office
from tests.service.good_faith.conftest import Today, calling


def problem(answer: httpx.Response) -> tuple[str, list[str]]:
    """What kind of refusal it is and the places that it points at."""
    told = answer.json()
    return told["type"].removeprefix("/problems/"), [error["pointer"] for error in told["errors"]]


async def test_what_is_issued_is_read_again_as_it_was_given_out(office: Office) -> None:
    made = await office.ask({"estimate": await office.estimate()})
    assert made.status_code == 201
    assert made.headers["location"] == f"{PATH}/{made.json()['id']}"
    read = await office.read(made.json()["id"])
    assert read.json() == made.json()
    document = msgspec.json.decode(read.content, type=dict[str, msgspec.Raw])["document"]
    assert hashlib.sha256(document).hexdigest() == read.json()["content_hash"]
    assert content_hash(msgspec.json.decode(document, type=GoodFaithEstimate)) == read.json()["content_hash"]
    assert made.headers["cache-control"] == read.headers["cache-control"] == "no-store"


async def test_the_document_is_the_domains(office: Office) -> None:
    issued = await office.issue()
    document = msgspec.convert(issued["document"], GoodFaithEstimate)
    assert (document.id, document.estimate_id) == (issued["id"], issued["estimate_id"])
    assert (document.issued_on, document.total_cents) == (date(2026, 11, 23), 305_000)
    assert document.providers[0].most_billable_cents == 345_000
    assert (issued["issued_on"], issued["valid_until"]) == ("2026-11-23", "2027-11-30")


async def test_both_languages_were_issued_at_once(office: Office) -> None:
    issued = await office.issue(lang="es")
    assert issued["document"]["lang"] == "es"
    english = (await office.read(issued["id"], lang="en")).json()
    assert english["document"]["lang"] == "en"
    assert english["content_hash"] != issued["content_hash"]
    assert english["document"]["total_cents"] == issued["document"]["total_cents"]


@pytest.mark.parametrize(
    ("days", "due_on", "in_time"),
    [
        ({}, None, None),
        # Thanksgiving is no business day: three of them after a Monday end on the Friday.
        ({"requested_on": "2026-11-23"}, "2026-11-27", True),
        ({"requested_on": "2026-11-17"}, "2026-11-20", False),
        # The first session on December 1 is five business days ahead of the Monday: one day is left.
        ({"scheduled_on": "2026-11-23"}, "2026-11-24", True),
    ],
)
async def test_it_says_whether_it_was_in_time(
    days: dict[str, str], due_on: str | None, in_time: bool | None, office: Office
) -> None:
    issued = await office.issue(None, **days)
    assert (issued["due_on"], issued["in_time"]) == (due_on, in_time)


async def test_a_repeated_request_issues_one(office: Office) -> None:
    request = {"estimate": await office.estimate()}
    first, second = await asyncio.gather(*(office.ask(request, Idempotency_Key="gfe-1") for _ in range(2)))
    assert sorted((first.status_code, second.status_code)) == [200, 201]
    assert first.json() == second.json()
    other = await office.ask(request | {"lang": "es"}, Idempotency_Key="gfe-1")
    assert problem(other) == ("key-reused", [])


async def test_a_repeated_request_is_answered_on_another_day(office: Office, today: Today) -> None:
    request = {"estimate": await office.estimate()}
    first = await office.ask(request, Idempotency_Key="gfe-2")
    today.is_now(date(2027, 3, 1))
    assert (await office.ask(request, Idempotency_Key="gfe-2")).json() == first.json()


async def test_the_price_is_the_one_that_the_estimate_was_made_with(office: Office, clinic_url: str) -> None:
    estimate = await office.estimate(treatment="im-ketamine", prices={"cash_per_session": both(41_000)})
    version = (await office.client.get(f"/v1/estimates/{estimate}")).json()["catalogue_version"]
    connection = await connect(clinic_url)
    try:
        row = SitePrice(id="later", treatment="im-ketamine", price_cents=99_000)
        await add_clinic_rows(connection, ClinicLayer(prices=(row,)))
    finally:
        await connection.close()
    for _ in range(100):
        await asyncio.sleep(0.02)
        if (await office.client.get("/v1/treatments")).headers["x-outlay-catalogue-version"] != version:
            break
    document = (await office.ask({"estimate": estimate})).json()["document"]
    assert document["catalogue_version"] == version
    assert document["providers"][0]["lines"][0]["each_cents"] == 41_000


def both(cents: int) -> dict[str, int]:
    return {"low_cents": cents, "high_cents": cents}


INSURED = {
    "payer": "Aetna",
    "state": "CO",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "authorization": "approved",
    "network": "in",
    "lane": "medical",
}


@pytest.mark.parametrize(
    ("question", "request_", "refused"),
    [
        (INSURED, {}, ("insured-estimate", ["/estimate"])),
        (INSURED, {"lang": "es", "declared_self_pay": True}, ("insured-estimate", ["/estimate"])),
        ({"site": None, "session_minutes": 20}, {}, ("open-question", ["/estimate/cash_per_session"])),
        ({"course": None}, {}, ("open-question", ["/estimate/course"])),
        ({"services": {"preparation_sessions": 1}}, {}, ("open-question", ["/estimate/service_price"])),
        ({}, {"clinic": REQUEST["clinic"] | {"npi": "1234567890"}}, ("invalid-input", ["/clinic/npi"])),
        ({}, {"valid_until": "2026-12-02"}, ("invalid-input", ["/valid_until"])),
        ({}, {"requested_on": "2026-11-24"}, ("invalid-input", ["/requested_on"])),
        ({}, {"diagnosis": []}, ("invalid-input", ["/diagnosis"])),
        ({}, {"estimate": "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"}, ("invalid-input", ["/estimate"])),
    ],
)
async def test_why_there_is_none(
    question: dict[str, Any], request_: dict[str, Any], refused: tuple[str, list[str]], office: Office
) -> None:
    answer = await office.ask({"estimate": await office.estimate(**question), **request_})
    assert problem(answer) == refused
    assert REQUEST["patient"]["last_name"] not in answer.text
    assert ("Esta es una estimación" in answer.text) is (request_.get("lang") == "es")


async def test_without_keys_for_patients_data_there_is_none(desk: httpx.AsyncClient) -> None:
    question = {"payer": "Self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 1}}
    estimate = (await desk.post("/v1/estimates", json=question)).json()["id"]
    answer = await desk.post(PATH, json=REQUEST | {"estimate": estimate})
    assert problem(answer) == ("no-member-data-keys", [])


@pytest.mark.parametrize(
    ("key", "create", "read"), [("office", 201, 200), ("reader", 403, 200), ("checker", 403, 403), ("nobody", 401, 401)]
)
async def test_a_key_opens_what_its_scopes_say(
    key: str, create: int, read: int, office: Office, clinic_app: Litestar, secrets: dict[str, str]
) -> None:
    issued = await office.issue()
    async with calling(clinic_app, secrets.get(key, "nobody")) as client:
        made = await client.post(PATH, json=REQUEST | {"estimate": issued["estimate_id"]})
        assert made.status_code == create
        replaced = await client.post(f"{PATH}/{issued['id']}/replace", json=REQUEST)
        assert replaced.status_code == (422 if create == 201 else create)
        for ending in ("", ".html", ".fhir.json", "/drift"):
            assert (await client.get(f"{PATH}/{issued['id']}{ending}")).status_code == read
        assert (await client.get(PATH)).status_code == read


@pytest.mark.parametrize(
    "name", ["7", "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10", "{id}.", "{id}.xml", "{id}.fhir", "{id}.pdf.html", "x.html"]
)
async def test_a_name_that_is_none(name: str, office: Office) -> None:
    issued = await office.issue()
    assert problem(await office.client.get(f"{PATH}/{name.format(id=issued['id'])}"))[0] == "not-found"


async def test_a_list_goes_on_below_its_last_and_tells_nothing_of_patients(office: Office) -> None:
    issued = [await office.issue() for _ in range(51)]
    first = (await office.client.get(PATH)).json()
    assert [item["id"] for item in first["items"]] == [each["id"] for each in reversed(issued)][:50]
    second = (await office.client.get(PATH, params={"after": first["next"]})).json()
    assert second["items"][0]["id"] == issued[0]["id"]
    assert set(first["items"][0]) == {
        *("id", "created_at", "issued_on", "valid_until", "due_on", "in_time"),
        *("estimate_id", "lang", "replaces", "replaced_by"),
    }


async def test_nothing_of_a_patient_is_stored_or_logged_in_the_clear(
    office: Office, clinic_app: Litestar, capfd: pytest.CaptureFixture[str]
) -> None:
    patient = {
        "first_name": "Florence",
        "last_name": "Nightingale",
        "birth_date": "1920-05-12",
        "phone": "303-555-0177",
    }
    capfd.readouterr()
    issued = await office.issue(patient=patient)
    for ending in ("", ".html", ".fhir.json", "/drift"):
        answer = await office.read(issued["id"], ending)
        assert ("Nightingale" in answer.text) is (ending != "/drift")
    await office.ask({"estimate": issued["estimate_id"], "patient": patient | {"birth_date": "2120-05-12"}})
    await office.ask({"estimate": issued["estimate_id"], "patient": patient | {"born": "1920-05-12"}})
    logged = capfd.readouterr()
    async with acquire(clinic_app.state.wiring.pool) as connection:
        stored = [
            await connection.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} AS t")  # noqa: S608
            for table in ("good_faith_estimates", "good_faith_bills", "audit", "estimates")
        ]
        rows = await connection.fetch(
            "SELECT action, detail FROM audit WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id",
            "good-faith-estimate",
            issued["id"],
        )
    told = " ".join((*(text or "" for text in stored), logged.out, logged.err)).lower()
    assert [word for word in ("nightingale", "florence", "1920-05-12", "555-0177") if word in told] == []
    assert [(row["action"], row["detail"].get("form")) for row in rows] == [
        ("good-faith.issue", None),
        ("good-faith.read", "json"),
        ("good-faith.read", "html"),
        ("good-faith.read", "fhir.json"),
        ("good-faith.read", "account"),
    ]
