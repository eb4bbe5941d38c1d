"""`limited` makes a service with limits of its own; `valkey` is a server for counts, if this machine has one."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx
import pytest
from limits import parse
from litestar import Litestar

from service.app import create_app
from service.settings import Settings
from tests.conftest import NOW, alive

SERVERS = ("valkey-server", "redis-server")
START_SECONDS = 10


class Front(NamedTuple):
    """A service, and browsers at the addresses that one may name."""

    app: Any

    def at(self, address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://outlay", headers=headers)


Limited = Callable[..., AbstractAsyncContextManager[Front]]


@pytest.fixture
def limited(app: Litestar, service_url: str) -> Limited:
    """A service whose limits are given as a person writes them; others are off. It answers with what `app` holds."""

    @asynccontextmanager
    async def made(
        *, public: str | None = None, staff: str | None = None, sign_in: str | None = None, **more: Any
    ) -> AsyncGenerator[Front]:
        settings = Settings(
            database_url=service_url,
            widget_origins=("https://clinic.example",),
            limit_public=parse(public) if public else None,
            limit_staff=parse(staff) if staff else None,
            limit_sign_in=parse(sign_in) if sign_in else None,
            **more,
        )
        front = create_app(settings, clock=lambda: NOW)
        if settings.limits_url is None:
            front.state.wiring = app.state.wiring
            yield Front(cast("Any", front))
            return
        async with alive(front):
            yield Front(cast("Any", front))

    return made


class Valkey:
    """A server for counts that can go away."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"valkey://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        bounds = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        command = [self._program, "--port", str(self._port), *bounds]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self._port), 0.1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"{self._program} does not listen")

    def hang(self) -> None:
        """Let it answer nothing, and keep its connections."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Take it away."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def valkey(tmp_path: Path) -> Generator[Valkey]:
    program = next(filter(None, map(shutil.which, SERVERS)), None)
    if program is None:
        pytest.skip("no Valkey or Redis here: `apt-get install redis-server`")
    server = Valkey(program, tmp_path)
    yield server
    server.stop()
