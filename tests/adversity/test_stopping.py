"""A service that is told to stop answers what it has, and ends within twenty seconds."""

import asyncio
from time import monotonic

import httpx

from service.serve import GRACEFUL_SECONDS
from tests.adversity.bench import Bench
from tests.service.eligibility.questions import about

MARGIN_SECONDS = 20.0
"""For a busy machine."""


async def test_requests_in_flight_are_answered(bench: Bench) -> None:
    replica = bench.another("stopping", OUTLAY_WORKERS="1")
    usual, bench.replica = bench.replica, replica
    try:
        await replica.start()
        async with bench.office() as office, bench.load() as load:
            await asyncio.sleep(0.5)
            bench.payer_wire.freeze()
            check = about("SBX0001", "Pat", "1980-01-31", "Sample", wait_seconds=5, date_of_service="2026-01-05")

            async def asked() -> httpx.Response:
                # Beside the load there may be no connection to the database for a second: who is refused asks again.
                while (made := await office.post("/v1/eligibility/checks", json=check)).status_code == 503:
                    await asyncio.sleep(0.2)
                return made

            waiting = asyncio.create_task(asked())
            async with asyncio.timeout(30):
                while not await bench.rows("SELECT FROM eligibility_checks WHERE status = 'running'"):
                    assert not waiting.done(), waiting.result().text
                    await asyncio.sleep(0.02)
            began = monotonic()
            code = await replica.stop()
            seconds = monotonic() - began
            made = await waiting
        bench.payer_wire.thaw()
    finally:
        bench.payer_wire.thaw()
        await replica.kill()
        bench.replica = usual
    assert code == 0
    assert seconds < GRACEFUL_SECONDS + MARGIN_SECONDS, seconds
    assert made.status_code in {201, 202}, made.text
    # Who came too late was not let in; nobody who was in was sent away.
    broken = [each for each in load.answers if each.status is None and b"ConnectError" not in each.body]
    assert all(each.at + each.seconds >= began for each in broken), broken
    assert all(each.given or each.refused for each in load.answers if each.status is not None)
    load.url = usual.url
    assert await bench.unkept(load) == []
