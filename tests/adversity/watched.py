"""The service with a clock that tests can set: `uvicorn --factory tests.adversity.watched:service`.

It is as far off as the file `OUTLAY_TEST_CLOCK` says, in seconds, from the moment on at which the file says so.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from litestar import Litestar

from service import uuid7
from service.app import create_app, local_time
from service.settings import read_settings

CLOCK = "OUTLAY_TEST_CLOCK"


def service() -> Litestar:
    """The application of one process."""
    place = Path(os.environ[CLOCK])

    class Time:
        """What ids are made of."""

        @staticmethod
        def time_ns() -> int:
            return time.time_ns() + int(place.read_text() or 0) * 1_000_000_000

    def clock() -> datetime:
        return local_time() + timedelta(seconds=int(place.read_text() or 0))

    uuid7.time = Time  # pyright: ignore[reportAttributeAccessIssue]  the module's own clock
    return create_app(read_settings(), clock=clock, ahead=True)
