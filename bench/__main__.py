"""`make bench`: load, engine, eligibility and HTTP, each beside its peer, with the machine and the versions."""

import json
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench import eligibility, load
from bench.kept import keep
from bench.questions import EVERYTHING_KNOWN, HALF_KNOWN, NEARLY_NOTHING_KNOWN, decoded
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate import answer

TODAY = date(2026, 11, 23)


def per_second(work: Callable[[], object], seconds: float = 2.0) -> float:
    """How often the work is done in a second, after one round to warm up."""
    work()
    done, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        work()
        done += 1
    return done / elapsed


def in_process() -> dict[str, float]:
    """The domain alone."""
    start = time.perf_counter()
    catalogue = Catalogue(load_release())
    figures = {"catalogue load (ms)": (time.perf_counter() - start) * 1000}
    for name, told in (
        ("estimates a second, everything known", EVERYTHING_KNOWN),
        ("estimates a second, half known", HALF_KNOWN),
        ("estimates a second, nearly nothing known", NEARLY_NOTHING_KNOWN),
    ):
        question = decoded(told)
        figures[name] = per_second(
            lambda question=question: msgspec.json.encode(answer(catalogue, question, TODAY, id="", created_at=""))
        )
    return figures


def over_http() -> dict[str, load.Load]:
    """The service and its peers, one worker each, one after the other."""
    found: dict[str, load.Load] = {}
    with load.uvicorn("bench.peers:bare_asgi") as url:
        found["bare ASGI application"] = load.wrk(url)
    with load.uvicorn("bench.peers:bare_litestar") as url:
        found["bare Litestar handler"] = load.wrk(url)
    with load.outlay() as (url, key):
        body = json.dumps(EVERYTHING_KNOWN).replace("'", "\\'")
        post = (
            f"wrk.method = 'POST'\nwrk.body = '{body}'\n"
            f"wrk.headers['Content-Type'] = 'application/json'\nwrk.headers['Authorization'] = 'Bearer {key}'\n"
        )
        found["POST /v1/estimates, stored"] = load.wrk(f"{url}/v1/estimates", post)
        found["GET /widget/v1/estimate"] = load.wrk(f"{url}/widget/v1/estimate?payer=aetna&treatment=spravato&lang=en")
        found["GET /v1/coverage"] = load.wrk(f"{url}/v1/coverage?payer=aetna&treatment=spravato&indication=trd")
    return found


def main() -> None:
    """Measure, print, and keep the run beside this file."""
    engine, answers, http = in_process(), eligibility.measured(), over_http()
    bare = http["bare Litestar handler"].requests_per_second
    least = http["bare ASGI application"].requests_per_second
    machine = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": sys.version.split()[0],
        "system": platform.platform(terse=True),
        "processor": platform.machine(),
        "versions": {name: version(name) for name in ("litestar", "msgspec", "asyncpg", "uvicorn")},
    }
    console = Console(width=110)
    table = Table("in process", "figure", title="Outlay bench")
    for name, figure in engine.items():
        table.add_row(name, f"{figure:,.1f}")
    console.print(table)
    eligibility.show(answers, console)
    table = Table(
        "over HTTP, one worker", "requests/s", "p50 ms", "p99 ms", "of bare Litestar", "of bare ASGI", "errors"
    )
    result: dict[str, Any] = {"machine": machine, "in_process": engine, "eligibility": answers, "http": {}}
    for name, seen in http.items():
        rate = seen.requests_per_second
        table.add_row(
            name,
            f"{rate:,.0f}",
            f"{seen.p50_ms:.2f}",
            f"{seen.p99_ms:.2f}",
            f"{rate / bare:.2f}",
            f"{rate / least:.2f}",
            str(seen.errors),
        )
        result["http"][name] = {**seen._asdict(), "of_bare_litestar": rate / bare, "of_bare_asgi": rate / least}
    console.print(table)
    console.print(machine)
    keep(**result)


if __name__ == "__main__":
    main()
