"""Wakes whoever waits for a check, when something has become of it in whatever process."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress
from uuid import UUID

CHANNEL = "outlay_checks"
"""As the migration has it; the payload is the id of the check."""


class News:
    """Who waits for which check. What is heard may get lost with a connection, so nobody waits for it alone."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    def heard(self, *notice: object) -> None:
        """What the driver calls with connection, process, channel and payload."""
        with suppress(ValueError):
            for event in self._waiting.get(UUID(str(notice[-1])), ()):
                event.set()

    @contextmanager
    def of(self, check_id: UUID) -> Generator[asyncio.Event]:
        """An event that is set with each change of the check from now on."""
        event = asyncio.Event()
        others = self._waiting.setdefault(check_id, set())
        others.add(event)
        try:
            yield event
        finally:
            others.discard(event)
            if not others:
                self._waiting.pop(check_id, None)
