"""A real server and bare sockets: what is too large, too slow, too much or not HTTP is told so, and nothing hangs."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from service.sandbox_process import free_port

HURRIED = """
from service import connection
connection.HEAD_SECONDS, connection.BODY_SECONDS, connection.READING_SECONDS = 0.6, 2.0, 0.6
connection.MOST_CONNECTIONS = 20
from service.serve import serve
from service.settings import read_settings
serve(read_settings())
"""
"""The service as `outlay serve` starts it, with less patience."""

START_SECONDS = 30
ASKED = b"GET /v1/treatments HTTP/1.1\r\nHost: outlay\r\n"


class Answer(NamedTuple):
    """What came over the connection, which the server closed after `seconds`."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def problem(self) -> str:
        """The kind of problem that the answer tells."""
        return json.loads(self.body)["type"].removeprefix("/problems/")


class Server(NamedTuple):
    """A process that serves."""

    port: int
    log: Path

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def send(self, *parts: bytes, pause: float = 0.0) -> Answer:
        """Send parts one after the other, and read until the server has had enough."""
        with self.open() as connection:
            start = time.monotonic()
            for part in parts:
                try:
                    connection.sendall(part)
                except OSError:
                    break  # it answered before all was sent
                time.sleep(pause)
            return read(connection, start)


def read(connection: socket.socket, start: float) -> Answer:
    """All that comes until the end of the connection."""
    told = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            part = b""
        if not part:
            break
        told += part
    head, _, body = told.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split()[1]) if first else 0, headers, body, time.monotonic() - start)


@pytest.fixture(scope="module")
def server(service_url: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    folder = tmp_path_factory.mktemp("server")
    port, log = free_port(), folder / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
        "OUTLAY_PORT": str(port),
        "OUTLAY_DATABASE_URL": service_url,
        "OUTLAY_DATA_DIR": str(folder),
        "OUTLAY_CONCURRENT_REQUESTS": "2",
        "OUTLAY_LIMIT_PUBLIC": "off",
        "OUTLAY_LIMIT_SIGN_IN": "3/minute",
    }
    command = [sys.executable, "-c", HURRIED]
    with log.open("wb") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        else:
            raise RuntimeError(log.read_text())
        yield Server(port, log)
        process.terminate()
        assert process.wait(20) == 0


def headers(count: int, size: int) -> bytes:
    return b"".join(b"X-%d: %b\r\n" % (number, b"a" * size) for number in range(count))


def post(path: str, length: int) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: outlay\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("kind", "status", "parts"),
    [
        ("address-too-long", 414, [b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: outlay\r\n\r\n"]),
        ("address-too-long", 414, [b"GET /?q=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: outlay\r\n\r\n"]),
        ("headers-too-large", 431, [ASKED + headers(101, 1) + b"\r\n"]),
        ("headers-too-large", 431, [ASKED + headers(2, 9000) + b"\r\n"]),
        ("headers-too-large", 431, [ASKED + b"X-Endless: ", *[b"a" * 10_000] * 10]),
        ("headers-too-large", 431, [b"GET /", *[b"a" * 10_000] * 10]),
        ("request-timeout", 408, [ASKED]),
        ("request-timeout", 408, [ASKED + b"X-Slow: "]),
        ("bad-request", 400, [b"BREW /coffee HTTP/1.1\r\nHost: outlay\r\n\r\n"]),
        ("bad-request", 400, [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50]),
        ("bad-request", 400, [b"GET / HTTP/9.9\r\n\r\n"]),
        ("bad-request", 400, [b"GET /\xff HTTP/1.1\r\nHost: outlay\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Bad\x00Name: a\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Content-Length: -1\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b" folded: a\r\n\r\n"]),
        ("bad-request", 400, [b"GET /v1/treatments HTTP/1.1\r\nConnection: close\r\n\r\n"]),
        ("bad-request", 400, [ASKED + b"Host: outlay\r\nConnection: close\r\n\r\n"]),
        ("not-found", 404, [b"GET /../../etc/passwd HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n"]),
        ("not-found", 404, [b"GET /v1/payers/%00 HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n"]),
    ],
)
def test_what_is_no_request_is_told_so(kind: str, status: int, parts: list[bytes], server: Server) -> None:
    answer = server.send(*parts)
    assert (answer.status, answer.problem) == (status, kind)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-request-id"] in answer.body.decode()
    assert answer.seconds < 3


def test_a_request_that_trickles_in_is_cut(server: Server) -> None:
    head = server.send(*[ASKED[index : index + 1] for index in range(len(ASKED))], pause=0.05)
    assert (head.status, head.problem) == (408, "request-timeout")
    body = server.send(post("/console/sign-in", 100), *[b"a"] * 60, pause=0.05)
    assert 1.5 < body.seconds < 4
    silent = server.send()
    assert (silent.status, silent.body) == (0, b"")
    assert 0.5 < silent.seconds < 2
    dripping = server.send(*[b"\r\n"] * 40, pause=0.05)
    assert dripping.seconds < 3


def test_a_kept_connection_that_goes_quiet_is_cut(server: Server) -> None:
    with server.open() as connection:
        connection.sendall(ASKED + b"\r\n")
        time.sleep(0.3)
        start = time.monotonic()
        connection.sendall(b"GET /v1/trea")
        answer = read(connection, start)
    assert answer.status == 200
    assert answer.body.endswith(b"}")
    assert b"HTTP/1.1 408" in answer.body
    assert answer.seconds < 2


def test_who_does_not_read_is_cut(server: Server) -> None:
    asked = b"GET /schema/openapi.json HTTP/1.1\r\nHost: outlay\r\n"
    size = len(server.send(asked + b"Connection: close\r\n\r\n").body)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall((asked + b"\r\n") * 100)
        time.sleep(1.5)
        answer = read(connection, time.monotonic())
    assert answer.status == 200
    assert len(answer.body) < 100 * size


def test_more_at_a_time_than_there_is_room_for(server: Server) -> None:
    waiting = [server.open() for _ in range(2)]
    try:
        for connection in waiting:
            connection.sendall(post("/console/sign-out", 100) + b"a")
        time.sleep(0.2)
        refused = server.send(ASKED + b"Connection: close\r\n\r\n")
        alive = server.send(b"GET /health/live HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n")
    finally:
        for connection in waiting:
            connection.close()
    assert (refused.status, refused.problem) == (503, "busy")
    assert int(refused.headers["retry-after"]) > 0
    assert alive.status == 200
    time.sleep(0.2)
    assert server.send(ASKED + b"Connection: close\r\n\r\n").status == 200


def test_more_connections_than_there_is_room_for(server: Server) -> None:
    idle = [server.open() for _ in range(20)]
    time.sleep(0.1)
    refused = server.send()
    for connection in idle:
        connection.close()
    assert (refused.status, refused.problem) == (503, "busy")
    assert int(refused.headers["retry-after"]) > 0
    time.sleep(0.1)
    assert server.send(ASKED + b"Connection: close\r\n\r\n").status == 200


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET /health/live HTTP/1.0\r\n\r\n", {200}),
        (b"OPTIONS * HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n", {400, 404}),
        (b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n", {400, 404, 405}),
        (b"TRACE /v1/treatments HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n", {405}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
        (b"HEAD /v1/treatments HTTP/1.1\r\nHost: outlay\r\nConnection: close\r\n\r\n", {200}),
    ],
)
def test_unusual_requests_are_answered(request_: bytes, statuses: set[int], server: Server) -> None:
    answer = server.send(request_)
    assert answer.status in statuses
    if request_.startswith(b"HEAD"):
        assert answer.body == b""
        assert int(answer.headers["content-length"]) > 1000


def test_an_upgrade_is_an_ordinary_request(server: Server) -> None:
    upgrade = b"Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
    assert server.send(ASKED + upgrade).status == 200


def test_two_requests_at_once_are_both_answered(server: Server) -> None:
    answer = server.send(ASKED + b"\r\n" + ASKED + b"Connection: close\r\n\r\n")
    assert (answer.status, answer.body.count(b"HTTP/1.1 200")) == (200, 1)


def test_a_forwarded_address_that_no_proxy_told_is_nobody(server: Server) -> None:
    """The server underneath would believe whoever calls from this machine."""
    for number in range(3):
        httpx.get(f"http://127.0.0.1:{server.port}/console/sign-in", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    url = f"http://127.0.0.1:{server.port}/console/sign-in"
    assert httpx.get(url, headers={"X-Forwarded-For": "192.0.2.99"}).status_code == 429


def test_nothing_of_it_is_a_fault(server: Server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {line["status"] for line in lines if line["event"] == "request"} & set(range(500, 600)) <= {503}
    assert not [line for line in lines if line["event"] == "unexpected"]
