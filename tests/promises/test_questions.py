"""The table of questions is what the service answers: each request in it is sent, and the answer is where it says.

Some questions are about one clinic: the service that they ask has the price list of the documentation.
"""

import json
import re
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx
import msgspec
import pytest

from payers.catalogue.clinic import ClinicLayer
from service import testing
from service.app import create_app
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import connect
from service.store.keys import create_key
from tests.conftest import NOW, alive

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
PRICE_LIST = "examples/price-list.toml"
ASK = re.compile(
    r"^`(?P<method>GET|POST) (?P<path>/\S*)`(?: `(?P<body>\{.*\})`)?"
    rf"(?P<listed> with \[the price list\]\({re.escape(PRICE_LIST)}\))?$"
)
WHERE = re.compile(r"^`(?P<pointer>/\S+)`(?: = `(?P<value>[^`]+)`)?$")


class Row(NamedTuple):
    """One question as the page has it."""

    id: str
    question: str
    settled: str
    ask: str
    where: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip("|").split("|")))
    for line in PAGE.read_text().splitlines()
    if line.startswith("| U")
]
ASKED = [row for row in ROWS if row.settled != "not yet"]


def found(part: Any, steps: list[str]) -> Iterator[Any]:
    """What a JSON pointer leads to, `*` standing for every item of a list."""
    if not steps:
        yield part
        return
    step, *rest = steps
    for child in part if step == "*" else [part[int(step) if step.isdigit() else step]]:
        yield from found(child, rest)


def test_the_page_has_every_question_once() -> None:
    assert [row.id for row in ROWS] == [f"U{number:02}" for number in range(1, 39)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_question_is_asked_or_said_to_be_open(row: Row) -> None:
    assert row.settled.partition(":")[0].partition(",")[0] in ("yes", "partly", "not yet")
    assert bool(ASK.match(row.ask)) == bool(WHERE.match(row.where)) == (row.settled != "not yet")


@pytest.fixture(scope="module")
async def listed(template_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The front desk of a clinic that has entered its price list."""
    layer = msgspec.toml.decode((PAGE.parent / PRICE_LIST).read_bytes(), type=ClinicLayer)
    async with testing.cloned_database(template_url) as url:
        connection = await connect(url)
        await add_clinic_rows(connection, layer)
        key = await create_key(connection, name="desk", scopes=("estimates:write",))
        await connection.close()
        app = create_app(Settings(database_url=url), clock=lambda: NOW)
        async with (
            alive(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(cast("Any", app)),
                base_url="http://outlay",
                headers={"Authorization": f"Bearer {key.secret}"},
            ) as desk,
        ):
            yield desk


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.id)
async def test_the_answer_is_where_the_page_says(row: Row, desk: httpx.AsyncClient, listed: httpx.AsyncClient) -> None:
    ask, where = ASK.match(row.ask), WHERE.match(row.where)
    assert ask
    assert where
    body = json.loads(ask["body"]) if ask["body"] else None
    asked = listed if ask["listed"] else desk
    answer = await asked.request(ask["method"], ask["path"], json=body)
    assert answer.is_success, answer.text
    parts = list(found(answer.json(), where["pointer"].split("/")[1:]))
    if where["value"]:
        assert json.loads(where["value"]) in parts
    else:
        assert any(parts)
