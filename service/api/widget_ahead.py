"""The widget's first questions, answered before anybody asks: a clinic's launch day finds them ready."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import get_args

from payers.estimate.question import Language
from service.api.widget_answers import answers
from service.store.database import DatabaseUnavailable
from service.store.live import LiveCatalogue

LOOK_SECONDS = 5.0


@asynccontextmanager
async def answering_ahead(
    live: LiveCatalogue, clock: Callable[[], datetime], *, look_seconds: float = LOOK_SECONDS
) -> AsyncGenerator[None]:
    """While it lasts, the few inputs that nearly everybody begins with have their answers of today in memory.

    A new day and a new catalogue have new ones. They are computed one at a time, so that whoever asks something else
    waits for one of them at most.
    """
    task = asyncio.create_task(_keep_ahead(live, clock, look_seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_ahead(live: LiveCatalogue, clock: Callable[[], datetime], look_seconds: float) -> None:
    ready = None
    while True:
        with suppress(DatabaseUnavailable):
            catalogue, today = live.current, clock().date()
            if (catalogue.version, today) != ready:
                kept = answers(catalogue, today)
                for inputs in kept.first_questions():
                    for lang in get_args(Language):
                        await kept.answer(inputs, lang)
                _settle()
                ready = catalogue.version, today
        await asyncio.sleep(look_seconds)


def _settle() -> None:
    """Let the collector pass over what is held from now on: a walk through a catalogue keeps everybody waiting."""
    gc.unfreeze()  # what has been let go since the last time
    gc.collect()
    gc.freeze()
