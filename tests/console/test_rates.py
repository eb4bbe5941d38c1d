"""The rates' pages without script: codes of payers side by side, why a rate is taken, and one chosen by a person."""

import re
from collections.abc import AsyncGenerator

import pytest
from litestar import Litestar

from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from service.store.rates import stage
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person
from tests.payers.eligibility.plan.answers import message
from tests.payers.rates.real import rate, source

HERE = "/console/rates"
FILE = "00000000-0000-7000-8000-000000000001"
OF = {"uhc": "2026-10-01"}
OF_PPO = rate("J0013", 1_600, networks=("PPO",))
MEDIAN = rate(
    *("G2083", 120_000),
    kind="median",
    percentile_10_cents=110_000,
    percentile_90_cents=190_000,
    remittances="1 through 10",
)
FILES = {
    "aetna": (FILE, [rate("G2083", 140_000), rate("G2083", 150_000, networks=("PPO",)), rate("CSTM-00", 1)]),
    "uhc": ("00000000-0000-7000-8000-000000000002", [rate("G2083", 1, kind="per diem"), rate("J0013", 1_500), OF_PPO]),
    "humana": ("00000000-0000-7000-8000-000000000003", [MEDIAN]),
}


@pytest.fixture(scope="module")
async def secrets_and_app(template_url: str) -> AsyncGenerator[tuple[dict[str, str], Litestar]]:
    """A clinic with the files of two payers, and keys by what they may do."""
    scopes = {
        "editor": ("estimates:read", "estimates:write", "catalogue:write", "eligibility:read", "eligibility:write"),
        "reader": ("estimates:read",),
    }
    async with testing.cloned_database(template_url) as url:
        connection = await connect(url)
        for payer, (id, rates) in FILES.items():
            await stage(connection, source(id, payer=payer, last_updated_on=OF.get(payer, "2026-11-01")), rates)
        secrets = {name: (await create_key(connection, name=name, scopes=may)).secret for name, may in scopes.items()}
        await connection.close()
        app = create_app(Settings(database_url=url), clock=lambda: NOW)
        async with alive(app):
            yield secrets, app


@pytest.fixture
async def editor(secrets_and_app: tuple[dict[str, str], Litestar]) -> AsyncGenerator[Person]:
    """Somebody who keeps the clinic's prices."""
    secrets, app = secrets_and_app
    async with browsing(app) as person:
        await person.sign_in(secrets["editor"])
        yield person


def rows(person: Person) -> list[str]:
    return re.findall(rf'href="{HERE}/([\w-]+/\w+)"', person.page)


async def test_codes_of_payers_stand_side_by_side_with_where_each_is_from(editor: Person) -> None:
    told = await editor.open(HERE)
    assert rows(editor) == ["aetna/G2083", "humana/G2083", "uhc/G2083", "uhc/J0013"]
    assert re.search(r"\$1,400 . \$1,500 Payer's price file Choice, PPO", told)
    assert f"2026-11-01_{FILE}.json.gz" in told
    assert re.search(r"\$1,100 . \$1,900 Payer's price file Median \$1,200", told)
    assert "None fits" in told
    await editor.open(f"{HERE}?code=g2083")
    assert rows(editor) == ["aetna/G2083", "humana/G2083", "uhc/G2083"]
    await editor.open(f"{HERE}?payer=uhc")
    assert rows(editor) == ["uhc/G2083", "uhc/J0013"]
    assert '<option value="uhc" selected>' in editor.page
    assert "No rate found" in await editor.open(f"{HERE}?code=99999")


async def test_a_payers_page_leads_to_its_rates(editor: Person) -> None:
    await editor.open("/console/payers/aetna")
    assert f'href="{HERE}?payer=aetna"' in editor.page
    await editor.open("/console/payers/cigna")
    assert HERE + "?payer" not in editor.page


async def test_an_estimate_shows_the_rate_and_its_file(editor: Person) -> None:
    await editor.open("/console/estimate")
    asked = {"payer": "UnitedHealthcare", "treatment": "spravato", "network": "in", "lane": "medical"}
    told = await editor.send("/console/estimate", asked)
    assert "J0013 x 84: the payer's price file says that it pays this clinic $1,260 to $1,344" in told
    assert "payer's files" in told
    assert "No rate for 99215 is on file" in told
    assert "Network in the price file" in told
    told = await editor.send("/console/estimate", plan_network="PPO")
    assert "J0013 x 84: the payer's price file says that it pays this clinic $1,344" in told
    assert editor.filled("/console/estimate")["plan_network"] == "PPO"


async def test_a_message_that_names_the_network_chooses_it(editor: Person) -> None:
    await editor.open("/console/estimate")
    named = message("payer UNITEDHEALTHCARE|87726\n1 30").replace("EB*1**30", "REF*N6*0017*PPO~EB*1**30")
    await editor.send("/console/estimate/271", treatment="spravato", x12=named)
    assert editor.filled("/console/estimate")["plan_network"] == "PPO"
    told = await editor.send("/console/estimate", network="in", lane="medical")
    assert "J0013 x 84: the payer's price file says that it pays this clinic $1,344" in told


async def test_a_file_that_should_have_a_newer_one_is_stale_on_the_page_and_in_the_metrics(editor: Person) -> None:
    told = await editor.open("/console/stale?kind=payer-file")
    assert "Imported price files Overdue: 1 Import the newer file: outlay rates import for a payer" in told
    assert (
        "Payer's price file: UnitedHealthcare The file is of October 1, 2026; a newer one is expected by "
        "November 1, 2026 · 2026-11-01_00000000-0000-7000-8000-000000000002.json.gz 22 days overdue"
    ) in told
    assert "payers/catalogue/data/imported" not in editor.page
    metrics = (await editor.client.get("/metrics")).text
    assert 'outlay_catalogue_stale_facts{kind="payer-file"} 1.0' in metrics
    assert 'outlay_catalogue_stale_facts{kind="medicare-asp"} 0.0' in metrics


async def test_a_code_says_what_is_taken_and_by_which_rules(editor: Person) -> None:
    told = await editor.open(f"{HERE}/aetna/G2083")
    assert "the payer's price file says that it pays this clinic $1,400 to $1,500" in told
    assert "a rate for the code goes before one for all other codes; 2 of 3 are left" in told
    assert "nothing tells which holds" in told
    assert "None fits" in await editor.open(f"{HERE}/uhc/G2083")
    await editor.open(f"{HERE}/aetna/99215")
    assert editor.status == 404


async def test_a_median_says_how_far_claims_vary_and_how_many_there_are(editor: Person) -> None:
    told = await editor.open(f"{HERE}/humana/G2083")
    assert "Median of claims Eight in ten: $1,100.00 - $1,900.00 Claims: 1 to 10" in told
    assert "half came to at most $1,200, and eight in ten lay within $1,100 to $1,900" in told


async def test_somebody_chooses_a_rate_and_lets_the_rules_choose_again(editor: Person) -> None:
    page = f"{HERE}/aetna/G2083"
    await editor.open(page)
    told = await editor.send(page, rate=f"{FILE}/1", first_day="2026-11-20", note="by phone with the payer")
    assert editor.at == page
    assert "$1,500 for one unit Chosen by staff" in told
    assert "Chosen by staff from November 20, 2026 on. Note: by phone with the payer" in told
    assert "Chosen by staff" in await editor.open(HERE)
    await editor.open(page)
    told = await editor.send(f"{page}/unpin", until="2026-11-23")
    assert re.search(r"\$1,400 . \$1,500 for one unit", told)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"rate": f"{FILE}/99", "first_day": "2026-11-20"}, {"rate": "Choose one of the rates."}),
        ({"rate": f"{FILE}/{2**31}", "first_day": "2026-11-20"}, {"rate": "Choose one of the rates."}),
        (
            {"first_day": "soon", "note": "kept"},
            {"rate": "Choose one of the rates.", "first_day": "Write a date, such as 2026-12-01."},
        ),
        (
            {"rate": f"{FILE}/0", "first_day": "2026-11-20", "note": "x" * 501},
            {"note": "Write at most 500 characters."},
        ),
    ],
)
async def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(
    editor: Person, typed: dict[str, str], wrong: dict[str, str]
) -> None:
    page = f"{HERE}/aetna/G2083"
    await editor.open(page)
    await editor.send(page, typed)
    assert (editor.status, editor.wrong) == (422, wrong)
    assert editor.filled(page)["first_day"] == typed["first_day"]
    assert editor.filled(page)["note"] == typed.get("note", "")


async def test_nothing_is_chosen_for_a_code_that_is_not_on_file(editor: Person) -> None:
    await editor.open(f"{HERE}/aetna/G2083")
    token = editor.filled(f"{HERE}/aetna/G2083")["csrf"]
    for address in (f"{HERE}/aetna/99999", f"{HERE}/nobody/G2083/unpin"):
        await editor.send(address, csrf=token, rate=f"{FILE}/0", first_day="2026-11-20", until="2026-11-20")
        assert editor.status == 404


async def test_who_only_reads_sees_and_chooses_nothing(secrets_and_app: tuple[dict[str, str], Litestar]) -> None:
    secrets, app = secrets_and_app
    async with browsing(app) as person:
        await person.sign_in(secrets["reader"])
        await person.open(f"{HERE}/aetna/G2083")
        assert "Every rate on file" in person.text
        assert 'type="radio"' not in person.page
        await person.send(f"{HERE}/aetna/G2083", rate=f"{FILE}/0", first_day="2026-11-20")
        assert person.status == 403


async def test_in_spanish(editor: Person) -> None:
    await editor.open(HERE)
    told = await editor.send("/console/language", lang="es", return_to=f"{HERE}/aetna/G2083")
    assert "Lo que toma hoy una estimación" in told
    assert "el archivo de precios del pagador dice que le paga a esta clínica" in told
    assert "Todas las tarifas registradas" in told


async def test_without_any_rates_it_says_how_to_get_them(reader: Person) -> None:
    assert "No rates yet" in await reader.open(HERE)
