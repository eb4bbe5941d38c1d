"""The worklist: a schedule goes in, lines come out with what needs a person first, and every reading is on record."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from litestar import Litestar

from service.app import create_app
from service.eligibility.schedule import COLUMNS
from service.sandbox_process import running_sandbox
from service.settings import Settings
from service.store.database import acquire, connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from service.web.console.words import words
from tests.conftest import alive
from tests.console.conftest import browsing
from tests.console.person import Person

HERE = "/console/worklist"
TOMORROW = (datetime.now().astimezone() + timedelta(days=1)).date().isoformat()
HEADINGS = "payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,sessions\n"
PAT = f"Aetna,SBX0001,Sample,Pat,1980-01-31,{TOMORROW},Spravato,8\n"
WRONG_ID = f"Aetna,SBX0105,Trouble,Wrongid,1980-01-05,{TOMORROW},ketamina IV,6\n"
ENDED = f"Oscar,SBX0016,Sample,Taylor,1992-02-29,{TOMORROW},Spravato,\n"
OPEN = f"Cigna,SBX0020,Sample,Quinn,1986-06-07,{TOMORROW},Spravato,\n"
COVERED = f"Cigna,SBX0002,Sample,Alex,1975-06-15,{TOMORROW},,\n"
BAD = f"Aetna,SBX0001,Nightingale,Flo,31.01.1980,{TOMORROW},,\n"
SCHEDULE = HEADINGS + PAT + WRONG_ID + ENDED + OPEN + COVERED + BAD

CORRECTED = {"member_id": "SBX0001", "last_name": "Sample", "first_name": "Pat", "birth_date": "1980-01-31"}


@pytest.fixture(scope="module")
def connectors(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as path:
        path.write_text(path.read_text().replace("test = true\n", "test = true\nper_second = 1000\nin_flight = 100\n"))
        yield path


@pytest.fixture
def settings(database_url: str, connectors: Path, tmp_path: Path) -> Settings:
    keys = tmp_path / "member-data-keys"
    ensure_keys(keys)
    return Settings(database_url=database_url, member_data_keys=keys, connectors=connectors)


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[Litestar]:
    """The service with its worker, which asks the sandbox."""
    app = create_app(settings)
    async with alive(app):
        yield app


@asynccontextmanager
async def signed_in(app: Litestar, database_url: str, *scopes: str) -> AsyncGenerator[Person]:
    """Somebody at the console with a key for these scopes."""
    connection = await connect(database_url)
    made = await create_key(connection, name="desk", scopes=scopes)
    await connection.close()
    async with browsing(app) as person:
        # A key that is tried ten times before the service has heard of it locks the desk.
        while made.key.id not in app.state.wiring.live.keys:  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.02)
        await person.sign_in(made.secret)
        yield person


@pytest.fixture
async def biller(app: Litestar, database_url: str) -> AsyncGenerator[Person]:
    scopes = ("estimates:read", "estimates:write", "eligibility:read", "eligibility:write")
    async with signed_in(app, database_url, *scopes) as person:
        yield person


async def uploaded(person: Person, text: str = SCHEDULE) -> str:
    """Upload the schedule and wait for its end; the address of its page."""
    await person.open(HERE)
    await person.send(HERE, files={"file": ("tomorrow.csv", text.encode(), "text/csv")})
    assert person.status == 200, person.text
    here = person.at
    async with asyncio.timeout(60):
        while "Finished" not in person.text:
            await asyncio.sleep(0.1)
            await person.open(here)
    return here


async def test_a_schedule_becomes_a_list_with_what_needs_a_person_first(biller: Person) -> None:
    here = await uploaded(biller)
    names = ["Line 7", "Wrongid Trouble", "Taylor Sample", "Quinn Sample", "Pat Sample", "Alex Sample"]
    places = [biller.text.index(name) for name in names]
    assert places == sorted(places)
    for told in (
        "birth_date: It does not fit. Write the day as YYYY-MM-DD or MM/DD/YYYY.",
        "Rejected → Front desk",
        "Not covered",
        "No estimate",
        "SAMPLE CHOICE PPO",
        "Open questions that may change the amount",
        "The line names no treatment",
    ):
        assert told.replace("→ ", "") in biller.text, told
    assert "Nightingale" not in biller.page
    estimate = re.findall(r'href="(/console/estimate/[\w-]+)"', biller.page)
    assert len(estimate) == 1
    assert "The payer answered on" in await biller.open(estimate[0])

    narrowed = await biller.open(f"{here}?show=good")
    assert "Alex Sample" in narrowed
    assert "Wrongid" not in narrowed
    assert "Nothing is under way any more." in await biller.open(f"{here}?show=open")

    listed = await biller.open(HERE)
    assert "4 need you" in listed
    assert "Lines: 6" in listed


async def test_a_line_that_needs_a_person_opens_with_its_card(biller: Person) -> None:
    here = await uploaded(biller)
    await biller.open(f"{here}/lines/3")
    form = biller.filled("/console/estimate")
    assert (form["member_id"], form["last_name"], form["birth_date"]) == ("SBX0105", "Trouble", "1980-01-05")
    assert (form["payer"], form["treatment"], form["sessions"]) == ("Aetna", "iv-ketamine", "6")
    assert "The payer refused the question" in biller.text
    assert '<details class="panel fold" open>' in biller.page, "the card is there to be put right"
    told = await biller.send("/console/estimate/check", CORRECTED)
    assert "The payer answered on" in told

    await biller.open(f"{here}/lines/5")
    await biller.send("/console/estimate", network="in")
    assert biller.at.startswith("/console/estimate/0")
    assert "The payer answered on" in biller.text

    await biller.open(f"{here}/lines/6")
    form = biller.filled("/console/estimate")
    assert (form["payer"], form["start_on"], form["treatment"]) == ("Cigna Healthcare", TOMORROW, "")
    await biller.open(f"{here}/lines/99")
    assert biller.status == 404


async def test_who_sees_members_goes_on_record_and_how_far_it_is_tells_nothing_of_them(
    app: Litestar, biller: Person
) -> None:
    here = await uploaded(biller)
    seen = await readings(app, here)
    await biller.open(here)
    assert await readings(app, here) == seen + 1
    await biller.open(f"{here}/results.csv")
    assert await readings(app, here) == seen + 2
    assert biller.page.startswith("\ufeffline,check")

    part = await biller.open(f"{here}/state?ended=0&listed=0", **{"HX-Request": "true"})
    assert "Finished" in part
    assert 'hx-trigger="every' not in biller.page
    assert not any(word in biller.page for word in ("Sample", "SBX", "1980"))
    assert len(biller.page) < 4000
    assert await readings(app, here) == seen + 2
    await biller.open(f"{here}/state?ended=0&listed=0")
    assert biller.at == here


async def test_while_it_is_under_way_the_part_asks_again_and_says_nothing_twice(app: Litestar, biller: Person) -> None:
    await uploaded(biller)
    async with acquire(app.state.wiring.pool) as connection:
        await connection.execute("UPDATE eligibility_batches SET finished_at = NULL")
        await connection.execute("UPDATE eligibility_batch_estimates SET refusal = NULL WHERE line = 5")
    here = (re.findall(r'href="(/console/worklist/0[\w-]+)"', await biller.open(HERE) and biller.page))[0]
    assert "Refresh the list" in await biller.open(here)
    (again,) = re.findall(r'hx-get="([^"]+)" hx-trigger="every 2s"', biller.page)
    await biller.open(unescape(again), **{"HX-Request": "true"})
    assert (biller.status, biller.page) == (204, "")
    await biller.open(f"{here}/state?ended=1&listed=1", **{"HX-Request": "true"})
    assert '<div id="announcer" hx-swap-oob="innerHTML">4 of 5 lines done</div>' in biller.page
    assert f'hx-get="{here}/lines?after=0"' in biller.page
    await biller.open(f"{here}/state?ended=4&listed=1", **{"HX-Request": "true"})
    assert "announcer" not in biller.page
    assert f'hx-get="{here}/lines?after=0"' in biller.page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "Elija un archivo"),
        (b"payer,last_name\nAetna,Sample\n", "Falta la columna date_of_service"),
        ("payer,last_name,date_of_service\nAetna,Pe\u00f1a,2026-12-01\n".encode("latin-1"), "UTF-8"),
        (b"payer,last_name,date_of_service\n" + b"a,b,c\n" * 1001, "1000"),
    ],
)
async def test_a_file_that_is_no_schedule_is_told_beside_the_field(biller: Person, text: bytes, told: str) -> None:
    await biller.open(HERE)
    await biller.send("/console/language", lang="es", return_to=HERE)
    await biller.send(HERE, files={"file": ("tomorrow.csv", text, "text/csv")})
    assert biller.status == 422
    assert told in biller.wrong["file"]


async def test_lines_of_which_none_can_be_used_come_back_to_be_corrected(app: Litestar, biller: Person) -> None:
    await biller.open(HERE)
    await biller.send(HERE, schedule=HEADINGS + BAD)
    assert biller.status == 422
    assert "Line 2 birth_date: It does not fit." in biller.text
    assert "Nightingale" in biller.text
    await biller.send(HERE, schedule="payer\nAetna")
    assert "The column last_name is missing" in biller.wrong["schedule"]
    async with acquire(app.state.wiring.pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM eligibility_batches") == 0
    corrected = await biller.send(HERE, schedule=HEADINGS + COVERED)
    assert biller.status == 200
    assert "Alex Sample" in corrected


async def test_a_column_that_nobody_knows_is_told_and_the_rest_goes_on(biller: Person) -> None:
    await uploaded(biller, (HEADINGS + PAT).replace("sessions", "session"))
    assert "session: No column has this name; it was passed over. Did you mean sessions?" in biller.text


async def test_the_example_is_a_schedule(biller: Person) -> None:
    await biller.open(f"{HERE}/example.csv")
    (line,) = csv.DictReader(io.StringIO(biller.page.removeprefix("\ufeff")))
    assert set(line) == {column.heading for column in COLUMNS}
    assert line["treatment"] == "Spravato"
    known = words("en")
    assert all(f"worklist.column_{column.heading}" in known for column in COLUMNS)


async def test_a_role_sees_what_it_may_and_no_more(app: Litestar, biller: Person, database_url: str) -> None:
    here = await uploaded(biller)
    async with signed_in(app, database_url, "estimates:read", "eligibility:read") as reader:
        assert "New" not in await reader.open(HERE)
        await reader.open(here)
        assert "/console/estimate/" in reader.page
        assert "/lines/" not in reader.page
    async with signed_in(app, database_url, "eligibility:read", "eligibility:write") as checker:
        await checker.open(HERE)
        await checker.send(HERE, schedule=HEADINGS + PAT)
        assert "makes no estimates" in checker.wrong["schedule"]
        await checker.send(HERE, schedule=HEADINGS + COVERED)
        assert "Alex Sample" in checker.text


@pytest.mark.parametrize("missing", ["member_data_keys", "connectors"])
async def test_what_the_administrator_must_set_is_explained(
    missing: str, settings: Settings, database_url: str
) -> None:
    app = create_app(msgspec.structs.replace(settings, **{missing: None}))
    async with alive(app), signed_in(app, database_url, "admin") as boss:
        told = await boss.open(HERE)
        assert "Payers cannot be asked here yet" in told
        assert f"OUTLAY_{missing.upper()}" in told
        assert not boss.filled(HERE)
        await boss.send(HERE, schedule=HEADINGS + PAT, csrf=boss.filled("/console/language")["csrf"])
        assert boss.status in (422, 503)
        await boss.open(f"{HERE}/{uuid4()}")
        assert boss.status == 404


async def test_a_thousand_lines_come_a_hundred_at_a_time(app: Litestar, biller: Person) -> None:
    here = await uploaded(biller, HEADINGS + COVERED * 1000)
    assert "1 to 100 of 1000" in await biller.open(here)
    assert len(biller.page) < 200_000
    assert "901 to 1000 of 1000" in await biller.open(f"{here}?show=good&after=900")
    assert "Show more" not in biller.text


async def readings(app: Litestar, here: str) -> int:
    async with acquire(app.state.wiring.pool) as connection:
        return await connection.fetchval(
            "SELECT count(*) FROM audit WHERE action = 'eligibility.read' AND subject_kind = 'eligibility-batch'"
            " AND subject_id = $1 AND key_id IS NOT NULL",
            here.rpartition("/")[2],
        )
