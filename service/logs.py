"""One JSON line for each thing worth knowing, on standard output, with only those fields that can hold no person."""

import logging
import traceback
from contextlib import suppress
from typing import cast

import structlog
from structlog.typing import EventDict, WrappedLogger

from service.settings import LogLevel

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "method",
        "route",
        "status",
        "duration_ms",
        "request_id",
        "key_id",
        "version",
        "error",
        "place",
        "work",
        "position",
        "hash",
    }
)
"""A field that is not named here never reaches the log, whoever writes it."""


def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop every field that is not allowed."""
    return {name: value for name, value in event.items() if name in ALLOWED}


class _Line(structlog.WriteLogger):
    """Writes each line in one piece, so that processes which share an output do not run into each other.

    Where the disk is full or nobody reads any more the line is lost, and not what told it.
    """

    def __init__(self, *_: object) -> None:
        super().__init__()

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = msg


def configure(level: LogLevel) -> None:
    """Log from `level` up, in this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_Line,
        cache_logger_on_first_use=False,
    )
    logging.getLogger("uvicorn.error").addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Whether the server may write what it has to tell itself: not a fault, whose text may hold what was asked.

    Such a fault comes after an answer has begun, when nobody else can tell it any more.
    """
    error = record.exc_info[1] if record.exc_info else None
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    if error is None:
        return True
    unexpected(error)
    return False


def unexpected(error: BaseException) -> None:
    """Log a fault of ours. Its text may hold what was asked, so the log gets its kind and place alone."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger()
    log.error("unexpected", error=type(error).__name__, place=place(error))


def place(error: BaseException) -> str:
    """File and line where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
