"""The widget in every state, at every width, light and dark: no barrier, nothing cut off, pictures for people."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.looking import SCHEMES, WIDTHS, Clinic, Scheme, Shoot, Visit, barriers, overflows
from tests.browser.widget import Language, Widget, html

SPOKEN: dict[Scheme, Language] = {"light": "en", "dark": "es"}
"""Each scheme in a language of its own: every word is seen, and the longer ones at night."""
ROOM = "<style>:root{color-scheme:light dark}body{margin:0;padding:3vw;font-family:system-ui;background:Canvas}</style>"
OFFER = 'theme="auto" treatments="spravato iv-ketamine" cta-href="#visit"'


async def looked_at(page: Page) -> None:
    assert await barriers(page) == []
    assert not await overflows(page)


async def never(route: Route) -> None:
    del route


async def broken(route: Route) -> None:
    await route.abort()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
class TestEveryState:
    async def opened(
        self, visit: Visit, site: str, clinic: Clinic, width: int, scheme: Scheme, **more: Any
    ) -> tuple[Widget, str]:
        lang = SPOKEN[scheme]
        url = clinic.put("/looks", html(site, OFFER, lang=lang, head=ROOM))
        page = await visit(url, width=width, scheme=scheme, **more)
        return Widget(page, lang), f"widget-{width}-{scheme}-{lang}"

    async def test_from_the_question_to_the_answer(
        self, width: int, scheme: Scheme, visit: Visit, site: str, clinic: Clinic, shoot: Shoot
    ) -> None:
        widget, name = await self.opened(visit, site, clinic, width, scheme)
        await widget.ready()
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-1-empty")
        await widget.payer.press_sequentially("a")
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-2-suggestions")
        await widget.payer.fill("zzyzx")
        await widget.payer.press("Enter")
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-3-not-found")
        looked = asyncio.Event()

        async def patient(route: Route) -> None:
            await looked.wait()
            await route.continue_()

        await widget.page.route("**/widget/v1/estimate*", patient)
        await widget.choose("Rocky Mountain")
        await widget.button.click()
        await expect(widget.answer).to_have_text(widget.say("asking"))
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-4-waiting")
        looked.set()
        await widget.answered()
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-5-answer")
        for fold in await widget.page.locator("details").all():
            await fold.evaluate("(fold) => { fold.open = true; }")
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-6-unfolded")

    async def test_what_pays_nobody_and_what_cannot_be_told(
        self, width: int, scheme: Scheme, visit: Visit, site: str, clinic: Clinic, shoot: Shoot
    ) -> None:
        widget, name = await self.opened(visit, site, clinic, width, scheme, quiet=False)
        await (await widget.ready()).ask("self pay")
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-7-self-pay")
        await widget.page.route("**/widget/v1/estimate*", broken)
        await widget.choose("Aetna")
        await widget.button.click()
        again = widget.page.get_by_role("button", name=widget.say("again"))
        await expect(again).to_be_visible()
        await expect(widget.answer).to_be_focused()
        await expect(widget.page.get_by_role("status")).to_have_text(widget.say("failed"))
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-8-failed")
        await widget.page.unroute("**/widget/v1/estimate*")
        await again.click()
        await widget.answered()
        await widget.page.route("**/widget/v1/options*", broken)
        await widget.page.reload()
        await expect(widget.page.get_by_text(widget.say("offline_hint"))).to_be_visible()
        await looked_at(widget.page)
        await shoot(widget.page, f"{name}-9-unavailable")

    async def test_the_plain_page(self, width: int, scheme: Scheme, visit: Visit, site: str, shoot: Shoot) -> None:
        lang = SPOKEN[scheme]
        page = await visit(f"{site}/widget/form?lang={lang}", width=width, scheme=scheme, java_script_enabled=True)
        name = f"form-{width}-{scheme}-{lang}"
        widget = Widget(page, lang)
        await looked_at(page)
        await shoot(page, f"{name}-1-empty")
        await page.get_by_label(widget.say("payer"), exact=True).select_option("aetna")
        await widget.button.click()
        await expect(widget.answer).to_contain_text("Aetna")
        await looked_at(page)
        await shoot(page, f"{name}-2-answer")

    async def test_the_demonstration(self, width: int, scheme: Scheme, visit: Visit, site: str, shoot: Shoot) -> None:
        lang = SPOKEN[scheme]
        page = await visit(f"{site}/widget/demo?lang={lang}&theme={scheme}", width=width, scheme=scheme)
        widget = await Widget(page, lang).ready()
        await widget.ask("Medicare")
        assert await barriers(page) == []
        assert not await overflows(page)
        await shoot(page, f"demo-{width}-{scheme}-{lang}")


async def test_large_text_and_narrow_windows_cut_nothing_off(visit: Visit, site: str, clinic: Clinic) -> None:
    big = "<style>html{font-size:200%}</style>"
    page = await visit(clinic.put("/big", html(site, OFFER, head=big)), width=320)
    widget = await Widget(page).ready()
    await widget.ask("Optum Behavioral")
    assert not await overflows(page)


async def test_nothing_moves_for_who_does_not_like_it(visit: Visit, site: str, clinic: Clinic) -> None:
    for motion, names in (("reduce", ["none"]), ("no-preference", ["ol-breathe"])):
        page = await visit(clinic.put("/still", html(site)), reduced_motion=motion)
        await page.route("**/widget/v1/estimate*", never)
        widget = await Widget(page).ready()
        await widget.choose("Aetna")
        await widget.button.click()
        moving = await page.locator(".ol-ghost").first.evaluate("(ghost) => getComputedStyle(ghost).animationName")
        assert [moving] == names


async def test_a_theme_can_be_told_and_changed(visit: Visit, site: str, clinic: Clinic) -> None:
    page = await visit(clinic.put("/theme", html(site, 'theme="dark"')))
    await Widget(page).ready()
    paper = "getComputedStyle(document.querySelector('.ol')).backgroundColor"
    dark = await page.evaluate(paper)
    await page.evaluate("document.querySelector('outlay-estimate').setAttribute('theme', 'light')")
    assert (dark, await page.evaluate(paper)) == ("rgb(19, 31, 33)", "rgb(255, 255, 255)")
    follows = await visit(clinic.put("/page", html(site, head="<style>:root{color-scheme:dark}</style>")))
    await Widget(follows).ready()
    assert await follows.evaluate(paper) == dark


async def test_the_months_break_between_words_where_it_is_narrow(visit: Visit, site: str, clinic: Clinic) -> None:
    widget = Widget(await visit(clinic.put("/narrow", html(site, OFFER, lang="es", head=ROOM)), width=320), "es")
    await widget.ready()
    await widget.ask("Aetna")
    month = widget.page.locator(".ol-months tbody th").first
    lines = await month.evaluate("cell => cell.clientHeight / parseFloat(getComputedStyle(cell).lineHeight)")
    assert lines < 5, "a month, its year and its sessions"
    await looked_at(widget.page)
