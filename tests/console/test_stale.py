"""What is stale, as a page: every due fact with where it is changed, narrowed by kind, and who may see it."""

import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from html import unescape

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.finding import entries, place
from payers.catalogue.load import load_release
from payers.catalogue.staleness import CLINIC, due, gaps
from service.app import create_app
from service.settings import Settings
from service.web.console.words import words
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

HERE = "/console/stale"
CATALOGUE = Catalogue(load_release())
LATER = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
async def later(service_url: str, keys: dict[str, str]) -> AsyncGenerator[Person]:
    """Somebody who looks when much is overdue."""
    app = create_app(Settings(database_url=service_url), clock=lambda: LATER)
    async with alive(app), browsing(app) as person:
        await person.sign_in(keys["reader"])
        yield person


def groups(person: Person) -> list[str]:
    """The files of the page's groups, in its order."""
    return re.findall(r"<code>payers/catalogue/data/([^<]+)</code>", person.page)


async def test_every_due_fact_is_there_with_the_file_to_change(reader: Person) -> None:
    told = await reader.open(HERE)
    listed, missing = due(CATALOGUE, NOW.date()), gaps(CATALOGUE.release, NOW.date())
    assert sorted(groups(reader)) == sorted({each.file for each in (*listed, *missing)})
    for each in listed:
        assert f"<code>{each.key}</code>" in unescape(reader.page)
    assert f"Overdue: 0 Due in 30 days: {len(listed)}" in told


async def test_a_fact_says_what_it_is_how_sure_and_until_when(reader: Person) -> None:
    told = await reader.open(f"{HERE}?kind=rule")
    assert (
        "Coverage rule: Prior authorization: Spravato (esketamine) · Depression with suicidal thoughts "
        "Verified on November 22, 2026, review by December 22, 2026 · rules[aetna-spr-si] "
        "Denial Help: Aetna, Spravato called experimental (opens in a new tab) low confidence 29 days left"
    ) in told
    assert 'href="/console/payers/aetna"' in reader.page


async def test_the_longest_overdue_is_first_and_counted(later: Person) -> None:
    told = await later.open(HERE)
    stale = [each for each in due(CATALOGUE, LATER.date()) if each.value.stale_on(LATER.date())]
    assert f"Overdue: {len(stale)}" in told
    sections = later.page.split('<details class="fold group')[1:]
    days = [[int(each) for each in re.findall(r"(\d+) days overdue", section)] for section in sections]
    assert all(group == sorted(group, reverse=True) for group in days)
    most = [max(group) for group in days if group]
    assert most == sorted(most, reverse=True)
    assert (most[0], most[-1]) == (69, 7)


async def test_what_most_estimates_rest_on_is_first_of_what_is_not_overdue(biller: Person) -> None:
    await biller.open("/console/estimate")
    await biller.send("/console/estimate", payer="Kaiser Permanente Colorado", treatment="spravato")
    told = await biller.open(HERE)
    used = [int(number) for number in re.findall(r"Estimates of the last 90 days: (\d+)", told)]
    assert used
    assert used == sorted(used, reverse=True)
    assert re.search(r"Kaiser Permanente Colorado Due soon: 3 Estimates of the last 90 days: [1-9]", told)


async def test_amounts_of_the_next_year_are_told_apart(reader: Person) -> None:
    told = await reader.open(f"{HERE}?kind=yearly-amount")
    assert "The Part B deductible · 2027 · $292" in told
    assert "Forecast only" in told
    assert "Amount not found" in told
    assert "No amounts on file for 2027 catastrophic-cap, coinsurance, deductible 2027 begins in 39 days" in told


async def test_a_kind_narrows_the_list(reader: Person) -> None:
    told = await reader.open(f"{HERE}?kind=price")
    assert groups(reader) == ["prices.toml"]
    assert reader.filled(HERE)["kind"] == "price"
    assert "Published prices Due soon: 4" in told
    await reader.open(f"{HERE}?kind=nonsense")
    assert reader.status == 422


async def test_nothing_due_is_good_news_that_leads_on(reader: Person) -> None:
    assert "Everything is up to date" in await reader.open(f"{HERE}?kind=conflict")
    assert f'href="{HERE}"' in reader.page


async def test_spanish_says_it_in_spanish_and_marks_what_is_not(reader: Person) -> None:
    await reader.open(HERE)
    told = await reader.send("/console/language", lang="es", return_to=HERE)
    assert "El deducible de la Parte B · 2027 · $292" in told
    assert "Quedan 29 días" in told
    assert '<strong lang="en">standard premium · 2027 · $209.50</strong>' in reader.page


def test_every_file_of_the_catalogue_has_a_name_on_the_page() -> None:
    files = {place(table, entry)[0] for table, entry in entries(CATALOGUE.release)} | {CLINIC}
    unnamed = {file for file in files if not file.startswith("payers/") and f"stale.in_{file}" not in words("en")}
    assert unnamed == {"sources.toml"}, "sources are cited, and are no facts themselves"
