"""`sign_in` opens a page of the running service's console as the front desk would: by its key, through the sign-in."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page

from tests.browser.looking import Visit

SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture
def sign_in(visit: Visit, site: str, keys: dict[str, str]) -> SignIn:
    """Opens the console, signed in."""

    async def signed_in(key: str = keys["desk"], *, at: str = "/console/estimate", **more: Any) -> Page:
        page = await visit(f"{site}/console/sign-in?{urlencode({'return_to': at})}", **more)
        await page.locator("#key").fill(key)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**{at}")
        return page

    return signed_in
