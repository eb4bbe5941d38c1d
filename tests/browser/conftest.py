"""A real browser before the real service, and what must hold on every page that a test opens.

`site` is where the service answers, `clinic` another website that may use its widget, `visit` opens a page. A page must
not complain on the console and must not ask any host but these two. Screenshots go to the folder that
`OUTLAY_SCREENSHOTS` names, else beside pytest's temporary files.
"""

import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from service.app import create_app
from service.settings import Settings
from service.store.vault import ensure_keys
from tests.browser.looking import Clinic, Scheme, Shoot, Visit, chromium_path, launched, served
from tests.conftest import NOW, alive

_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
"""Counts what moves without anybody's doing, as browsers do for Cumulative Layout Shift."""


@pytest.fixture(scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    """The browser. Without one these tests are skipped."""
    if chromium_path() is None:
        pytest.skip("no Chromium here: `apt-get install chromium`, or name one in OUTLAY_CHROMIUM")
    async with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
async def clinic() -> AsyncGenerator[Clinic]:
    """A clinic's website on an origin of its own: another port is another origin."""
    website = Clinic("")
    async with served(website) as origin:
        website.origin = origin
        yield website


@pytest.fixture(scope="session")
async def site(
    service_url: str, keys: dict[str, str], clinic: Clinic, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[str]:
    """Where the service answers, with keys for patients' data, on an afternoon that does not end."""
    sealing = tmp_path_factory.mktemp("site") / "member-data-keys"
    ensure_keys(sealing)
    settings = Settings(database_url=service_url, widget_origins=(clinic.origin,), member_data_keys=sealing)
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app), served(app) as url:
        yield url


@pytest.fixture
async def visit(chromium: Browser, site: str, clinic: Clinic) -> AsyncGenerator[Visit]:
    """Opens pages, each in a browser without a past, and looks at the end whether they behaved."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    asked: set[str] = set()

    async def opened(url: str, *, width: int = 1280, scheme: Scheme = "light", quiet: bool = True, **more: Any) -> Page:
        settings: dict[str, Any] = {"locale": "en-US", **more}
        context = await chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **settings)
        contexts.append(context)
        await context.add_init_script(_SHIFTS)
        page = await context.new_page()
        if quiet:
            page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(error.message))
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc.replace("localhost", "127.0.0.1")))
        await page.goto(url)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []
    assert asked <= {urlsplit(site).netloc, urlsplit(clinic.origin).netloc, ""}


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Shoot:
    """Takes a picture of a whole page, for people to look at."""
    named = os.environ.get("OUTLAY_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")

    async def shot(page: Page, name: str) -> None:
        await page.screenshot(path=folder / f"{name}.png", full_page=True)

    return shot
