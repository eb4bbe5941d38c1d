"""`network` says byte for byte what a test wants to hear; `sandbox_url` is the sandbox payer in its own process."""

import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from http.client import HTTPConnection

import pytest

from tests.service.clearinghouse.network import Network, running


@pytest.fixture
async def network() -> AsyncGenerator[Network]:
    async with running() as network:
        yield network


@pytest.fixture(scope="session")
def sandbox_url() -> Generator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "uvicorn", "--factory", "service.sandbox.app:create_sandbox", "--port", str(port))
    # Nobody waits at the end for answers that come too late on purpose.
    process = subprocess.Popen((*command, "--log-level", "warning", "--timeout-graceful-shutdown", "1"))
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, "the sandbox did not start"
        connection = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError("the sandbox does not answer")
