"""A disk is full: the database's, and the service's own."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adversity.bench import Bench, Fault
from tests.adversity.faults.database import BACKENDS
from tests.adversity.postgres import own


@asynccontextmanager
async def _of_the_database(bench: Bench) -> AsyncGenerator[None]:
    """The estimates stay on the small disk from then on."""
    assert bench.disks
    if not (space := bench.disks.database / "space").exists():
        own(space)
        await bench.database.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        await bench.sql("ALTER TABLE estimates SET TABLESPACE small")
    filler = _filled(bench.disks.database)
    yield
    filler.unlink()


@asynccontextmanager
async def _of_the_service(bench: Bench) -> AsyncGenerator[None]:
    assert bench.disks
    filler = _filled(bench.disks.service)
    # There is more to tell then.
    await bench.database.execute(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS})")
    yield
    filler.unlink()


def _filled(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue  # no room for so much
    assert os.statvfs(disk).f_bavail == 0
    return filler


DATABASE = Fault(
    "database's disk full",
    "a file fills the disk of the estimates, later it is removed",
    _of_the_database,
    away=False,
    needs_disks=True,
)
SERVICE = Fault(
    "service's disk full",
    "a file fills the disk of the data directory, the log and the temporary files, later it is removed",
    _of_the_service,
    away=False,
    refuses=False,
    needs_disks=True,
)
