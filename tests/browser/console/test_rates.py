"""The rates' pages in a real browser: a rate is chosen by keyboard, at every width and in both languages."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import expect

from payers.catalogue.vocabulary import Language
from service.store.database import connect
from service.store.rates import stage
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import WIDTHS, Scheme, Shoot, barriers, overflows
from tests.payers.rates.real import rate, source

HERE = "/console/rates"
CODE = f"{HERE}/aetna/G2083"
PLACES = [f"{place:02}" for place in range(1, 30)]
RATES = [
    rate("G2083", 140_000, networks=("Choice Plus of the Rocky Mountains",), places_of_service=PLACES),
    rate("G2083", 150_000, networks=("PPO",), places_of_service=("11", "22"), expires_on="2026-12-31"),
    rate("G2083", 1_000, modifiers=("26",), setting="inpatient", billing_class="institutional", matched_by="npi"),
    rate("G2083", 9_000, arrangement="bundle"),
    rate("J0013", 133_744, units=100),
]


@pytest.fixture(scope="module", autouse=True)
async def file(service_url: str) -> AsyncGenerator[None]:
    """A payer's file, out of force afterwards for whoever comes next."""
    connection = await connect(service_url)
    await stage(connection, source("00000000-0000-7000-8000-00000000000b", payer="aetna"), RATES)
    yield
    await connection.execute("UPDATE rate_sources SET replaced_at = now()")
    await connection.close()


@pytest.mark.parametrize(("lang", "locale"), [("en", "en-US"), ("es", "es-MX")])
async def test_a_rate_is_chosen_and_left_to_the_rules_by_keyboard(
    lang: Language, locale: str, sign_in: SignIn, keys: dict[str, str]
) -> None:
    page, say = await sign_in(keys["admin"], at=HERE, locale=locale), speaker(lang)
    await page.get_by_role("link", name="G2083").press("Enter")
    await expect(page.locator(".why")).to_contain_text("$1,400")
    await page.locator("#rate").focus()
    await page.keyboard.press("Space")
    await page.locator("#note").fill("PPO")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(say("rates.because", note="PPO"))).to_be_visible()
    await expect(page.locator(".chosen")).to_have_text("$1,400")
    await page.locator("#until").press("Enter")
    await expect(page.get_by_text(say("rates.because", note="PPO"))).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), list(zip(WIDTHS, ("dark", "light", "light"), strict=True)))
async def test_the_pages(
    width: int, scheme: Scheme, sign_in: SignIn, site: str, shoot: Shoot, keys: dict[str, str]
) -> None:
    locale = "es-MX" if scheme == "dark" else "en-US"
    page = await sign_in(keys["admin"], at=HERE, width=width, scheme=scheme, locale=locale, quiet=False)
    for state, address in (("list", HERE), ("code", CODE)):
        await page.goto(f"{site}{address}")
        assert await barriers(page) == [], state
        assert not await overflows(page), state
        await shoot(page, f"console-rates-{state}-{width}-{scheme}")
    await page.goto(f"{site}{CODE}")
    await page.locator("#first_day").fill("")
    await page.locator("#note").press("Enter")
    await expect(page.locator(".summary")).to_be_focused()
    assert await barriers(page) == []
    await shoot(page, f"console-rates-wrong-{width}-{scheme}")
