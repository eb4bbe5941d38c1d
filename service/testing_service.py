"""A running service for tests: a seeded database of its own, the sandbox payer and a server process on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from service import testing
from service.first_start import prepare
from service.sandbox_process import free_port, running_sandbox
from service.serve import MEMBER_DATA_KEYS
from service.store.vault import ensure_keys

START_SECONDS = 30
STOP_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class RunningService:
    """Where the service answers, a key that allows everything, and the database behind it."""

    base_url: str
    admin_key: str
    database_url: str


@contextmanager
def running_service(folder: Path, *, workers: int = 1) -> Generator[RunningService]:
    """Start a service, with its log and key in `folder`, and stop it.

    Raises:
        RuntimeError: it did not become ready; the message holds its log.
    """
    key = folder / "admin-key"
    # The portal's thread has an event loop of its own and leaves the caller's alone.
    with (
        testing.server() as server_url,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(testing.empty_database(server_url)) as database_url,
    ):
        portal.call(prepare, database_url, key)
        ensure_keys(folder / MEMBER_DATA_KEYS)
        with running_sandbox(folder) as connectors, _process(folder, database_url, connectors, workers) as base_url:
            yield RunningService(base_url=base_url, admin_key=key.read_text().strip(), database_url=database_url)


@contextmanager
def _process(folder: Path, database_url: str, connectors: Path, workers: int) -> Generator[str]:
    port = free_port()
    # The caller's own settings are for its own service.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")} | {
        "OUTLAY_PORT": str(port),
        "OUTLAY_DATABASE_URL": database_url,
        "OUTLAY_DATA_DIR": str(folder),
        "OUTLAY_MEMBER_DATA_KEYS": str(folder / MEMBER_DATA_KEYS),
        "OUTLAY_CONNECTORS": str(connectors),
        "OUTLAY_WORKERS": str(workers),
        # Tests are one caller, in a hurry.
        "OUTLAY_LIMIT_PUBLIC": "off",
        "OUTLAY_LIMIT_STAFF": "off",
        "OUTLAY_LIMIT_SIGN_IN": "off",
    }
    log = folder / "service.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "service.cli", "serve"], env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            if not _becomes_ready(process, port):
                raise RuntimeError(f"the service did not become ready:\n{log.read_text()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _becomes_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == HTTPStatus.OK:
                return True
        except (OSError, HTTPException):
            pass  # nobody listens yet
        finally:
            connection.close()
        time.sleep(0.05)
    return False
