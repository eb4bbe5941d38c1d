"""The sandbox payer as a process of its own, and the connectors file that leads to it."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvicorn

from service.sandbox import PASSWORD, USER
from service.sandbox.app import create_sandbox
from service.sandbox.roster import roster

CONNECTORS = "sandbox-connectors.toml"
"""The file's name in the data directory."""
START_SECONDS = 30
STOP_SECONDS = 10
_FILE = """\
# Written at each start: the way to the sandbox payer, where no other connectors are set.

[clinic]
name = "Sample Clinic"
npi = "1999999984"

[[connectors]]
kind = "core"
name = "sandbox"
routes = ["*"]
url = "http://127.0.0.1:{port}/core/realtime"
sender_id = "CLINIC"
receiver_id = "SANDBOX"
user_name = {user}
secret_file = {secret_file}
test = true

[connectors.payer_ids]
{payer_ids}"""


@contextmanager
def running_sandbox(folder: Path) -> Generator[Path]:
    """Run the sandbox on a free port, with its connectors file in `folder`, and stop it.

    Raises:
        RuntimeError: it did not start.
    """
    port = free_port()
    command = (sys.executable, "-m", "service.sandbox_process", str(port))
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603  our own arguments
        try:
            if not _listens(process, port):
                raise RuntimeError("the sandbox payer did not start")
            yield _connectors(folder, port)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def serve_until_left(port: int) -> None:
    """Serve the sandbox, in its own process, until whoever started it ends it or is gone, however that ended."""
    # At the end nobody waits for answers that come late on purpose.
    server = uvicorn.Server(
        uvicorn.Config(create_sandbox(), port=port, log_level="error", access_log=False, timeout_graceful_shutdown=1)
    )

    def leave() -> None:
        sys.stdin.buffer.read()  # to its end, which comes with the other process's
        server.should_exit = True

    threading.Thread(target=leave, daemon=True).start()
    server.run()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _connectors(folder: Path, port: int) -> Path:
    """A network of CAQH CORE connectivity: real 270s and 271s, as most networks carry them."""
    secret = folder / "sandbox-password"
    secret.write_text(PASSWORD + "\n")
    payer_ids = "".join(f"{payer.slug} = {_quoted(payer.ids[0])}\n" for payer in roster().payers)
    path = folder / CONNECTORS
    path.write_text(
        _FILE.format(port=port, user=_quoted(USER), secret_file=_quoted(str(secret.absolute())), payer_ids=payer_ids)
    )
    return path


def _quoted(text: str) -> str:
    # What JSON writes between quotation marks, TOML reads alike.
    return msgspec.json.encode(text).decode()


if __name__ == "__main__":
    serve_until_left(int(sys.argv[1]))
