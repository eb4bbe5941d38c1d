"""`sign_in` opens the console of the running service as the front desk would: at its page, by its key."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.looking import Visit

SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture
def sign_in(visit: Visit, site: str, keys: dict[str, str]) -> SignIn:
    """Opens the console, signed in."""

    async def signed_in(key: str = keys["desk"], **more: Any) -> Page:
        page = await visit(f"{site}/console/sign-in", **more)
        await page.locator("#key").fill(key)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/estimate")
        return page

    return signed_in
