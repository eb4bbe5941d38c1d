"""The widget's first questions are answered before anybody asks, and again for a new day."""

import asyncio
from datetime import datetime, timedelta
from itertools import islice

from service.api.widget_ahead import answering_ahead
from service.api.widget_answers import answers
from service.store.live import LiveCatalogue
from tests.conftest import NOW


async def test_a_new_day_finds_its_answers_ready(postgres_url: str) -> None:
    now = NOW

    def clock() -> datetime:
        return now

    async with LiveCatalogue(postgres_url) as live, answering_ahead(live, clock, look_seconds=0.01):
        for _ in range(2):
            ready = answers(live.current, now.date())
            for inputs in islice(ready.first_questions(), 5):
                async with asyncio.timeout(60):
                    while not (ready.has(inputs, "en") and ready.has(inputs, "es")):  # noqa: ASYNC110  nothing tells
                        await asyncio.sleep(0.01)
            now += timedelta(days=1)
