"""What is ready is answered without a task as with one: byte for byte, but for the request's id."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from limits import parse
from litestar import Litestar
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from service.api.envelope import Envelope
from service.app import create_app
from service.connection import Connection
from service.settings import Settings
from tests.conftest import NOW, alive

ASKED = b"/widget/v1/estimate?payer=aetna&treatment=spravato&deductible=met&lang=es"
REQUEST = b"GET " + ASKED + b" HTTP/1.1\r\nHost: outlay\r\n"
LAST = b"Connection: close\r\n\r\n"
ORIGIN = b"Origin: https://clinic.example\r\n"


@asynccontextmanager
async def serving(app: Litestar, protocol: type[HttpToolsProtocol], *, wrapped: bool = False) -> AsyncGenerator[int]:
    """A port at which a server speaks by this protocol; `wrapped` in what looks behind proxies for the server."""
    config = Config(app, server_header=False, proxy_headers=wrapped, ws="none", access_log=False, log_config=None)
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Mon, 23 Nov 2026 15:00:00 GMT")]
    server = await asyncio.get_running_loop().create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def sent(port: int, *parts: bytes) -> bytes:
    """What comes until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)
    told = await reader.read()
    writer.close()
    return re.sub(rb"(x-request-id: |urn:uuid:)[-0-9a-f]{36}", rb"\1another", told)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    found: list[object] = []
    at_once = Envelope.at_once

    def counting(envelope: Envelope, scope: Any) -> Any:
        answer = at_once(envelope, scope)
        found.extend([answer] if answer else [])
        return answer

    monkeypatch.setattr(Envelope, "at_once", counting)
    return found


@pytest.fixture(scope="module")
async def behind_a_proxy(service_url: str, keys: dict[str, str]) -> AsyncGenerator[Litestar]:
    """The service behind one proxy, with an answer ready."""
    settings = Settings(
        database_url=service_url,
        widget_origins=("https://clinic.example",),
        proxies=1,
        limit_public=parse("900/minute"),
        limit_staff=parse("900/minute"),
    )
    app = create_app(settings, clock=lambda: NOW)
    async with alive(app), serving(app, HttpToolsProtocol) as port:
        await sent(port, REQUEST + LAST)
        yield app


@pytest.mark.parametrize(
    ("at_once", "parts"),
    [
        (1, [REQUEST + LAST]),
        (1, [REQUEST + ORIGIN + LAST]),
        (1, [REQUEST + b"Origin: https://elsewhere.example\r\n" + LAST]),
        (1, [REQUEST + b"X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n" + LAST]),
        (1, [REQUEST + b"X-Request-Id: 01a22992-5901-75d4-8116-8da6d7872a5b\r\n" + LAST]),
        (1, [REQUEST + b"Content-Length: 4\r\n" + LAST + b"body"]),
        (2, [REQUEST + b"Content-Length: 4\r\n\r\n", b"bo", b"dy" + REQUEST + LAST]),
        (1, [REQUEST[:30], REQUEST[30:] + LAST]),
        (3, [REQUEST + b"\r\n" + REQUEST + ORIGIN + b"\r\n" + REQUEST + LAST]),
        (1, [REQUEST + b"\r\n" + b"GET /v1/treatments HTTP/1.1\r\nHost: outlay\r\n\r\n" + REQUEST + LAST]),
        (0, [REQUEST + b'If-None-Match: "known"\r\n' + LAST]),
        (0, [REQUEST + b"If-None-Match: *\r\n" + LAST]),
        (0, [REQUEST.replace(b"GET", b"HEAD") + LAST]),
        (0, [REQUEST.replace(b"GET", b"POST") + b"Content-Length: 0\r\n" + LAST]),
        (0, [REQUEST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n"]),
        (0, [REQUEST.replace(b"Host: outlay\r\n", b"") + LAST]),
        (0, [REQUEST + b"Host: outlay\r\n" + LAST]),
        (0, [REQUEST.replace(b"lang=es", b"lang=es&shoe_size=9") + LAST]),
        (0, [REQUEST.replace(b"/estimate?", b"/estimate/?") + LAST]),
    ],
)
async def test_the_same_bytes_with_and_without_a_task(
    at_once: int, parts: list[bytes], behind_a_proxy: Litestar, counted: list[object]
) -> None:
    told: list[bytes] = []
    for protocol in (HttpToolsProtocol, Connection):
        async with serving(behind_a_proxy, protocol) as port:
            told.append(await sent(port, *parts))
    assert told[0].startswith(b"HTTP/1.1 ")
    assert told[1] == told[0]
    assert len(counted) == at_once


async def test_an_application_that_is_wrapped_is_asked_as_ever(behind_a_proxy: Litestar, counted: list[object]) -> None:
    async with serving(behind_a_proxy, Connection, wrapped=True) as port:
        assert (await sent(port, REQUEST + LAST)).startswith(b"HTTP/1.1 200 OK")
    assert not counted


async def test_a_fault_of_ours_is_none_of_the_request(
    behind_a_proxy: Litestar, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Envelope, "at_once", None)
    async with serving(behind_a_proxy, Connection) as port:
        assert (await sent(port, REQUEST + LAST)).startswith(b"HTTP/1.1 200 OK")
    told = capsys.readouterr()
    assert '"error": "TypeError"' in told.out + told.err


async def test_a_key_is_told_its_limit(behind_a_proxy: Litestar, keys: dict[str, str], counted: list[object]) -> None:
    async with serving(behind_a_proxy, Connection) as port:
        answer = await sent(port, REQUEST + f"Authorization: Bearer {keys['desk']}\r\n".encode() + LAST)
    assert b"\r\nratelimit: " in answer
    assert not counted


async def test_limits_are_counted_once(service_url: str, counted: list[object]) -> None:
    app = create_app(Settings(database_url=service_url, limit_public=parse("3/hour")), clock=lambda: NOW)
    async with alive(app), serving(app, Connection) as port:
        answers = [await sent(port, REQUEST + LAST) for _ in range(5)]
    assert [answer[9:12] for answer in answers] == [b"200", b"200", b"200", b"429", b"429"]
    assert len(counted) == 2
    assert b"retry-after: " in answers[3]
    assert b"x-outlay-catalogue-version" not in answers[3]


async def test_who_does_not_read_waits(behind_a_proxy: Litestar, counted: list[object]) -> None:
    """More than a connection holds is answered in turns, in order and whole."""
    asked = 400
    async with serving(behind_a_proxy, Connection) as port:
        answer = await sent(port, (REQUEST + b"\r\n") * (asked - 1) + REQUEST + LAST)
        one = await sent(port, REQUEST + LAST)
    assert answer.replace(b"connection: close\r\n", b"") == one.replace(b"connection: close\r\n", b"") * asked
