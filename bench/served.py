"""The service over HTTP beside its peers: S1, S2, S3, S6 and S7, and two workers beside one."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

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
FILING = "POST of a constant, stored"
DIFFERENT, AGAIN, WIDGET = "POST /v1/estimates, all different", "POST /v1/estimates, repeated", "GET /widget"


class Contestant(NamedTuple):
    """A server, and the load that it is put under in a turn."""

    server: load.Server
    run: Callable[[int], load.Load]


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
        filing = stack.enter_context(load.uvicorn("bench.peers.filing:app", BENCH_DATABASE_URL=database.url))
        rest(service.server)
        load.wrk(service.server.url, in_turns(visits), seconds=20)  # the answers that nobody had asked for yet
        own = service.server

        def posts(server: load.Server, several: int | None = None) -> Contestant:
            return Contestant(server, partial(_posts, server.url, service, several))

        contestants: dict[str, Contestant] = {
            BARE_ASGI: Contestant(asgi, partial(_gets, asgi.url, in_turns(visits))),
            BARE_LITESTAR: Contestant(litestar, partial(_gets, litestar.url, "")),
            FILING: posts(filing),
            COMMON: posts(common),
            DIFFERENT: posts(own),
            AGAIN: posts(own, REPEATED),
            WIDGET: Contestant(own, partial(_gets, own.url, in_turns(visits))),
        }
        runs, work = _rounds(contestants)
        half = median(each.requests_per_second for each in runs[DIFFERENT]) / 2
        paced = load.paced(service.staff(asked_by_patients(50 * EACH_ROUND)), half)
        at_half = load.wrk(f"{service.server.url}/v1/estimates", paced, seconds=15)
        rest(service.server)
        memory = service.server.resident_mb - litestar.resident_mb
        scale = _two_workers(service, visits)
    rates = {name: [each.requests_per_second for each in several] for name, several in runs.items()}
    worked = "POST /v1/estimates, 12 sessions, stored, one worker"
    compared = (
        ("S1", f"{worked}, all different", DIFFERENT, BARE_LITESTAR, 0.5),
        ("S1", f"{worked}, repeated", AGAIN, BARE_LITESTAR, 0.5),
        ("S1 least", "POST of a constant of that length, stored as durably", FILING, BARE_LITESTAR, None),
        ("S2", f"{worked}, all different", DIFFERENT, COMMON, 5),
        ("S2", f"{worked}, repeated", AGAIN, COMMON, 5),
        ("S3", f"{WIDGET}, {len(visits)} queries in turn", WIDGET, BARE_ASGI, 0.7),
    )
    measures = [
        each
        for name, told, ours, peer, goal in compared
        for each in (
            Measure(name, told, peer, ratio(rates[ours], rates[peer]), goal),
            Measure(f"{name} cpu", told, peer, ratio(work[ours], work[peer])),
        )
    ]
    measures += [
        Measure("S6", f"p99 at {at_half.requests_per_second:,.0f}/s", "p50", at_half.p99_ms / at_half.p50_ms, 4, True),
        Measure("S7", "memory of a worker after all that, above", BARE_LITESTAR, memory, 80, True, "MB"),
        *(Measure("", f"{name}, two workers", "one worker", several) for name, several in scale.items()),
    ]
    shown = {name: {**_middle(several), "of_a_processor_second": median(work[name])} for name, several in runs.items()}
    return measures, {**shown, "at half of the rate": at_half._asdict(), "errors": _errors(runs)}


def _gets(url: str, script: str, turn: int) -> load.Load:
    return load.wrk(url, script, seconds=SECONDS)


def _posts(url: str, service: load.Service, several: int | None, turn: int) -> load.Load:
    script = service.staff(asked_by_patients(0 if several else turn * EACH_ROUND, several))
    return load.wrk(f"{url}/v1/estimates", script, seconds=SECONDS)


def _rounds(
    contestants: dict[str, Contestant], turns: range = range(ROUNDS)
) -> tuple[dict[str, list[load.Load]], dict[str, list[float]]]:
    """Everybody for a few seconds, then everybody again; and requests for each second that a server's process worked.

    Where other work shares the machine, a server that waits for a database waits for that work too, and a bare one does
    not. What its process worked tells less of it.
    """
    found: dict[str, list[load.Load]] = {name: [] for name in contestants}
    work: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in turns:
        for name, (server, run) in contestants.items():
            before = processor_seconds(server.pid)
            seen = run(turn)
            found[name].append(seen)
            worked = processor_seconds(server.pid) - before  # nothing where other processes answer for it
            work[name].append(seen.requests_per_second * SECONDS / worked if worked else 0.0)
    return found, work


def _two_workers(one: load.Service, visits: list[str]) -> dict[str, float]:
    """The rates of a service of two workers to those of one, whose turns lie between."""
    with load.outlay(workers=2) as two:
        rest(two.server)
        load.wrk(two.server.url, in_turns(visits), seconds=30)
        contestants: dict[str, Contestant] = {}
        for several, service in (("one", one), ("two", two)):
            url, server = service.server.url, service.server
            contestants[f"{DIFFERENT} {several}"] = Contestant(server, partial(_posts, url, service, None))
            contestants[f"{WIDGET} {several}"] = Contestant(server, partial(_gets, url, in_turns(visits)))
        runs, _ = _rounds(contestants, range(60, 63))
    rates = {name: [each.requests_per_second for each in several] for name, several in runs.items()}
    return {name: ratio(rates[f"{name} two"], rates[f"{name} one"]) for name in (DIFFERENT, WIDGET)}


def rest(server: load.Server, patience: float = 120) -> None:
    """Wait until the process, and its workers if it has several, have nothing to do."""
    processes = [server.pid, *children(server.pid)]
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = sum(map(processor_seconds, processes))
        time.sleep(2)
        if sum(map(processor_seconds, processes)) - before < 2 * QUIET:
            return


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_seconds(pid: int) -> float:
    """What a process has had of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _middle(several: list[load.Load]) -> dict[str, float]:
    return {name: median(each._asdict()[name] for each in several) for name in load.Load._fields}


def _errors(runs: dict[str, list[load.Load]]) -> int:
    return sum(each.errors for several in runs.values() for each in several)
