"""What the tests of pages share: other websites, opened pages, and what to look for on them."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import uvicorn
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

WIDTHS = (360, 768, 1280)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
Shoot = Callable[[Page, str], Awaitable[None]]


def chromium_path() -> str | None:
    """The browser of this machine, or the one that `OUTLAY_CHROMIUM` names."""
    return os.environ.get("OUTLAY_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


@asynccontextmanager
async def launched() -> AsyncGenerator[Browser]:
    """That browser, without a window."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    """The application over HTTP on a free port of this machine, in the caller's event loop.

    The socket listens before the server does, so whoever is early waits.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none", access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await serving


@dataclass
class Clinic:
    """Another website: its origin, and its pages with their headers by path."""

    origin: str
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict[str, tuple[str, dict[str, str]]])

    def put(self, path: str, html: str, **headers: str) -> str:
        """The address of a page that from now on holds this."""
        self.pages[path] = html, headers
        return self.origin + path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        html, headers = self.pages.get(scope["path"], ("", {}))
        named = [(b"content-type", b"text/html; charset=utf-8")]
        named += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200 if html else 404, "headers": named})
        await send({"type": "http.response.body", "body": html.encode()})


class Visit(Protocol):
    """Opens a page at an address, in a window of that width."""

    def __call__(
        self, url: str, *, width: int = 1280, scheme: Scheme = "light", quiet: bool = True, **more: Any
    ) -> Awaitable[Page]:
        """The page, loaded. `quiet=False` allows it to complain; `more` are the browser's own settings."""
        ...


async def barriers(page: Page, part: str | None = None) -> list[str]:
    """What axe finds against WCAG 2.1 AA and its own good practice, in a part of the page or the whole of it."""
    await page.evaluate((Path(__file__).parent / "vendor/axe.min.js").read_text())
    found = await page.evaluate("(part) => axe.run(part ?? document)", part)
    return [
        f"{rule['id']}: {node['failureSummary']} at {node['target']}"
        for rule in cast("list[dict[str, Any]]", found["violations"])
        for node in rule["nodes"]
    ]


async def overflows(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
