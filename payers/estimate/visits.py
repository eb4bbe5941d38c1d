"""Sessions that a plan does not cover, by its terms or beyond its yearly number: owed at the clinic's own price."""

from collections.abc import Sequence

from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.design import Turn
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.money import ZERO, Range, hull
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
    owed = [line._replace(uncovered=_owed(line, ZERO)) for line in rest]
    owed.append(visit._replace(uncovered=_owed(visit, cash)))
    return (*pharmacy, *(line._replace(terms=(*line.terms, NOT_COVERED)) for line in owed))


def _owed(line: Line, beyond: Range) -> Range:
    """What is owed of a line not covered: so much beyond the limit; what it costs, where the terms leave it out too."""
    left_out = any(not terms.covered for terms in line.terms)
    return hull((beyond, line.charge or line.allowed)) if left_out else beyond
