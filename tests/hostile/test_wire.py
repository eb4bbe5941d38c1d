"""Bytes that are no request, or two: over bare sockets against a process that serves as `outlay serve` does."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from service.testing_service import RunningService

QUIET_SECONDS = 3.0
"""When nothing more comes, nothing more is answered."""
OPEN = "(still open)"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes, and the statuses of the answers to them."""

    name: str
    send: str
    answers: tuple[int, ...]


class _Wires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wire: tuple[Wire, ...]


WIRES = msgspec.toml.decode((Path(__file__).parent / "wire.toml").read_bytes(), type=_Wires).wire


@pytest.fixture(scope="module")
def answers(service: RunningService) -> dict[str, bytes]:
    """What came back, by the name of what was sent; all of it was sent at once."""
    port = urlsplit(service.base_url).port
    with ThreadPoolExecutor(len(WIRES)) as several:
        return dict(several.map(partial(told, port), WIRES))


def told(port: int | None, wire: Wire) -> tuple[str, bytes]:
    """All that is answered, and to what."""
    found = b""
    with socket.create_connection(("127.0.0.1", port or 0), 10) as connection:
        connection.sendall(wire.send.encode("latin-1"))
        connection.settimeout(QUIET_SECONDS)
        try:
            while part := connection.recv(65536):
                found += part
        except TimeoutError:
            found += OPEN.encode()
        except ConnectionResetError:
            pass
    return wire.name, found


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_the_service_and_a_proxy_see_the_same(wire: Wire, answers: dict[str, bytes]) -> None:
    answer = answers[wire.name]
    assert tuple(int(status) for status in _STATUS.findall(answer)) == wire.answers, answer
    assert OPEN.encode() not in answer or wire.answers == (200,), "what is refused ends the connection"
    assert b"forged" not in answer
    assert b"Traceback" not in answer
    assert b"elsewhere.example" not in answer
