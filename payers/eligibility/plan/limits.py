"""A yearly limit as an answer tells it: the amount, what is left of it, what was counted toward it."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.plan.said import Said, cents, distinct, rows_of
from payers.eligibility.plan.visit import Rung, Visit, in_network, on_the_day
from payers.eligibility.response import Benefit, Measure

LimitName = Literal["deductible", "out_of_pocket_max"]
Owner = Literal["individual", "family"]

OWNERS: dict[str | None, Owner] = {
    None: "individual",
    "IND": "individual",
    "EMP": "individual",
    "FAM": "family",
    "ESP": "family",
    "ECH": "family",
}
"""Whose limit it is, by its level (EB02). A row without one is taken as the member's; others are shown and not used."""


class LimitSaid(NamedTuple):
    """What is said of one person's, or one family's, limit: pairs of amount and met, and what they leave open.

    Several pairs are different readings. `remaining` is what is left where no amount of the limit is told.
    """

    pairs: tuple[tuple[int, int | None], ...] = ()
    rows: tuple[Benefit, ...] = ()
    met_rows: tuple[Benefit, ...] = ()
    remaining: tuple[Said, ...] = ()
    stated: bool = True
    disagree: bool = False
    """What is left or counted does not fit the limit; it was left out."""


def limit_said(
    rows: Sequence[Benefit], kind: LimitName, rung: Rung, visit: Visit, network: Network, owner: Owner
) -> LimitSaid | None:
    """What the rows of one step say of a limit in a network; nothing where they do not speak of it."""
    of_limit = [row for row in on_the_day(rows, visit.on) if row.kind == kind and rung.holds(row, visit)]
    here, stated = in_network(of_limit, network)
    owned = [row for row in here if OWNERS.get(row.level) == owner]
    limits = distinct(_measured(owned, "limit"), cents)
    left = distinct(_measured(owned, "remaining"), cents)
    counted = distinct(_measured(owned, "accumulated"), cents)
    if not limits:
        return LimitSaid(remaining=tuple(left), stated=stated) if left else None
    pairs = tuple(dict.fromkeys(_pairs(limits, left, counted)))
    if not pairs:
        bare = tuple((said.value, None) for said in limits)
        return LimitSaid(bare, rows_of(limits), rows_of([*left, *counted]), stated=stated, disagree=True)
    return LimitSaid(pairs, rows_of(limits), rows_of([*left, *counted]), stated=stated)


def _pairs(limits: Sequence[Said], left: Sequence[Said], counted: Sequence[Said]) -> Iterator[tuple[int, int | None]]:
    """Each limit with what is met of it, by what is left and by what was counted, as far as they fit.

    More may have been counted than the limit is: it is then met.
    """
    if not left and not counted:
        yield from ((limit.value, None) for limit in limits)
    for limit, remaining in product(limits, left):
        if remaining.value <= limit.value:
            yield limit.value, limit.value - remaining.value
    for limit, used in product(limits, counted):
        yield limit.value, min(used.value, limit.value)


def _measured(rows: Sequence[Benefit], measure: Measure) -> list[Benefit]:
    return [row for row in rows if row.measure == measure]
