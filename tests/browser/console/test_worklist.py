"""The worklist in a real browser: from the file to the finished list by keyboard, with the sandbox payer behind it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Literal
from uuid import UUID

import httpx
import pytest
from playwright.async_api import Page, expect

from service import testing
from service.app import create_app
from service.sandbox_process import running_sandbox
from service.settings import Settings
from service.store.database import connect
from service.store.eligibility import cancel_check, list_checks
from service.store.keys import create_key
from service.store.vault import ensure_keys
from service.web.console.words import speaker
from tests.browser.console.conftest import SignIn
from tests.browser.looking import SCHEMES, WIDTHS, Scheme, Shoot, barriers, overflows, served
from tests.conftest import NOW, alive

Language = Literal["en", "es"]
LOCALES: dict[Language, str] = {"en": "en-US", "es": "es-MX"}
HERE = "/console/worklist"
HEADINGS = "payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,dose_mg,sessions\n"
SCHEDULE = f"""{HEADINGS}Aetna,SBX0001,Sample,Pat,1980-01-31,2026-11-24,Spravato,84,12
Cigna,SBX0002,Sample,Alex,1975-06-15,2026-11-24,,,
Medicare,SBX0004,Sample,Rose,1950-11-05,2026-11-24,Spravato,84,8
Aetna,SBX0105,Trouble,Wrongid,1980-01-05,2026-11-24,Spravato,,
Oscar,SBX0016,Sample,Taylor,1992-02-29,2026-11-24,ketamina IV,,6
Cigna,SBX0020,Sample,Quinn,1986-06-07,2026-11-24,Spravato,56,
Kaiser Permanente Colorado,SBX0003,Sample,Robin,1990-03-02,2026-11-24,IV ketamine,,6
Aetna,SBX0001,Sample,Pat,31.01.1980,2026-11-24,,,
"""
NO_ANSWER = "Aetna,SBX0102,Trouble,Down,1980-01-02,2026-11-24,Spravato,,\n"
"""The payer says that it will answer later, and the service asks again for a day."""


@pytest.fixture(scope="module")
async def database(template_url: str) -> AsyncGenerator[str]:
    """The clinic's own database, at first without any schedule."""
    async with testing.cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def keys(database: str) -> dict[str, str]:
    connection = await connect(database)
    scopes = ("estimates:read", "estimates:write", "eligibility:read", "eligibility:write")
    made = await create_key(connection, name="Front desk", scopes=scopes)
    await connection.close()
    return {"desk": made.secret}


@pytest.fixture(scope="module")
async def site(database: str, keys: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    """The service with its worker, which asks the sandbox, on an afternoon that does not end."""
    folder = tmp_path_factory.mktemp("clinic")
    ensure_keys(folder / "member-data-keys")
    with running_sandbox(folder) as connectors:
        text = connectors.read_text()
        connectors.write_text(text.replace("test = true\n", "test = true\nper_second = 1000\nin_flight = 100\n"))
        settings = Settings(database_url=database, member_data_keys=folder / "member-data-keys", connectors=connectors)
        app = create_app(settings, clock=lambda: NOW)
        async with alive(app), served(app) as url:
            yield url


@pytest.fixture(scope="module")
async def schedule(site: str, keys: dict[str, str]) -> str:
    """The page of a schedule that is finished."""
    headers = {"Authorization": f"Bearer {keys['desk']}", "Content-Type": "text/csv"}
    async with httpx.AsyncClient(base_url=site, headers=headers) as office:
        made = (await office.post("/v1/eligibility/batches", content=SCHEDULE.encode())).json()
        async with asyncio.timeout(30):
            here = f"/v1/eligibility/batches/{made['id']}"
            while not (await office.get(here)).json()["finished_at"]:  # noqa: ASYNC110  the worker finishes it
                await asyncio.sleep(0.1)
    return f"{HERE}/{made['id']}"


async def uploaded(page: Page, text: str) -> None:
    await page.locator("details:has(#schedule) > summary").click()
    await page.locator("#schedule").fill(text)
    await page.locator("form:has(#schedule) button").click()


async def give_up(database: str) -> None:
    """Nobody waits for the payer that does not answer."""
    connection = await connect(database)
    (key_id,) = [record["id"] for record in await connection.fetch("SELECT id FROM keys")]
    for check in await list_checks(connection, status="waiting"):
        await cancel_check(connection, check.id, NOW, UUID(str(key_id)))
    await connection.close()


@pytest.mark.parametrize("lang", LOCALES)
async def test_from_the_file_to_the_finished_list_by_keyboard(
    lang: Language, database: str, sign_in: SignIn, keys: dict[str, str], shoot: Shoot
) -> None:
    page, say = await sign_in(keys["desk"], at=HERE, locale=LOCALES[lang]), speaker(lang)
    keyboard = page.keyboard
    if lang == "en":
        await expect(page.locator(".empty h2")).to_have_text(say("worklist.empty"))
        await shoot(page, "console-worklist-empty")
    await page.locator("#file").focus()
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await keyboard.press("Tab")
    await expect(page.locator("#schedule")).to_be_focused()
    await keyboard.insert_text(SCHEDULE + NO_ANSWER)
    await keyboard.press("Tab")
    await keyboard.press("Enter")

    # While a payer owes its answer the part goes on asking, and leaves the focus and the page where they are.
    await page.wait_for_url(re.compile(f"{HERE}/0"))
    await page.locator("#tile-needs").focus()
    await expect(page.locator("#state")).to_contain_text(say("worklist.progress", done=7, all=8), timeout=30_000)
    await expect(page.locator("#tile-needs")).to_be_focused()
    await expect(page.locator("#lines")).to_contain_text(say("worklist.is_rejected"))
    assert await barriers(page) == []
    await shoot(page, f"console-worklist-under-way-{lang}")
    await give_up(database)
    done = say("worklist.finished_at", day="", time="").partition(" ")[0]
    await expect(page.locator("#announcer")).to_contain_text(done, timeout=15_000)
    await expect(page.locator("#tile-needs")).to_be_focused()
    await expect(page.locator("#state[hx-trigger]")).to_have_count(0)
    await expect(page.locator("#lines")).to_contain_text(say("worklist.is_cancelled"))

    await keyboard.press("Enter")
    await page.wait_for_url("**show=needs")
    rows = page.locator(".lines tbody tr")
    await expect(rows).to_have_count(5)
    await expect(rows.first).to_contain_text(say("worklist.is_not-asked"))
    await page.locator("#line-5").focus()
    await keyboard.press("Enter")
    await expect(page.locator("#member_id")).to_have_value("SBX0105")
    await shoot(page, f"console-worklist-line-{lang}")


async def test_without_script_the_list_is_opened_again(sign_in: SignIn, keys: dict[str, str]) -> None:
    page = await sign_in(keys["desk"], at=HERE, java_script_enabled=False)
    await page.locator("#schedule").evaluate("each => each.closest('details').open = true")
    await page.locator("#schedule").fill(HEADINGS + NO_ANSWER)
    await page.locator("form:has(#schedule) button").click()
    await page.locator("#renew").click()
    await expect(page.locator("#state progress")).to_be_visible()


async def test_what_is_wrong_with_a_file_is_focused_and_told_beside_it(
    sign_in: SignIn, keys: dict[str, str], shoot: Shoot
) -> None:
    # Chromium writes a 422 to its console of its own accord.
    page = await sign_in(keys["desk"], at=HERE, quiet=False)
    bad = (
        HEADINGS
        + "Aetna,SBX0001,Sample,Pat,31.01.1980,tomorrow,TMS,,\nNobody Health of Nowhere,X1,Sample,Pat,,2026-11-24,,,\n"
    )
    await uploaded(page, bad)
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.locator("#schedule")).to_have_value(bad.strip())
    assert await page.locator("#schedule").get_attribute("aria-describedby") == "schedule-wrong schedule-hint"
    assert await page.locator(".faults li").count() == 4
    assert await barriers(page) == []
    await shoot(page, "console-worklist-wrong")
    await page.get_by_role("alert").get_by_role("link").press("Enter")
    await expect(page.locator("#schedule")).to_be_focused()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
async def test_at_every_width_in_light_and_dark(
    width: int, scheme: Scheme, schedule: str, site: str, sign_in: SignIn, keys: dict[str, str], shoot: Shoot
) -> None:
    language = LOCALES["es" if width == 768 else "en"]
    page = await sign_in(keys["desk"], at=HERE, width=width, scheme=scheme, locale=language)
    await page.locator("details:has(.headings) > summary").click()
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, f"console-worklist-files-{width}-{scheme}")
    await page.goto(site + schedule)
    await expect(page.locator(".lines tbody tr")).to_have_count(8)
    assert await barriers(page) == []
    assert not await overflows(page)
    await shoot(page, f"console-worklist-{width}-{scheme}")
    small = await page.evaluate("""() =>
      [...document.querySelectorAll("main button, main .button, main select, main .framed, main summary, .tiles a")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML.slice(0, 120))
    """)
    assert small == []
