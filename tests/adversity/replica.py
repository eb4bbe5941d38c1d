"""The service in processes of its own, as `outlay serve` runs it."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import httpx

from service.sandbox_process import free_port

START_SECONDS = 120.0


class Replica:
    """One `outlay serve` with its workers. What it logs goes to a file of its folder."""

    def __init__(self, folder: Path, environment: dict[str, str], *, program: tuple[str, ...] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.log = folder / "service.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._program = tuple(each.format(port=self.port) for each in program) or ("-m", "service.cli", "serve")
        # The caller's own settings are for its own service.
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")}
        self._environment |= {"OUTLAY_PORT": str(self.port), "OUTLAY_DATA_DIR": str(folder)} | environment
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process that was started."""
        assert self._process
        return self._process

    @property
    def workers(self) -> list[int]:
        """The processes that answer: the children of the one that was started, or itself where it has none."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(child) for child in path.read_text().split()] if path.exists() else []
        # Python's own helper for started processes is a child too.
        serving = [child for child in children if b"resource_tracker" not in _command(child)]
        return serving or [self.process.pid]

    async def start(self) -> None:
        """Start, and wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._program, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        async with asyncio.timeout(START_SECONDS):
            while not await self.ready():
                if self.process.returncode is not None:
                    raise RuntimeError(f"the service did not start:\n{self.log.read_text()[-4000:]}")
                await asyncio.sleep(0.1)

    async def ready(self) -> bool:
        """Whether it can serve, as whoever asks anew is told."""
        with suppress(httpx.TransportError):
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self.url}/health/ready")).is_success
        return False

    async def stop(self) -> int:
        """Ask it to end, and wait for it; the exit code."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        async with asyncio.timeout(60):
            return await self.process.wait()

    async def kill(self) -> None:
        """End it and its workers with SIGKILL."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


def _command(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""
