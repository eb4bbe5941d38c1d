"""Reading a payer's price file: ours beside plain unpacking of the same file in the same run, and beside its peers."""

import asyncio
import gzip
import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from bench.kept import keep
from bench.payer_file import QUERY, Written, write
from payers.price_files.transparency.extract import extract
from payers.price_files.transparency.rows import Row
from service.rates.ahead import Ahead
from service.rates.extraction import extract_file
from service.rates.reading import Found, Task
from service.rates.unpacked import tools
from service.rates.workers import processes

LARGE, SMALL = 1_520_000_000, 150_000_000
"""Bytes of text. Peers that hold the whole document read the small one."""
ROUNDS = 5
PIECE = 512 * 1024
NEEDED_BYTES = 2_000_000_000

Sum = tuple[int, int]
"""How many rows, and their cents."""


class Way(NamedTuple):
    """A way to read a file; whether all is done in one thread, so that the processor's time tells; on which file."""

    read: Callable[[Path], Sum]
    one_thread: bool = True
    small: bool = False
    rounds: int = ROUNDS


class Seen(msgspec.Struct):
    """Middle of the rounds: seconds, and the ratio to unpacking alone just before; the most memory; what was found.

    `busier` is the same ratio for the processor's time of the busier of two threads: it decides where each has a core.
    """

    seconds: float
    ratio: float
    busier: float
    peak_mb: float
    rows: int
    cents: int


def unpack(file: Path) -> None:
    """Nothing but unpacking: the limit."""
    import isal.igzip

    library: Any = isal.igzip
    with library.open(file) as text:
        while text.read(PIECE):
            pass


def _totals() -> tuple[Callable[[list[Row]], None], Callable[[], Sum]]:
    total = [0, 0]

    def take(rows: list[Row]) -> None:
        total[0] += len(rows)
        total[1] += sum(int(Decimal(bytes(row.negotiated_rate).decode()) * 100) for row in rows)

    return take, lambda: (total[0], total[1])


def ours(file: Path) -> Sum:
    """In one thread."""
    import isal.igzip

    library: Any = isal.igzip
    take, total = _totals()
    with library.open(file) as text:
        extract(text.read, QUERY, take, tools())
    return total()


def ours_ahead(file: Path) -> Sum:
    """Unpacked by a helper thread."""
    import isal.igzip

    library: Any = isal.igzip
    take, total = _totals()
    with library.open(file) as text, Ahead(text.read) as ahead:
        extract(ahead.read, QUERY, take, tools())
    return total()


def ours_as_imported(file: Path, *, helper: bool = True) -> Sum:
    """As the command does: hashed, and unpacked by a helper thread."""
    take, total = _totals()
    with file.open("rb", buffering=0) as source:
        extract_file(source, QUERY, take, helper=helper)
    return total()


def ours_hashed(file: Path) -> Sum:
    """Hashed, in one thread."""
    return ours_as_imported(file, helper=False)


def ours_in_python(file: Path) -> Sum:
    """Without the extra: Python's own library alone."""
    take, total = _totals()
    with gzip.open(file) as text:
        extract(text.read, QUERY, take)
    return total()


def with_ijson(file: Path) -> Sum:
    """Event by event, twice: first the groups, then the items."""
    import isal.igzip

    parser: Any = import_module("ijson")  # it has no type stubs
    library: Any = isal.igzip
    with library.open(file) as text:
        groups = _groups(parser.items(text, "provider_references.item"))
    with library.open(file) as text:
        return _sum(parser.items(text, "in_network.item"), groups)


def with_json(file: Path) -> Sum:
    """The whole document at once."""
    with gzip.open(file) as text:
        whole = json.load(text, parse_float=Decimal)
    return _sum(whole["in_network"], _groups(whole["provider_references"]))


def with_duckdb(file: Path) -> Sum:
    """By SQL."""
    import duckdb

    library: Any = duckdb
    found = (
        library.connect()
        .execute(
            """
        WITH document AS (
          SELECT * FROM read_json(?, maximum_object_size = 2000000000, columns = {
            provider_references: 'STRUCT(provider_group_id BIGINT,
              provider_groups STRUCT(npi BIGINT[], tin STRUCT("value" VARCHAR))[])[]',
            in_network: 'STRUCT(billing_code_type VARCHAR, billing_code VARCHAR, negotiated_rates
              STRUCT(provider_references BIGINT[], negotiated_prices STRUCT(negotiated_rate DECIMAL(18, 2))[])[])[]'
          })
        ), groups AS (
          SELECT reference.provider_group_id AS id FROM (
            SELECT reference, unnest(reference.provider_groups) AS member
            FROM (SELECT unnest(provider_references) AS reference FROM document)
          ) WHERE member.tin.value = ANY(?) OR list_has_any(member.npi, ?)
        ), items AS (SELECT unnest(in_network) AS item FROM document),
        rates AS (SELECT unnest(item.negotiated_rates) AS rate FROM items WHERE item.billing_code = ANY(?)),
        named AS (SELECT unnest(rate.provider_references) AS id, rate.negotiated_prices AS prices FROM rates),
        prices AS (SELECT unnest(prices) AS price FROM named JOIN groups USING (id))
        SELECT count(*), coalesce(sum(price.negotiated_rate) * 100, 0)::BIGINT FROM prices
        """,
            [str(file), list(QUERY.tins), list(QUERY.npis), list(QUERY.codes)],
        )
        .fetchall()[0]
    )
    return int(found[0]), int(found[1])


def _groups(references: Any) -> set[int]:
    tins, npis = set(QUERY.tins), set(QUERY.npis)
    return {
        int(reference["provider_group_id"])
        for reference in references
        for group in reference["provider_groups"]
        if group["tin"]["value"] in tins or not npis.isdisjoint(group["npi"])
    }


def _sum(items: Any, groups: set[int]) -> Sum:
    codes, amounts = set(QUERY.codes), list[Decimal]()
    for item in items:
        if item["billing_code"] in codes:
            for rate in item["negotiated_rates"]:
                times = len(groups.intersection(rate["provider_references"]))
                amounts += times * [Decimal(price["negotiated_rate"]) for price in rate["negotiated_prices"]]
    return len(amounts), int(sum(amounts) * 100)


WAYS = {
    "ours, one thread": Way(ours),
    "ours, one thread, hashed": Way(ours_hashed),
    "ours, helper thread": Way(ours_ahead, one_thread=False),
    "ours, hashed, helper thread": Way(ours_as_imported, one_thread=False),
    "ours, Python's library alone": Way(ours_in_python, rounds=2),
    "DuckDB read_json": Way(with_duckdb, one_thread=False, small=True, rounds=1),
    "ijson, items, twice": Way(with_ijson, small=True, rounds=1),
    "json.load": Way(with_json, small=True, rounds=1),
}
ON_LAST = ("ours, one thread", "ours, one thread, hashed", "ours, helper thread", "ours, hashed, helper thread")


def run(name: str, file: Path) -> Seen:
    """Read the file some times, each beside unpacking alone."""
    way = WAYS[name]
    clock = time.process_time if way.one_thread else time.perf_counter
    seconds, ratios, busier, found = list[float](), list[float](), list[float](), (0, 0)
    for _ in range(way.rounds):
        start, all_start = clock(), time.process_time()
        unpack(file)
        limit, all_limit = clock() - start, time.process_time() - all_start
        start, all_start, this_start = clock(), time.process_time(), time.thread_time()
        found = way.read(file)
        seconds.append(clock() - start)
        ratios.append(limit / seconds[-1])
        everything, this = time.process_time() - all_start, time.thread_time() - this_start
        busier.append(all_limit / max(this, everything - this))
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return Seen(median(seconds), median(ratios), median(busier), peak / 1024, *found)


def by_itself(name: str, file: Written) -> Seen:
    """In a process of its own, whose memory is its own. The rows must be the generator's."""
    command = [sys.executable, "-m", "bench.price_files", name, str(file.path)]
    done = subprocess.run(command, check=True, capture_output=True)
    seen = msgspec.json.decode(done.stdout, type=Seen)
    assert (seen.rows, seen.cents) == (file.rows, file.cents), (name, seen, file)
    return seen


async def together(files: list[Path], workers: int) -> float:
    """Seconds in which so many workers read the files."""
    async with AsyncExitStack() as stack:
        read = await stack.enter_async_context(processes(workers))
        tasks = [Task(address=str(file), query=QUERY) for file in files]
        await asyncio.gather(*(read(Task(address="/", query=QUERY)) for _ in range(workers)))  # they are there
        start = time.perf_counter()
        found = await asyncio.gather(*map(read, tasks))
        assert all(isinstance(each, Found) for each in found)
        return time.perf_counter() - start


def main() -> None:
    """Measure, print, and keep the run beside this file."""
    console = Console(width=110)
    with TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < NEEDED_BYTES:
            raise SystemExit(f"{folder} has too little room.")
        first = write(Path(folder) / "first.json.gz", LARGE, references_first=True)
        last = write(Path(folder) / "last.json.gz", LARGE, references_first=False, seed=2)
        small = write(Path(folder) / "small.json.gz", SMALL, references_first=True, seed=3)
        result: dict[str, Any] = {}
        table = Table(
            "way", "order", "text MB/s", "of igzip", "busier thread", "peak MB", title="Reading a payer's price file"
        )
        runs = [(name, "references first", small if way.small else first) for name, way in WAYS.items()]
        for name, order, file in [*runs, *((name, "references last", last) for name in ON_LAST)]:
            seen = by_itself(name, file)
            size = f", {file.text_bytes / 1e6:,.0f} MB"
            busier = f"{seen.busier:.3f}" if WAYS[name].read in (ours_ahead, ours_as_imported) else ""
            speed = file.text_bytes / seen.seconds / 1e6
            table.add_row(name, order + size, f"{speed:,.0f}", f"{seen.ratio:.3f}", busier, f"{seen.peak_mb:,.0f}")
            result[f"{name}; {order}{size}"] = {**msgspec.to_builtins(seen), "mb_per_second": speed}
        files = [first.path, last.path] * 3
        one, two = (asyncio.run(together(files, workers)) for workers in (1, 2))
        packed = first.path.stat().st_size
    console.print(table)
    console.print(f"Packed {first.text_bytes / packed:.1f} to 1. Two workers: {one / two:.2f} times one.")
    machine = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": sys.version.split()[0],
        "system": platform.platform(terse=True),
        "versions": {name: version(name) for name in ("isal", "stringzilla", "msgspec", "ijson", "duckdb")},
    }
    console.print(machine)
    keep(price_files={"machine": machine, "ways": result, "two_workers": one / two})


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.stdout.buffer.write(msgspec.json.encode(run(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
