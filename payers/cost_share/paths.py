"""Consistent courses: every amount at its cheap or its dear end, and one choice of terms all along."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from payers.catalogue.vocabulary import Component
from payers.cost_share.adjudicate import NOT_COVERED, Terms
from payers.cost_share.ledger import Opening
from payers.cost_share.line import Line, Visit
from payers.cost_share.second_payer import SecondPayer
from payers.cost_share.settle import end, settle


def covering_is_cheaper(line: Line) -> bool:
    """Whether a line that may not be covered costs at least as much without the plan.

    Otherwise neither way is the dear end of the course: uncovered it costs less today and counts toward nothing.
    """
    if line.uncovered is None or NOT_COVERED not in line.terms or len(line.terms) == 1:
        return True
    return line.uncovered.low_cents >= max(each.high_cents for each in (line.allowed, line.charge) if each)


def less_left_is_cheaper(lines: Sequence[Line], openings: Iterable[Opening]) -> bool:
    """Whether the course is cheapest with the least left of every deductible, and dearest with the most.

    Not where what is left is open and networks take each other's credit: what one deductible takes of a session that
    the patient pays anyhow, the other no longer takes of a session that the plan would pay. Nor where a copay after it
    does not count toward the maximum: what the deductible takes in its place does.
    """
    several = {(line.pool, line.member) for line in lines}
    still_open = {
        account
        for opening in openings
        if not opening.exact
        for account, low, high in zip(opening.least.accounts, opening.least.left, opening.most.left, strict=True)
        if account.kind == "deductible" and low != high and any(account.limits(*own) for own in several)
    }
    if still_open and any(_copay_beside_the_maximum(terms) for line in lines for terms in line.terms):
        return False
    return len(several) == 1 or not any(
        account.limits(*own) and other.kind == "deductible" and other.takes(*own) and not other.limits(*own)
        for opening in openings
        for account in still_open.intersection(opening.least.accounts)
        for own, other in product(several, opening.least.accounts)
        if any(other.limits(*each) for each in several)
    )


def _copay_beside_the_maximum(terms: Terms) -> bool:
    """Whether a copay that the deductible may take the place of counts toward no maximum."""
    after = terms.deductible_applies and terms.copay_timing == "after-deductible"
    return after and terms.copay_cents > 0 and not terms.copay_counts_to_maximum


def paths(
    visits: Sequence[Visit], openings: Sequence[Opening], behind: tuple[SecondPayer, ...], *, dear: bool
) -> list[tuple[int, ...]]:
    """The consistent course at the cheap or the dear end for every choice of alternatives, always in the same order.

    A component has the same alternatives all along the course, with the terms that each session has for them.
    """
    several: dict[Component, int] = {}
    for visit in visits:
        for line in visit.lines:
            several[line.component] = max(several.get(line.component, 1), len(_covering(line)))
    choices = product(*(range(count) for count in several.values()))
    return [_path(visits, openings, behind, dict(zip(several, choice, strict=True)), dear=dear) for choice in choices]


def _path(
    visits: Sequence[Visit],
    openings: Sequence[Opening],
    behind: tuple[SecondPayer, ...],
    choice: Mapping[Component, int],
    *,
    dear: bool,
) -> tuple[int, ...]:
    """The patient's cost of each session along one consistent course at the cheap or the dear end."""
    paid: list[int] = []
    current, ledger = -1, openings[0].least
    before: tuple[object, ...] = ()
    for visit in visits:
        if visit.period != current:
            current = visit.period
            ledger = openings[current].most if dear else openings[current].least
        if before == (visit.lines, ledger, behind):
            paid.append(paid[-1])
            continue
        before = visit.lines, ledger, behind
        total = 0
        for line in visit.lines:
            terms = _chosen(line, choice[line.component], dear=dear)
            settled = settle(line, terms, *end(line, terms, dear=dear), ledger, behind)
            total += settled.patient.high_cents if dear else settled.patient.low_cents
            ledger, behind = settled.after[0], settled.behind
        paid.append(total)
    return tuple(paid)


def _covering(line: Line) -> tuple[Terms, ...]:
    return tuple(terms for terms in line.terms if terms != NOT_COVERED)


def _chosen(line: Line, alternative: int, *, dear: bool) -> Terms:
    """The terms of the alternative chosen for the course; where the line may not be covered, that is its dear end."""
    covering = _covering(line)
    if not covering or (dear and len(covering) < len(line.terms)):
        return NOT_COVERED
    return covering[min(alternative, len(covering) - 1)]


def by_period(
    visits: Sequence[Visit], courses: Sequence[tuple[int, ...]], end: Callable[..., tuple[int, ...]]
) -> tuple[int, ...]:
    """The most extreme course of each period: each opens on its own, so each may take its own course."""
    joined: list[int] = []
    for period in sorted({visit.period for visit in visits}):
        inside = [position for position, visit in enumerate(visits) if visit.period == period]
        joined.extend(end((tuple(course[position] for position in inside) for course in courses), key=sum))
    return tuple(joined)
