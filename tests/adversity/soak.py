"""`make soak`: minutes at half of the measured maximum, and whether anything grows that should not."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.adversity.bench import HEAVY, Bench, bench
from tests.adversity.load import Load
from tests.adversity.replica import Replica

MAXIMUM_SECONDS = 15.0
WARM_UP = 0.2
"""The share of the time after which memory is looked at first."""
LOOK_SECONDS = 10.0
GROWTH = 0.02
"""What memory may grow by after the warm-up."""


class Look(NamedTuple):
    """What the process holds."""

    at: float
    rate: float
    resident_kb: int
    files: int
    threads: int
    tasks: int
    connections: int


async def soaked(bench: Bench, minutes: float, console: Console) -> bool:
    """Load the service for so long, and print what it held; false where something grew or was refused."""
    counted = bench.folder / "tasks"
    program = ("-m", "uvicorn", "--factory", "tests.adversity.watched:service", "--port", "{port}")
    program += ("--no-access-log", "--no-proxy-headers", "--log-level", "error")
    program += ("--http", "service.connection:Connection")
    replica = bench.another("soak", program, OUTLAY_TEST_TASKS=str(counted), OUTLAY_LOG_LEVEL="error")
    await replica.start()
    try:
        statuses = Counter[int | None]()
        load = Load(replica.url, bench.key, desks=8, visitors=4, pause=0)
        async with load:
            maximum = await _rate(load, statuses, MAXIMUM_SECONDS)
            console.print(f"At most {maximum:.0f} requests a second; half of that for {minutes:g} minutes.")
            load.pause = 12 / maximum
            looks = [each async for each in _looks(bench, replica, load, statuses, counted, maximum / 2, minutes)]
        _show(looks, console)
        warm = looks[int(len(looks) * WARM_UP) :]
        third = max(1, len(warm) // 3)
        # The mean over a third of the time: what is collected now and then is in it.
        first, last = (sum(each.resident_kb for each in part) / third for part in (warm[:third], warm[-third:]))
        growth = last / first - 1
        console.print(
            f"Memory after the warm-up {growth:+.2%}, from {first / 1024:.1f} to {last / 1024:.1f} MB; answers "
            f"{dict(statuses)}; load average {os.getloadavg()[2]:.1f} on {os.cpu_count()} processors."
        )
        held = [(each.files, each.threads, each.tasks, each.connections) for each in warm]
        grown = (
            [max(part) for part in zip(*held[:third], strict=True)],
            [max(part) for part in zip(*held[-third:], strict=True)],
        )
        console.print(f"Files, threads, tasks, connections at most: {grown[0]} at first, {grown[1]} at the end.")
        few = all(end <= begin * 1.2 + 4 for begin, end in zip(*grown, strict=True))
        return growth < GROWTH and few and all(status in {200, 201} for status in statuses)
    finally:
        await replica.kill()


async def _looks(
    bench: Bench,
    replica: Replica,
    load: Load,
    statuses: "Counter[int | None]",
    counted: Path,
    wanted: float,
    minutes: float,
) -> AsyncGenerator[Look]:
    began = monotonic()
    while (at := monotonic() - began) < minutes * 60:
        rate = await _rate(load, statuses, LOOK_SECONDS)
        # The load is as steady as it is asked for: pauses make up for how long answers take.
        load.pause = max(0.0, load.pause + 12 / wanted - 12 / max(rate, 1))
        process = Path(f"/proc/{replica.process.pid}")
        status = dict(part.split(":", 1) for part in (process / "status").read_text().splitlines())
        (connections,) = await bench.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'outlay_serve' AND datname = current_database()"
        )
        yield Look(
            at,
            rate,
            int(status["VmRSS"].split()[0]),
            len(list((process / "fd").iterdir())),
            int(status["Threads"]),
            int(counted.read_text()),
            connections[0],
        )


async def _rate(load: Load, statuses: "Counter[int | None]", seconds: float) -> float:
    """Requests answered in a second, over so many. What was noted of them is let go of."""
    began = monotonic()
    load.estimates.clear()
    load.reads.clear()
    await asyncio.sleep(seconds)
    took = monotonic() - began
    answered = [answer.status for answer in load.answers]
    statuses.update(answered)
    return len(answered) / took


def _show(looks: list[Look], console: Console) -> None:
    table = Table("minute", "requests/s", "resident MB", "files", "threads", "tasks", "connections")
    for each in looks[:: max(1, len(looks) // 20)]:
        memory = f"{each.resident_kb / 1024:.1f}"
        told = (f"{each.at / 60:.1f}", f"{each.rate:.0f}", memory, each.files, each.threads, each.tasks)
        table.add_row(*map(str, told), str(each.connections))
    console.print(table)


async def main() -> bool:
    """As many minutes as the first argument says."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    async with bench(HEAVY) as made:
        await made.replica.kill()  # it would take its share of the processors
        return await soaked(made, minutes, Console())


if __name__ == "__main__":
    if not asyncio.run(main()):
        raise SystemExit("something grew, or was refused")
