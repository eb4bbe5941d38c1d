"""A yearly limit as an answer tells it: one person's and the family's amount, what is left of it, what was counted."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.plan.said import Said, cents, distinct, is_filler, rows_of
from payers.eligibility.plan.visit import FAMILY, Rung, Visit, in_network
from payers.eligibility.response import Benefit

LimitName = Literal["deductible", "out_of_pocket_max"]
LIMITS: tuple[LimitName, ...] = ("deductible", "out_of_pocket_max")

_YEARLY = {
    "limit": frozenset({None, "22", "23", "25"}),
    "remaining": frozenset({"29"}),
    "accumulated": frozenset({"24"}),
}
"""The periods (EB06) of each measure of a yearly limit. One of a visit, an admission or a lifetime is another thing."""

Pair = tuple[int, int | None]
"""An amount, and what is met of it (absent: not known)."""


class Owned(NamedTuple):
    """What is said of one person's, or one family's, limit. `pairs` are its readings; several are left open.

    `alone` is what is left, or was counted, of a limit whose whole amount is not told.
    """

    pairs: tuple[Pair, ...] = ()
    limits: tuple[Benefit, ...] = ()
    met: tuple[Benefit, ...] = ()
    alone: tuple[Said, ...] = ()
    disagree: bool = False
    """What is left or counted fits no limit; it was left out."""

    @property
    def met_unknown(self) -> bool:
        """Whether a reading does not know how much is met."""
        return any(met is None for _, met in self.pairs)


class LimitSaid(NamedTuple):
    """What is said of a limit in a network, of the person and of the family."""

    name: LimitName
    own: Owned
    family: Owned
    fillers: tuple[Benefit, ...]
    """Rows by which some payers mean that there is no limit."""
    stated: bool

    @property
    def told(self) -> bool:
        """Whether there is an amount."""
        return bool(self.own.pairs or self.family.pairs)

    @property
    def amounts(self) -> set[int]:
        """Every amount that it may be, the person's and the family's."""
        return {amount for amount, _ in (*self.own.pairs, *self.family.pairs)}

    @property
    def rows(self) -> tuple[Benefit, ...]:
        """Every row that says an amount of it."""
        return (*self.own.limits, *self.family.limits)

    @property
    def family_hidden(self) -> bool:
        """Whether a family's limit of unknown amount may end before the person's does."""
        if self.family.pairs or not self.family.alone:
            return False
        least = min((each.value for each in self.family.alone if _is_left(each)), default=0)
        return any(met is None or least < amount - met for amount, met in self.own.pairs)

    @property
    def readings(self) -> tuple[tuple[Pair | None, Pair | None], ...]:
        """The person's and the family's amount together; a family's is never below the person's."""
        own: list[Pair | None] = list(dict.fromkeys(self._own_pairs())) or [None]
        return tuple((mine, ours) for mine, ours in product(own, self.family.pairs or [None]) if _fit(mine, ours))

    def _own_pairs(self) -> Iterator[Pair]:
        """With a family's limit of unknown amount nobody knows what is left for the person."""
        for amount, met in self.own.pairs:
            yield amount, None if self.family_hidden else met


def limit_said(
    rows: Sequence[Benefit], name: LimitName, steps: Sequence[Rung], visit: Visit, network: Network
) -> LimitSaid | None:
    """What the rows of these steps say of a limit in a network; nothing where they do not speak of it."""
    of_limit = [
        row
        for row in rows
        if row.kind == name
        and row.measure in _YEARLY
        and row.period_code in _YEARLY[row.measure]
        and any(step.holds(row, visit) for step in steps)
    ]
    here, stated = in_network(of_limit, network)
    if not here:
        return None
    own, family = ([row for row in here if (row.level in FAMILY) == together] for together in (False, True))
    fillers = tuple(row for row in here if row.measure == "limit" and is_filler(row))
    return LimitSaid(name, _owned(own), _owned(family), fillers, stated)


def _owned(rows: Sequence[Benefit]) -> Owned:
    limits, left, counted = (distinct([row for row in rows if row.measure == measure], cents) for measure in _YEARLY)
    met_rows = rows_of([*left, *counted])
    if not limits:
        return Owned(alone=(*left, *counted))
    pairs = list(_pairs(limits, left, counted))
    fitting = [each for *_, each in pairs]
    if any(each not in fitting for each in (*left, *counted)):
        return Owned(tuple((said.value, None) for said in limits), rows_of(limits), met_rows, disagree=True)
    told = tuple(dict.fromkeys((amount, met) for amount, met, _ in pairs))
    return Owned(told, rows_of(limits), met_rows)


def _pairs(
    limits: Sequence[Said], left: Sequence[Said], counted: Sequence[Said]
) -> Iterator[tuple[int, int | None, Said | None]]:
    """Each limit with what is met of it, by what is left and by what was counted of it, and what says so.

    A payer may have counted more than the limit is: with nothing left of it, it is met.
    """
    of_left, of_counted = _by_limit(limits, left), _by_limit(limits, counted)
    for limit in limits:
        is_met = any(not each.value for each in of_left[limit.value])
        beside = [(each, limit.value - each.value) for each in of_left[limit.value]]
        beside += [(each, min(each.value, limit.value) if is_met else each.value) for each in of_counted[limit.value]]
        fitting = [(each, met) for each, met in beside if 0 <= met <= limit.value]
        if not fitting:
            yield limit.value, None, None
        for each, met in fitting:
            yield limit.value, met, each


def _by_limit(limits: Sequence[Said], several: Sequence[Said]) -> dict[int, list[Said]]:
    """What may be left of each limit, or counted of it, by the limit's amount.

    Limits of two kinds of families stand in one answer and are told apart by their messages alone: what bears the
    message of one belongs to it, and what bears none to those that are left.
    """
    marked = {limit.value: [each for each in several if _messages(each) & _messages(limit)] for limit in limits}
    bare = [each for each in several if not any(each in own for own in marked.values())]
    if bare and all(marked.values()):
        return {limit.value: list(several) for limit in limits}
    return {amount: own or bare for amount, own in marked.items()}


def _messages(said: Said) -> set[tuple[str, ...]]:
    return {row.messages for row in said.rows}


def _is_left(said: Said) -> bool:
    return said.rows[0].measure == "remaining"


def _fit(own: Pair | None, family: Pair | None) -> bool:
    return own is None or family is None or own[0] <= family[0]
