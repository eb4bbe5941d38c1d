"""Makes the walk in `docs/walk`: starts Outlay from nothing, uses it as people do, and pictures each step.

`make walk` writes it anew. The people in it are the sandbox payer's, who do not exist.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx
from playwright.async_api import Browser, Page, ViewportSize, expect

from service.clock import local_time
from service.sandbox_process import free_port
from tests.browser.looking import Clinic, launched, served
from tests.browser.widget import Widget

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
START_SECONDS = 60


class Started(NamedTuple):
    """A service that was started from nothing: where it answers, its first key, and what it said."""

    url: str
    admin_key: str
    said: str


class Walk:
    """The page that is being written, and its pictures beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[str] = []

    def tell(self, *paragraphs: str) -> None:
        """The next paragraphs."""
        self._parts += paragraphs

    async def show(self, page: Page, name: str, seen: str) -> None:
        """A picture of what the window shows; `seen` says it to those who do not see it."""
        await page.screenshot(path=self._folder / f"{name}.png")
        self._parts.append(f"![{seen}]({name}.png)")

    def write(self) -> None:
        """Put the page beside its pictures."""
        (self._folder / "README.md").write_text("\n\n".join(self._parts) + "\n")


async def make(folder: Path) -> None:
    """Walk, and leave the page and its pictures in the folder."""
    walk, website = Walk(folder), Clinic("")
    async with launched() as browser, served(website) as website.origin, _from_nothing(website.origin) as started:
        walk.tell(
            "# A walk with pictures",
            "From nothing to an estimate, to the estimate that the law asks for, and to the widget on a clinic's page. "
            "`make walk` made this page and every picture on it from the running product; the patients are the "
            "[sandbox payer's](../sandbox.md), who do not exist.",
        )
        _start(walk, started)
        desk = await (await browser.new_context(viewport=DESK, locale="en-US")).new_page()
        for step in _AT_THE_DESK:
            await step(walk, desk, started)
        await _on_the_website(walk, browser, website, started)
    walk.write()


def _start(walk: Walk, started: Started) -> None:
    walk.tell(
        "## From nothing",
        "A checkout, Python 3.11 or newer, git and make. One command sets everything up, starts a database, fills it, "
        "and serves:",
        f"```console\n$ make run\n{started.said}\n```",
    )


async def _sign_in(walk: Walk, page: Page, started: Started) -> None:
    await page.goto(f"{started.url}/console")
    walk.tell(
        "## Sign in",
        "The key that was printed opens the console. In a clinic everybody has a key of their own, or signs in with "
        "the [clinic's identity provider](../operations.md#the-console).",
    )
    await walk.show(page, "sign-in", "The page to sign in: one field for a staff key")
    await page.fill("#key", started.admin_key)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/estimate")


async def _estimate(walk: Walk, page: Page, _: Started) -> None:
    await page.fill("#payer", "cigna")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.select_option("#treatment", "spravato")
    await page.fill("#start_on", date(local_time().year + 1, 1, 11).isoformat())
    await page.fill("#sessions", "12")
    await _asked(page)
    walk.tell(
        "## A patient calls",
        "The payer as it stands on the card, the treatment, Enter. That is enough for a first answer: the usual case "
        "to read out, with the visits at which something changes, and the whole range that is possible while the plan "
        "is not known. On the left stands what to ask next, with what each answer is worth in dollars.",
    )
    await walk.show(page, "first-answer", "The estimate page: the questions on the left, the answer on the right")


async def _ask_the_payer(walk: Walk, page: Page, _: Started) -> None:
    await page.locator("details:has(#member_id) > summary").first.click()
    card = {"member_id": "SBX0002", "first_name": "Alex", "last_name": "Sample", "birth_date": "1975-06-15"}
    for name, text in card.items():
        await page.fill(f"#{name}", text)
    before = page.url
    await page.get_by_role("button", name="Ask the payer").click()
    await _moved(page, before)
    await page.locator("#said-heading").scroll_into_view_if_needed()
    walk.tell(
        "## Ask the payer",
        "Or let the plan tell its terms: with the member's card the payer is asked at once (an X12 270 out, a 271 "
        "back), and its answer fills in deductible, maximum and coinsurance. What it did not say stays unknown.",
    )
    await walk.show(page, "payer-answer", "Coverage is active, with the plan's name and since when")


async def _narrow(walk: Walk, page: Page, _: Started) -> None:
    await page.select_option("#network", "in")
    await page.select_option("#indication", "trd")
    await page.select_option("#authorization", "approved")
    await _asked(page)
    await page.fill("#allowed_per_session", "1240")
    await page.fill("#visit_allowed_per_session", "190")
    await page.select_option("#dose_mg", "84")
    await _asked(page)
    await page.evaluate("scrollTo(0, 0)")
    headline = await page.locator("#headline").inner_text()
    walk.tell(
        "## Every answer narrows it",
        "In network, for depression that other treatments did not help, authorization approved, the plan's price for "
        f"a visit: nothing is open any more, and the sentence to read out is **{headline}** The chart and the table "
        "below it show who pays what at each visit and what is left of the plan's limits.",
    )
    await walk.show(page, "exact-answer", "An exact answer, and the chart of twelve visits with deductible and maximum")
    await page.get_by_role("link", name="Compare Spravato and IV ketamine").click()
    await expect(page.locator("#beside .side")).to_have_count(2)
    await page.locator("#forks-heading").evaluate("heading => heading.scrollIntoView()")
    walk.tell(
        "Further down: what it depends on, the other treatment beside it, the codes to bill, what the plan wants "
        "before it pays, what must be said by law, and where each amount comes from.",
    )
    await walk.show(page, "beside", "The forks of the answer, and Spravato beside IV ketamine")


async def _price(walk: Walk, page: Page, started: Started) -> None:
    await page.goto(f"{started.url}/console/prices/new/prices")
    await page.select_option("#treatment", "iv-ketamine")
    await page.fill("#price", "475")
    await page.locator("#price").press("Enter")
    await expect(page.locator(".notice.good")).to_contain_text("$475")
    walk.tell(
        "## The clinic's own prices",
        "Ketamine by infusion is almost never covered, so what the clinic charges is what the patient pays. Prices "
        "have days on which they begin and end; nothing is overwritten, and an old estimate can be made again.",
    )
    await walk.show(page, "prices", "The price list after a price was added, with the days on which it holds")


async def _good_faith(walk: Walk, page: Page, started: Started) -> None:
    await page.goto(f"{started.url}/console/estimate")
    await page.fill("#payer", "self-pay")
    await page.select_option("#treatment", "iv-ketamine")
    await page.fill("#sessions", "6")
    await _asked(page)
    await page.get_by_role("link", name="Good-faith estimate", exact=True).click()
    typed = {
        "patient__first_name": "Pat",
        "patient__last_name": "Sample",
        "patient__birth_date": "1980-01-31",
        "diagnoses__0__code": "F33.2",
        "diagnoses__0__text": "Recurrent major depression",
        "clinic__name": "Sample Clinic",
        "clinic__npi": "1999999984",
        "clinic__tin": "84-1234567",
        "clinic__phone": "303-555-0100",
        "clinic__address__line": "1 Example Street",
        "clinic__address__city": "Denver",
        "clinic__address__postal_code": "80202",
    }
    for name, text in typed.items():
        await page.fill(f"#{name}", text)
    await page.select_option("#clinic__address__state", "CO")
    await page.evaluate("scrollTo(0, 0)")
    walk.tell(
        "## The estimate that the law asks for",
        "A patient without insurance is owed a good-faith estimate. It is one click from the answer; the clinic's own "
        "details are typed once, and stand there the next time.",
    )
    await walk.show(page, "good-faith-form", "A short form, and beside it the charges that the document will state")
    await page.locator("#patient__first_name").press("Enter")
    await page.wait_for_url("**/console/good-faith/0*")
    walk.tell(
        "Issued, it is never changed: another version takes its place. Bills are recorded against it, and before one "
        "goes further than the law lets it, the page says so.",
    )
    await walk.show(page, "good-faith", "What was given out, the documents in both languages, bills and plan")
    await page.goto(f"{page.url}.html?lang=es")
    walk.tell("The patient takes the document home, in English or Spanish, as a page or a tagged PDF:")
    await walk.show(
        page, "good-faith-document", "The document in Spanish: patient, clinic, services, charges and total"
    )


async def _tomorrow(walk: Walk, page: Page, started: Started) -> None:
    await page.goto(f"{started.url}/console/worklist")
    await page.locator("details:has(#schedule) > summary").click()
    visit = (local_time().date() + timedelta(days=1)).isoformat()
    lines = ("Aetna,SBX0001,Sample,Pat,1980-01-31", "Cigna,SBX0002,Sample,Alex,1975-06-15")
    lines += ("Kaiser Permanente Colorado,SBX0003,Sample,Robin,1990-03-02", "Aetna,SBX0105,Trouble,Wrongid,1980-01-05")
    heading = "payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,sessions"
    await page.fill("#schedule", "\n".join((heading, *(f"{line},{visit},Spravato,12" for line in lines))))
    await page.locator("form:has(#schedule) button").click()
    await page.wait_for_url("**/console/worklist/0*")
    await expect(page.locator("#state progress")).to_have_count(0, timeout=60_000)
    walk.tell(
        "## Tomorrow's schedule",
        "A file from the clinic's calendar is worked off in the background: every payer is asked, every line that "
        "names a treatment is estimated, and what needs a person stands first.",
    )
    await walk.show(page, "worklist", "The finished list: a wrong member id on top, then what each patient will pay")


async def _on_the_website(walk: Walk, browser: Browser, website: Clinic, started: Started) -> None:
    tag = (
        f'<script type="module" src="{started.url}/widget.js"></script>\n'
        '<outlay-estimate treatments="spravato iv-ketamine"></outlay-estimate>'
    )
    address = website.put(
        "/",
        '<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Una clínica</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>body {{ font-family: Georgia, serif; margin: 1rem }}</style></head><body><h1>¿Cuánto cuesta?</h1>{tag}"
        "</body></html>",
    )
    phone = await (await browser.new_context(viewport=PHONE, locale="es-MX")).new_page()
    await phone.goto(address)
    widget = await Widget(phone, "es").ready()
    walk.tell(
        "## On the clinic's website",
        "Two lines put [the widget](../widget.md) on any page. It takes the page's language and font, asks for no name "
        "and keeps nothing:",
        f"```html\n{tag.replace(started.url, 'https://outlay.example')}\n```",
    )
    await widget.ask("Aetna")
    await phone.locator(".ol-name").evaluate("name => name.scrollIntoView()")
    await walk.show(phone, "widget", "On a phone, in Spanish: a fair range for the course and for each session")


_AT_THE_DESK: tuple[Callable[[Walk, Page, Started], Awaitable[None]], ...] = (
    _sign_in,
    _estimate,
    _ask_the_payer,
    _narrow,
    _price,
    _good_faith,
    _tomorrow,
)


async def _asked(page: Page) -> None:
    """Ask with Enter, and wait for the new answer."""
    before = page.url
    await page.locator("#payer").press("Enter")
    await _moved(page, before)


async def _moved(page: Page, before: str) -> None:
    """Wait until another estimate is shown and its chart is drawn."""
    await page.wait_for_function("before => location.href !== before", arg=before)
    await expect(page.locator("#headline")).to_be_visible()
    await page.wait_for_timeout(1_200)


@asynccontextmanager
async def _from_nothing(origin: str) -> AsyncGenerator[Started]:
    """`outlay serve` in an empty folder, with a database of its own, for one website."""
    with TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{(port := free_port())}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
            "OUTLAY_DATA_DIR": folder,
            "OUTLAY_PORT": str(port),
            "OUTLAY_WIDGET_ORIGINS": origin,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "service.cli",
            "serve",
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said = await asyncio.wait_for(_heard(process), START_SECONDS)
            await asyncio.wait_for(_ready(url), START_SECONDS)
            key = (Path(folder) / "admin-key").read_text().strip()
            shown = said.replace(key, "outlay_…").replace(folder, ".outlay").replace(str(port), "8000")
            yield Started(url, key, shown)
        finally:
            process.terminate()
            await process.wait()


async def _heard(process: asyncio.subprocess.Process) -> str:
    """What the process says until it serves."""
    lines: list[str] = []
    while not re.match(r"\s*health\b", lines[-1] if lines else ""):
        line = await process.stderr.readline() if process.stderr else b""
        if not line:
            raise RuntimeError(f"the service did not start: {''.join(lines)}")
        lines.append(line.decode().rstrip())
    return "\n".join(lines)


async def _ready(url: str) -> None:
    """Wait until it can be used."""
    async with httpx.AsyncClient() as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/health/ready")).is_success:
                    return
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1])))
