"""A course through the ledger when some amounts are only known within ranges: bounds that are proven, not guessed.

Two facts carry the proof.

1. Each quantity of one line (deductible, copay, coinsurance, what the patient pays, what is left of a limit) is
   monotone in the allowed amount, in what is left of each limit and in each term, taken one at a time. So its
   extremes over a box of inputs lie at the corners of the box, and a line is adjudicated at every corner. One thing
   is not: a copay due before the deductible grows with the allowed amount, then gives way to the deductible under the
   maximum; its peak is one more corner. What is left afterwards is enclosed in a box again. This bounds every single
   session.
2. The patient's sum over a plan year is monotone in the same inputs. So its extremes are two consistent courses, one
   with everything at the cheap end and one with everything at the dear end. This bounds the sums more tightly than
   adding up sessions would. With assistance it is not monotone: the more a card pays, the sooner the limits are met,
   so a dearer drug may make a cheaper course; and where a share is not credited at all, so may a cheaper visit a dearer
   one. There the sum lies within what the sessions add up to.

Terms that are not monotone (where a copay stands to the deductible) are alternatives, and all of them are run, those
of each component with those of every other.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Literal, NamedTuple

from payers.catalogue.vocabulary import Component
from payers.cost_share.adjudicate import Share, Terms, adjudicate
from payers.cost_share.ledger import Balance, Ledger, Opening
from payers.cost_share.money import Range, exactly


class Help(NamedTuple):
    """What others than the plan pay of one share, from least to most, and what the plan then credits to its limits."""

    other_payers: tuple[int, int] = (0, 0)
    assistance: tuple[int, int] = (0, 0)
    credited_least_cents: int | None = None
    """The least the plan may credit when it does not count assistance; absent: the whole share."""


Aid = Literal["credited", "uncredited"]
"""Whether the plan credits at least what the patient pays beside the assistance of a helper, or maybe not even that."""


class Line(NamedTuple):
    """One billed line. Out of network `charge` is what the provider asks and the patient pays the difference."""

    component: Component
    code: str | None
    units: int | None
    allowed: Range
    terms: tuple[Terms, ...]
    charge: Range | None = None


class Visit(NamedTuple):
    """One session: its lines, and the plan year it falls into, counted from the course's first."""

    plan_year: int
    lines: tuple[Line, ...]


Helper = Callable[[Share, Line], Help]
"""Tells what other coverage and assistance do with one share."""


def nobody(share: Share, line: Line) -> Help:
    """No other coverage and no assistance."""
    return Help()


class LineBounds(NamedTuple):
    """Who pays one line. For every amount in between, the parts add up to the allowed amount or the charge."""

    line: Line
    deductible: Range
    copay: Range
    coinsurance: Range
    balance_bill: Range
    plan_pays: Range
    other_payers_pay: Range
    assistance: Range
    patient_pays: Range


class VisitBounds(NamedTuple):
    """Who pays one session, and the ledger after it."""

    lines: tuple[LineBounds, ...]
    patient_pays: Range
    after: Opening


class CourseBounds(NamedTuple):
    """A whole course in one world: its sessions, and the sums along the cheapest and the dearest consistent course."""

    visits: tuple[VisitBounds, ...]
    cheapest: tuple[int, ...]
    dearest: tuple[int, ...]


def run(
    visits: Sequence[Visit],
    openings: Sequence[Opening],
    helper: Helper = nobody,
    *,
    aid: Aid | None = None,
    bounded: int | None = None,
) -> CourseBounds:
    """Send the visits through the ledger of their plan years, in order; `openings` has one entry a plan year.

    `aid` says that the helper's assistance may pay something. `bounded` is how many sessions to bound one by one,
    for a caller that needs the sums of all and no more.
    """
    bounds = bound(visits, openings, helper, bounded=bounded)
    if len(bounds) == len(visits) and all(visit.patient_pays.exact for visit in bounds):
        exact = tuple(visit.patient_pays.low_cents for visit in bounds)
        return CourseBounds(bounds, exact, exact)
    return CourseBounds(
        bounds,
        lows(visits, bounds) if aid else _by_year(visits, paths(visits, openings, helper, dear=False), min),
        highs(visits, openings, helper, bounds)
        if aid == "uncredited"
        else _by_year(visits, paths(visits, openings, helper, dear=True), max),
    )


def bound(
    visits: Sequence[Visit], openings: Sequence[Opening], helper: Helper, *, bounded: int | None = None
) -> tuple[VisitBounds, ...]:
    """The sessions one by one, as far as `bounded`."""
    bounds: list[VisitBounds] = []
    year, state = -1, openings[0]
    for visit in visits[:bounded]:
        if visit.plan_year != year:
            year, state = visit.plan_year, openings[visit.plan_year]
        lines: list[LineBounds] = []
        for line in visit.lines:
            line_bounds, state = _line(line, state, helper)
            lines.append(line_bounds)
        bounds.append(
            VisitBounds(
                lines=tuple(lines),
                patient_pays=sum((line.patient_pays for line in lines[1:]), lines[0].patient_pays),
                after=state,
            )
        )
    return tuple(bounds)


def lows(visits: Sequence[Visit], bounds: Sequence[VisitBounds]) -> tuple[int, ...]:
    """The least the patient pays for each session by itself; nothing where it was not bounded."""
    return (*(visit.patient_pays.low_cents for visit in bounds), *(0 for _ in visits[len(bounds) :]))


def highs(
    visits: Sequence[Visit], openings: Sequence[Opening], helper: Helper, bounds: Sequence[VisitBounds]
) -> tuple[int, ...]:
    """The most the patient pays for each session by itself; where it was not bounded, as if nothing were met."""
    return (
        *(visit.patient_pays.high_cents for visit in bounds),
        *(
            sum(_highest(line, openings[visit.plan_year].most, helper) for line in visit.lines)
            for visit in visits[len(bounds) :]
        ),
    )


def _highest(line: Line, ledger: Ledger, helper: Helper) -> int:
    allowed, excess = _end(line, dear=True)
    limits = ledger.deductible.remaining_cents, ledger.out_of_pocket.remaining_cents
    shares = [adjudicate(allowed, terms, *limits) for terms in line.terms]
    return max(_patient(share, excess, helper(share, line), most=False) for share in shares)


def paths(visits: Sequence[Visit], openings: Sequence[Opening], helper: Helper, *, dear: bool) -> list[tuple[int, ...]]:
    """The consistent course at the cheap or the dear end for every choice of alternatives, always in the same order.

    A component has the same alternatives all along the course.
    """
    alternatives: dict[Component, tuple[Terms, ...]] = {
        line.component: line.terms for visit in visits for line in visit.lines
    }
    tagged: list[list[tuple[Component, Terms]]] = [
        [(component, each) for each in terms] for component, terms in alternatives.items()
    ]
    return [_path(visits, openings, helper, dict(choice), dear=dear) for choice in product(*tagged)]


def _by_year(
    visits: Sequence[Visit], courses: Sequence[tuple[int, ...]], end: Callable[..., tuple[int, ...]]
) -> tuple[int, ...]:
    """The most extreme course of each plan year: years do not touch each other, so each may take its own."""
    joined: list[int] = []
    for year in sorted({visit.plan_year for visit in visits}):
        inside = [position for position, visit in enumerate(visits) if visit.plan_year == year]
        joined.extend(end((tuple(course[position] for position in inside) for course in courses), key=sum))
    return tuple(joined)


def _line(line: Line, state: Opening, helper: Helper) -> tuple[LineBounds, Opening]:
    low, high = state
    corners = product(
        [(allowed, terms) for terms in line.terms for allowed in _corners(line.allowed, terms)],
        _both(low.deductible.individual_cents, high.deductible.individual_cents),
        _both(low.deductible.family_cents, high.deductible.family_cents),
        _both(low.out_of_pocket.individual_cents, high.out_of_pocket.individual_cents),
        _both(low.out_of_pocket.family_cents, high.out_of_pocket.family_cents),
    )
    charges = None if line.charge is None else _ends(line.charge)
    shares: list[tuple[Share, int, int, int, Help]] = []
    after: list[Ledger] = []
    for (allowed_end, terms), deductible_own, deductible_family, maximum_own, maximum_family in corners:
        ledger = Ledger(
            Balance(deductible_own, deductible_family, low.deductible.aggregate),
            Balance(maximum_own, maximum_family, low.out_of_pocket.aggregate),
        )
        for charge in charges or (allowed_end,):
            allowed = min(allowed_end, charge)
            share = adjudicate(allowed, terms, ledger.deductible.remaining_cents, ledger.out_of_pocket.remaining_cents)
            help_ = helper(share, line)
            shares.append((share, allowed, charge - allowed, charge, help_))
            after.append(ledger.after(share.deductible_cents, share.cost_share_cents))
            if help_.credited_least_cents is not None:
                credit = min(help_.credited_least_cents, share.cost_share_cents)
                after.append(ledger.after(min(share.deductible_cents, credit), credit))
    bounds = LineBounds(
        line=line,
        deductible=_span([share.deductible_cents for share, *_ in shares]),
        copay=_span([share.copay_cents for share, *_ in shares]),
        coinsurance=_span([share.coinsurance_cents for share, *_ in shares]),
        balance_bill=_span([excess for _, _, excess, _, _ in shares]),
        plan_pays=_span([allowed - share.patient_cents for share, allowed, *_ in shares]),
        other_payers_pay=_span([end for *_, help_ in shares for end in help_.other_payers]),
        assistance=_span([end for *_, help_ in shares for end in help_.assistance]),
        patient_pays=Range(
            low_cents=min(_patient(share, excess, help_, most=True) for share, _, excess, _, help_ in shares),
            high_cents=max(_patient(share, excess, help_, most=False) for share, _, excess, _, help_ in shares),
        ),
    )
    return bounds, Opening(enclose(after, min), enclose(after, max))


def _path(
    visits: Sequence[Visit],
    openings: Sequence[Opening],
    helper: Helper,
    choice: Mapping[Component, Terms],
    *,
    dear: bool,
) -> tuple[int, ...]:
    """The patient's cost of each session along one consistent course at the cheap or the dear end."""
    paid: list[int] = []
    year, ledger = -1, openings[0].most if dear else openings[0].least
    for visit in visits:
        if visit.plan_year != year:
            year = visit.plan_year
            ledger = openings[year].most if dear else openings[year].least
        total = 0
        for line in visit.lines:
            allowed, excess = _end(line, dear=dear)
            terms = choice[line.component]
            share = adjudicate(allowed, terms, ledger.deductible.remaining_cents, ledger.out_of_pocket.remaining_cents)
            help_ = helper(share, line)
            total += _patient(share, excess, help_, most=not dear)
            ledger = ledger.after(share.deductible_cents, share.cost_share_cents)
        paid.append(total)
    return tuple(paid)


def _end(line: Line, *, dear: bool) -> tuple[int, int]:
    """The allowed amount and the balance bill at the cheap or the dear end of a line.

    In network a higher allowed amount costs the patient more. Out of network the charge is the patient's either way,
    so a higher allowed amount costs less.
    """
    if line.charge is None:
        return (line.allowed.high_cents if dear else line.allowed.low_cents), 0
    charge = line.charge.high_cents if dear else line.charge.low_cents
    allowed = min(charge, line.allowed.low_cents if dear else line.allowed.high_cents)
    return allowed, charge - allowed


def _patient(share: Share, excess_cents: int, help_: Help, *, most: bool) -> int:
    """What is left for the patient when the others pay their least or their most."""
    end = 1 if most else 0
    shared = max(0, share.cost_share_cents - help_.other_payers[end] - help_.assistance[end])
    return shared + share.not_covered_cents + excess_cents


def _corners(allowed: Range, terms: Terms) -> tuple[int, ...]:
    ends = _ends(allowed)
    peak = terms.copay_cents
    if terms.copay_timing == "before-deductible" and allowed.low_cents < peak < allowed.high_cents:
        return (*ends, peak)
    return ends


def _ends(amount: Range) -> tuple[int, ...]:
    return _both(amount.low_cents, amount.high_cents)


def _both(low: int, high: int) -> tuple[int, ...]:
    return (low,) if low == high else (low, high)


def _span(values: Sequence[int]) -> Range:
    return exactly(values[0]) if len(values) == 1 else Range(low_cents=min(values), high_cents=max(values))


def enclose(ledgers: Sequence[Ledger], end: Callable[[Sequence[int]], int]) -> Ledger:
    """The ledger with the least (`min`) or the most (`max`) of each balance."""
    if len(ledgers) == 1:
        return ledgers[0]
    return Ledger(
        Balance(
            end([ledger.deductible.individual_cents for ledger in ledgers]),
            end([ledger.deductible.family_cents for ledger in ledgers]),
            ledgers[0].deductible.aggregate,
        ),
        Balance(
            end([ledger.out_of_pocket.individual_cents for ledger in ledgers]),
            end([ledger.out_of_pocket.family_cents for ledger in ledgers]),
            ledgers[0].out_of_pocket.aggregate,
        ),
    )
