"""A course through its limits when some amounts are only known within ranges: bounds that are proven, not guessed.

Two facts carry the proof.

1. Each quantity of one line (deductible, copay, coinsurance, what the patient pays, what is left of a limit) is
   monotone in the allowed amount, in what is left of each limit and in each term, taken one at a time. So its
   extremes over a box of inputs lie at the corners of the box, and a line is adjudicated at every corner. One thing
   is not: a copay due before the deductible grows with the allowed amount, then gives way to the deductible under the
   maximum; its peak is one more corner. What is left afterwards is enclosed in a box again. A second payer tells a
   range that holds its payment at each corner. This bounds every single session.
2. The patient's sum over a plan year is monotone in the same inputs. So its extremes are two consistent courses, one
   with everything at the cheap end and one with everything at the dear end. This bounds the sums more tightly than
   adding up sessions would. With a second payer whose payment follows limits of its own it is not monotone: the more
   a card pays, the sooner the limits are met, so a dearer drug may make a cheaper course. There the sum lies within
   what the sessions add up to, and is no more than the dearest course without any help, unless the plan counts less
   than what the patient pays. Where it is not monotone without one either, `paths` says so.

Terms that are not monotone (where a copay stands to the deductible) are alternatives, and all of them are run, those
of each component with those of every other.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from payers.cost_share.credit import Credit
from payers.cost_share.ledger import Ledger, Opening, enclose
from payers.cost_share.line import Line, Visit
from payers.cost_share.money import Range, exactly, hull, span
from payers.cost_share.paths import by_period, covering_is_cheaper, less_left_is_cheaper, paths
from payers.cost_share.second_payer import SecondPayer
from payers.cost_share.settle import Settled, amounts, end, settle


class LineBounds(NamedTuple):
    """Who pays one line. For every amount in between, the parts add up to the allowed amount or the charge."""

    line: Line
    deductible: Range
    copay: Range
    coinsurance: Range
    not_covered: Range
    balance_bill: Range
    plan_pays: Range
    other_payers_pay: Range
    assistance: Range
    write_off: Range
    patient_pays: Range
    credit_least: Credit
    credit_most: Credit
    """What the line adds to the limits."""


def hull_lines(lines: Sequence[LineBounds]) -> LineBounds:
    """The hull of the same line in several worlds, part by part."""
    if len(lines) == 1:
        return lines[0]
    return LineBounds(
        line=lines[0].line._replace(allowed=hull(each.line.allowed for each in lines)),
        deductible=hull(each.deductible for each in lines),
        copay=hull(each.copay for each in lines),
        coinsurance=hull(each.coinsurance for each in lines),
        not_covered=hull(each.not_covered for each in lines),
        balance_bill=hull(each.balance_bill for each in lines),
        plan_pays=hull(each.plan_pays for each in lines),
        other_payers_pay=hull(each.other_payers_pay for each in lines),
        assistance=hull(each.assistance for each in lines),
        write_off=hull(each.write_off for each in lines),
        patient_pays=hull(each.patient_pays for each in lines),
        credit_least=Credit(*map(min, zip(*(each.credit_least for each in lines), strict=True))),
        credit_most=Credit(*map(max, zip(*(each.credit_most for each in lines), strict=True))),
    )


class VisitBounds(NamedTuple):
    """Who pays one session, and what the limits and the second payers have left after it."""

    lines: tuple[LineBounds, ...]
    patient_pays: Range
    after: Opening
    behind: tuple[SecondPayer, ...]


class Period(NamedTuple):
    """A stretch of the course with one set of limits: a plan year, or the part of it after a change of tier.

    `opening` holds every way it may open. Where that depends on what came before, `follows` narrows it down from what
    the period before left and the sessions so far.
    """

    opening: Opening
    follows: Callable[[Opening, Sequence[VisitBounds]], Opening] | None = None


class CourseBounds(NamedTuple):
    """A whole course in one world: its sessions, and the sums along the cheapest and the dearest consistent course."""

    visits: tuple[VisitBounds, ...]
    cheapest: tuple[int, ...]
    dearest: tuple[int, ...]


def run(
    visits: Sequence[Visit],
    periods: Sequence[Period],
    behind: tuple[SecondPayer, ...] = (),
    *,
    bounded: int | None = None,
) -> CourseBounds:
    """Send the visits through the limits of their periods, in order.

    `bounded` is how many sessions to bound one by one, for a caller that needs the sums of all and no more.
    """
    if any(period.follows for period in periods):
        bounded = None
    bounds, openings = bound(visits, periods, behind, bounded=bounded)
    return sums(visits, openings, bounds, behind)


def sums(
    visits: Sequence[Visit],
    openings: Sequence[Opening],
    bounds: tuple[VisitBounds, ...],
    behind: tuple[SecondPayer, ...] = (),
) -> CourseBounds:
    """The cheapest and the dearest course, given its visits as far as they were bounded one by one."""
    if len(bounds) == len(visits) and all(visit.patient_pays.exact for visit in bounds):
        exact = tuple(visit.patient_pays.low_cents for visit in bounds)
        return CourseBounds(bounds, exact, exact)

    def of_paths(behind: tuple[SecondPayer, ...], *, dear: bool) -> tuple[int, ...]:
        courses = paths(visits, openings, behind, dear=dear)
        return by_period(visits, courses, max if dear else min)

    lines = [line for visit in visits for line in visit.lines]
    ends_tell = all(map(covering_is_cheaper, lines)) and less_left_is_cheaper(lines, openings)
    if ends_tell and all(payer.monotone for payer in behind):
        return CourseBounds(bounds, of_paths(behind, dear=False), of_paths(behind, dear=True))
    dearest = highs(visits, openings, bounds, behind)
    if ends_tell and all(payer.credits_own_money for payer in behind):
        dearest = by_period(visits, [dearest, of_paths((), dear=True)], min)
    return CourseBounds(bounds, lows(visits, bounds), dearest)


def through(
    line: Line, state: Opening, behind: tuple[SecondPayer, ...] = (), *, apart: bool = False
) -> tuple[LineBounds, Opening, tuple[SecondPayer, ...]]:
    """One line at every corner of what is open: its bounds, and what limits and second payers have left after it.

    Of a member's limit inside the family's the smaller counts, and no more of it is kept, unless somebody looks at the
    two `apart` afterwards.
    """
    limiting = state.limiting(line.pool, line.member)
    settled = [
        settle(line, terms, allowed, charge, ledger, behind)
        for terms in line.terms
        for allowed, charge in amounts(line, terms)
        for ledger in _corners(limiting, apart=apart)
    ]
    if len(settled) == 1 and not behind:
        only, credit = settled[0], settled[0].credits[0]
        return _known(line, only, credit), state.after(credit, credit, line.pool, line.member), behind
    added = [credit for each in settled for credit in each.credits]
    bounds = LineBounds(
        line=line,
        deductible=span([each.share.deductible_cents for each in settled]),
        copay=span([each.share.copay_cents for each in settled]),
        coinsurance=span([each.share.coinsurance_cents for each in settled]),
        not_covered=span([each.share.not_covered_cents for each in settled]),
        balance_bill=span([each.excess_cents for each in settled]),
        plan_pays=hull(each.plan_pays for each in settled),
        other_payers_pay=hull(each.others for each in settled),
        assistance=hull(each.assistance for each in settled),
        write_off=hull(each.write_off for each in settled),
        patient_pays=hull(each.patient for each in settled),
        credit_least=Credit(*map(min, zip(*added, strict=True))),
        credit_most=Credit(*map(max, zip(*added, strict=True))),
    )
    after = enclose(Opening(ledger, ledger) for each in settled for ledger in each.after)
    # what does not limit the line takes its credit and decides nothing about it
    after = state.after(bounds.credit_least, bounds.credit_most, line.pool, line.member).updated(after)
    return bounds, after, joined([each.behind for each in settled])


def _known(line: Line, only: Settled, credit: Credit) -> LineBounds:
    """The bounds of a line of which nothing is open."""
    return LineBounds(
        line=line,
        deductible=exactly(only.share.deductible_cents),
        copay=exactly(only.share.copay_cents),
        coinsurance=exactly(only.share.coinsurance_cents),
        not_covered=exactly(only.share.not_covered_cents),
        balance_bill=exactly(only.excess_cents),
        plan_pays=only.plan_pays,
        other_payers_pay=only.others,
        assistance=only.assistance,
        write_off=only.write_off,
        patient_pays=only.patient,
        credit_least=credit,
        credit_most=credit,
    )


def bound(
    visits: Sequence[Visit],
    periods: Sequence[Period],
    behind: tuple[SecondPayer, ...] = (),
    *,
    bounded: int | None = None,
    running: bool = True,
) -> tuple[tuple[VisitBounds, ...], tuple[Opening, ...]]:
    """The sessions one by one, as far as `bounded`, and how each period opened.

    Without `running` the second payers' own limits stand still from one session to the next, for a course whose days
    nobody knows.
    """
    bounds: list[VisitBounds] = []
    openings = [period.opening for period in periods]
    current, state = -1, openings[0]
    before: tuple[object, ...] = ()
    apart = any(period.follows for period in periods)
    for visit in visits[:bounded]:
        if visit.period != current:
            current, follows = visit.period, periods[visit.period].follows
            if follows:
                openings[current] = follows(state, bounds)
            state = openings[current]
        if before == (visit.lines, state, behind):
            bounds.append(bounds[-1])
            continue
        before = visit.lines, state, behind
        lines: list[LineBounds] = []
        left = behind
        for line in visit.lines:
            line_bounds, state, left = through(line, state, left, apart=apart)
            lines.append(line_bounds)
        behind = left if running else behind
        bounds.append(
            VisitBounds(
                lines=tuple(lines),
                patient_pays=sum((line.patient_pays for line in lines[1:]), lines[0].patient_pays),
                after=state,
                behind=behind,
            )
        )
    return tuple(bounds), tuple(openings)


def lows(visits: Sequence[Visit], bounds: Sequence[VisitBounds]) -> tuple[int, ...]:
    """The least the patient pays for each session by itself; nothing where it was not bounded."""
    return (*(visit.patient_pays.low_cents for visit in bounds), *(0 for _ in visits[len(bounds) :]))


def highs(
    visits: Sequence[Visit],
    openings: Sequence[Opening],
    bounds: Sequence[VisitBounds],
    behind: tuple[SecondPayer, ...] = (),
) -> tuple[int, ...]:
    """The most the patient pays for each session by itself; where it was not bounded, as if nothing were met."""
    any_time = tuple(payer.any_time() for payer in behind)

    @cache
    def highest(lines: tuple[Line, ...], period: int) -> int:
        ledger, left, total_cents = openings[period].most, any_time, 0
        for line in lines:
            total_cents += max(
                settle(line, terms, *end(line, terms, dear=True), ledger, left).patient.high_cents
                for terms in line.terms
            )
            if left and line is not lines[-1]:
                # a second payer knows what it has done on the same day
                _, _, left = through(line, Opening(ledger, ledger), left)
        return total_cents

    return (
        *(visit.patient_pays.high_cents for visit in bounds),
        *(highest(visit.lines, visit.period) for visit in visits[len(bounds) :]),
    )


def joined(several: Sequence[tuple[SecondPayer, ...]]) -> tuple[SecondPayer, ...]:
    """The same second payers after several ways to come here, with whatever they have left in any."""
    first, *rest = several
    for other in rest:
        first = tuple(one.joined(same) for one, same in zip(first, other, strict=True))
    return first


def _corners(state: Opening, *, apart: bool) -> Iterable[Ledger]:
    """Every corner of what is left. What is used up at both ends is one."""
    if state.exact:
        return (state.least,)
    ends = (
        (low,) if low == high or high <= 0 else (low, high)
        for low, high in zip(state.least.left, state.most.left, strict=True)
    )
    several = (Ledger(state.least.accounts, left) for left in product(*ends))
    return several if apart else dict.fromkeys(ledger.within_family() for ledger in several)
