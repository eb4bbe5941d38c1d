"""What is stale in a real browser: opened and narrowed by keyboard, at every width and in both languages."""

import pytest
from playwright.async_api import expect

from payers.catalogue.vocabulary import Language
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows

HERE = "/console/stale"


@pytest.mark.parametrize(("lang", "locale"), [("en", "en-US"), ("es", "es-MX")])
async def test_what_is_due_is_opened_and_narrowed_by_keyboard(lang: Language, locale: str, sign_in: SignIn) -> None:
    page, say = await sign_in(at=HERE, locale=locale), speaker(lang)
    group = page.locator("details.group", has_text="payers/aetna.toml")
    await group.locator("summary").press("Enter")
    await expect(group.get_by_text(say("stale.left", days=29))).to_be_visible()
    await page.locator("#kind").focus()
    await page.keyboard.type(say("stale.kind_identifier"))
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**?kind=identifier")
    await expect(page.locator("details.group[open]")).to_have_count(await page.locator("details.group").count())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page(width: int, scheme: Scheme, sign_in: SignIn, site: str, shoot: Shoot) -> None:
    page = await sign_in(at=HERE, width=width, scheme=scheme, locale="es-MX" if scheme == "dark" else "en-US")
    assert not await overflows(page)
    await shoot(page, f"console-stale-folded-{width}-{scheme}")
    for state, kind in (("open", "price"), ("empty", "conflict")):
        await page.goto(f"{site}{HERE}?kind={kind}")
        assert await barriers(page) == [], state
        assert not await overflows(page), state
        await shoot(page, f"console-stale-{state}-{width}-{scheme}")
