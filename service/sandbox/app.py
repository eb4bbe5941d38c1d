"""The sandbox as an application of its own: three networks in front of the same payers, and no database."""

from datetime import datetime

from litestar import Litestar

from service.sandbox.availity import availity
from service.sandbox.core import core
from service.sandbox.roster import roster
from service.sandbox.stedi import stedi
from service.sandbox.verdict import Desk

SLOW_SECONDS = 25.0
"""Longer than anybody waits for an answer in real time (CAQH CORE 156: 20 seconds)."""


def create_sandbox(*, slow_seconds: float = SLOW_SECONDS) -> Litestar:
    """The sandbox as an ASGI application. What it remembers of a day's questions lives in this one process."""
    desk = Desk(roster())
    return Litestar(
        route_handlers=[
            core(desk, _now, slow_seconds),
            stedi(desk, _now, slow_seconds),
            availity(desk, _now, slow_seconds),
        ],
        openapi_config=None,
        logging_config=None,
    )


def _now() -> datetime:
    return datetime.now().astimezone()
