"""FHIR over HTTP: a request goes to a payer through a connector and comes back as a response; every no is FHIR too."""

import base64
import os
import re
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, cast

import fhirkit
import httpx
import pytest
from litestar import Litestar

from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from tests.conftest import alive
from tests.payers.fhir.building import CLINIC, PATIENT, PAYER, bundle, card, sent
from tests.service.sandbox.serving import TODAY, sandbox

PAGE = Path(__file__).parents[2] / "docs/fhir.md"
SUBMIT = "/fhir/CoverageEligibilityRequest/$submit"
FHIR = {"Content-Type": "application/fhir+json"}

CONNECTORS = """
[clinic]
name = "Pike Valley Ketamine Clinic"
npi = "1999999984"

[[connectors]]
kind = "core"
name = "sandbox"
url = "{url}/core/realtime"
sender_id = "CLINIC"
receiver_id = "SANDBOX"
user_name = "clinic"
secret_file = "{right}"
routes = ["aetna"]

[[connectors]]
kind = "core"
name = "locked"
url = "{url}/core/realtime"
sender_id = "CLINIC"
receiver_id = "SANDBOX"
user_name = "clinic"
secret_file = "{wrong}"
routes = ["cigna"]
"""


@pytest.fixture(scope="module")
def payer_url() -> Generator[str]:
    """A payer that answers at once, but for its slow member."""
    with sandbox(slow_seconds=1) as url:
        yield url


@pytest.fixture(scope="module")
async def practice_url(template_url: str) -> AsyncGenerator[str]:
    """A database of its own: any worker on it takes its jobs, and only one here has the keys to what they are about."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def secrets(practice_url: str) -> dict[str, str]:
    """By what they may do."""
    scopes = {"reader": ("estimates:read",), "admin": ("admin",)}
    connection = await connect(practice_url)
    try:
        return {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in scopes.items()}
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def fhir_app(
    practice_url: str, secrets: dict[str, str], payer_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Litestar]:
    """The service with keys for member data and a way to the payer, on today's date, which is the payer's too."""
    folder = tmp_path_factory.mktemp("fhir")
    right, wrong, keys, connectors = (folder / name for name in ("right", "wrong", "keys", "connectors.toml"))
    right.write_text("sandbox")
    wrong.write_text("mistaken")
    keys.write_bytes(base64.b64encode(os.urandom(32)))
    connectors.write_text(CONNECTORS.format(url=payer_url, right=right, wrong=wrong))
    app = create_app(Settings(database_url=practice_url, member_data_keys=keys, connectors=connectors))
    async with alive(app):
        yield app


@pytest.fixture
async def anybody(fhir_app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", fhir_app)), base_url="http://fhir"
    ) as client:
        yield client


@pytest.fixture
def ehr(anybody: httpx.AsyncClient, secrets: dict[str, str]) -> httpx.AsyncClient:
    """The clinic's software, with a key."""
    anybody.headers["Authorization"] = f"Bearer {secrets['admin']}"
    return anybody


def about(member_id: str, given: str, born: str, family: str = "Trouble", **change: Any) -> bytes:
    patient = PATIENT | {"name": [{"family": family, "given": [given]}], "birthDate": born}
    contained = [patient, *card(subscriberId=member_id)[1:]]
    return sent(**{"servicedDate": TODAY.isoformat(), "provider": None, "contained": contained} | change)


PAT = about("SBX0001", "Pat", "1980-01-31", "Sample")


def told(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The resource of an answer, which an independent library finds nothing wrong with."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    assert [str(issue) for issue in fhirkit.validate(answer.content)] == []
    return answer.json()


async def submitted(client: httpx.AsyncClient, body: bytes, path: str = SUBMIT, **headers: str) -> dict[str, Any]:
    return told(await client.post(path, content=body, headers=FHIR | headers))


def issues(answer: httpx.Response, status: int) -> list[tuple[str, str | None]]:
    """Code and place of each."""
    outcome = told(answer, status)
    assert outcome["resourceType"] == "OperationOutcome"
    return [(issue["code"], next(iter(issue.get("expression", [])), None)) for issue in outcome["issue"]]


(EXAMPLE,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("body", [PAT, bundle(PAT), EXAMPLE.encode()])
async def test_a_member_is_asked_about_and_the_answer_is_fhir(ehr: httpx.AsyncClient, body: bytes) -> None:
    response = await submitted(ehr, body)
    (insurance,) = response["insurance"]
    assert (response["outcome"], insurance["inforce"]) == ("complete", True)
    deductibles = [
        (benefit["allowedMoney"]["value"], benefit["usedMoney"]["value"])
        for item in insurance["item"]
        for benefit in item["benefit"]
        if benefit["type"]["text"] == "deductible" and item["unit"]["coding"][0]["code"] == "individual"
    ]
    assert deductibles == [(2000, 1200), (4000, 0)]


async def test_the_check_is_the_one_that_the_service_has_on_file(ehr: httpx.AsyncClient) -> None:
    response = await submitted(ehr, PAT)
    check = (await ehr.get(f"/v1/eligibility/checks/{response['id']}")).json()
    assert (check["status"], check["outcome"], check["payer"]["slug"]) == ("done", "active", "aetna")
    assert check["inquiry"]["provider"]["npi"] == "1999999984"
    assert (await submitted(ehr, PAT))["id"] == response["id"]


async def test_plain_json_is_taken_too(ehr: httpx.AsyncClient) -> None:
    assert told(await ehr.post(SUBMIT, content=PAT, headers={"Content-Type": "application/json; charset=utf-8"}))


async def test_the_payers_own_message_comes_where_it_is_asked_for(ehr: httpx.AsyncClient) -> None:
    together = await submitted(ehr, PAT, f"{SUBMIT}?raw=true")
    response, document = (entry["resource"] for entry in together["entry"])
    assert response["resourceType"] == "CoverageEligibilityResponse"
    attachment = document["content"][0]["attachment"]
    assert attachment["contentType"] == "application/edi-x12"
    assert base64.b64decode(attachment["data"]).startswith(b"ISA*")


async def test_a_rejection_is_an_error_in_the_senders_language(ehr: httpx.AsyncClient) -> None:
    response = await submitted(ehr, about("SBX0105", "Wrongid", "1980-01-05", language="es-MX"))
    assert (response["outcome"], response["language"]) == ("error", "es")
    assert response["error"][0]["code"]["coding"][0]["code"] == "72"
    assert "número de miembro" in response["disposition"]


async def test_a_payer_that_is_slow_is_queued_and_not_asked_twice(ehr: httpx.AsyncClient) -> None:
    slow = about("SBX0101", "Slow", "1980-01-01")
    queued = await submitted(ehr, slow, prefer="respond-async, wait=0")
    assert queued["outcome"] == "queued"
    assert "error" not in queued
    answered = await submitted(ehr, slow)
    assert (answered["id"], answered["outcome"]) == (queued["id"], "complete")


async def test_a_network_that_does_not_let_the_clinic_in_is_an_error(ehr: httpx.AsyncClient) -> None:
    cigna = {"display": "Cigna"}
    response = await submitted(ehr, about("SBX0002", "Alex", "1975-06-15", "Sample", insurer=cigna))
    assert response["outcome"] == "error"
    assert response["error"][0]["code"]["text"] == response["disposition"]


async def test_a_payer_may_be_told_by_its_number_alone(ehr: httpx.AsyncClient) -> None:
    numbered = {"identifier": {"value": "62308"}}
    response = await submitted(ehr, about("SBX0002", "Alex", "1975-06-15", "Sample", insurer=numbered))
    check = (await ehr.get(f"/v1/eligibility/checks/{response['id']}")).json()
    assert check["payer"]["slug"] == "cigna"


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 400, ("structure", None)),
        (b"\xff", 400, ("structure", None)),
        (b'{"resourceType": "Patient"}', 422, ("invalid", "Patient")),
        (sent(servicedDate="2026-12"), 422, ("value", "CoverageEligibilityRequest.servicedDate")),
        (sent(insurer={"display": "Zzyzx Mutual"}), 422, ("not-found", "CoverageEligibilityRequest.insurer")),
        (sent(insurer={"display": "A" * 121}), 422, ("value", "CoverageEligibilityRequest.insurer")),
        (sent(insurer={"display": "Oscar"}), 422, ("not-supported", "CoverageEligibilityRequest.insurer")),
        (
            sent(provider={"display": "Clinic", "identifier": {**CLINIC["identifier"][0], "value": "1234567890"}}),
            422,
            ("value", "CoverageEligibilityRequest.provider"),
        ),
        (
            sent(contained=card(subscriberId="X")),
            422,
            ("value", "CoverageEligibilityRequest.contained[4].subscriberId"),
        ),
        (
            sent(contained=[PATIENT | {"name": [{"family": "李"}]}, PAYER, *card()[3:]]),
            422,
            ("value", "CoverageEligibilityRequest.contained[0].name.family"),
        ),
    ],
)
async def test_a_request_that_cannot_be_asked_says_where_and_why(
    ehr: httpx.AsyncClient, body: bytes, status: int, expected: tuple[str, str | None]
) -> None:
    assert expected in issues(await ehr.post(SUBMIT, content=body, headers=FHIR), status)


async def test_the_payers_that_may_be_meant_are_told(ehr: httpx.AsyncClient) -> None:
    answer = await ehr.post(SUBMIT, content=sent(insurer={"identifier": {"value": "60054"}}), headers=FHIR)
    assert issues(answer, 422) == [("multiple-matches", "CoverageEligibilityRequest.insurer")]
    assert "Aetna Medicare Advantage" in answer.json()["issue"][0]["diagnostics"]


async def test_nothing_personal_stands_in_a_refusal(ehr: httpx.AsyncClient) -> None:
    told_back = (await ehr.post(SUBMIT, content=sent(servicedDate="x", insurer={"display": "?"}), headers=FHIR)).text
    assert not any(secret in told_back for secret in ("Sample", "Quinn", "SBX0001", "1980-01-31"))


@pytest.mark.parametrize(("key", "status", "code"), [("nobody", 401, "login"), ("reader", 403, "forbidden")])
async def test_asking_needs_a_key(
    anybody: httpx.AsyncClient, secrets: dict[str, str], key: str, status: int, code: str
) -> None:
    headers = FHIR | {"Authorization": f"Bearer {secrets.get(key, 'nobody')}"}
    answer = await anybody.post(SUBMIT, content=PAT, headers=headers)
    assert issues(answer, status) == [(code, None)]
    assert (status == 401) == ("www-authenticate" in answer.headers)


async def test_another_content_type_is_refused(ehr: httpx.AsyncClient) -> None:
    answer = await ehr.post(SUBMIT, content=PAT, headers={"Content-Type": "application/fhir+xml"})
    assert issues(answer, 415) == [("not-supported", None)]


async def test_a_body_that_is_too_large_is_refused(ehr: httpx.AsyncClient) -> None:
    assert issues(await ehr.post(SUBMIT, content=b" " * 300_000, headers=FHIR), 413) == [("too-long", None)]


@pytest.mark.parametrize("query", ["", "?_format=json", "?_format=application/fhir%2Bjson"])
async def test_anybody_may_read_what_is_offered(anybody: httpx.AsyncClient, query: str) -> None:
    statement = told(await anybody.get(f"/fhir/metadata{query}"))
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["rest"][0]["resource"][0]["operation"][0]["name"] == "submit"


@pytest.mark.parametrize("path", ["/fhir/CodeSystem/benefit-type", "/fhir/StructureDefinition/remaining"])
async def test_what_we_define_is_served(anybody: httpx.AsyncClient, path: str) -> None:
    assert told(await anybody.get(path))["id"] == path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/fhir", 404, "not-found"),
        ("/fhir/Patient/1", 404, "not-found"),
        ("/fhir/CodeSystem/other", 404, "not-found"),
        ("/fhir/StructureDefinition/other", 404, "not-found"),
        (SUBMIT, 405, "not-supported"),
    ],
)
async def test_what_is_not_served_is_refused_in_fhir(
    anybody: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    assert issues(await anybody.get(path), status) == [(code, None)]


async def test_elsewhere_a_problem_stays_one(anybody: httpx.AsyncClient) -> None:
    assert (await anybody.get("/fhirs")).headers["content-type"] == "application/problem+json"


async def test_xml_and_unknown_parameters_are_refused_by_name(anybody: httpx.AsyncClient) -> None:
    assert issues(await anybody.get("/fhir/metadata?_format=xml"), 422) == [("value", "http._format")]
    assert issues(await anybody.get("/fhir/metadata?mode=full"), 422) == [("value", "http.mode")]


async def test_without_keys_for_member_data_nothing_is_asked(client: httpx.AsyncClient, keys: dict[str, str]) -> None:
    answer = await client.post(SUBMIT, content=PAT, headers=FHIR | {"Authorization": f"Bearer {keys['admin']}"})
    assert issues(answer, 503) == [("not-supported", None)]
