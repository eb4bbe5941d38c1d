"""Good-faith estimates in the console without script: one click from an estimate, given out, watched, replaced."""

import re
from collections.abc import AsyncGenerator, Generator
from datetime import date
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from service.web.console.good_faith import listing
from service.web.console.words import Speak, speaker
from tests.conftest import alive
from tests.console.conftest import browsing
from tests.console.person import Person
from tests.payers.good_faith.issued import EXAMPLE, IV, REQUEST
from tests.service.good_faith.conftest import Today, calling

HERE = "/console/good-faith"
NEW = f"{HERE}/new"
PATIENT = {"patient__first_name": "Eva", "patient__last_name": "Muster", "patient__birth_date": "1985-04-12"}
CLINIC = {
    "clinic__name": "Mile High Ketamine",
    "clinic__npi": "1234567893",
    "clinic__tin": "84-1234567",
    "clinic__address__line": "1 Example Street",
    "clinic__address__city": "Denver",
    "clinic__address__state": "CO",
    "clinic__address__postal_code": "80202",
    "clinic__phone": "303-555-0100",
}
DIAGNOSIS = {"diagnoses__0__code": "f33.2", "diagnoses__0__text": "Recurrent major depression, severe"}
OTHER = {
    "co_providers__0__name": "Front Range Compounding",
    "co_providers__0__npi": "1679576722",
    "co_providers__0__tin": "84-7654321",
    "co_providers__0__state": "CO",
    "co_providers__0__part": "compounding pharmacy",
}
SERVICE = "co_providers__0__services__0__"
SESSION = {
    "billed__0__npi": "1234567893",
    "billed__0__item": "session",
    "billed__0__on": "2026-11-23",
    "billed__0__quantity": "1",
    "billed__0__each_cents": "500",
}
SCOPES = {"desk": ("estimates:write", "estimates:read"), "reader": ("estimates:read",)}


@pytest.fixture(scope="module")
async def clinic_url(template_url: str) -> AsyncGenerator[str]:
    """The database of a clinic with prices, which has issued nothing yet."""
    async with testing.cloned_database(template_url) as url:
        connection = await connect(url)
        await add_clinic_rows(connection, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
        await connection.close()
        yield url


@pytest.fixture(scope="module")
async def keys(clinic_url: str) -> dict[str, str]:
    connection = await connect(clinic_url)
    made = {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in SCOPES.items()}
    await connection.close()
    return made


@pytest.fixture(scope="module")
def clock() -> Today:
    return Today()


@pytest.fixture
def today(clock: Today) -> Generator[Today]:
    before = clock.now
    yield clock
    clock.now = before


@pytest.fixture(scope="module")
async def app(
    clinic_url: str, keys: dict[str, str], clock: Today, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Litestar]:
    """The service with keys for patients' data."""
    sealing = tmp_path_factory.mktemp("console") / "member-data-keys"
    ensure_keys(sealing)
    app = create_app(Settings(database_url=clinic_url, member_data_keys=sealing), clock=clock)
    async with alive(app):
        yield app


@pytest.fixture
async def api(app: Litestar, keys: dict[str, str]) -> AsyncGenerator[httpx.AsyncClient]:
    async with calling(app, keys["desk"]) as client:
        yield client


async def estimated(api: httpx.AsyncClient, **more: Any) -> str:
    """The id of a stored estimate."""
    made = await api.post("/v1/estimates", json=IV | more)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def issued(api: httpx.AsyncClient, question: dict[str, Any] | None = None, **request: Any) -> str:
    """The id of a good-faith estimate, issued over the API."""
    asked = REQUEST | {"estimate": await estimated(api, **(question or {}))} | request
    made = await api.post("/v1/good-faith-estimates", json=asked)
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def begun(person: Person, api: httpx.AsyncClient, **more: Any) -> str:
    """The form for a new estimate."""
    return await person.open(f"{NEW}?estimate={await estimated(api, **more)}")


def id_at(person: Person) -> str:
    found = re.fullmatch(rf"{HERE}/([0-9a-f-]{{36}})", person.at)
    assert found, (person.at, person.wrong, person.text[:600])
    return found[1]


def sentence(speak: Speak, field: str, key: str) -> str:
    """What is told of a field that is wrong."""
    if key != "missing":
        return speak(f"good_faith.{key}")
    return speak("good_faith.missing", name=speak(f"good_faith.in_{field.rpartition('__')[2]}"))


async def audited(url: str, issue_id: str) -> list[tuple[str, str]]:
    """What is on the audit trail about an estimate: what was done, in which form."""
    connection = await connect(url)
    try:
        records = await connection.fetch(
            "SELECT action, coalesce(detail ->> 'form', '') AS form FROM audit WHERE subject_id = $1 ORDER BY id",
            issue_id,
        )
    finally:
        await connection.close()
    return [(record["action"], record["form"]) for record in records]


async def test_before_the_first_one_the_list_says_how_to_make_it(biller: Person) -> None:
    told = await biller.open(HERE)
    assert "No good-faith estimate yet" in told
    assert 'href="/console/estimate"' in biller.page.partition("<main")[2]


async def test_from_an_estimate_to_the_document(biller: Person, api: httpx.AsyncClient) -> None:
    estimate = await estimated(api)
    await biller.open(f"/console/estimate/{estimate}")
    assert f'href="{NEW}?estimate={estimate}"' in biller.page
    told = await biller.open(f"{NEW}?estimate={estimate}")
    assert "The clinic's total $3,050" in told
    told = await biller.send(NEW, PATIENT | CLINIC | DIAGNOSIS)
    assert "Eva Muster" in told
    made = (await api.get(f"/v1/good-faith-estimates/{id_at(biller)}")).json()
    assert made["document"]["patient"] == REQUEST["patient"] | dict.fromkeys(("address", "phone", "email", "prefers"))
    assert made["document"]["diagnoses"] == REQUEST["diagnoses"]
    assert made["document"]["total_cents"] == 305_000
    assert made["content_hash"] in biller.page


async def test_the_next_one_takes_the_patient_alone(biller: Person, api: httpx.AsyncClient, clinic_url: str) -> None:
    service = {"description": "Capsules", "charge_cents": 9_900, "on": "2026-12-01"}
    others = [{**{name[17:]: text for name, text in OTHER.items()}, "services": [service]}]
    last = await issued(api, co_providers=others)
    told = await begun(biller, api)
    assert "Those of the last good-faith estimate." in told
    assert "2026-12-01" not in biller.page.partition("<form")[2]
    assert "Muster" not in biller.page
    assert (await audited(clinic_url, last))[-1] == ("good-faith.read", "request")
    await biller.send(NEW, PATIENT | {"patient__first_name": "Ana"})
    document = (await api.get(f"/v1/good-faith-estimates/{id_at(biller)}")).json()["document"]
    assert document["providers"][0]["provider"]["address"] == REQUEST["clinic"]["address"]
    assert document["providers"][1]["lines"][0]["each_cents"] == 9_900
    assert (document["patient"]["first_name"], document["diagnoses"]) == ("Ana", [])


@pytest.mark.parametrize(
    ("question", "told", "field"),
    [
        ({"payer": "Aetna", "treatment": "spravato", "session_minutes": None}, "is of care that", "payer"),
        ({"course": None}, "Answer this first", "sessions"),
        ({"session_minutes": None, "site": None}, "Answer this first", ""),
        ({"course": {"kind": "dates", "dates": ["2026-12-01", "2027-12-01"]}}, "more than 12 months", "sessions"),
    ],
)
async def test_what_stands_against_it_is_said_before_anything_is_typed(
    question: dict[str, Any], told: str, field: str, biller: Person, api: httpx.AsyncClient
) -> None:
    estimate = await estimated(api, **question)
    text = await biller.open(f"{NEW}?estimate={estimate}")
    assert told in text
    assert "patient__first_name" not in biller.page
    assert f'href="/console/estimate/{estimate}#{field}' in biller.page


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        ({"patient__first_name": ""}, "patient__first_name", "missing"),
        ({"patient__birth_date": "yesterday"}, "patient__birth_date", "wrong_date"),
        ({"patient__address__line": "1 Street"}, "patient__address__city", "missing"),
        ({"patient__phone": "call me"}, "patient__phone", "wrong_phone"),
        ({"patient__email": "eva"}, "patient__email", "wrong_email"),
        ({"patient__prefers": "pigeon"}, "patient__prefers", "wrong_value"),
        ({"patient__last_name": "x" * 61}, "patient__last_name", "wrong_value"),
        ({"lang": "fr"}, "lang", "wrong_value"),
        ({"diagnoses__0__code": "sad", "diagnoses__0__text": "x"}, "diagnoses__0__code", "wrong_diagnosis"),
        ({"diagnoses__0__code": "F33.2"}, "diagnoses__0__text", "missing"),
        ({"scheduled_on": "soon"}, "scheduled_on", "wrong_date"),
        ({"requested_on": "2026-11-31"}, "requested_on", "wrong_date"),
        ({"valid_until": "never"}, "valid_until", "wrong_date"),
        ({"clinic__npi": "12"}, "clinic__npi", "wrong_npi"),
        ({"clinic__tin": "none"}, "clinic__tin", "wrong_tin"),
        ({"clinic__taxonomy": "?"}, "clinic__taxonomy", "wrong_taxonomy"),
        ({"clinic__address__state": ""}, "clinic__address__state", "missing"),
        ({"clinic__address__postal_code": "802"}, "clinic__address__postal_code", "wrong_postal_code"),
        ({"co_providers__0__part": ""}, "co_providers__0__part", "missing"),
        ({f"{SERVICE}description": "x", f"{SERVICE}charge_cents": ""}, f"{SERVICE}charge_cents", "missing"),
        ({f"{SERVICE}charge_cents": "a lot"}, f"{SERVICE}charge_cents", "wrong_money"),
        ({f"{SERVICE}quantity": "few"}, f"{SERVICE}quantity", "wrong_quantity"),
        ({f"{SERVICE}code": "1"}, f"{SERVICE}code", "wrong_code"),
        ({"service_codes__evaluation": "x"}, "service_codes__evaluation", "wrong_codes"),
        ({"separate_services": "x" * 121}, "separate_services", "wrong_value"),
    ],
)  # fmt: skip
async def test_bad_input_is_told_beside_its_field_and_everything_is_kept(
    typed: dict[str, str], field: str, key: str, lang: str, app: Litestar, keys: dict[str, str], api: httpx.AsyncClient
) -> None:
    speak = speaker("es" if lang == "es" else "en")
    async with browsing(app, **{"accept-language": lang}) as person:
        await person.sign_in(keys["desk"])
        await begun(person, api, services={"evaluation": True})
        sent = PATIENT | CLINIC | OTHER | typed
        await person.send(NEW, sent)
        assert person.status == 422
        told = sentence(speak, field, key)
        assert person.wrong.get(field, told) == told
        assert told in person.page.partition('class="summary"')[2].partition("</ul>")[0]
        kept = person.filled(NEW)
        unlisted = ("pigeon", "fr")
        assert {name: kept.get(name) for name in sent if sent[name] not in unlisted and name in kept} == {
            name: text for name, text in sent.items() if text not in unlisted and name in kept
        }


async def test_what_the_law_forbids_is_told_beside_its_field_too(biller: Person, api: httpx.AsyncClient) -> None:
    await begun(biller, api, start_on=None)
    wrong = {
        "clinic__npi": "1234567890",
        "co_providers__0__npi": "1234567890",
        "patient__birth_date": "2030-01-01",
        "requested_on": "2026-11-24",
    }
    await biller.send(NEW, PATIENT | CLINIC | OTHER | wrong)
    assert set(biller.wrong) == set(wrong)
    right = {"clinic__npi": "1234567893", "co_providers__0__npi": "1679576722", "patient__birth_date": "1985-04-12"}
    assert "must first know its first visit" in biller.text
    await biller.send(NEW, right | {"requested_on": "", "scheduled_on": "2026-11-20", "valid_until": ""})
    assert set(biller.wrong) == {"scheduled_on"}
    await biller.send(NEW, {"scheduled_on": "", "valid_until": "2031-01-01"})
    assert set(biller.wrong) == {"valid_until"}
    assert "12 months" in biller.wrong["valid_until"]


async def test_a_refusal_speaks_the_readers_language_not_the_documents(biller: Person, api: httpx.AsyncClient) -> None:
    await begun(biller, api)
    await biller.send(NEW, PATIENT | CLINIC | {"lang": "es", "valid_until": "2031-01-01"})
    assert "an estimate covers at most 12 months" in biller.wrong["valid_until"]


async def test_rows_are_added_and_removed_without_script(biller: Person, api: httpx.AsyncClient) -> None:
    await begun(biller, api)
    await biller.send(NEW, PATIENT | CLINIC | DIAGNOSIS, rows="add diagnoses")
    assert biller.status == 200
    assert 'name="diagnoses__1__code" type="text" value=""' in biller.page
    assert re.search(r'id="diagnoses__1__code"[^>]* autofocus', biller.page)
    second = {"diagnoses__1__code": "F43.10", "diagnoses__1__text": "PTSD"}
    await biller.send(NEW, second, rows="remove diagnoses__0")
    assert biller.filled(NEW)["diagnoses__0__code"] == "F43.10"
    assert "diagnoses__1__code" not in biller.page
    await biller.send(NEW, rows="add co_providers")
    await biller.send(NEW, {"co_providers__0__name": "Ruiz"}, rows="add co_providers__0__services")
    assert f"{SERVICE}charge_cents" in biller.page
    filled = OTHER | {
        f"{SERVICE}description": "Talk",
        f"{SERVICE}charge_cents": "140",
    }
    await biller.send(NEW, filled)
    document = (await api.get(f"/v1/good-faith-estimates/{id_at(biller)}")).json()["document"]
    assert [each["code"] for each in document["diagnoses"]] == ["F43.10"]
    assert document["providers"][1]["total_cents"] == 14_000


async def test_a_form_that_is_sent_twice_issues_one(biller: Person, api: httpx.AsyncClient) -> None:
    await begun(biller, api)
    form = biller.filled(NEW) | PATIENT | CLINIC
    first = await biller.client.post(NEW, data=form)
    second = await biller.client.post(NEW, data=form)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    other = await biller.client.post(NEW, data=form | {"patient__first_name": "Eve"})
    assert other.status_code == 422
    assert "This form was sent before with other content" in other.text
    assert f'href="{first.headers["location"]}"' in other.text


async def test_care_that_the_plan_does_not_pay_needs_the_patients_word(biller: Person, api: httpx.AsyncClient) -> None:
    more = {"payer": "Aetna", "state": "CO", "treatment": "spravato", "dose_mg": 84, "authorization": "denied"}
    told = await begun(biller, api, **more, session_minutes=None)
    assert "The estimate names a plan that does not pay for this." in told
    await biller.send(NEW, PATIENT | CLINIC)
    assert set(biller.wrong) == {"declared_self_pay"}
    await biller.send(NEW, declared_self_pay="yes")
    assert (await api.get(f"/v1/good-faith-estimates/{id_at(biller)}")).json()["document"]["standing"] == "self-pay"


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(("form", "media"), [("html", "text/html"), ("pdf", "application/pdf"), ("fhir.json", "fhir")])
async def test_a_document_is_the_same_as_over_the_api(
    form: str, media: str, lang: str, biller: Person, api: httpx.AsyncClient, clinic_url: str
) -> None:
    issue_id = await issued(api)
    await biller.open(f"{HERE}/{issue_id}")
    assert f'href="{HERE}/{issue_id}.{form}?lang={lang}"' in biller.page
    shown = await biller.client.get(f"{HERE}/{issue_id}.{form}", params={"lang": lang})
    assert media in shown.headers["content-type"]
    assert (
        shown.content == (await api.get(f"/v1/good-faith-estimates/{issue_id}.{form}", params={"lang": lang})).content
    )
    assert (await audited(clinic_url, issue_id))[-3:] == [
        ("good-faith.read", "console"),
        ("good-faith.read", form),
        ("good-faith.read", form),
    ]


async def test_a_bill_is_recorded_once_and_the_guard_speaks_up(biller: Person, api: httpx.AsyncClient) -> None:
    issue_id = await issued(api, {"course": {"kind": "sessions", "count": 1}})
    bills = f"{HERE}/{issue_id}/bills"
    told = await biller.open(f"{HERE}/{issue_id}")
    assert "Nothing was billed yet." in told
    assert biller.filled(bills) | SESSION == biller.filled(bills), "filled in with what is planned"
    form = biller.filled(bills) | {"billed__0__each_cents": "600"}
    for _ in range(2):
        sent = await biller.client.post(bills, data=form)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}/{issue_id}#stands")
    assert (await biller.client.post(bills, data=form | {"billed__0__each_cents": "1"})).status_code == 422
    told = await biller.open(f"{HERE}/{issue_id}")
    assert "Will go above the state's cap. As planned, Mile High Ketamine will have billed $650" in told
    assert "will pass a limit" in told
    await biller.send(bills, SESSION | {"billed__0__each_cents": "400"})
    assert "Above the state's cap." in biller.text
    assert "The patient can dispute." in biller.text
    await biller.send(bills, SESSION | {"billed__0__quantity": "-1", "billed__0__each_cents": "400"})
    assert "\N{MINUS SIGN}$400" in biller.text
    assert "Above the state's cap." not in biller.text
    assert "Mile High Ketamine will have billed $650" in await biller.open(HERE)


@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        ({"billed__0__each_cents": "much"}, "billed__0__each_cents", "wrong_money"),
        ({"billed__0__each_cents": ""}, "billed__0__each_cents", "missing"),
        ({"billed__0__on": ""}, "billed__0__on", "missing"),
        ({"billed__0__on": "today"}, "billed__0__on", "wrong_date"),
        ({"billed__0__quantity": "0"}, "billed__0__quantity", "wrong_quantity"),
        ({"billed__0__quantity": "999"}, "billed__0__quantity", "wrong_quantity"),
        ({"billed__0__item": "haircut"}, "billed__0__item", "wrong_value"),
        ({"billed__0__other_npi": "12"}, "billed__0__other_npi", "wrong_npi"),
    ],
)
async def test_a_bill_that_does_not_fit(
    typed: dict[str, str], field: str, key: str, biller: Person, api: httpx.AsyncClient
) -> None:
    issue_id = await issued(api)
    await biller.open(f"{HERE}/{issue_id}")
    await biller.send(f"{HERE}/{issue_id}/bills", SESSION | typed)
    assert (biller.status, biller.wrong) == (422, {field: sentence(speaker("en"), field, key)})
    kept = biller.filled(f"{HERE}/{issue_id}/bills")
    assert [name for name, text in (SESSION | typed).items() if kept[name] not in (text, "")] == []


async def test_another_provider_may_bill(biller: Person, api: httpx.AsyncClient) -> None:
    issue_id = await issued(api)
    await biller.open(f"{HERE}/{issue_id}")
    await biller.send(f"{HERE}/{issue_id}/bills", SESSION | {"billed__0__other_npi": "1679576722"})
    assert "A provider is not in the estimate." in biller.text


async def test_the_plan_is_changed_and_a_new_version_is_due(biller: Person, api: httpx.AsyncClient) -> None:
    issue_id = await issued(api)
    plan = f"{HERE}/{issue_id}/plan"
    await biller.open(plan)
    assert biller.filled(plan)["planned__0__on"] == "2026-12-01"
    await biller.send(plan, {"planned__0__each_cents": "lots"})
    assert (biller.status, biller.wrong) == (
        422,
        {"planned__0__each_cents": "Write dollars, such as 1,500 or 1500.50."},
    )
    await biller.send(plan, {"planned__0__each_cents": "550"}, rows="remove planned__1")
    await biller.send(plan, rows="add planned")
    await biller.send(plan)
    assert "A new version is due." in biller.text
    stands = (await api.get(f"/v1/good-faith-estimates/{issue_id}/drift")).json()
    assert [each["each_cents"] for each in stands["planned"]] == [55_000, *[50_000] * 4, 5_000]

    await biller.open(f"{HERE}/{issue_id}/replace")
    form = biller.filled(f"{HERE}/{issue_id}/replace")
    assert (form["reason"], form["patient__first_name"], form["clinic__tin"]) == ("charges", "Eva", "84-1234567")
    more = await estimated(api, course={"kind": "sessions", "count": 8, "every_days": 3})
    await biller.open(f"{HERE}/{issue_id}/replace")
    await biller.send(f"{HERE}/{issue_id}/replace", estimate=more, rows="show")
    assert "The clinic's total $4,050" in biller.text
    await biller.send(f"{HERE}/{issue_id}/replace", patient__first_name="Ana", patient__birth_date="1990-01-01")
    assert biller.wrong == {"patient__first_name": "The estimate to be replaced is for another patient."}
    await biller.send(f"{HERE}/{issue_id}/replace", PATIENT, reason="")
    assert set(biller.wrong) == {"reason"}
    await biller.send(f"{HERE}/{issue_id}/replace", reason="schedule")
    newer = id_at(biller)
    assert "$3,000.00 → $4,000.00" in biller.text
    await biller.open(f"{HERE}/{issue_id}")
    assert "This one was replaced" in biller.text
    assert f'href="{HERE}/{newer}"' in biller.page
    assert "/bills" not in biller.page
    await biller.open(f"{HERE}/{issue_id}/replace")
    assert biller.at == f"{HERE}/{newer}"


async def test_a_new_version_of_something_still_open_is_not_issued(biller: Person, api: httpx.AsyncClient) -> None:
    issue_id = await issued(api)
    await estimated(api, course=None)
    await biller.open(f"{HERE}/{issue_id}/replace")
    vague = re.findall(r'<option value="([0-9a-f-]{36})"', biller.page)[1]
    await biller.send(f"{HERE}/{issue_id}/replace", estimate=vague, reason="schedule")
    assert (biller.status, "Answer this first" in biller.wrong["estimate"]) == (422, True)


async def test_a_superbill_is_there_once_something_was_billed(
    biller: Person, api: httpx.AsyncClient, clinic_url: str
) -> None:
    issue_id = await issued(api)
    await biller.open(f"{HERE}/{issue_id}/superbill.html")
    assert (biller.status, "Nothing was billed yet" in biller.text) == (409, True)
    await biller.open(f"{HERE}/{issue_id}")
    assert "superbill.pdf" not in biller.page
    await biller.send(f"{HERE}/{issue_id}/bills", SESSION)
    assert f'href="{HERE}/{issue_id}/superbill.pdf?lang=en"' in biller.page
    for form in ("html", "pdf"):
        shown = await biller.client.get(f"{HERE}/{issue_id}/superbill.{form}?lang=es")
        assert (
            shown.content
            == (await api.get(f"/v1/good-faith-estimates/{issue_id}/superbill.{form}", params={"lang": "es"})).content
        )
    assert (await audited(clinic_url, issue_id))[-1] == ("good-faith.read", "superbill.pdf")


async def test_the_list_names_nobody_and_puts_first_what_needs_somebody(
    biller: Person, api: httpx.AsyncClient, today: Today, app: Litestar, keys: dict[str, str]
) -> None:
    issue_id = await issued(api, patient=REQUEST["patient"] | {"last_name": "Unmistakable"}, requested_on="2026-11-10")
    told = await biller.open(HERE)
    assert "Unmistakable" not in biller.page
    assert "IV ketamine" in told
    assert "late" in told
    assert issue_id not in biller.page.partition('id="watched-heading"')[2].partition("</section>")[0]
    today.is_now(date(2027, 11, 2))
    async with browsing(app) as person:
        await person.sign_in(keys["desk"])
        await person.open(HERE)
        first = person.page.partition('id="watched-heading"')[2].partition("</section>")[0]
    assert f'href="{HERE}/{issue_id}"' in first
    assert "It ends soon." in first
    assert "Unmistakable" not in person.page


async def test_the_list_has_pages(biller: Person, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [await issued(api) for _ in range(3)]
    monkeypatch.setattr(listing, "PAGE", 2)
    await biller.open(HERE)
    assert re.findall(rf'<th scope="row" class="nowrap"><a href="{HERE}/([0-9a-f-]+)">', biller.page) == ids[:0:-1]
    following = re.search(r'href="([^"]+)" rel="next"', biller.page)
    assert following
    await biller.open(following[1])
    assert f'href="{HERE}/{ids[0]}"' in biller.page
    assert f'href="{HERE}/{ids[1]}"' not in biller.page


async def test_a_reader_looks_and_changes_nothing(reader: Person, biller: Person, api: httpx.AsyncClient) -> None:
    issue_id = await issued(api)
    told = await reader.open(f"{HERE}/{issue_id}")
    assert "Eva Muster" in told
    for address in ("/bills", "/plan", "/replace"):
        assert f"{HERE}/{issue_id}{address}" not in reader.page
    await reader.open("/console/estimate/" + await estimated(api))
    assert NEW not in reader.page
    for address in (f"{NEW}?estimate={issue_id}", f"{HERE}/{issue_id}/replace", f"{HERE}/{issue_id}/plan"):
        await reader.open(address)
        assert reader.status == 403
    await biller.open(f"{HERE}/{issue_id}")
    await reader.open(f"{HERE}/{issue_id}")
    token = re.search(r'name="csrf" value="(\w+)"', reader.page)
    assert token
    sent = await reader.client.post(f"{HERE}/{issue_id}/bills", data=SESSION | {"csrf": token[1]})
    assert sent.status_code == 403


async def test_what_does_not_exist_is_not_found(biller: Person) -> None:
    nowhere = "0193b5f0-1111-7000-8000-000000000001"
    for address in (
        f"{NEW}?estimate={nowhere}",
        f"{HERE}/{nowhere}",
        f"{HERE}/{nowhere}.exe",
        f"{HERE}/{nowhere}/plan",
    ):
        await biller.open(address)
        assert biller.status == 404
