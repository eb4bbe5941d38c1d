"""The estimates on file in a real browser: found, compared and computed again by keyboard, at every width."""

from typing import Literal

import httpx
import msgspec
import pytest
from playwright.async_api import expect

from service.store.database import connect_as_owner
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows

HERE = "/console/estimates"
LOCALES: dict[Literal["en", "es"], str] = {"en": "en-US", "es": "es-MX"}
LONG = "Aetna Signature Administrators"
"""The longest name of a payer that has one of many."""
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
    {"payer": "UnitedHealthcare Medicare Advantage (AARP)", "treatment": "spravato"},
    {"payer": LONG, "treatment": "spravato", "network": "out"},
    KNOWN,
)


@pytest.fixture(scope="module")
async def on_file(site: str, keys: dict[str, str]) -> list[str]:
    """The ids of some estimates on file, the newest first."""
    headers = {"Authorization": f"Bearer {keys['desk']}"}
    async with httpx.AsyncClient(base_url=site, headers=headers) as desk:
        made = [(await desk.post("/v1/estimates", json=question)).json()["id"] for question in QUESTIONS]
    return made[::-1]


@pytest.fixture(scope="module")
async def outdated(on_file: list[str], service_url: str) -> str:
    """An estimate that is answered otherwise today: the newest, with another answer in its place."""
    connection = await connect_as_owner(service_url)
    answer = msgspec.json.decode(
        await connection.fetchval("SELECT answer::text FROM estimates WHERE id = $1", on_file[0])
    )
    answer["coverage"] |= {"status": "covered", "requirements": answer["coverage"]["requirements"][2:]}
    answer["patient_pays"]["course"]["high_cents"] += 31_415
    answer["milestones"][0] |= {"session": None, "earliest_session": 1, "latest_session": 3}
    answer["notices"].append({"kind": "other", "text": LONG * 5, "citations": []})
    for session in answer["sessions"]:
        session["patient_pays"]["high_cents"] += 2_000
    await connection.execute(
        "UPDATE estimates SET answer = $2::text::json WHERE id = $1", on_file[0], msgspec.json.encode(answer).decode()
    )
    await connection.close()
    return on_file[0]


@pytest.mark.parametrize("lang", LOCALES)
async def test_two_estimates_are_found_and_compared_by_keyboard_alone(
    lang: Literal["en", "es"], sign_in: SignIn, on_file: list[str]
) -> None:
    # Chromium writes a 422 to its console of its own accord.
    page, say = await sign_in(at=HERE, locale=LOCALES[lang], quiet=False), speaker(lang)
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


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_at_every_width_in_light_and_dark(
    width: int, scheme: Scheme, sign_in: SignIn, shoot: Shoot, site: str, on_file: list[str], outdated: str
) -> None:
    page = await sign_in(
        at=HERE, width=width, scheme=scheme, locale=LOCALES["es" if width == 768 else "en"], quiet=False
    )
    several = "&".join(f"id={each}" for each in on_file)
    pages = {
        "filled": f"{HERE}?treatment=&from=2026-11-01",
        "wrong": f"{HERE}?payer=aetna&from=2026-11-24&to=2026-11-01&id=receipt",
        "compare": f"{HERE}/compare?{several.rpartition('&')[0]}",
        "replay-changed": f"/console/estimate/{outdated}/replay",
    }
    if width == min(WIDTHS):
        pages |= {
            "nothing": f"{HERE}?payer=aetna&from=2026-11-24&treatment=im-ketamine",
            "too-many": f"{HERE}/compare?{several}",
            "replay-same": f"/console/estimate/{on_file[1]}/replay",
        }
    for name, address in pages.items():
        await page.goto(f"{site}{address}")
        for fold in await page.locator("main details > summary").all():
            await fold.click()
        await shoot(page, f"console-estimates-{name}-{width}-{scheme}")
        assert await barriers(page) == [], name
        assert not await overflows(page), name


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
