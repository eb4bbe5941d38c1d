"""The payers' pages without script: found by any name, decided as the engine does, told with where it was read."""

import re
from html import unescape
from typing import get_args

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.coverage import decide
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import Indication, Treatment
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key
from service.web.console.words import speaker
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

HERE = "/console/payers"
CATALOGUE = Catalogue(load_release())
TODAY = NOW.date()


def found(person: Person) -> list[str]:
    return re.findall(r'class="name" href="/console/payers/([^"]+)"', person.page)


def matrix(person: Person, number: int = 0) -> list[list[str]]:
    """The words of the cells of a matrix, row by row."""
    table = re.findall(r'<table class="matrix">(.*?)</table>', person.page, re.DOTALL)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


@pytest.mark.parametrize(
    ("query", "first", "why"),
    [
        ("?q=meritan", "aetna", "Known as Meritain"),
        ("?q=Unitedhelthcare", "uhc", ""),
        ("?q=60054", "aetna", "Known as 60054"),
        ("?q=aetna&kind=medicare-advantage", "aetna-ma", ""),
        ("?q=&kind=rae&state=CO", "bhi", ""),
    ],
)
async def test_a_payer_is_found_by_any_of_its_names(reader: Person, query: str, first: str, why: str) -> None:
    await reader.open(HERE + query)
    assert found(reader)[0] == first
    assert why in reader.text


async def test_without_a_query_every_payer_is_there(reader: Person) -> None:
    await reader.open(HERE)
    assert set(found(reader)) == CATALOGUE.payers.keys()
    assert f"Payers found: {len(CATALOGUE.payers)}" in reader.text
    assert "Known as" not in reader.text


async def test_what_was_typed_and_chosen_stays(reader: Person) -> None:
    await reader.open(f"{HERE}?q=%22Aetna%22&kind=commercial&state=CO")
    assert reader.filled(HERE)["q"] == '"Aetna"'
    assert '<option value="commercial" selected>' in reader.page
    assert "<option selected>CO</option>" in reader.page


async def test_nothing_found_says_what_to_do(reader: Person) -> None:
    await reader.open(f"{HERE}?q=zzzzzzzz")
    assert "No payer found" in reader.text
    assert f'href="{HERE}"' in reader.page


async def test_a_kind_that_is_none_is_refused(reader: Person) -> None:
    await reader.open(f"{HERE}?kind=nonsense")
    assert reader.status == 422


async def test_the_script_gets_the_list_alone(reader: Person) -> None:
    await reader.open(f"{HERE}?q=cigna", **{"hx-request": "true"})
    assert "<h1" not in reader.page
    assert found(reader)[0] == "cigna"


async def test_a_name_of_the_past_leads_to_the_payer_of_today(reader: Person) -> None:
    told = await reader.open(f"{HERE}?q=beacon")
    assert "Beacon Health Options Renamed" in told
    assert "Now: Carelon Behavioral Health" in told
    told = await reader.open(f"{HERE}/beacon")
    assert "A card with this name leads elsewhere today." in told
    assert 'class="matrix"' not in reader.page


@pytest.mark.parametrize("slug", ["aetna", "enthea", "medicare", "select-health", "friday"])
async def test_the_matrix_is_what_the_engine_decides(reader: Person, slug: str) -> None:
    await reader.open(f"{HERE}/{slug}")
    say = speaker("en")
    payer = CATALOGUE.payers[slug]
    for indication, row in zip(get_args(Indication), matrix(reader), strict=True):
        for treatment, cell in zip(get_args(Treatment), row, strict=True):
            decision = decide(CATALOGUE, payer, treatment, indication, TODAY)
            assert say(f"estimate.status_{decision.status}") in cell
            assert ("general rule" in cell) == decision.is_default


async def test_silence_is_not_a_denial(reader: Person) -> None:
    await reader.open(f"{HERE}/enthea")
    assert matrix(reader)[0][0] == "… No policy found"
    assert "That is not a denial" in reader.text


async def test_a_plan_that_differs_has_a_matrix_of_its_own(reader: Person) -> None:
    told = await reader.open(f"{HERE}/bcbs-other")
    plans = {rule.plan for rule in CATALOGUE.release.rules if rule.payer == "bcbs-other" and rule.plan}
    assert len(re.findall('class="matrix"', reader.page)) == 1 + len(plans)
    assert all(plan in told for plan in plans)


async def test_every_cell_leads_to_a_rule_of_the_page(reader: Person) -> None:
    for slug in ("aetna", "kaiser-co", "bcbs-other"):
        await reader.open(f"{HERE}/{slug}")
        led = set(re.findall(r'href="#(rule-\d+)"', reader.page))
        assert led <= set(re.findall(r'id="(rule-\d+)"', reader.page))
        assert led


async def test_a_rule_is_told_whole_with_its_source_and_its_age(reader: Person) -> None:
    await reader.open(f"{HERE}/aetna")
    rule = reader.page.partition('id="rule-1"')[2].partition("</article>")[0]
    told = words(rule)
    for part in (
        "Spravato (esketamine) Treatment-resistant depression",
        "Prior authorization",
        "You are at least 18 years old.",
        "J0013",
        "medical or pharmacy by plan",
        "medium confidence Verified yesterday · review by February 22, 2027",
    ):
        assert part in told
    assert re.search(r'<a href="https://[^"]+" rel="noreferrer', rule)


async def test_who_a_payer_is(reader: Person) -> None:
    told = await reader.open(f"{HERE}/aetna")
    assert "Part of CVS Health" in told
    assert "Medicare Advantage: Aetna Medicare Advantage" in told
    assert "60054 Clearinghouse 270 and 837 Shared with Aetna Medicare Advantage" in told
    assert "November 2018 acquired by CVS Health" in told


async def test_who_has_ended_says_so(reader: Person) -> None:
    assert "Friday Health Plans has ended" in await reader.open(f"{HERE}/friday")


async def test_an_unknown_payer_is_not_found(reader: Person) -> None:
    await reader.open(f"{HERE}/nobody")
    assert reader.status == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("name=PacifiCare&as_of=2004-01-01", "“PacifiCare” on January 1, 2004 means PacifiCare"),
        ("name=PacifiCare&as_of=2026-11-23", "means UnitedHealthcare PacifiCare → UnitedHealthcare: merged into"),
        ("name=BCBS&as_of=2026-11-23", "may mean several payers. Which three characters begin the member id?"),
        ("name=Aetnnna%20Xyzzy&as_of=2026-11-23", "No payer with the name “Aetnnna Xyzzy” is on file"),
    ],
)
async def test_a_name_on_a_card_as_of_a_day(reader: Person, query: str, told: str) -> None:
    assert told in await reader.open(f"{HERE}/pacificare?{query}")
    assert reader.status == 200
    assert told in await reader.open(f"{HERE}/pacificare?{query}", **{"hx-request": "true"})
    assert "<h1" not in reader.page


async def test_a_day_that_is_none_is_told_beside_it_and_kept(reader: Person) -> None:
    await reader.open(f"{HERE}/pacificare?name=Pacific+Care&as_of=tomorrow")
    assert reader.status == 422
    assert reader.wrong == {"as_of": "Write a date, such as 2026-12-01."}
    kept = reader.filled(f"{HERE}/pacificare#as-of")
    assert (kept["name"], kept["as_of"]) == ("Pacific Care", "tomorrow")


async def test_the_way_to_an_estimate_brings_the_payer(biller: Person, reader: Person) -> None:
    await biller.open(f"{HERE}/aetna")
    assert 'href="/console/estimate?payer=aetna"' in biller.page
    await biller.open("/console/estimate?payer=aetna")
    assert biller.filled("/console/estimate")["payer"] == "Aetna"
    await reader.open(f"{HERE}/aetna")
    assert "/console/estimate?" not in reader.page, "who only reads cannot make one"


async def test_in_spanish_what_stands_in_english_alone_is_marked(reader: Person) -> None:
    await reader.open(HERE)
    await reader.send("/console/language", lang="es", return_to=f"{HERE}/aetna")
    assert "Autorización previa" in reader.text
    assert '<span lang="en">Ketamine for the Treatment of Depression' in reader.page
    assert "fue comprado por CVS Health" in reader.text


async def test_the_clinics_own_rule_goes_first_and_says_so(database_url: str) -> None:
    ours = msgspec.structs.replace(
        next(each for each in CATALOGUE.release.rules if each.id == "aetna-ket-psy"),
        id="our-aetna",
        status="case-by-case",
        reason=None,
        sources=("a call on 2026-10-01",),
    )
    connection = await connect(database_url)
    await add_clinic_rows(connection, ClinicLayer(rules=(ours,)))
    key = (await create_key(connection, name="reader", scopes=("estimates:read",))).secret
    await connection.close()
    app = create_app(Settings(database_url=database_url), clock=lambda: NOW)
    async with alive(app), browsing(app) as person:
        await person.sign_in(key)
        told = await person.open(f"{HERE}/aetna")
        assert matrix(person)[0][1] == "? Case by case clinic's own rule"
        first = person.page.partition('id="rule-1"')[2].partition("</article>")[0]
        assert "a call on 2026-10-01" in first
        assert "clinic&#39;s own rule" in first
        assert told.count("Spravato precertification criteria") == 1
