"""People, keys and the audit trail in a real browser: a key made, revoked and found on record by keyboard alone."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Literal

import asyncpg
import pytest
from playwright.async_api import Error, Page, expect

from service.store.database import connect
from service.store.keys import create_key, revoke_key
from service.store.people import Role, recognise
from service.uuid7 import uuid7
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows
from tests.conftest import NOW

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
PEOPLE, KEYS, AUDIT = "/console/people", "/console/people/keys", "/console/audit"
LONG = "Recepción de la clínica del norte, segundo turno, con la impresora de etiquetas y el teléfono de guardia"
STAFF: dict[str, Role | None] = {
    "Ana Ruiz": "administrator",
    "Bo Chen": "biller",
    "Cy Novak": None,
    "María de los Ángeles Hernández-Villanueva y Fernández de Córdoba": "catalogue-editor",
}


@pytest.fixture(scope="module", autouse=True)
async def staff(service_url: str) -> AsyncGenerator[str]:
    """A clinic that has been at work for a while; the id of its longest-named person."""
    connection = await connect(service_url)
    made = [
        await create_key(connection, name=name, scopes=scopes, expires_at=NOW + timedelta(days=days) if days else None)
        for name, scopes, days in (
            ("Website", ("estimates:write",), 200),
            ("EHR interface", ("eligibility:read", "eligibility:write", "estimates:write"), 0),
            (LONG, ("estimates:read", "eligibility:read"), 12),
            ("Old front desk", ("admin",), 0),
        )
    ]
    await revoke_key(connection, made[-1].key.id, by=made[-1].key.id)
    people = [
        await recognise(connection, issuer="https://login.example", subject=name, name=name, role=role, now=NOW)
        for name, role in STAFF.items()
    ]
    yield str(people[-1].id)
    await connection.close()
    owner = await asyncpg.connect(service_url)
    await owner.execute("DELETE FROM people")
    await owner.close()


async def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab alone until this has the focus."""
    for _ in range(80):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


@pytest.mark.parametrize("lang", LOCALES)
async def test_a_key_from_making_to_revoking_by_keyboard_alone(
    lang: Language, sign_in: SignIn, site: str, keys: dict[str, str]
) -> None:
    locale, say = LOCALES[lang], speaker(lang)
    permissions = ["clipboard-read", "clipboard-write"]
    page = await sign_in(key=keys["admin"], at=PEOPLE, locale=locale, permissions=permissions)
    keyboard = page.keyboard
    await tab_to(page, f"[href='{KEYS}']")
    await keyboard.press("Enter")
    await expect(page.locator("#name")).to_be_focused()
    name = f"Front desk {uuid7().hex[-6:]}"
    await keyboard.type(name)
    await tab_to(page, "[name=purpose]")
    await keyboard.press("Space")
    await expect(page.locator("#scopes")).to_be_hidden()
    for _ in range(4):
        await keyboard.press("ArrowDown")
    await expect(page.locator("[value=exact]")).to_be_checked()
    await tab_to(page, "[value='estimates:read']")
    await keyboard.press("Space")
    await tab_to(page, "form.making button")
    await keyboard.press("Enter")

    secret = await page.locator("#secret").inner_text()
    assert secret.startswith("outlay_")
    assert secret not in page.url
    assert await barriers(page) == []
    await tab_to(page, "[data-copy]")
    await keyboard.press("Enter")
    await expect(page.locator("#announcer")).to_have_text(say("people.copied"))
    assert await page.evaluate("navigator.clipboard.readText()") == secret

    # Neither a reload nor the way back shows it again: the one sends the form anew, the other asks whether to.
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(say("people.made_before"))
    assert secret not in await page.content()
    await page.goto(f"{site}{PEOPLE}")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        await page.go_back()
    await page.wait_for_url("chrome-error://**")
    await page.goto(f"{site}{PEOPLE}")

    await page.get_by_role("link", name=name).press("Enter")
    await tab_to(page, "#revoking > summary")
    await keyboard.press("Enter")
    await tab_to(page, "#revoking button")
    await keyboard.press("Enter")
    await expect(page.locator(".notice.good")).to_have_text(say("people.done_revoked"))
    assert await barriers(page) == []

    await page.get_by_role("link", name=say("people.trail_of_key")).press("Enter")
    entries = page.locator(".trail li")
    await expect(entries).to_have_count(2)
    await expect(entries.nth(0)).to_contain_text(say("audit.action_key.revoke"))
    await expect(entries.nth(0)).to_contain_text(name)
    await expect(entries.nth(1)).to_contain_text(say("audit.action_key.create"))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_pages_are_for_every_eye_and_ear(
    width: int, scheme: Scheme, sign_in: SignIn, site: str, shoot: Shoot, staff: str, keys: dict[str, str]
) -> None:
    # The longer language on the narrowest screen. Chromium writes a 422 to its console of its own accord.
    locale = LOCALES["es" if width == WIDTHS[0] else "en"]
    page = await sign_in(key=keys["admin"], at=PEOPLE, width=width, scheme=scheme, locale=locale, quiet=False)

    async def look(state: str) -> None:
        if width != WIDTHS[1]:  # what axe finds depends on colours, not on the width between
            assert await barriers(page) == [], state
        assert not await overflows(page), state
        await shoot(page, f"console-{state}-{width}-{scheme}")

    await page.locator("details.panel > summary").click()
    await look("people-filled")
    await page.goto(f"{site}{PEOPLE}/{staff}")
    await look("people-person")
    await page.goto(f"{site}{PEOPLE}")
    await page.locator(".roster a", has_text=LONG).first.click()
    for part in ("#rotating", "#revoking"):
        await page.locator(f"{part} > summary").click()
    await look("people-key")
    await page.goto(f"{site}{PEOPLE}")
    await page.locator(".roster a", has_text="admin").first.click()
    await page.locator("#revoking > summary").click()
    await page.locator("#revoking button").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await look("people-own-key-wrong")
    await page.goto(f"{site}{KEYS}")
    await look("people-new-key")
    await page.locator("[value=exact]").check()
    await page.locator(".making button").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await look("people-new-key-wrong")
    await page.locator("#name").fill(LONG)
    await page.locator("[value='estimates:write']").check()
    await page.locator(".making button").click()
    await expect(page.locator("#secret")).to_be_visible()
    await look("people-key-made")
    await page.goto(f"{site}{AUDIT}")
    await look("audit-filled")
    await page.goto(f"{site}{AUDIT}?kind=moon")
    await look("audit-empty")
    await page.goto(f"{site}{AUDIT}?since=soon")
    await expect(page.get_by_role("alert")).to_be_focused()
    await look("audit-wrong")
