"""The widget on a page, as the tests handle it: by its roles and names, like a visitor with a screen reader."""

from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Locator, Page, expect

from service.web.widget.words import words

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


def html(service: str, attributes: str = "", *, lang: Language = "en", head: str = "", body: str = "") -> str:
    """A clinic's page with the widget on it."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Clinic</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'{head}<script type="module" src="{service}/widget.js"></script></head><body><main><h1>Clinic</h1>'
        f"<outlay-estimate {attributes}></outlay-estimate>{body}</main></body></html>"
    )


@dataclass(frozen=True)
class Widget:
    """The widget of a page in one language."""

    page: Page
    lang: Language = "en"

    def say(self, key: str, **values: object) -> str:
        """A word of the widget."""
        return words()[self.lang][key].format(**values)

    @property
    def payer(self) -> Locator:
        """The field for the insurance."""
        return self.page.get_by_role("combobox", name=self.say("payer"), exact=True)

    @property
    def options(self) -> Locator:
        """The suggestions shown."""
        return self.page.get_by_role("option")

    @property
    def button(self) -> Locator:
        """The button that asks."""
        return self.page.get_by_role("button", name=self.say("ask"))

    @property
    def answer(self) -> Locator:
        """The answer's name."""
        return self.page.locator(".ol-name")

    @property
    def course(self) -> Locator:
        """What the whole course costs."""
        return self.page.locator(".ol-whole dd")

    async def ready(self) -> "Widget":
        """The widget, once it can be filled in."""
        await expect(self.payer).to_be_visible()
        return self

    async def choose(self, text: str) -> None:
        """Type, and take the first suggestion."""
        await self.payer.fill(text)
        await self.payer.press("ArrowDown")
        await self.payer.press("Enter")

    async def ask(self, text: str = "Aetna") -> None:
        """Choose the insurance, ask and wait for the answer."""
        await self.choose(text)
        await self.button.click()
        await self.answered()

    async def answered(self) -> None:
        """Wait for an answer."""
        await expect(self.page.locator(".ol-answer:not([aria-busy]) .ol-figures")).to_be_visible()
