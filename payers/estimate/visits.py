"""Sessions that a plan does not cover, by its terms or beyond its yearly number: owed at the clinic's own price."""

from collections.abc import Sequence

from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.design import Turn
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.money import ZERO, Range
from payers.cost_share.plan import VisitLimit
from payers.estimate.session import self_pay_lines


def within_limit(limit: VisitLimit, turn: Turn) -> bool | None:
    """Whether the plan covers a session; absent where nobody knows."""
    if turn.number is None:
        return None if limit.visits else False
    fewest = most = turn.number
    if turn.running:
        fewest += limit.used or 0
        most += limit.visits if limit.used is None else limit.used
    if most <= limit.visits:
        return True
    return False if fewest > limit.visits else None


def excluded(lines: Sequence[Line]) -> bool:
    """Whether the plan's terms cover nothing of a session but a drug from the pharmacy."""
    return not any(terms.covered for line in lines if line.pool != PHARMACY for terms in line.terms)


def limited(lines: Sequence[Line], cash: Range, *, covered: bool | None) -> tuple[Line, ...]:
    """A session's lines where the plan may not cover the visit.

    A drug from the pharmacy is no visit; the patient then owes the visit's own price, since the clinic's price of a
    session holds its drug. A clinic outside the network stays outside for whoever pays in the plan's place.
    """
    if covered:
        return tuple(lines)
    pharmacy = [line for line in lines if line.pool == PHARMACY]
    *rest, visit = [line for line in lines if line.pool != PHARMACY]
    if pharmacy:
        cash = visit.charge or visit.allowed
    if covered is False:
        return (*pharmacy, *(line._replace(on=visit.on, pool=visit.pool) for line in self_pay_lines(cash)))
    owed = [line._replace(uncovered=ZERO) for line in rest] + [visit._replace(uncovered=cash)]
    return (*pharmacy, *(line._replace(terms=(*line.terms, NOT_COVERED)) for line in owed))
