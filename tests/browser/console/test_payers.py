"""The payers' pages in a real browser: found as one types, read by keyboard, at every width and in both languages."""

from typing import Literal

import pytest
from playwright.async_api import expect

from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
HERE = "/console/payers"


@pytest.mark.parametrize("lang", LOCALES)
async def test_from_the_name_on_the_card_to_the_rule_and_the_estimate_by_keyboard(
    lang: Language, sign_in: SignIn
) -> None:
    page, say = await sign_in(at=HERE, locale=LOCALES[lang]), speaker(lang)
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("meritan")
    await expect(page.locator("#count")).to_have_text(say("payers.count", count=1))
    await expect(page.locator("#found")).to_contain_text("Meritain")
    assert page.url.endswith("q=meritan&kind=&state=")
    await expect(page.locator("#q")).to_be_focused()

    await page.get_by_role("link", name="Aetna", exact=True).press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Aetna")
    cell = page.locator(".matrix tbody tr").first.get_by_role("link").first
    await expect(cell).to_contain_text(say("estimate.status_prior-authorization"))
    await cell.press("Enter")
    await expect(page.locator(".rule:target")).to_contain_text(say("payers.asks"))

    await page.locator("#name").fill("PacifiCare")
    await page.locator("#as_of").fill("2026-11-23")
    await page.locator("#as_of").press("Enter")
    await expect(page.locator("#as-of .notice")).to_be_focused()
    await expect(page.locator("#as-of .notice")).to_contain_text("UnitedHealthcare")

    await page.get_by_role("link", name=say("payers.estimate")).press("Enter")
    await expect(page.locator("#payer")).to_have_value("Aetna")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_one_payer_and_the_list(width: int, scheme: Scheme, sign_in: SignIn, site: str, shoot: Shoot) -> None:
    locale = LOCALES["es" if scheme == "dark" else "en"]
    page = await sign_in(at=f"{HERE}/aetna", width=width, scheme=scheme, locale=locale)
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, f"console-payers-one-{width}-{scheme}")
    await page.goto(f"{site}{HERE}")
    assert not await overflows(page)
    await shoot(page, f"console-payers-list-{width}-{scheme}")


@pytest.mark.parametrize(("width", "scheme", "lang"), [(360, "dark", "es"), (1280, "light", "en")])
async def test_the_other_states(
    width: int, scheme: Scheme, lang: Language, sign_in: SignIn, site: str, shoot: Shoot
) -> None:
    page = await sign_in(at=HERE, width=width, scheme=scheme, locale=LOCALES[lang], quiet=False)
    for state, address in (
        ("none", "?q=zzzzzzzz"),
        ("long", "/bcbs-other"),
        ("moved", "/pacificare?name=PacifiCare&as_of=2004-01-01"),
        ("wrong", "/pacificare?name=PacifiCare&as_of=tomorrow"),
    ):
        await page.goto(f"{site}{HERE}{address}")
        assert not await overflows(page), state
        assert state == "long" or await barriers(page) == [], state
        await shoot(page, f"console-payers-{state}-{width}-{scheme}")
