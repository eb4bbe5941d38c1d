"""The audit trail in the console: every action in words, found by who, what and when, and taken away on record."""

import csv
import io
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

import service
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.audit import Action, append
from service.store.database import Connection, connect
from service.store.keys import create_key, revoke_key
from service.store.people import recognise
from service.uuid7 import uuid7
from service.web.console.audit.filters import NO_KEY
from service.web.console.audit.pages import HERE, PAGE
from service.web.console.audit.telling import SUBJECTS
from service.web.console.words import words
from tests.conftest import NOW, alive
from tests.console.conftest import browsing
from tests.console.person import Person

DENVER = timezone(timedelta(hours=-7))
SOURCES = [path.read_text() for path in Path(service.__file__).parent.rglob("*.py")]


class Clinic(NamedTuple):
    """A service of its own in Denver with its database, an administrator at the console and their key.

    `owner` may write what the service never does: entries of other days.
    """

    app: Litestar
    connection: Connection
    owner: "asyncpg.Connection[asyncpg.Record]"
    boss: Person
    key_id: UUID


@pytest.fixture(scope="module")
async def clinic(template_url: str) -> AsyncGenerator[Clinic]:
    async with testing.cloned_database(template_url) as url:
        connection, owner = await connect(url), await asyncpg.connect(url)
        made = await create_key(connection, name="boss", scopes=("admin",))
        app = create_app(Settings(database_url=url), clock=lambda: NOW.astimezone(DENVER))
        async with alive(app), browsing(app) as boss:
            await boss.sign_in(made.secret)
            yield Clinic(app, connection, owner, boss, made.key.id)
        await connection.close()
        await owner.close()


async def put(clinic: Clinic, at: datetime, action: str = "eligibility.read", **more: Any) -> str:
    """An entry of another day, and the id of its subject."""
    told: dict[str, Any] = {"key_id": None, "kind": "eligibility-check", "subject": str(uuid7()), **more}
    await clinic.owner.execute(
        "INSERT INTO audit (at, key_id, action, subject_kind, subject_id) VALUES ($1, $2, $3, $4, $5)",
        at,
        told["key_id"],
        action,
        told["kind"],
        told["subject"],
    )
    return told["subject"]


def shown(person: Person) -> list[str]:
    """The entries on the page, as they are read."""
    rows = re.findall(r"<li>\s*<time.*?</li>", person.page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def test_whatever_the_program_records_has_words() -> None:
    assert {name for name in words("en") if name.startswith("audit.action_")} == {
        f"audit.action_{action}" for action in get_args(Action)
    }
    calls = [call for text in SOURCES for call in re.findall(r"audit\.append\((.*?)\)\n", text, re.DOTALL)]
    kinds = {kind for call in calls for kind in re.findall(r'"[\w.-]+",\s*"([\w-]+)"', call)}
    kinds |= {kind for text in SOURCES for kind in re.findall(r'^SUBJECT = "([\w-]+)"', text, re.MULTILINE)}
    assert kinds | {"price", "rule"} <= SUBJECTS.keys()
    assert {kind for kind in SUBJECTS if f"audit.subject_{kind}" not in words("en")} == set()


async def test_what_is_done_is_told_in_words_newest_first(clinic: Clinic) -> None:
    other = await create_key(clinic.connection, name="Front desk", scopes=("estimates:read",), by=clinic.key_id)
    await revoke_key(clinic.connection, other.key.id)
    await clinic.boss.open(HERE)
    revoked, made, *_ = shown(clinic.boss)
    assert revoked.endswith("Service or command line Revoked a key Key Front desk")
    assert "boss Made a key Key Front desk permissions: estimates:read" in made
    assert f'<a href="/console/people/keys/{other.key.id}">Key Front desk</a>' in clinic.boss.page


async def test_times_are_those_of_the_clinic_and_say_so(clinic: Clinic) -> None:
    await put(clinic, datetime(2026, 11, 20, 6, 5, tzinfo=UTC), kind="release")
    await clinic.boss.open(f"{HERE}?until=2026-11-20", **{"accept-language": "en"})
    assert "Times in UTC-07:00" in clinic.boss.text
    assert 'datetime="2026-11-19T23:05:00-07:00">Nov 19, 2026, 11:05 PM<' in clinic.boss.page
    await clinic.boss.open(f"{HERE}?until=2026-11-20", **{"accept-language": "es"})
    assert "19 nov 2026, 11:05 p. m." in clinic.boss.text.replace("\u00a0", " ")


async def test_an_action_that_nobody_wrote_words_for_keeps_its_name(clinic: Clinic) -> None:
    await append(
        clinic.connection, cast("Action", "moon.land"), "moon", "the-sea-of-tranquillity", detail={"crew": ["a", "b"]}
    )
    await clinic.boss.open(HERE)
    assert shown(clinic.boss)[0].endswith("moon.land moon …illity crew: a, b")


async def test_who_and_what_and_when_narrow_the_list(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    person = await recognise(
        connection, issuer="https://login.example", subject="ana", name="Ana Ruiz", role="reader", now=NOW
    )
    day = datetime(2026, 3, 2, 12, tzinfo=DENVER)
    read = await put(clinic, day, "good-faith.read", kind="good-faith-estimate", key_id=person.key_id)
    await put(clinic, day + timedelta(days=1), "good-faith.read", kind="good-faith-estimate", key_id=clinic.key_id)
    await put(clinic, day + timedelta(days=2), "webhook.disable", kind="webhook")
    for query, count in (
        ({"who": str(person.key_id)}, 1),
        ({"who": NO_KEY, "kind": "webhook"}, 1),
        ({"action": "good-faith.read"}, 2),
        ({"kind": "good-faith-estimate", "subject": f" {read} "}, 1),
        ({"since": "2026-03-02", "until": "2026-03-03"}, 2),
        ({"since": "2026-03-03", "until": "2026-03-03"}, 1),
        ({"until": "2026-03-01"}, 0),
        ({"who": str(uuid7())}, 0),
    ):
        await boss.open(f"{HERE}?{urlencode(query)}")
        assert (boss.status, len(shown(boss))) == (200, count), query
        kept = boss.filled(HERE)
        assert {name: kept[name] for name in query if name != "who"} == {
            name: value.strip() for name, value in query.items() if name != "who"
        }
    assert "Ana Ruiz" in boss.page, "whoever may have done something can be chosen"
    assert "Nothing on record fits" in boss.text
    assert f'href="{HERE}"' in boss.page


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("since=yesterday", "since"),
        ("until=2026-02-30", "until"),
        ("until=9999-12-31", "until"),
        ("since=2026-03-03&until=2026-03-01", "until"),
        ("who=Ana", "who"),
    ],
)
async def test_what_cannot_be_looked_for_is_said_beside_its_field(clinic: Clinic, query: str, where: str) -> None:
    await clinic.boss.open(f"{HERE}?{query}")
    assert (clinic.boss.status, list(clinic.boss.wrong)) == (422, [where])
    assert shown(clinic.boss) == []
    await clinic.boss.open(f"{HERE}.csv?{query}")
    assert clinic.boss.status == 422


async def test_a_long_trail_comes_in_pages_that_neither_repeat_nor_leave_out(clinic: Clinic) -> None:
    boss = clinic.boss
    subjects = [await put(clinic, NOW, subject=f"check-{number}") for number in range(2 * PAGE + 3)]
    address, seen, pages = f"{HERE}?kind=eligibility-check", list[str](), 0
    while address:
        await boss.open(address.replace("&amp;", "&"))
        seen += re.findall(r"Eligibility check (check-\d+)", boss.page)
        pages += 1
        # What is done meanwhile comes on top and moves nothing.
        await put(clinic, NOW, subject="check-later")
        further = re.search(r'href="([^"]+)" rel="next"', boss.page)
        address = further[1] if further else ""
    assert (pages, seen) == (3, subjects[::-1])


async def test_the_sheet_has_everything_and_starts_no_formula_and_is_on_record(clinic: Clinic) -> None:
    boss, connection = clinic.boss, clinic.connection
    await clinic.owner.execute(
        """
        INSERT INTO audit (action, subject_kind, subject_id) SELECT 'eligibility.read', 'eligibility-batch', n::text
        FROM generate_series(1, 1200) AS n
        """
    )
    evil = await create_key(connection, name="=cmd()", scopes=("admin",), by=clinic.key_id)
    await append(connection, "eligibility.read", "eligibility-batch", "+1", key_id=evil.key.id, detail={"form": "pdf"})
    response = await boss.client.get(f"{HERE}.csv?kind=eligibility-batch")
    assert response.headers["content-disposition"] == 'attachment; filename="audit-2026-11-23.csv"'
    assert response.headers["cache-control"] == "no-store"
    assert response.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert len(rows) == 1201
    assert len({row["id"] for row in rows}) == 1201
    first = rows[0]
    assert (first["who"], first["subject"], first["detail"]) == ("'=cmd()", "'+1", '{"form":"pdf"}')
    assert (first["what"], first["key"]) == ("Looked at members' data", str(evil.key.id))
    assert first["at"].endswith("-07:00")
    (exported,) = await connection.fetch("SELECT key_id, detail FROM audit WHERE action = 'audit.export'")
    assert (exported["key_id"], exported["detail"]) == (clinic.key_id, {"kind": "eligibility-batch"})


async def test_looking_at_the_trail_leaves_no_trace(clinic: Clinic) -> None:
    before = await clinic.connection.fetchval("SELECT count(*) FROM audit")
    await clinic.boss.open(HERE)
    await clinic.boss.open(f"{HERE}?who={NO_KEY}")
    assert await clinic.connection.fetchval("SELECT count(*) FROM audit") == before


async def test_every_page_that_an_entry_leads_to_is_there(clinic: Clinic) -> None:
    for kind, page in SUBJECTS.items():
        if page:
            await clinic.boss.open(page.format(uuid7()))
            assert clinic.boss.status == 404, kind
            assert "There is nothing here" in clinic.boss.text
    key = await clinic.boss.client.get(SUBJECTS["key"].format(clinic.key_id) if SUBJECTS["key"] else "")
    assert key.status_code == 200
