"""`python -m bench.eligibility`: a payer's 271 read whole, beside libraries that read X12, in turns in one process."""

import gc
import time
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.kept import keep
from bench.readings import right
from bench.responses import LONG, SHORT, expected, with_other_amounts
from bench.x12_readers import PEERS, Reader, takes
from payers.eligibility.read_271 import read_271

OURS = "read_271, everything"
MESSAGES = {"119 segments": LONG, "22 segments": SHORT}
VARIANTS = 2000
"""More messages than the reader keeps rows of, so that a row with an amount is new each time."""
ROUNDS, SECONDS = 21, 0.05


def measured() -> dict[str, Any]:
    """Every reader's rates, as ratios to pyx12's too, and how many published messages it reads right."""
    readers: dict[str, Reader] = {OURS: read_271}
    missing: list[str] = []
    for peer in PEERS:
        if reader := peer.reader():
            readers[peer.full_name()] = reader
        else:
            missing.append(peer.package)
    found: dict[str, Any] = {"msgspec": version("msgspec"), "missing": missing, "messages": {}}
    for size, message in MESSAGES.items():
        able = {name: reader for name, reader in readers.items() if takes(reader, message)}
        same = _in_turns(able, [message])
        varied = _in_turns(able, [with_other_amounts(message, variant) for variant in range(VARIANTS)])
        found["messages"][size] = {
            name: {
                "same": median(same[name]),
                "of_pyx12": _ratio(same, name),
                "varied": median(varied[name]),
                "of_pyx12_varied": _ratio(varied, name),
            }
            for name in able
        }
    found["published"] = len(expected())
    found["right"] = right(OURS)
    return found


def _in_turns(readers: dict[str, Reader], messages: Sequence[str]) -> dict[str, list[float]]:
    """Messages a second in each of many short rounds, by processor time: what else the machine does tells less."""
    rates: dict[str, list[float]] = {name: [] for name in readers}
    position = 0
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            gc.collect()
            gc.freeze()  # or the collector walks what the other readers left, in the time of this one
            done, start = 0, time.process_time()
            while (elapsed := time.process_time() - start) < SECONDS:
                reader(messages[position % len(messages)])
                done, position = done + 1, position + 1
            rates[name].append(done / elapsed)
    return rates


def _ratio(rates: dict[str, list[float]], name: str) -> float:
    """To pyx12 in the same round, in the middle of all rounds."""
    yardstick = next(rates[each] for each in rates if each.startswith("pyx12"))
    return median(one / other for one, other in zip(rates[name], yardstick, strict=True))


def show(found: dict[str, Any], console: Console) -> None:
    """Print what was measured."""
    for size, rates in found["messages"].items():
        table = Table(f"271, {size}", "same", "of pyx12", "amounts varied", "of pyx12", title="messages a second")
        for name, rate in rates.items():
            figures = (rate["same"], rate["of_pyx12"], rate["varied"], rate["of_pyx12_varied"])
            table.add_row(
                name, *(f"{figure:,.{places}f}" for figure, places in zip(figures, (0, 1, 0, 1), strict=True))
            )
        for name in found["right"].keys() - rates.keys():
            table.add_row(name, "refused")
        console.print(table)
    table = Table("read right", "as they are", "tidied", title=f"of {found['published']} published messages")
    for name, (plain, tidied) in found["right"].items():
        table.add_row(name, str(plain), str(tidied))
    console.print(table)
    console.print("not installed:", ", ".join(found["missing"]) or "none")


if __name__ == "__main__":
    figures = measured()
    show(figures, Console(width=110))
    keep(eligibility=figures)
