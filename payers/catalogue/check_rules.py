"""Laws about coverage rules: one answer to one question on one day, and every rule can be reached."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import combinations
from typing import get_args

from payers.catalogue.catalogue import ANY_PAYER
from payers.catalogue.finding import Finding, Severity, contains, overlap, place
from payers.catalogue.identity import first_day
from payers.catalogue.model import Code, Release, Rule
from payers.catalogue.vocabulary import LineOfBusiness

_PAID = {"covered", "prior-authorization"}
_EVERY_LINE: tuple[LineOfBusiness, ...] = get_args(LineOfBusiness)


def overlapping(release: Release) -> Iterator[Finding]:
    """No two rules answer the same question on one day."""
    for first, second in _neighbours(release):
        if (first.line_of_business, first.plan) == (second.line_of_business, second.plan) and overlap(first, second):
            yield _finding(
                second, f"answers the same question on the same days as {first.id}", "end the older rule, or join them"
            )


def contradictory(release: Release) -> Iterator[Finding]:
    """Rules that reach the same members do not say opposite things.

    A payer with one line of business has no members whom its rule for any line reaches and its rule for the line does
    not.
    """
    lines = {payer.slug: payer.lines_of_business for payer in release.payers}
    for first, second in _neighbours(release):
        if (
            first.plan == second.plan
            and first.line_of_business != second.line_of_business
            and None in {first.line_of_business, second.line_of_business}
            and len(lines.get(first.payer, ())) == 1
            and overlap(first, second)
            and {first.status in _PAID, second.status in _PAID} == {True, False}
            and "not-covered" in {first.status, second.status}
        ):
            yield _finding(
                second, f"says {second.status} where {first.id} says {first.status}", "keep the one that the payer says"
            )


def status_and_reason(release: Release) -> Iterator[Finding]:
    """A reason says why not: a refusal has one, and nothing else has."""
    for rule in release.rules:
        if rule.reason and rule.status in {*_PAID, "policy-silent", "self-pay"}:
            yield _finding(rule, f"is {rule.status} and yet gives the reason {rule.reason}", "take the reason out")
        if rule.status == "not-covered" and not rule.reason:
            yield _finding(rule, "is not covered and does not say why", "give the reason")


def reachable(release: Release) -> Iterator[Finding]:
    """The payer is on file and answers for the rule's line of business."""
    payers = {payer.slug: payer for payer in release.payers}
    for rule in release.rules:
        if rule.payer == ANY_PAYER:
            continue
        payer = payers.get(rule.payer)
        if payer is None:
            yield _finding(rule, f"belongs to {rule.payer}, which is not on file", "write the slug of a payer's file")
        elif rule.line_of_business and rule.line_of_business not in payer.lines_of_business:
            elsewhere = payer.lines_elsewhere.get(rule.line_of_business)
            yield _finding(
                rule,
                f"is for {rule.line_of_business}, for which {rule.payer} does not answer",
                f"move it to payers/{elsewhere}.toml" if elsewhere else "correct the line, or add it to the payer's",
            )


def shadowed(release: Release) -> Iterator[Finding]:
    """A rule for any line of business answers for some line on some day before a more particular rule does."""
    lines = {payer.slug: payer.lines_of_business for payer in release.payers}
    particular: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for rule in release.rules:
        for treatment in rule.treatments:
            for indication in rule.indications:
                particular[rule.payer, rule.plan, rule.line_of_business, treatment, indication].append(rule)
    for rule in release.rules:
        if rule.line_of_business is None and all(
            any(contains(other, rule) for other in particular[rule.payer, rule.plan, line, treatment, indication])
            for line in lines.get(rule.payer, _EVERY_LINE)
            for treatment in rule.treatments
            for indication in rule.indications
        ):
            yield _finding(rule, "is never reached: rules for each line answer before it", "take it out")


def forsaken(release: Release, today: date) -> Iterator[Finding]:
    """A rule of a payer whose name leads elsewhere on `today` answers only for the past."""
    moved: dict[str, str] = {}
    for payer in release.payers:
        for event in payer.lineage:
            with suppress(ValueError):  # a day that is no date is a finding of its own
                if event.to and first_day(event.on) <= today:
                    moved[payer.slug] = event.on
    for rule in release.rules:
        if rule.payer in moved and (rule.valid_until or date.max) >= today:
            yield _finding(
                rule,
                f"is of {rule.payer}, whose name leads elsewhere since {moved[rule.payer]}",
                "end it on that day, or move it to the successor",
                "warning",
            )


def codes(release: Release) -> Iterator[Finding]:
    """Every code that a rule names is on file and valid on some day on which the rule holds."""
    on_file: dict[str, list[Code]] = defaultdict(list)
    for code in release.codes:
        on_file[code.code].append(code)
    for rule in release.rules:
        for code in rule.codes:
            if code not in on_file:
                yield _finding(rule, f"names the code {code}, which is not on file", "add it to codes.toml")
            elif not any(overlap(entry, rule) for entry in on_file[code]):
                yield _finding(rule, f"names the code {code}, which is not valid on any of its days", "take it out")


def _neighbours(release: Release) -> Iterator[tuple[Rule, Rule]]:
    """Pairs of rules of one payer that share a treatment and an indication."""
    of_payer: dict[str, list[Rule]] = defaultdict(list)
    for rule in release.rules:
        of_payer[rule.payer].append(rule)
    for rules in of_payer.values():
        for first, second in combinations(rules, 2):
            if set(first.treatments) & set(second.treatments) and set(first.indications) & set(second.indications):
                yield first, second


def _finding(rule: Rule, problem: str, remedy: str, severity: Severity = "error") -> Finding:
    file, key = place("rules", rule)
    return Finding(severity=severity, file=file, key=key, problem=problem, remedy=remedy)


RULE_LAWS = (overlapping, contradictory, status_and_reason, reachable, shadowed, codes)
