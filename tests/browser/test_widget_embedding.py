"""The widget on other people's pages: another origin, a strict policy, hostile styles, a shadow root, no script."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Request, Route, expect

from service.web.widget.assets import script
from tests.browser.looking import WIDTHS, Clinic, Visit
from tests.browser.widget import LANGUAGES, Language, Widget, html

SCRIPT_BUDGET_BYTES = 15_000
OFFER = 'treatments="spravato iv-ketamine"'


def test_the_script_is_small() -> None:
    assert len(script().packed) < SCRIPT_BUDGET_BYTES


async def test_a_strict_policy_needs_two_lines(visit: Visit, site: str, clinic: Clinic) -> None:
    policy = (
        f"default-src 'none'; script-src {site}; connect-src {site}; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
    page = await visit(clinic.put("/strict", html(site, OFFER), content_security_policy=policy))
    widget = await Widget(page).ready()
    await widget.ask()
    assert await page.locator(".ol-button").first.evaluate("(it) => getComputedStyle(it).borderRadius") == "14px"
    filled = await page.locator(".ol-least").first.evaluate("(it) => getComputedStyle(it).fill")
    assert filled == "rgb(10, 106, 98)"


async def test_a_website_that_is_not_named_is_told_nothing(visit: Visit, site: str, clinic: Clinic) -> None:
    stranger = clinic.put("/stranger", html(site)).replace("127.0.0.1", "localhost")
    page = await visit(stranger, quiet=False)
    await expect(page.get_by_role("button", name=Widget(page).say("again"))).to_be_visible()
    await expect(page.get_by_role("combobox")).to_have_count(0)


async def test_it_asks_little_and_of_one_host_alone(visit: Visit, site: str, clinic: Clinic) -> None:
    page = await visit("about:blank")
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    await page.goto(clinic.put("/count", html(site, OFFER)))
    widget = await Widget(page).ready()
    await widget.ask()
    paths = [request.url.removeprefix(site).split("?")[0] for request in asked if request.url.startswith(site)]
    assert paths == ["/widget.js", "/widget/v1/options", "/widget/v1/estimate", "/widget/v1/estimate"]
    for request in asked[2:]:
        headers = await request.all_headers()
        assert "cookie" not in headers
        assert "referer" not in headers
    await widget.page.get_by_role("button", name="IV ketamine").click()
    await expect(widget.answer).to_have_text("IV ketamine with Aetna")
    assert len(asked) == 5


async def late(route: Route) -> None:
    await asyncio.sleep(1.5)
    await route.continue_()


BELOW = "<p>" + "What stands below the widget. " * 400 + "</p>"


@pytest.mark.parametrize("height", [800, 1600])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("payer", ["self pay", "Optum Behavioral"])
async def test_nothing_in_sight_moves_when_the_answer_comes(
    payer: str, width: int, height: int, visit: Visit, site: str, clinic: Clinic
) -> None:
    page = await visit(clinic.put("/still", html(site, OFFER, body=BELOW)), width=width)
    await page.set_viewport_size({"width": width, "height": height})
    widget = await Widget(page).ready()
    await page.route("**/widget/v1/estimate*", late)
    await widget.choose(payer)
    await page.evaluate("window.shifted = 0")
    await widget.button.click()
    await widget.answered()
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert await page.evaluate("window.shifted") == 0


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_form_keeps_its_room_until_the_choices_come(
    width: int, visit: Visit, site: str, clinic: Clinic
) -> None:
    page = await visit("about:blank", width=width)
    await page.route("**/widget/v1/options*", late)
    await page.goto(clinic.put("/room", html(site, OFFER, body=BELOW)))
    await expect(page.locator(".ol-ghost").first).to_be_attached()
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await page.evaluate("window.shifted = 0")
    await Widget(page).ready()
    assert await page.evaluate("window.shifted") < 0.1


SEEN = """
  display fontSize fontStyle fontWeight lineHeight letterSpacing textTransform textAlign color backgroundColor float
  borderTopWidth borderTopStyle paddingTop paddingLeft marginTop marginBottom columnCount listStyleType
"""
"""What a visitor sees of a part of the widget, in numbers."""


async def computed(page: Page) -> list[Any]:
    """Every part of the widget with all that is seen of it, and of a picture its colours."""
    return await page.evaluate(
        """(seen) => {
          const host = document.querySelector("outlay-estimate");
          return [...(host.shadowRoot ?? host).querySelectorAll(".ol, .ol *")].map((part) => {
            const style = getComputedStyle(part), mark = getComputedStyle(part, "::before");
            const looks = part.closest("svg") ? ["fill", "display"] : seen;
            const fill = part.matches("svg") ? [style.blockSize] : looks.map((one) => style[one]);
            return [part.getAttribute("class") ?? part.localName, ...fill, mark.content];
          });
        }""",
        SEEN.split(),
    )


@pytest.mark.parametrize("shadow", ["", "&shadow=true"])
async def test_a_harsh_page_does_not_reach_in(shadow: str, visit: Visit, site: str, clinic: Clinic) -> None:
    plain = await visit(clinic.put("/plain", html(site, OFFER + ' cta-href="#visit" cta="Book a first visit"')))
    harsh = await visit(f"{site}/widget/demo?lang=en{shadow}")
    told: list[list[Any]] = []
    for page in (plain, harsh):
        await (await Widget(page).ready()).ask()
        await page.locator("details").first.evaluate("(fold) => { fold.open = true; }")
        await page.mouse.move(0, 0)
        await page.evaluate("document.activeElement.blur()")
        told.append(await computed(page))
    assert told[0] == told[1]


async def test_a_shadow_root_holds_everything_against_important_rules(visit: Visit, site: str, clinic: Clinic) -> None:
    harsh = "<style>* { display: block !important; font-size: 9px !important; color: red !important }</style>"
    page = await visit(clinic.put("/important", html(site, f"{OFFER} shadow", head=harsh)))
    widget = await Widget(page).ready()
    await widget.ask()
    assert await page.evaluate("document.querySelector('outlay-estimate').children.length") == 0
    assert await widget.course.evaluate("(it) => parseFloat(getComputedStyle(it).fontSize)") > 24
    await expect(widget.payer).to_have_accessible_description(widget.say("payer_hint"))
    await expect(widget.answer).to_be_focused()


async def test_a_page_that_runs_from_right_to_left(visit: Visit, site: str, clinic: Clinic) -> None:
    page = await visit(clinic.put("/rtl", html(site, OFFER, head="<style>body{direction:rtl}</style>")), width=360)
    widget = await Widget(page).ready()
    await widget.ask()
    assert await widget.course.evaluate("(it) => getComputedStyle(it).direction") == "ltr"
    assert not await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


async def test_two_on_one_page_keep_apart(visit: Visit, site: str, clinic: Clinic) -> None:
    both = html(
        site, 'treatments="spravato"', body='<outlay-estimate lang="es" treatments="iv-ketamine"></outlay-estimate>'
    )
    page = await visit(clinic.put("/two", both))
    english = await Widget(page).ready()
    spanish = await Widget(page, "es").ready()
    await english.choose("Aetna")
    await spanish.choose("cigna")
    await expect(english.payer).to_have_value("Aetna")
    await english.button.click()
    await expect(page.locator(".ol-name")).to_have_text(["Spravato (esketamine) with Aetna"])
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_without_script_the_answer_is_the_same(lang: Language, visit: Visit, site: str, clinic: Clinic) -> None:
    link = f'<a href="{site}/widget/form?lang={lang}&treatments=spravato+iv-ketamine">Costs</a>'
    markup = html(site, OFFER, lang=lang).replace("></outlay-estimate>", f">{link}</outlay-estimate>")
    address = clinic.put("/noscript", markup)
    with_script = await Widget(await visit(address), lang).ready()
    await with_script.ask("Aetna")

    page = await visit(address, java_script_enabled=False)
    await page.get_by_role("link", name="Costs").click()
    plain = Widget(page, lang)
    await page.get_by_role("combobox", name=plain.say("payer"), exact=True).select_option("aetna")
    await plain.button.click()
    await expect(plain.answer).to_have_text(await with_script.answer.text_content() or "")

    parts = (".ol-says", ".ol-figures", ".ol-months tbody", ".ol-mores", ".ol-end")
    for part in parts:
        texts = [(await each.page.locator(part).inner_text()).split() for each in (with_script, plain)]
        assert texts[0] == texts[1]
    beside = [await each.page.locator(".ol-table").nth(1).inner_text() for each in (with_script, plain)]
    assert beside[0].split() == beside[1].split()
    widths = "(several) => several.map((it) => Number(it.getAttribute('width')))"
    bars = [await each.page.locator("td rect").evaluate_all(widths) for each in (with_script, plain)]
    assert bars[0] == pytest.approx(bars[1])


async def test_the_plain_page_says_what_is_wrong_beside_the_field(visit: Visit, site: str) -> None:
    page = await visit(f"{site}/widget/form?payer=&deductible=met&treatment=iv-ketamine", quiet=False)
    widget = Widget(page)
    payer = page.get_by_role("combobox", name=widget.say("payer"), exact=True)
    await expect(payer).to_be_focused()
    await expect(payer).to_have_attribute("aria-invalid", "true")
    await expect(payer).to_have_accessible_description(widget.say("payer_missing"))
    await expect(page.get_by_role("radio", name="IV ketamine")).to_be_checked()
    await expect(page.locator('[name="deductible"]:checked')).to_have_value("met")
    await page.goto(f"{site}/widget/form?payer=aetna&plan_type=va")
    kind = page.get_by_role("combobox", name=widget.say("plan_type"))
    await expect(kind).to_have_value("va")
    await expect(kind).to_have_attribute("aria-invalid", "true")
    await expect(payer).to_have_value("aetna")


async def test_the_plain_page_may_stand_in_a_frame_of_a_named_website(visit: Visit, site: str, clinic: Clinic) -> None:
    head = '<!doctype html><html lang="en"><title>Clinic</title><link rel="icon" href="data:,">'
    frame = f'{head}<iframe title="Costs" src="{site}/widget/form?lang=en">'
    page = await visit(clinic.put("/frame", frame))
    inside = page.frame_locator("iframe")
    await inside.get_by_role("combobox").first.select_option("cigna")
    await inside.get_by_role("button").click()
    await expect(inside.locator(".ol-name")).to_contain_text("Cigna")
