"""The widget's task by keyboard alone, in both languages: say who pays, read the range, go on from there."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.looking import Clinic, Visit
from tests.browser.widget import LANGUAGES, Language, Widget, html


async def opened(
    visit: Visit, site: str, clinic: Clinic, attributes: str = "", *, lang: Language = "en", **more: Any
) -> Widget:
    url = clinic.put("/", html(site, attributes, lang=lang))
    return await Widget(await visit(url, **more), lang).ready()


async def focused(page: Page) -> str:
    return await page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_whole_task_by_keyboard_alone(lang: Language, visit: Visit, site: str, clinic: Clinic) -> None:
    widget = await opened(visit, site, clinic, 'treatments="spravato iv-ketamine"', lang=lang)
    keyboard = widget.page.keyboard
    await keyboard.press("Tab")
    assert await focused(widget.page) == widget.say("other_language")
    await keyboard.press("Tab")
    await expect(widget.page.get_by_role("radio", name="Spravato")).to_be_focused()
    await keyboard.press("Tab")
    await expect(widget.payer).to_be_focused()
    await keyboard.type("medicare adv")
    await expect(widget.options.first).to_have_text("Aetna Medicare Advantage")
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    second = await widget.options.nth(1).text_content()
    await expect(widget.options.nth(1)).to_have_attribute("aria-selected", "true")
    active = await widget.payer.get_attribute("aria-activedescendant")
    assert active == await widget.options.nth(1).get_attribute("id")
    await keyboard.press("Enter")
    await expect(widget.payer).to_have_attribute("aria-expanded", "false")
    assert second
    assert (await widget.payer.input_value()) == second.split(widget.say("payer_also", name=""))[0]
    await keyboard.press("Tab")
    await keyboard.press("ArrowUp")
    await expect(widget.page.get_by_role("radio").nth(4)).to_be_checked()
    await keyboard.press("Tab")
    await expect(widget.button).to_be_focused()
    await keyboard.press("Enter")
    await widget.answered()

    await expect(widget.answer).to_be_focused()
    await expect(widget.answer).to_contain_text("Spravato")
    await expect(widget.page.get_by_role("status")).to_contain_text(await widget.answer.text_content() or "")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(widget.answer).to_be_focused()
    await expect(widget.answer).not_to_contain_text("Spravato")
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    assert (await focused(widget.page)).startswith(widget.say("narrows"))
    await keyboard.press("Enter")
    await expect(widget.page.locator("details[open] li").first).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("aet", "Aetna"),
        ("PacifiCare", "UnitedHealthcare"),
        ("unitedhealtcare", "UnitedHealthcare"),
        ("cinga", "Cigna Healthcare"),
        ("Select Helath", "Select Health"),
        ("KAISER", "Kaiser Permanente Colorado"),
        ("tricare west", "TRICARE West (TriWest)"),
        ("none", "No insurance, or I pay myself"),
    ],
)
async def test_a_name_is_found_as_people_type_it(
    typed: str, found: str, visit: Visit, site: str, clinic: Clinic
) -> None:
    widget = await opened(visit, site, clinic)
    await widget.choose(typed)
    await expect(widget.payer).to_have_value(found)


async def test_nothing_typed_leaves_the_page(visit: Visit, site: str, clinic: Clinic) -> None:
    widget = await opened(visit, site, clinic)
    asked: list[str] = []
    widget.page.on("request", lambda request: asked.append(request.url))
    await widget.payer.press_sequentially("Maria Lopez 1961")
    await expect(widget.page.get_by_text(widget.say("payer_unknown")).first).to_be_visible()
    await widget.ask()
    assert len(asked) == 4
    assert not any("Lopez" in url or "Maria" in url for url in asked)
    kept = await widget.page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]")
    assert kept == ["", 0, 0]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "told"), [("", "payer_missing"), ("zzyzx", "payer_unknown"), ("aet", "payer_missing")]
)
async def test_without_an_insurance_it_says_so_beside_the_field(
    typed: str, told: str, lang: Language, visit: Visit, site: str, clinic: Clinic
) -> None:
    widget = await opened(visit, site, clinic, lang=lang)
    await widget.payer.fill(typed)
    await widget.payer.press("Enter")
    await expect(widget.payer).to_be_focused()
    await expect(widget.payer).to_have_value(typed)
    await expect(widget.payer).to_have_attribute("aria-invalid", "true")
    await expect(widget.payer).to_have_accessible_description(f"{widget.say('payer_hint')} {widget.say(told)}")
    await widget.choose("cigna")
    await expect(widget.payer).not_to_have_attribute("aria-invalid", "true")


async def test_escape_closes_the_suggestions_and_keeps_the_text(visit: Visit, site: str, clinic: Clinic) -> None:
    widget = await opened(visit, site, clinic)
    await widget.payer.press_sequentially("ci")
    await expect(widget.options.first).to_be_visible()
    await expect(widget.page.get_by_role("status")).to_contain_text("suggestion")
    await widget.payer.press("Escape")
    await expect(widget.options).to_have_count(0)
    await expect(widget.payer).to_have_value("ci")


async def test_only_questions_that_matter_are_asked(visit: Visit, site: str, clinic: Clinic) -> None:
    widget = await opened(visit, site, clinic)
    deductible = widget.page.get_by_role("group", name=widget.say("deductible"))
    kind = widget.page.get_by_role("combobox", name=widget.say("plan_type"))
    await expect(deductible).to_be_hidden()
    await widget.choose("self pay")
    await expect(deductible).to_be_hidden()
    await widget.choose("Aetna")
    await expect(deductible).to_be_visible()
    await kind.select_option("medicare-advantage")
    await widget.button.click()
    await widget.answered()
    await expect(widget.answer).to_contain_text("Aetna Medicare Advantage")
    await widget.choose("cigna healthcare")
    await expect(kind).to_have_value("")


async def test_the_other_language_keeps_what_was_chosen(visit: Visit, site: str, clinic: Clinic) -> None:
    widget = await opened(visit, site, clinic, 'treatments="iv-ketamine spravato"')
    await widget.page.get_by_role("radio", name="Spravato").check()
    await widget.ask()
    english = await widget.course.text_content()
    await widget.page.get_by_role("button", name=widget.say("other_language")).click()
    spanish = Widget(widget.page, "es")
    await expect(spanish.page.get_by_role("button", name=spanish.say("other_language"))).to_be_focused()
    await spanish.answered()
    await expect(spanish.payer).to_have_value("Aetna")
    await expect(spanish.answer).to_contain_text("con Aetna")
    assert (await spanish.course.text_content() or "").replace(" a ", " to ") == english


async def test_what_the_clinic_offers_is_what_is_shown(visit: Visit, site: str, clinic: Clinic) -> None:
    one = await opened(visit, site, clinic, 'treatments="iv-ketamine" cta="Call us" cta-href="tel:+13035550100"')
    await expect(one.page.get_by_role("radio")).to_have_count(0)
    await one.ask("self pay")
    await expect(one.answer).to_have_text("IV ketamine, paid by you")
    await expect(one.page.get_by_role("link", name="Call us")).to_have_attribute("href", "tel:+13035550100")
    evil = await opened(visit, site, clinic, 'state="CA" cta-href="javascript:alert(1)"')
    await evil.ask("Molina")
    await expect(evil.page.locator(".ol-cta")).to_have_count(0)
    await expect(evil.page.get_by_role("radio")).to_have_count(4 + 4)
    await evil.payer.fill("Anthem")
    await expect(evil.options.filter(has_text="Colorado")).to_have_count(0)
