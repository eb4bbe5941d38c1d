"""The service over HTTP beside its peers: S1, S2, S3, S6 and S7, and two workers beside one."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import load
from bench.measure import Measure, ratio
from bench.questions import REPEATED, asked_by_patients, asked_by_visitors, in_turns
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from service.store.embedded import start

ROUNDS, SECONDS = 5, 3
EACH_ROUND = 100_000
"""Patients apart from one round to the next: more than any round asks about."""
QUIET = 0.05
"""Of a processor: a service that does less has its widget's first answers ready."""
BARE_ASGI, BARE_LITESTAR, COMMON = "bare ASGI application", "bare Litestar handler", "common stack"
DIFFERENT, AGAIN, WIDGET = "POST /v1/estimates, all different", "POST /v1/estimates, repeated", "GET /widget"


def measured() -> tuple[list[Measure], dict[str, Any]]:
    """Everything that has a server, in turns."""
    visits = asked_by_visitors(Catalogue(load_release()), datetime.now().astimezone().date())
    with ExitStack() as stack:
        service = stack.enter_context(load.outlay())
        database = start(service.folder / "postgres")
        stack.callback(database.stop)
        asgi = stack.enter_context(load.uvicorn("bench.peers.bare:bare_asgi"))
        litestar = stack.enter_context(load.uvicorn("bench.peers.bare:bare_litestar"))
        common = stack.enter_context(load.uvicorn("bench.peers.common_stack:app", BENCH_DATABASE_URL=database.url))
        _rest(service.server)
        load.wrk(service.server.url, in_turns(visits), seconds=20)  # the answers that nobody had asked for yet
        contestants: dict[str, Callable[[int], load.Load]] = {
            BARE_ASGI: lambda turn: load.wrk(asgi.url, seconds=SECONDS),
            BARE_LITESTAR: lambda turn: load.wrk(litestar.url, seconds=SECONDS),
            COMMON: lambda turn: _posts(common.url, service, turn),
            DIFFERENT: lambda turn: _posts(service.server.url, service, turn),
            AGAIN: lambda turn: _posts(service.server.url, service, 0, REPEATED),
            WIDGET: lambda turn: load.wrk(service.server.url, in_turns(visits), seconds=SECONDS),
        }
        runs = _rounds(contestants)
        half = median(each.requests_per_second for each in runs[DIFFERENT]) / 2
        paced = load.paced(service.staff(asked_by_patients(50 * EACH_ROUND)), half)
        at_half = load.wrk(f"{service.server.url}/v1/estimates", paced, seconds=15)
        _rest(service.server)
        memory = service.server.resident_mb - litestar.resident_mb
        scale = _two_workers(service, visits)
    rates = {name: [each.requests_per_second for each in several] for name, several in runs.items()}
    of_common = ratio(rates[DIFFERENT], rates[COMMON])
    worked = "POST /v1/estimates, 12 sessions, stored, one worker"
    measures = [
        Measure("S1", f"{worked}, all different", BARE_LITESTAR, ratio(rates[DIFFERENT], rates[BARE_LITESTAR]), 0.5),
        Measure("S1", f"{worked}, repeated", BARE_LITESTAR, ratio(rates[AGAIN], rates[BARE_LITESTAR]), 0.5),
        Measure("S2", f"{worked}, all different", COMMON, of_common, 5),
        Measure("S2", f"{worked}, repeated", COMMON, ratio(rates[AGAIN], rates[COMMON]), 5),
        Measure(
            "S3", f"{WIDGET}, {len(visits)} queries in turn", BARE_ASGI, ratio(rates[WIDGET], rates[BARE_ASGI]), 0.7
        ),
        Measure("S6", f"p99 at {at_half.requests_per_second:,.0f}/s", "p50", at_half.p99_ms / at_half.p50_ms, 4, True),
        Measure("S7", "memory of a worker after all that, above", BARE_LITESTAR, memory, 80, True, "MB"),
        *(Measure("", f"{name}, two workers", "one worker", several) for name, several in scale.items()),
    ]
    shown = {name: _middle(several) for name, several in runs.items()}
    return measures, {**shown, "at half of the rate": at_half._asdict(), "errors": _errors(runs)}


def _posts(url: str, service: load.Service, turn: int, several: int | None = None) -> load.Load:
    script = service.staff(asked_by_patients(turn * EACH_ROUND, several))
    return load.wrk(f"{url}/v1/estimates", script, seconds=SECONDS)


def _rounds(contestants: dict[str, Callable[[int], load.Load]], rounds: int = ROUNDS) -> dict[str, list[load.Load]]:
    """Everybody for a few seconds, then everybody again."""
    found: dict[str, list[load.Load]] = {name: [] for name in contestants}
    for turn in range(rounds):
        for name, run in contestants.items():
            found[name].append(run(turn))
    return found


def _two_workers(one: load.Service, visits: list[str]) -> dict[str, float]:
    """The rates of a service of two workers to those of one, whose turns lie between."""
    with load.outlay(workers=2) as two:
        time.sleep(1)
        load.wrk(two.server.url, in_turns(visits), seconds=30)
        contestants: dict[str, Callable[[int], load.Load]] = {}
        for several, service in (("one", one), ("two", two)):
            contestants[f"{DIFFERENT} {several}"] = lambda turn, service=service: _posts(
                service.server.url, service, turn + 60
            )
            contestants[f"{WIDGET} {several}"] = lambda turn, service=service: load.wrk(
                service.server.url, in_turns(visits), seconds=SECONDS
            )
        runs = _rounds(contestants, 3)
    rates = {name: [each.requests_per_second for each in several] for name, several in runs.items()}
    return {name: ratio(rates[f"{name} two"], rates[f"{name} one"]) for name in (DIFFERENT, WIDGET)}


def _rest(server: load.Server, patience: float = 120) -> None:
    """Wait until the process has nothing to do."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = _processor_seconds(server.pid)
        time.sleep(2)
        if _processor_seconds(server.pid) - before < 2 * QUIET:
            return


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _middle(several: list[load.Load]) -> dict[str, float]:
    return {name: median(each._asdict()[name] for each in several) for name in load.Load._fields}


def _errors(runs: dict[str, list[load.Load]]) -> int:
    return sum(each.errors for several in runs.values() for each in several)
