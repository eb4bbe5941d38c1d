"""The page to sign in, and the pages of errors, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, Visit, barriers, overflows


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_to_sign_in(width: int, scheme: Scheme, visit: Visit, site: str, shoot: Shoot) -> None:
    page = await visit(f"{site}/console", width=width, scheme=scheme, quiet=False)
    await expect(page.locator("#key")).to_be_focused()
    await page.keyboard.type("outlay_wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, f"console-sign-in-{width}-{scheme}")


async def test_an_error_is_a_page_like_the_others(sign_in: SignIn, site: str, shoot: Shoot) -> None:
    page = await sign_in(quiet=False)
    await page.goto(f"{site}/console/nowhere")
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert await barriers(page) == []
    await shoot(page, "console-not-found")


async def test_signing_out_is_one_button(sign_in: SignIn, site: str) -> None:
    page = await sign_in()
    await page.get_by_role("button", name="Sign out").press("Enter")
    await page.wait_for_url("**/console/sign-in")
    await page.goto(f"{site}/console/estimate")
    await page.wait_for_url("**/console/sign-in?**")


async def test_the_switch_changes_the_language_where_one_is(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.get_by_role("button", name="Español").press("Enter")
    await expect(page.get_by_role("heading", name="Estimación")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "es"
