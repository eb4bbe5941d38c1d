"""What is ready before any route is looked for is what the route answers, with all that stands around it."""

import dataclasses
from typing import Any, cast

import httpx
import msgspec
import pytest
from limits import parse
from litestar import Litestar

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from service.api.ready import KEPT, Found, Ready
from service.api.wiring import Wiring
from service.app import create_app
from service.settings import Settings
from tests.conftest import NOW, alive

ASKED = "/widget/v1/estimate?payer=cigna&treatment=spravato&deductible=partly&lang=es"
CATALOGUE = Catalogue(load_release())


@dataclasses.dataclass
class Requests:
    """How often the route answered, and not what was ready."""

    ready: int = 0


@pytest.fixture
def counted(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Requests:
    found, kept = Requests(), cast("Wiring", app.state.wiring).ready

    def find(*args: Any) -> Any:
        answer = Ready.find(kept, *args)
        found.ready += answer is not None
        return answer

    monkeypatch.setattr(kept, "find", find)
    return found


def told(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


@pytest.mark.parametrize("origin", [None, "https://clinic.example", "https://elsewhere.example"])
async def test_the_second_answer_is_the_first_one(
    client: httpx.AsyncClient, counted: Requests, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    asked = f"{ASKED}&state=CO" if origin else ASKED
    first, second = [await client.get(asked, headers=headers) for _ in range(2)]
    assert counted.ready >= 1
    assert (second.status_code, second.content, told(second)) == (200, first.content, told(first))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert ("access-control-allow-origin" in second.headers) == (origin == "https://clinic.example")


async def test_whoever_has_it_already_is_told_so(client: httpx.AsyncClient) -> None:
    tag = (await client.get(ASKED)).headers["etag"]
    unchanged = await client.get(ASKED, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_head_has_the_headers_alone(client: httpx.AsyncClient) -> None:
    whole, head = await client.get(ASKED), await client.head(ASKED)
    assert (head.status_code, head.content, told(head)) == (200, b"", told(whole))


async def test_without_a_language_in_the_address_the_browser_decides(client: httpx.AsyncClient) -> None:
    asked = ASKED.removesuffix("&lang=es")
    for lang in ("es", "en", "es"):
        assert (await client.get(asked, headers={"Accept-Language": lang})).json()["lang"] == lang


async def test_refusals_are_not_kept(client: httpx.AsyncClient, counted: Requests) -> None:
    for _ in range(2):
        assert (await client.get(f"{ASKED}&shoe_size=9")).status_code == 422
    assert not counted.ready


async def test_limits_are_counted_before(service_url: str) -> None:
    settings = Settings(database_url=service_url, limit_public=parse("3/hour"))
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app):
        transport = httpx.ASGITransport(cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="http://outlay") as client:
            assert [(await client.get(ASKED)).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_another_day_and_another_catalogue_have_other_answers() -> None:
    ready, scope = Ready(), cast("Any", {"method": "GET", "query_string": b"a", "headers": []})
    ready.keep(CATALOGUE, NOW.date(), b"a", (), b"body")
    assert ready.find(scope, CATALOGUE, NOW.date()) == Found((), b"body", {})
    assert ready.find(scope, CATALOGUE, NOW.date().replace(day=1)) is None
    other = Catalogue(msgspec.structs.replace(CATALOGUE.release, conflicts=()))
    assert ready.find(scope, other, NOW.date()) is None
    ready.keep(other, NOW.date(), b"b", (), b"body")
    assert ready.find(scope, other, NOW.date()) is None


def test_the_oldest_makes_room() -> None:
    ready = Ready()
    for number in range(KEPT + 1):
        ready.keep(CATALOGUE, NOW.date(), str(number).encode(), (), b"")
    scopes: list[Any] = [{"method": "GET", "query_string": each, "headers": []} for each in (b"0", b"1")]
    assert [ready.find(each, CATALOGUE, NOW.date()) is None for each in scopes] == [True, False]
