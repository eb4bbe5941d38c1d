"""What the tests of pages share: other websites, opened pages, and what to look for on them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from playwright.async_api import Page

WIDTHS = (360, 768, 1280)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
Shoot = Callable[[Page, str], Awaitable[None]]


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
