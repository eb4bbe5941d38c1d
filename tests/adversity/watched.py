"""The service, looked into: `uvicorn --factory tests.adversity.watched:service`.

Its clock is as many seconds off as the file `OUTLAY_TEST_CLOCK` says, from the moment on at which the file says so. How
many tasks its event loop has is written into the file `OUTLAY_TEST_TASKS`, each second.
"""

import asyncio
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from litestar import Litestar

from service import uuid7
from service.app import create_app
from service.clock import local_time
from service.settings import read_settings

CLOCK, TASKS = "OUTLAY_TEST_CLOCK", "OUTLAY_TEST_TASKS"


def service() -> Litestar:
    """The application of one process."""
    place = Path(os.environ.get(CLOCK, "/dev/null"))

    class Time:
        """What ids are made of."""

        @staticmethod
        def time_ns() -> int:
            return time.time_ns() + int(place.read_text() or 0) * 1_000_000_000

    def clock() -> datetime:
        return local_time() + timedelta(seconds=int(place.read_text() or 0))

    uuid7.time = Time  # pyright: ignore[reportAttributeAccessIssue]  the module's own clock
    app = create_app(read_settings(), clock=clock, ahead=True)
    if TASKS in os.environ:
        app.on_startup.append(_counting)
    return app


def _counting() -> None:
    async def count() -> None:
        while True:
            Path(os.environ[TASKS]).write_text(str(len(asyncio.all_tasks())))
            await asyncio.sleep(1)

    _kept.append(asyncio.create_task(count()))


_kept: list[asyncio.Task[None]] = []
