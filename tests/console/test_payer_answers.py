"""What a payer says fills in the plan: asked live through the sandbox, or pasted as it came."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from litestar import Litestar

from service.app import create_app
from service.sandbox_process import running_sandbox
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from tests.conftest import alive
from tests.console.conftest import browsing
from tests.console.person import Person

HERE = "/console/estimate"
PAT = {"member_id": "SBX0001", "first_name": "PAT", "last_name": "SAMPLE", "birth_date": "1980-01-31"}
STRANGER = {"member_id": "SBX0104", "first_name": "STRANGER", "last_name": "TROUBLE", "birth_date": "1980-01-04"}
ENDED = {"member_id": "SBX0016", "first_name": "TAYLOR", "last_name": "SAMPLE", "birth_date": "1992-02-29"}
ANSWER = "\n".join(
    (
        "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*CLINIC         *261201*1200*^*00501*000000001*0*T*:~",
        "GS*HB*SANDBOX*CLINIC*20261201*1200*1*X*005010X279A1~",
        "ST*271*0001*005010X279A1~",
        "BHT*0022*11*1*20261201*1200~",
        "HL*1**20*1~",
        "NM1*PR*2*AETNA*****PI*60054~",
        "HL*2*1*21*1~",
        "NM1*1P*2*CLINIC*****XX*1234567893~",
        "HL*3*2*22*0~",
        "NM1*IL*1*SAMPLE*PAT****MI*W1~",
        "EB*1**30**OPEN CHOICE PPO~",
        "EB*C*IND*30***23*1500*****Y~",
        "EB*C*IND*30***29*1200*****Y~",
        "EB*G*IND*30***23*6000*****Y~",
        "EB*A*IND*30*****.2****Y~",
        "SE*14*0001~",
        "GE*1*1~",
        "IEA*1*000000001~",
    )
)


@pytest.fixture(scope="module")
def connectors(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    folder = tmp_path_factory.mktemp("sandbox")
    with running_sandbox(folder) as path:
        yield path


@pytest.fixture
async def app(database_url: str, connectors: Path, tmp_path: Path) -> AsyncGenerator[Litestar]:
    """The service with its worker, which asks the sandbox."""
    keys = tmp_path / "member-data-keys"
    ensure_keys(keys)
    app = create_app(Settings(database_url=database_url, member_data_keys=keys, connectors=connectors))
    async with alive(app):
        yield app


@pytest.fixture
async def biller(app: Litestar, database_url: str) -> AsyncGenerator[Person]:
    connection = await connect(database_url)
    scopes = ("estimates:read", "estimates:write", "eligibility:read", "eligibility:write")
    made = await create_key(connection, name="desk", scopes=scopes)
    await connection.close()
    async with browsing(app) as person:
        # A key that is tried ten times before the service has heard of it locks the desk.
        while made.key.id not in app.state.wiring.live.keys:  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.05)
        await person.sign_in(made.secret)
        yield person


async def test_the_payers_answer_becomes_the_estimate(biller: Person) -> None:
    await biller.send(HERE, payer="Aetna", treatment="spravato")
    told = await biller.send(f"{HERE}/check", PAT, payer="Aetna", treatment="spravato")
    assert biller.at.startswith(f"{HERE}/0")
    assert "The payer answered on" in told
    assert "payer said $" in told
    assert not set(PAT.values()) & set(biller.filled(HERE).values()), "a member's data stays in the sealed check"

    await biller.send(HERE, sessions="6")
    assert "The payer answered on" in biller.text
    assert "payer's answer" in biller.text


async def test_with_the_estimate_stands_what_the_payer_said_of_the_coverage(biller: Person) -> None:
    await biller.open(HERE)
    asked = {**biller.filled(HERE), **PAT, "payer": "Aetna", "treatment": "spravato"}
    response = await biller.client.post(f"{HERE}/check", data=asked, headers={"HX-Request": "true"})
    assert "Coverage is active" in response.text
    assert "Covered since" in response.text
    assert 'id="headline"' in response.text


async def test_what_the_card_lacks_is_told_and_what_it_has_is_kept(biller: Person) -> None:
    await biller.send(f"{HERE}/check", payer="Aetna", treatment="spravato", member_id="SBX0001", first_name="PAT")
    assert biller.status == 422
    assert set(biller.wrong) == {"last_name", "birth_date"}
    kept = biller.filled(HERE)
    assert (kept["member_id"], kept["first_name"], kept["payer"]) == ("SBX0001", "PAT", "Aetna")


async def test_a_rejection_says_who_must_act(biller: Person) -> None:
    told = await biller.send(f"{HERE}/check", STRANGER, payer="Aetna", treatment="spravato")
    assert biller.status == 200
    assert "The payer refused the question" in told
    assert biller.filled(HERE)["member_id"] == "SBX0104"


async def test_who_must_act_is_told_in_the_readers_language(biller: Person) -> None:
    await biller.send("/console/language", lang="es")
    assert "Recepción" in await biller.send(f"{HERE}/check", STRANGER, payer="Aetna", treatment="spravato")


async def test_coverage_that_has_ended_makes_no_estimate(biller: Person) -> None:
    told = await biller.send(f"{HERE}/check", ENDED, payer="Oscar", treatment="spravato")
    assert "Coverage is not active" in told
    assert "What it depends on" not in told


async def test_a_message_that_is_pasted_fills_in_the_plan(biller: Person) -> None:
    told = await biller.send(f"{HERE}/271", treatment="spravato", x12=ANSWER)
    assert biller.status == 200
    assert "Coverage is active" in told
    form = biller.filled(HERE)
    assert (form["deductible_individual"], form["out_of_pocket_max_individual"]) == ("1,500", "6,000")
    assert (form["deductible_individual_met"], form["coinsurance"]) == ("300", "20")
    await biller.send(HERE)
    assert biller.at.startswith(f"{HERE}/0")


async def test_a_message_comes_as_a_file_too(biller: Person) -> None:
    file = ("answer.271", ANSWER.encode(), "text/plain")
    told = await biller.send(f"{HERE}/271", treatment="spravato", x12="", files={"file": file})
    assert "Coverage is active" in told


@pytest.mark.parametrize(("message", "told"), [("", "Paste a message"), ("Dear clinic", "This is not an X12 message.")])
async def test_what_is_no_message_is_told_beside_the_field(biller: Person, message: str, told: str) -> None:
    await biller.send(f"{HERE}/271", payer="Aetna", treatment="spravato", x12=message)
    assert biller.status == 422
    assert told in biller.wrong["x12"]
    assert biller.filled(HERE)["payer"] == "Aetna"


async def test_a_good_faith_estimate_begins_with_the_member_and_the_clinic_that_asked(biller: Person) -> None:
    more = {"payer": "Aetna", "treatment": "iv-ketamine", "sessions": "1", "cash_per_session": "500"}
    await biller.send(f"{HERE}/check", PAT | more)
    estimate = biller.at.rpartition("/")[2]
    await biller.open(f"/console/good-faith/new?estimate={estimate}")
    form = biller.filled("/console/good-faith/new")
    assert [form[f"patient__{name}"] for name in ("first_name", "last_name", "birth_date")] == [
        "PAT",
        "SAMPLE",
        "1980-01-31",
    ]
    assert form["clinic__name"]
    assert len(form["clinic__npi"]) == 10
    assert form["clinic__tin"] == ""
