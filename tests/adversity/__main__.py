"""`make adversity`: every fault under load, and what came of it as the table of docs/operations.md."""

import asyncio
import os
import platform
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.adversity.bench import HEAVY, Fault, Row, bench
from tests.adversity.faults import FAULTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
BEGIN, END = "<!-- begin: make adversity -->\n", "<!-- end: make adversity -->\n"
_HEADINGS = (
    "| fault | how it was caused | requests | answered | refused (503) | broken off | lost | well again after |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


async def caused(faults: tuple[Fault, ...], console: Console) -> list[Row]:
    """Each fault in its turn; those that cannot be caused here are told and left out."""
    rows: list[Row] = []
    async with bench(HEAVY) as made:
        for fault in faults:
            if fault.needs_disks and not made.disks:
                console.print(f"{fault.name}: left out, because mounting small disks takes root")
                continue
            row = await made.endure(fault)
            console.print(line(row), end="", soft_wrap=True, highlight=False)
            rows.append(row)
    return rows


def line(row: Row) -> str:
    """A row of the table."""
    figures = (f"{row.sent:,}", f"{row.answered:,}", f"{row.refused:,}", f"{row.cut:,}", row.lost, healed(row))
    return f"| {row.fault} | {row.how} | {' | '.join(map(str, figures))} |\n"


def healed(row: Row) -> str:
    """How long it took, in words; below what it takes to ask once it cannot be told."""
    return "at once" if row.heal_seconds < 0.1 else f"{row.heal_seconds:.1f} s"


def written(document: str, rows: list[Row], machine: str) -> str:
    """The document with the table of this run."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{machine}\n\n{_HEADINGS}{''.join(map(line, rows))}{END}{after}"


def main() -> None:
    """Cause all of them, or those whose names hold a word that is given, and write the table after all of them."""
    words = sys.argv[1:]
    chosen = tuple(fault for fault in FAULTS if not words or any(word in fault.name for word in words))
    console = Console()
    rows = asyncio.run(caused(chosen, console))
    worst = max(row.slowest_seconds for row in rows)
    busy = f"{os.cpu_count()} processors with a load average of {os.getloadavg()[2]:.0f}"
    machine = (
        f"Run on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {busy}.\n"
        f"Nobody waited longer than {worst:.1f} seconds for an answer."
    )
    if not words:
        DOCUMENT.write_text(written(DOCUMENT.read_text(), rows, machine))
    if lost := sum(row.lost for row in rows):
        raise SystemExit(f"{lost} estimates that were answered are lost")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
