"""The table of attacks over whole requests: an answer or a refusal, and nothing of the inside."""

import time
from random import Random

from tests.hostile.conftest import Front
from tests.hostile.held import faults
from tests.hostile.table import requests

EACH = 3
SECONDS = 5.0


async def test_the_table(front: Front) -> None:
    wrong: list[str] = []
    sent = 0
    for request in requests(front.ground, EACH, Random(6)):
        start = time.monotonic()
        answer = await front.send(request)
        sent += 1
        told = list(faults(answer.status_code, answer.headers, answer.content, request.planted))
        if (took := time.monotonic() - start) > SECONDS:
            told.append(f"{took:.1f} s")
        wrong += [f"{request.told}: {answer.status_code} {each}" for each in told]
    assert not wrong, "\n".join(wrong)
    assert sent > 1000
