"""The estimate page in a real browser: the whole case by keyboard alone, at every width, for every eye and ear."""

import asyncio
from typing import Literal, cast

import pytest
from playwright.async_api import Page, Route, expect

from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
ANSWERS = {
    "#sessions": "12",
    "#deductible_individual": "1500",
    "#deductible_individual_met": "300",
    "#out_of_pocket_max_individual": "6000",
    "#coinsurance": "20",
    "#allowed_per_session": "1240",
}


async def estimated(page: Page, payer: str = "Aetna", treatment: str = "spravato") -> None:
    """Ask for an estimate and wait for it."""
    await page.locator("#payer").fill(payer)
    await page.locator("#treatment").select_option(treatment)
    await page.locator("#payer").press("Enter")
    await expect(page.locator("#headline")).to_be_visible()


async def filled(page: Page) -> None:
    """A case of which nearly everything is known."""
    await page.locator("details:has(#deductible_individual) > summary").click()
    for place, text in ANSWERS.items():
        await page.locator(place).fill(text)
    await page.locator("#network").select_option("in")
    await page.locator("#authorization").select_option("approved")
    await estimated(page)


async def focused(page: Page) -> str:
    return cast("str", await page.evaluate("document.activeElement.id"))


@pytest.mark.parametrize("lang", LOCALES)
async def test_a_case_from_card_to_answer_by_keyboard_alone(lang: Language, sign_in: SignIn) -> None:
    page, say = await sign_in(locale=LOCALES[lang]), speaker(lang)
    keyboard = page.keyboard
    await expect(page.locator("#payer")).to_be_focused()
    await keyboard.type("aetn")
    await expect(page.get_by_role("option").first).to_contain_text("Aetna")
    await keyboard.press("ArrowDown")
    chosen = await page.locator("#payer").get_attribute("aria-activedescendant")
    assert await page.locator("#payer-list [aria-selected=true]").get_attribute("id") == chosen
    await keyboard.press("Enter")
    await expect(page.locator("#payer")).to_have_value("Aetna")
    await keyboard.press("Tab")
    assert await focused(page) == "treatment"
    await keyboard.type("Sp")
    await page.locator("#treatment").press("Alt+p")
    assert await focused(page) == "payer"
    await keyboard.press("Enter")
    await expect(page.locator("#headline")).to_be_visible()
    await expect(page.locator("#announcer")).to_have_text(await page.locator("#headline").inner_text())

    # The keyboard goes on with the dearest question, and with the one after it.
    await expect(page.locator("#network")).to_be_focused()
    await keyboard.type(say("estimate.network_in"))
    await keyboard.press("Alt+r")
    assert await focused(page) == "headline"
    await keyboard.press("Alt+q")
    assert await focused(page) == "network"
    before = page.url
    await page.locator("#payer").press("Enter")
    await page.wait_for_function("before => location.href !== before", arg=before)
    await expect(page.locator("#known-heading")).to_have_text(say("estimate.known"))
    await expect(page.locator("#coinsurance:focus, #sessions:focus")).to_have_count(1)


async def test_no_key_is_a_trap(sign_in: SignIn) -> None:
    page = await sign_in()
    await estimated(page)
    seen: list[str] = []
    await page.locator("#payer").focus()
    for _ in range(150):
        await page.keyboard.press("Tab")
        seen.append(await page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    assert len(set(seen)) > 30
    assert any("sessions.csv" in each for each in seen)
    assert any("<body" in each or "skip" in each for each in seen), "Tab leaves the page at its end"


async def test_an_answer_has_an_address_that_opens_again(sign_in: SignIn) -> None:
    page = await sign_in()
    await filled(page)
    told = await page.locator("#headline").inner_text()
    await page.wait_for_url("**/console/estimate/*")
    await page.reload()
    await expect(page.locator("#headline")).to_have_text(told)
    await page.go_back()
    await expect(page.locator("#payer")).to_be_focused()
    await expect(page.locator("#headline")).to_have_count(0)


async def test_a_slider_moves_the_answer_and_keeps_the_focus(sign_in: SignIn) -> None:
    page = await sign_in()
    await filled(page)
    await page.locator("#what_sessions").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#sessions")).to_have_value("13")
    assert await focused(page) == "what_sessions"
    await expect(page.locator(".sessions tbody tr")).to_have_count(13)


async def test_the_chart_is_drawn_and_the_table_says_the_same(sign_in: SignIn) -> None:
    page = await sign_in()
    await filled(page)
    await page.wait_for_function("""() => {
      const canvas = document.querySelector("canvas[data-chart]");
      return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
    }""")
    drawn = await page.evaluate("JSON.parse(document.querySelector('canvas[data-chart]').dataset.chart).sessions")
    assert len(drawn) == await page.locator(".sessions tbody tr").count()


async def test_the_other_treatment_is_set_beside_it(sign_in: SignIn) -> None:
    page = await sign_in()
    await filled(page)
    await page.get_by_role("link", name="Compare Spravato and IV ketamine").press("Enter")
    await expect(page.locator("#beside .side")).to_have_count(2)
    await expect(page.locator("#beside-heading")).to_be_focused()


async def test_the_text_for_the_patient_is_copied(sign_in: SignIn) -> None:
    page = await sign_in(permissions=["clipboard-read", "clipboard-write"])
    await filled(page)
    await page.keyboard.press("Alt+c")
    await expect(page.locator("#announcer")).to_have_text("Copied.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("What you will pay: Spravato (esketamine), Aetna")


async def test_bad_input_is_focused_announced_and_led_to(sign_in: SignIn) -> None:
    # Chromium writes a 422 to its console of its own accord.
    page = await sign_in(quiet=False)
    await page.locator("details:has(#deductible_individual) > summary").click()
    await page.locator("#deductible_individual").fill("a lot")
    await page.locator("#treatment").select_option("spravato")
    await page.locator("#payer").press("Enter")
    summary = page.get_by_role("alert")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("Type the payer.")
    await expect(page.locator("#deductible_individual")).to_have_value("a lot")
    await expect(page.locator("#deductible_individual")).to_be_visible()
    assert await barriers(page) == []
    await summary.get_by_role("link").nth(1).press("Enter")
    await expect(page.locator("#deductible_individual")).to_be_focused()
    described = await page.locator("#deductible_individual").get_attribute("aria-describedby")
    assert described == "deductible_individual-wrong"


async def test_without_script_the_same_form_asks_and_answers(sign_in: SignIn) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.locator("#payer").fill("Medicare")
    await page.locator("#treatment").select_option("spravato")
    await page.locator("#payer").press("Enter")
    await page.wait_for_url("**/console/estimate/*")
    await expect(page.locator("#headline")).to_be_visible()
    await expect(page.locator("[data-print]")).to_be_hidden()


async def test_a_file_that_is_dropped_can_be_seen(sign_in: SignIn, keys: dict[str, str]) -> None:
    page = await sign_in(key=keys["admin"])
    await page.evaluate("""() => {
      const carried = new DataTransfer();
      carried.items.add(new File(["ISA*00*"], "answer.271", { type: "text/plain" }));
      const place = document.querySelector(".drop");
      place.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    }""")
    await expect(page.locator("#x12")).to_have_value("ISA*00*")
    await expect(page.locator("#x12")).to_be_focused()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_at_every_width_in_light_and_dark(width: int, scheme: Scheme, sign_in: SignIn, shoot: Shoot) -> None:
    page = await sign_in(width=width, scheme=scheme, locale=LOCALES["es" if width == 768 else "en"])
    assert await barriers(page) == []
    await shoot(page, f"console-estimate-blank-{width}-{scheme}")
    await filled(page)
    for fold in await page.locator(".answer details > summary").all():
        await fold.click()
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, f"console-estimate-{width}-{scheme}")


async def test_a_finger_finds_every_control(sign_in: SignIn) -> None:
    page = await sign_in(width=360, has_touch=True, is_mobile=True)
    await filled(page)
    await expect(page.locator("#headline")).to_be_focused()
    small = await page.evaluate("""() =>
      [...document.querySelectorAll("button, .button, select, .framed, summary, nav a, input[type=range]")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML.slice(0, 120))
    """)
    assert small == []


async def test_in_a_narrow_window_the_answer_is_seen_first(sign_in: SignIn) -> None:
    page = await sign_in(width=768)
    await estimated(page, "pacificare")
    await expect(page.locator("#headline")).to_be_focused()
    await expect(page.locator(".result .milestones")).to_be_in_viewport()


async def test_on_paper_there_is_the_answer_alone(sign_in: SignIn) -> None:
    page = await sign_in()
    await filled(page)
    await page.emulate_media(media="print")
    await expect(page.locator("#ask")).to_be_hidden()
    await expect(page.locator(".bar")).to_be_hidden()
    await expect(page.locator("#headline")).to_be_visible()
    await expect(page.locator(".sessions")).to_be_visible()


async def late(route: Route) -> None:
    await asyncio.sleep(1)
    await route.continue_()


@pytest.mark.parametrize("width", WIDTHS)
async def test_it_weighs_little_and_nothing_in_sight_moves_when_the_answer_comes(width: int, sign_in: SignIn) -> None:
    page = await sign_in(width=width)
    loaded = await page.evaluate("""() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .map((each) => each.encodedBodySize)
    """)
    assert len(loaded) <= 9
    assert sum(loaded) < 130_000
    await page.route("**/console/estimate", late)
    await page.evaluate("window.shifted = 0")
    await estimated(page)
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert await page.evaluate("window.shifted") < 0.1
