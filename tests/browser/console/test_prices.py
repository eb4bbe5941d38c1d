"""The prices in a real browser: a price is added, changed and ended by keyboard alone; every page at every width."""

from collections.abc import AsyncGenerator
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from playwright.async_api import Page, expect

from payers.catalogue.clinic import ENTERED, ClinicLayer, ContractedRate, Discount, SiteLocality, SitePrice
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows, end_clinic_row
from service.store.database import Connection, connect, connect_as_owner
from service.store.keys import create_key
from service.web.console.words import speaker
from tests.browser.conftest import served
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows
from tests.conftest import NOW, alive

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
HERE = "/console/prices"
EXAMPLE = Path(__file__).parents[3] / "docs/examples/price-list.toml"
TABLES = ", ".join(f"clinic_{table}" for table in ENTERED)
LONG = "Colorado Springs, Interventional Psychiatry and Ketamine Infusion Center, second floor"
MORE = ClinicLayer(
    prices=(
        SitePrice(id="iv-next", treatment="iv-ketamine", minutes=45, price_cents=47_500, valid_from=date(2027, 1, 1)),
        SitePrice(id="im-coming", treatment="im-ketamine", price_cents=27_550, valid_from=date(2027, 2, 1)),
        SitePrice(
            id="iv-2025", treatment="iv-ketamine", minutes=45, price_cents=42_500, valid_until=date(2025, 12, 31)
        ),
        SitePrice(id="long", site=LONG, treatment="spravato", dose_mg=56, minutes=120, price_cents=123_456_789),
    ),
    discounts=(
        Discount(
            id="long-discount",
            site=LONG,
            kind="household-of-a-member-of-the-armed-forces-reserve",
            off_bp=1_250,
            applies_to=("treatment", "evaluation", "preparation", "monitoring", "follow-up", "integration"),
            note="Ask for the identity card once a year; the family shows one card together.",
        ),
    ),
    localities=(SiteLocality(id="locality", carrier="04112", locality="01"),),
    rates=(
        ContractedRate(id="aetna", payer="aetna", treatment="spravato", dose_mg=84, allowed_cents=131_000),
        ContractedRate(
            id="cigna", payer="cigna", line_of_business="commercial", treatment="spravato", allowed_cents=128_000
        ),
    ),
)


@pytest.fixture(scope="module")
async def prices_url(template_url: str) -> AsyncGenerator[str]:
    """A database whose prices belong to these tests."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def keys(prices_url: str) -> dict[str, str]:  # pyright: ignore[reportIncompatibleVariableOverride]
    """The key of whoever keeps the prices."""
    connection = await connect(prices_url)
    try:
        scopes = ("estimates:read", "catalogue:write")
        secret = (await create_key(connection, name="Price desk", scopes=scopes)).secret
        return {"desk": secret}
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def site(prices_url: str, keys: dict[str, str]) -> AsyncGenerator[str]:
    """Where the service of this clinic answers."""
    app = create_app(Settings(database_url=prices_url), clock=lambda: NOW)
    async with alive(app), served(app) as url:
        yield url


@pytest.fixture
async def database(prices_url: str) -> AsyncGenerator[Connection]:
    """The clinic's database, without any prices yet."""
    connection = await connect_as_owner(prices_url)
    await connection.execute(f"TRUNCATE {TABLES}, clinic_rule_questions")
    yield connection
    await connection.close()


@pytest.fixture
async def filled(database: Connection) -> None:
    """A clinic with two sites and one that has a long name; some prices begin later, one has ended."""
    await add_clinic_rows(database, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
    await end_clinic_row(database, "iv-2026", date(2026, 12, 31))
    await add_clinic_rows(database, MORE)


async def tab_to(page: Page, place: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if await page.locator(place).evaluate("each => each === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(place)


async def type_day(page: Page, on: date) -> None:
    """A date as one types it into the browser's own field, whose order is that of the browser and not of the page."""
    await page.keyboard.type(f"{on:%m%d%Y}")


@pytest.mark.parametrize("lang", LOCALES)
async def test_a_price_is_added_changed_and_ended_by_keyboard_alone(
    lang: Language, sign_in: SignIn, database: Connection
) -> None:
    page, say = await sign_in(at=HERE, locale=LOCALES[lang]), speaker(lang)
    keyboard, news = page.keyboard, page.locator(".notice.good")
    await tab_to(page, "a[href='/console/prices/new/prices']")
    await keyboard.press("Enter")
    await tab_to(page, "#treatment")
    await keyboard.type("ketamin" if lang == "es" else "iv k")
    await tab_to(page, "#price")
    await keyboard.type("450")
    await tab_to(page, "#site")
    await keyboard.type("Denver")
    await tab_to(page, "#valid_from")
    await type_day(page, date(2026, 1, 1))
    await keyboard.press("Enter")
    await expect(news).to_be_focused()
    await expect(news).to_contain_text("$450")
    assert await barriers(page) == []

    await tab_to(page, "a[href^='/console/prices/change/']")
    await keyboard.press("Enter")
    await tab_to(page, "#price")
    await keyboard.press("Control+a")
    await keyboard.type("475")
    await tab_to(page, "#first_day")
    await type_day(page, date(2026, 12, 1))
    await keyboard.press("Enter")
    await expect(news).to_be_focused()
    told = {"en": "From December 1, 2026, at Denver", "es": "Desde el 1 de diciembre de 2026, en Denver"}
    await expect(news).to_contain_text(told[lang])
    await expect(news).to_contain_text("$475")
    await expect(page.locator(".later")).to_contain_text("$475")

    await tab_to(page, ".later a")
    await keyboard.press("Enter")
    await tab_to(page, "#last_day")
    await type_day(page, date(2027, 6, 30))
    await keyboard.press("Enter")
    await expect(news).to_be_focused()
    await expect(news).to_contain_text(say("prices.ended_done"))
    await expect(news).to_contain_text("2027")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_at_every_width_in_light_and_dark(
    width: int, scheme: Scheme, sign_in: SignIn, site: str, shoot: Shoot, filled: None
) -> None:
    # Chromium writes a 422 to its console of its own accord.
    locale = LOCALES["es" if width == 768 else "en"]
    page = await sign_in(at=HERE, width=width, scheme=scheme, locale=locale, quiet=False)

    async def looked_at(name: str) -> None:
        # What axe looks at is the same at every width.
        assert width != WIDTHS[0] or await barriers(page) == []
        assert not await overflows(page)
        await shoot(page, f"console-prices-{name}-{width}-{scheme}")

    for fold in await page.locator("main details > summary").all():
        await fold.click()
    await looked_at("filled")
    await page.goto(f"{site}{HERE}/change/in-house-2026")
    await looked_at("row")
    await page.goto(f"{site}{HERE}/new")
    await looked_at("kinds")
    await page.goto(f"{site}{HERE}/new/packages")
    await page.locator("#sessions").fill("six")
    await page.locator("#price").press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.locator("#sessions")).to_have_value("six")
    await looked_at("wrong")


async def test_an_overlap_leads_to_the_row_that_holds(sign_in: SignIn, site: str, shoot: Shoot, filled: None) -> None:
    page = await sign_in(at=HERE, width=360, quiet=False)
    await page.goto(f"{site}{HERE}/new/discounts")
    await page.locator("#for_whom").fill("veteran")
    await page.locator("#off_percent").fill("20")
    await page.locator("#off_percent").press("Enter")
    await expect(page.locator("#valid_from-wrong")).to_contain_text("Veterans, 10% off")
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, "console-prices-overlap-360-light")
    await page.get_by_role("link", name="Change that row").press("Enter")
    await page.wait_for_url("**/console/prices/change/veteran-2026")


async def test_without_prices_it_says_what_to_do(
    sign_in: SignIn, site: str, shoot: Shoot, database: Connection
) -> None:
    page = await sign_in(at=HERE, width=360, has_touch=True, is_mobile=True)
    await expect(page.get_by_role("link", name="Add the first price")).to_be_visible()
    assert await barriers(page) == []
    await shoot(page, "console-prices-empty-360-light")
    small = """() => [...document.querySelectorAll("main button, main .button, main select, main .framed, main .check")]
      .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
      .map((each) => each.outerHTML.slice(0, 120))"""
    assert await page.evaluate(small) == []
    await page.goto(f"{site}{HERE}/new/discounts")
    assert await page.evaluate(small) == []
