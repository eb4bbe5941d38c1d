"""A small storm of hostile requests; `make hostile` sends a hundred thousand."""

import asyncio
from pathlib import Path

from service.testing_service import running_service
from tests.hostile.storm import CALLERS, WORKERS, storm

REQUESTS = 2_000


def test_a_storm_leaves_no_trace(tmp_path: Path) -> None:
    with running_service(tmp_path, workers=WORKERS) as service:
        told = asyncio.run(storm(service, tmp_path, REQUESTS))
    assert not told.wrong, "\n".join(told.wrong[:40])
    assert told.sent > REQUESTS - CALLERS, "each caller sends its share"
