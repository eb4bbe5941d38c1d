"""The estimates on file in a real browser: found, compared and computed again by keyboard, at every width."""

from typing import Literal

import httpx
import pytest
from playwright.async_api import Page, expect

from service.store.database import connect
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows

HERE = "/console/estimates"
LOCALES: dict[Literal["en", "es"], str] = {"en": "en-US", "es": "es-MX"}
LONG = "Aetna Signature Administrators"
KNOWN = {
    "payer": "Aetna",
    "treatment": "spravato",
    "state": "CO",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 12},
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "benefits": {
        "plan_year_start": "01-01",
        "deductible": {"individual_cents": 150_000, "individual_met_cents": 30_000},
        "out_of_pocket_max": {"individual_cents": 600_000, "individual_met_cents": 30_000},
        "cost_shares": {"default": {"patient_share_bp": 2000, "deductible_applies": True}},
    },
    "prices": {"allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000}},
}
QUESTIONS = (
    {"payer": "self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 6}},
    {"payer": "Medicare", "treatment": "spravato"},
    {"payer": "UnitedHealthcare Medicare Advantage", "treatment": "spravato"},
    {"payer": LONG, "treatment": "spravato", "network": "out"},
    KNOWN,
)


@pytest.fixture
async def on_file(site: str, keys: dict[str, str]) -> list[str]:
    """The ids of some estimates on file, the newest first."""
    headers = {"Authorization": f"Bearer {keys['desk']}"}
    async with httpx.AsyncClient(base_url=site, headers=headers) as desk:
        made = [(await desk.post("/v1/estimates", json=question)).json()["id"] for question in QUESTIONS]
    return made[::-1]


@pytest.fixture
async def outdated(on_file: list[str], service_url: str) -> str:
    """An estimate that today's catalogue answers otherwise."""
    connection = await connect(service_url)
    for was, now in (
        ('"prior-authorization"', '"covered"'),
        ('"session":2', '"session":3'),
        ('"high_cents":124000', '"high_cents":130000'),
        ('"kind":"good-faith-estimate"', '"kind":"another"'),
    ):
        await connection.execute(
            "UPDATE estimates SET answer = replace(answer::text, $2, $3)::json WHERE id = $1", on_file[0], was, now
        )
    await connection.close()
    return on_file[0]


@pytest.mark.parametrize("lang", LOCALES)
async def test_two_estimates_are_found_and_compared_by_keyboard_alone(
    lang: Literal["en", "es"], sign_in: SignIn, on_file: list[str]
) -> None:
    page, say = await sign_in(at=HERE, locale=LOCALES[lang]), speaker(lang)
    keyboard = page.keyboard
    await page.locator("#payer").focus()
    await keyboard.type("aetn")
    await keyboard.press("Enter")
    await page.wait_for_url("**payer=aetn&**")
    boxes = page.get_by_role("checkbox")
    await boxes.first.focus()
    await keyboard.press("Space")
    await keyboard.press("Enter")
    told = page.get_by_role("alert")
    await expect(told).to_have_text(say("estimates.too_few"))
    await expect(told).to_be_focused()
    await expect(boxes.first).to_be_checked()

    # The message stands before the button; the ticks are above both.
    await boxes.first.focus()
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    await keyboard.press("Space")
    await expect(boxes.nth(1)).to_be_checked()
    await keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(say("estimates.compare_title"))
    await expect(page.locator(".sides > li")).to_have_count(2)
    assert on_file[0] in page.url
    await page.locator(".sides .button").first.press("Enter")
    await page.wait_for_url(f"**/console/estimate/{on_file[0]}")
    await page.get_by_role("link", name=say("estimates.replay"), exact=True).press("Enter")
    await expect(page.locator("#receipt-heading")).to_have_text(say("estimates.identical"))
    await page.get_by_role("link", name=say("estimates.again")).press("Enter")
    await expect(page.locator("#payer")).to_have_value("Aetna")
    await expect(page.locator("#headline")).to_have_count(0)


async def looked_at(page: Page, shoot: Shoot, name: str) -> None:
    """The page without barriers, as wide as its window, and its picture."""
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, name)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_at_every_width_in_light_and_dark(
    width: int, scheme: Scheme, sign_in: SignIn, shoot: Shoot, site: str, on_file: list[str], outdated: str
) -> None:
    # What is not found or cannot be meant is answered with a 422, which Chromium writes to its console.
    page = await sign_in(
        at=HERE, width=width, scheme=scheme, locale=LOCALES["es" if width == 768 else "en"], quiet=False
    )
    look = f"{width}-{scheme}"
    await page.get_by_role("checkbox").nth(1).check()
    await looked_at(page, shoot, f"console-estimates-filled-{look}")
    await page.goto(f"{site}{HERE}?payer=aetna&from=2026-11-24&treatment=im-ketamine")
    await looked_at(page, shoot, f"console-estimates-nothing-{look}")
    await page.goto(f"{site}{HERE}?payer=aetna&from=2026-11-24&to=2026-11-01&id=receipt")
    await looked_at(page, shoot, f"console-estimates-wrong-{look}")
    await page.goto(f"{site}{HERE}/compare?id={on_file[0]}")
    await looked_at(page, shoot, f"console-estimates-too-few-{look}")
    for count in (2, 4):
        await page.goto(f"{site}{HERE}/compare?{'&'.join(f'id={each}' for each in on_file[:count])}")
        await looked_at(page, shoot, f"console-estimates-compare-{count}-{look}")
    await page.goto(f"{site}/console/estimate/{on_file[1]}/replay")
    await looked_at(page, shoot, f"console-estimates-replay-same-{look}")
    await page.goto(f"{site}/console/estimate/{outdated}/replay")
    for fold in await page.locator("main details > summary").all():
        await fold.click()
    await looked_at(page, shoot, f"console-estimates-replay-changed-{look}")


async def test_a_finger_finds_every_control(sign_in: SignIn, on_file: list[str]) -> None:
    page = await sign_in(at=HERE, width=360, has_touch=True, is_mobile=True)
    small = await page.evaluate("""() =>
      [...document.querySelectorAll("button, .button, select, .framed, summary, nav a, .tick label")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML.slice(0, 120))
    """)
    assert small == []
    await page.locator(".found tbody tr").first.tap(position={"x": 300, "y": 20})
    await page.wait_for_url("**/console/estimate/*")
    assert page.url.endswith(on_file[0])


