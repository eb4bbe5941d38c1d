"""The engine in process, beside a decision table (S4), and with a catalogue a hundred times as large (S8)."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from typing import Any

import msgspec

from bench.measure import Measure, in_turns, ratio
from bench.peers.rule_table import asked, rule_table
from bench.questions import HALF_KNOWN, NEARLY_NOTHING_KNOWN, decoded, patient
from payers.catalogue.catalogue import ANY_PAYER, Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.model import Payer, Release, Rule
from payers.cost_share.bounds import Period, run
from payers.cost_share.line import Visit
from payers.estimate import answer
from payers.estimate.estimate import Refusal, estimate
from payers.estimate.question import Question

TODAY = date(2026, 11, 23)
FIRST_DAY = date(2026, 12, 1)
TIMES = 100
"""How much larger the generated catalogue is."""


def measured() -> tuple[list[Measure], dict[str, Any]]:
    """S4, S8, and the rates behind them."""
    start = time.perf_counter()
    catalogue = Catalogue(load_release())
    loaded = time.perf_counter() - start
    decide, table = asked("aetna", "commercial", "spravato", "trd", FIRST_DAY), rule_table(catalogue)
    beside = in_turns(
        {
            "estimate": lambda number: encoded(catalogue, patient(number)),
            "decision table": lambda number: table(decide),
            "limits alone": limits_alone(catalogue),
        }
    )
    less = in_turns(
        {
            "half known": lambda number: encoded(catalogue, decoded(HALF_KNOWN)),
            "nearly nothing known": lambda number: encoded(catalogue, decoded(NEARLY_NOTHING_KNOWN)),
        },
        rounds=3,
        seconds=1,
    )
    start = time.perf_counter()
    release = msgspec.json.encode(larger(catalogue.release))
    generated = time.perf_counter() - start
    start = time.process_time()  # it waits for nothing but a processor
    large = Catalogue(msgspec.json.decode(release, type=Release))
    encoded(large, patient(0))
    load_seconds = time.process_time() - start
    sizes = in_turns(
        {
            "large": lambda number: encoded(large, patient(number)),
            "today's": lambda number: encoded(catalogue, patient(number)),
        }
    )
    figures = {
        "catalogue load (ms)": loaded * 1000,
        **{f"a second, {name}": median(rates) for name, rates in {**beside, **less}.items()},
        "large catalogue, payers": len(large.release.payers),
        "large catalogue, rules": len(large.release.rules),
        "large catalogue, generated (s)": generated,
        "large catalogue, load (s)": load_seconds,
    }
    measures = [
        Measure(
            "S4",
            "engine, 12 sessions with trace, every patient another",
            "zen-engine, coverage table alone",
            ratio(beside["estimate"], beside["decision table"]),
            5,
        ),
        Measure(
            "S4 least",
            "twelve priced sessions through deductible and maximum, nothing else",
            "zen-engine, coverage table alone",
            ratio(beside["limits alone"], beside["decision table"]),
        ),
        Measure(
            "S8",
            f"estimate with {TIMES} times the payers and rules, its time",
            "today's catalogue",
            ratio(sizes["today's"], sizes["large"]),
            1.2,
            at_most=True,
        ),
        Measure(
            "S8",
            "load of that catalogue, first estimate included",
            "processor seconds",
            load_seconds,
            3,
            at_most=True,
            unit="s",
        ),
    ]
    return measures, figures


def limits_alone(catalogue: Catalogue) -> Callable[[int], object]:
    """The least that S4 could take: patients' sessions, already laid out and priced, through the limits of their plans.

    They are more patients than the core keeps what it settled for.
    """
    several = [_priced(catalogue, number) for number in range(1000)]
    return lambda number: run(*several[number % len(several)])


def _priced(catalogue: Catalogue, number: int) -> tuple[list[Visit], list[Period]]:
    found = estimate(catalogue, patient(number), TODAY)
    if isinstance(found, Refusal):
        raise TypeError(found.detail)
    main = found.main
    lines = [tuple(bounds.line for bounds in visit.lines) for visit in main.visits]
    visits = [Visit(period, each) for period, each in zip(main.period_of, lines, strict=True)]
    return visits, [Period(opening) for opening in main.openings]


def encoded(catalogue: Catalogue, question: Question) -> bytes:
    """The answer as bytes."""
    return msgspec.json.encode(answer(catalogue, question, TODAY, id="", created_at=""))


def larger(release: Release) -> Release:
    """The release with every payer and every rule of one there a hundred times, under other names."""
    payers, rules = list(release.payers), list(release.rules)
    for number in range(1, TIMES):
        payers += _again(release.payers, number)
        rules += (
            msgspec.structs.replace(rule, id=f"{rule.id}-{number}", payer=f"{rule.payer}-{number}")
            for rule in release.rules
            if rule.payer != ANY_PAYER
        )
        rules += _defaults(release.rules, number)
    return msgspec.structs.replace(release, payers=tuple(payers), rules=tuple(rules))


def _again(payers: tuple[Payer, ...], number: int) -> Iterator[Payer]:
    word = _word(number)
    for payer in payers:
        yield msgspec.structs.replace(
            payer,
            slug=f"{payer.slug}-{number}",
            name=f"{payer.name} {word}",
            legal_name=None,
            parent=None,
            aliases=tuple(f"{alias} {word}" for alias in payer.aliases),
            identifiers=(),
            lineage=(),
            status="active",
        )


def _defaults(rules: tuple[Rule, ...], number: int) -> Iterator[Rule]:
    """Defaults belong to nobody: as many rules of one payer's stand in their place."""
    for rule in rules:
        if rule.payer == ANY_PAYER:
            yield msgspec.structs.replace(rule, id=f"{rule.id}-{number}", payer=f"self-pay-{number}")


def _word(number: int) -> str:
    """A name that looks like no other: letters that mean nothing."""
    return "".join("bdfgklmnprstvz"[number * step % 14] + "aeiou"[number * step % 5] for step in (3, 5, 11)).title()
