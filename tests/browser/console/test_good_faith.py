"""Good-faith estimates in a real browser: from an estimate to the issued document by keyboard alone, at every width."""

from collections.abc import AsyncGenerator
from typing import Any, Literal

import httpx
import pytest
from playwright.async_api import Page, expect

from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows
from tests.console.test_good_faith import CLINIC
from tests.payers.good_faith.issued import COMPOUNDING, REQUEST, THERAPIST

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
HERE = "/console/good-faith"
IV: dict[str, Any] = {
    "payer": "Self-pay",
    "treatment": "iv-ketamine",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 6},
    "prices": {"cash_per_session": {"low_cents": 50_000, "high_cents": 50_000}},
}
LONG_NAME = {"first_name": "Wolfeschlegelsteinhausenbergerdorff", "last_name": "Featherstonehaugh-Cholmondeley"}


class Office:
    """The office, over the API: what is there before somebody looks."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def estimated(self, **more: Any) -> str:
        return (await self.client.post("/v1/estimates", json=IV | more)).raise_for_status().json()["id"]

    async def issued(self, question: dict[str, Any] | None = None, **request: Any) -> str:
        asked = REQUEST | {"estimate": await self.estimated(**(question or {}))} | request
        return (await self.client.post("/v1/good-faith-estimates", json=asked)).raise_for_status().json()["id"]

    async def billed(self, issue_id: str, *cents: int, **more: Any) -> None:
        npi = REQUEST["clinic"]["npi"]
        billed = [{"npi": npi, "item": "session", "on": "2026-11-20", "each_cents": each} for each in cents]
        made = await self.client.post(f"/v1/good-faith-estimates/{issue_id}/bills", json={"billed": billed} | more)
        made.raise_for_status()


@pytest.fixture
async def office(site: str, keys: dict[str, str]) -> AsyncGenerator[Office]:
    async with httpx.AsyncClient(base_url=site, headers={"Authorization": f"Bearer {keys['desk']}"}) as client:
        yield Office(client)


async def typed(page: Page, values: dict[str, str]) -> None:
    """Type into inputs with the keyboard, one after the other from where it stands."""
    for name, text in values.items():
        await until(page, name)
        await page.keyboard.type(text)


async def until(page: Page, name: str) -> None:
    """Go on by Tab until an input has the focus."""
    for _ in range(60):
        if await page.evaluate("document.activeElement.name || document.activeElement.id") == name:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached")


@pytest.mark.parametrize("lang", LOCALES)
async def test_from_an_estimate_to_the_document_by_keyboard_alone(
    lang: Language, sign_in: SignIn, office: Office
) -> None:
    say = speaker(lang)
    estimate = await office.estimated()
    page = await sign_in(at=f"/console/estimate/{estimate}", locale=LOCALES[lang])
    await page.get_by_role("link", name=say("good_faith.new"), exact=True).press("Enter")
    await expect(page.locator("#patient__first_name")).to_be_focused()
    await typed(page, {"patient__first_name": "Pat", "patient__last_name": "Sample", "patient__birth_date": "01011980"})
    await until(page, "diagnoses__0__code")
    await page.keyboard.type("F33.2")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Depression")
    if await page.locator("#clinic__name").is_visible():
        await typed(page, CLINIC)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{HERE}/0*")
    await expect(page.locator("h1")).to_contain_text("Pat Sample")
    await expect(page.get_by_role("link", name=f"PDF {say('good_faith.language_es')}")).to_be_visible()
    await page.locator("#billed__0__each_cents").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#stands")).to_be_focused()
    await expect(page.locator(".accounts td.strong").first).to_have_text("$500")


async def test_what_is_open_is_asked_in_the_estimate_with_its_field_focused(sign_in: SignIn, office: Office) -> None:
    estimate = await office.estimated(course=None)
    page = await sign_in(at=f"/console/estimate/{estimate}")
    await page.get_by_role("link", name="Good-faith estimate", exact=True).press("Enter")
    await page.get_by_role("link", name="Answer it in the estimate").press("Enter")
    await expect(page.locator("#sessions")).to_be_focused()


async def test_bad_input_is_focused_and_led_to_within_its_fold(sign_in: SignIn, office: Office) -> None:
    await office.issued(co_providers=[COMPOUNDING])
    estimate = await office.estimated()
    page = await sign_in(at=f"/console/estimate/{estimate}", quiet=False)
    await page.goto(page.url.replace("/console/estimate/", f"{HERE}/new?estimate="))
    await expect(page.locator("#clinic__npi")).to_be_hidden()
    await page.locator("summary", has_text="Mile High Ketamine").click()
    await page.locator("#clinic__npi").fill("1")
    await page.locator("summary", has_text="Mile High Ketamine").click()
    await page.locator("#patient__first_name").press("Enter")
    summary = page.get_by_role("alert")
    await expect(summary).to_be_focused()
    await expect(page.locator("#clinic__npi")).to_be_visible()
    assert await barriers(page) == []
    await summary.get_by_role("link", name="An NPI has 10 digits.").press("Enter")
    await expect(page.locator("#clinic__npi")).to_be_focused()
    await page.locator("#add-diagnoses").press("Enter")
    await expect(page.locator("#diagnoses__0__code")).to_be_focused()


@pytest.mark.parametrize(("lang", "widths"), [("en", WIDTHS[2:]), ("es", WIDTHS[:2])])
async def test_at_every_width_in_light_and_dark(
    lang: Language, widths: tuple[int, ...], sign_in: SignIn, office: Office, site: str, shoot: Shoot
) -> None:
    issue_id = await office.issued(
        patient=REQUEST["patient"] | LONG_NAME, co_providers=[THERAPIST, COMPOUNDING], requested_on="2026-11-20"
    )
    planned = [{"npi": REQUEST["clinic"]["npi"], "item": "session", "on": "2026-12-08", "each_cents": 62_500}] * 3
    await office.billed(issue_id, 60_000, 65_000, 65_000, planned=planned)
    vague, exact = await office.estimated(course=None), await office.estimated()
    page = await sign_in(at=HERE, locale=LOCALES[lang])
    for place, state in (
        ("", "list"),
        (f"/{issue_id}", "one"),
        (f"/{issue_id}/plan", "plan"),
        (f"/{issue_id}/replace", "replace"),
        (f"/new?estimate={vague}", "refused"),
        (f"/new?estimate={exact}", "new"),
    ):
        await page.goto(f"{site}{HERE}{place}")
        if state == "replace":
            await page.evaluate("document.querySelectorAll('form.issue details').forEach((fold) => (fold.open = true))")
        for scheme in SCHEMES:
            await seen(page, shoot, state, scheme, widths)


async def test_wrong_input_on_a_phone(sign_in: SignIn, office: Office, shoot: Shoot) -> None:
    estimate = await office.estimated()
    page = await sign_in(
        at=f"/console/estimate/{estimate}", width=360, has_touch=True, is_mobile=True, locale="es-MX", quiet=False
    )
    await page.goto(page.url.replace("/console/estimate/", f"{HERE}/new?estimate="))
    await page.locator("#patient__first_name").press("Enter")
    await expect(page.get_by_role("alert")).to_be_focused()
    await seen(page, shoot, "wrong", "light", WIDTHS[:1])
    small = await page.evaluate("""() =>
      [...document.querySelectorAll("main button, main .button, main select, main .framed, main summary")]
        .filter((each) => each.checkVisibility() && !each.matches(".unseen"))
        .filter((each) => each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML.slice(0, 120))
    """)
    assert small == []


async def seen(page: Page, shoot: Shoot, state: str, scheme: Scheme, widths: tuple[int, ...]) -> None:
    """Nothing bars anybody, nothing is cut off, and pictures for people."""
    await page.emulate_media(color_scheme=scheme)
    for width in widths:
        await page.set_viewport_size({"width": width, "height": 800})
        await shoot(page, f"console-good-faith-{state}-{width}-{scheme}")
        assert not await overflows(page), (state, width)
    assert await barriers(page) == []
