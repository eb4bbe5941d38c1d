"""The gate before the framework: as many at a time as there is room for, and none for ever."""

import asyncio
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from service.api.counting import Counts
from service.api.failures import HANDLERS
from service.api.gate import Gate
from service.api.limits import Limiter
from service.api.problems import Refused
from service.settings import Settings

SETTINGS = Settings(limit_public=None, limit_staff=None, limit_sign_in=None, concurrent_requests=2, request_seconds=1)


def gate(answering: Any) -> httpx.AsyncClient:
    gate: Any = Gate(answering, SETTINGS, Limiter(SETTINGS, Counts()), HANDLERS[Refused])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {}
        await gate(scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://outlay")


async def answered(send: Send, *parts: bytes, pause: float = 0) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(pause)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def test_more_than_there_is_room_for_is_told_to_come_again() -> None:
    let_go = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await let_go.wait()
        await answered(send)

    async with gate(slow) as client:
        under_way = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
        await asyncio.sleep(0.01)
        refused, alive = await client.get("/"), await client.get("/health/live")
        let_go.set()
        told = [each.status_code for each in await asyncio.gather(*under_way)]
        again = await client.get("/")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy")
    assert int(refused.headers["retry-after"]) > 0
    assert (alive.status_code, told, again.status_code) == (200, [200, 200], 200)


async def test_an_answer_that_does_not_begin_is_given_up() -> None:
    left: list[str] = []

    async def hanging(_: Scope, __: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append("left")

    async with gate(hanging) as client, asyncio.timeout(3):
        refused = await client.get("/")
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy")
        assert int(refused.headers["retry-after"]) > 0
        assert left == ["left"]
        await asyncio.gather(client.get("/"), client.get("/"))
    assert len(left) == 3  # there was room again


async def test_a_stream_takes_its_time() -> None:
    async def streaming(_: Scope, __: Receive, send: Send) -> None:
        await answered(send, b"a", b"b", b"c", pause=0.5)

    async with gate(streaming) as client:
        assert (await client.get("/")).text == "abc"


async def test_a_body_that_ends_before_its_end_is_refused(app: Litestar, keys: dict[str, str]) -> None:
    """Nobody hears it, but it is no fault of the service."""
    told: list[int] = []
    coming = [{"type": "http.request", "body": b'{"payer"', "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/estimates",
        "raw_path": b"/v1/estimates",
        "root_path": "",
        "query_string": b"",
        "client": ("192.0.2.1", 1),
        "server": ("outlay", 80),
        "headers": [
            (b"host", b"outlay"),
            (b"content-type", b"application/json"),
            (b"authorization", f"Bearer {keys['desk']}".encode()),
        ],
    }
    await cast("Any", app)(scope, receive, send)
    assert told == [408]


async def test_a_fault_outside_the_framework_is_told_as_any_other(
    app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(Limiter, "check", fail)
    refused = await client.get("/v1/treatments")
    assert (refused.status_code, refused.json()["type"]) == (500, "/problems/internal")
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert "planted" not in refused.text
