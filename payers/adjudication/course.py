"""The services in order through the limits of their plan years, each in one world, with what is taken back."""

from collections.abc import Sequence
from typing import NamedTuple

from payers.adjudication.claims import Claims
from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.bounds import LineBounds, Period, VisitBounds, hull_lines, joined, run, through
from payers.cost_share.credit import Credit
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import OUT_OF_NETWORK, PATIENT, Line, Visit
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.second_payer import SecondPayer
from payers.second_payers.card import Card


class Step(NamedTuple):
    """One service: who pays it, and the limits and second payers before and after it.

    One that takes another back has that one's bounds.
    """

    bounds: LineBounds
    before: Opening
    after: Opening
    behind: tuple[SecondPayer, ...] = ()


class Course(NamedTuple):
    """All services, and the patient's sum of those that stand."""

    steps: tuple[Step, ...]
    patient_pays: Range


def course(
    worlds: Sequence[Claims], period_of: Sequence[int], periods: Sequence[Period], behind: tuple[SecondPayer, ...]
) -> Course:
    """The services in every world that is open, and the hull of them."""
    several = [_world(claims, period_of, periods, behind) for claims in worlds]
    steps = tuple(
        Step(
            hull_lines([step.bounds for step in same]),
            enclose(step.before for step in same),
            enclose(step.after for step in same),
            joined([step.behind for step in same]),
        )
        for same in zip(*(each.steps for each in several), strict=True)
    )
    return Course(steps, hull(each.patient_pays for each in several))


def _world(
    claims: Claims, period_of: Sequence[int], periods: Sequence[Period], behind: tuple[SecondPayer, ...]
) -> Course:
    steps = _steps(claims, period_of, periods, behind)
    lines = [claim for claim in claims if isinstance(claim, Line)]
    patient = sum(
        (
            step.bounds.patient_pays
            for position, (claim, step) in enumerate(zip(claims, steps, strict=True))
            if isinstance(claim, Line) and position not in claims
        ),
        ZERO,
    )
    if patient.exact or len(lines) < len(claims) or not _one_course(lines):
        return Course(steps, patient)
    visits = [Visit(period, (line,)) for period, line in zip(period_of, lines, strict=True)]
    helping = tuple(payer for payer in behind if any(payer in _helping(behind, line) for line in lines))
    bounds = run(visits, periods, helping)
    return Course(steps, Range(low_cents=sum(bounds.cheapest), high_cents=sum(bounds.dearest)))


def _one_course(lines: Sequence[Line]) -> bool:
    """Whether the cheapest and the dearest consistent course bound the sum.

    Each line then has terms of its own, and no line uses up the deductible of another member or of another network:
    what one owner is spared there, another may owe at a dearer share.
    """
    settled_terms = all(sum(terms != NOT_COVERED for terms in line.terms) < 2 for line in lines)
    return settled_terms and len({(line.member, line.pool == OUT_OF_NETWORK) for line in lines}) == 1


def _steps(
    claims: Claims, period_of: Sequence[int], periods: Sequence[Period], behind: tuple[SecondPayer, ...]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    so_far: dict[int, VisitBounds] = {}
    current, state = -1, periods[0].opening
    for position, (claim, period) in enumerate(zip(claims, period_of, strict=True)):
        if period != current:
            current, follows = period, periods[period].follows
            state = follows(state, tuple(so_far.values())) if follows else periods[period].opening
        before = state
        if isinstance(claim, Line):
            helping = _helping(behind, claim)
            bounds, state, left = through(claim, state, helping)
            behind = _after(behind, helping, left)
            so_far[position] = VisitBounds((bounds,), bounds.patient_pays, state, behind)
        else:
            taken = steps[claim].bounds
            state, behind = _given_back(state, taken), tuple(_refunded(payer, taken) for payer in behind)
            bounds = taken
            del so_far[claim]
        steps.append(Step(bounds, before, state, behind))
    return tuple(steps)


def _helping(behind: tuple[SecondPayer, ...], line: Line) -> tuple[SecondPayer, ...]:
    """The second plan is the patient's; the card helps with the lines that it is told to help with."""
    return tuple(payer for payer in behind if (line.component == "drug" if payer.assists else line.member == PATIENT))


def _after(
    behind: tuple[SecondPayer, ...], helping: tuple[SecondPayer, ...], left: tuple[SecondPayer, ...]
) -> tuple[SecondPayer, ...]:
    """All of them after those that helped."""
    return tuple(left[helping.index(payer)] if payer in helping else payer for payer in behind)


def _given_back(state: Opening, taken: LineBounds) -> Opening:
    """The limits with a line's credit back."""
    least, most = (Credit(*(-cents for cents in credit)) for credit in (taken.credit_most, taken.credit_least))
    return state.after(least, most, taken.line.pool, taken.line.member)


def _refunded(payer: SecondPayer, taken: LineBounds) -> SecondPayer:
    """A card with what it paid back, in the year of its programme in which it paid."""
    if not isinstance(payer, Card) or taken.line.on is None or taken.line.on.year != payer.limit.year:
        return payer
    return payer._replace(limit=payer.limit._replace(left=payer.limit.left + taken.assistance))
