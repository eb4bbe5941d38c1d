"""How many visits a year the payer covers, and what else it limits of a service."""

from collections.abc import Sequence
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.plan.said import cents, is_filler
from payers.eligibility.plan.slots import Path, Slot, Values
from payers.eligibility.plan.visit import Rung, Visit, held, in_network
from payers.eligibility.response import Benefit

_YEARLY = frozenset({None, "21", "22", "23", "25"})
_REMAINING, _LIFETIME = "29", frozenset({"32", "33"})
_VISITS = "VS"
_MOST_VISITS = 366
_MOST_TOLD = 4
"""More numbers than this are not held one by one."""


class Limited(NamedTuple):
    """The rows of a service that limit it: by visits in a year, or by an amount that the plan pays at most."""

    visits: tuple[Benefit, ...]
    amounts: tuple[Benefit, ...]


def limited(rows: Sequence[Benefit], steps: Sequence[Rung], visit: Visit, network: Network) -> Limited:
    """Of the first step that limits anything, the plan as a whole left aside."""
    limitations = [row for row in rows if row.kind == "limitation" and row.period_code not in _LIFETIME]
    for rung, at_step in held(limitations, steps, visit):
        here, _ = in_network(at_step, network)
        visits = tuple(row for row in here if _visits(row) is not None)
        amounts = tuple(row for row in here if cents(row) is not None and not is_filler(row))
        if rung.name != "plan" and (visits or amounts):
            return Limited(visits, amounts)
    return Limited((), ())


def visit_limit(rows: Sequence[Benefit]) -> Slot | None:
    """The number of visits and how many of them were had; whether a session counts as a visit stays open.

    Of a number that is not told, what is left is what the rest of the year holds. Beside no limit at all, the fewest of
    many numbers, of which nobody knows how many are left, holds every other one.
    """
    whole = {count for row in rows if (count := _visits(row)) is not None and _period(row) != _REMAINING}
    left = {count for row in rows if (count := _visits(row)) is not None and _period(row) == _REMAINING}
    fitting = [(count, count - each) for count in whole for each in left if each <= count]
    told = fitting or [(count, None) for count in whole] or [(each, 0) for each in left]
    if not told:
        return None
    if len(set(told)) > _MOST_TOLD:
        told = [(min(whole or left), None)]
    path: Path = ("visit_limit",)
    readings: list[Values] = [{path: {"visits": count, "used": used}} for count, used in sorted(set(told))]
    return Slot("visit_limit", (*readings, {}), {path: tuple(rows)})


def _visits(row: Benefit) -> int | None:
    """The number of visits of a year, in the row itself (EB09, EB10) or beside it (HSD)."""
    told = [(row.quantity.qualifier, row.quantity.value)] if row.quantity else []
    told += [(each[0], each[1]) for each in row.deliveries if len(each) > 1]
    counts = [value for qualifier, value in told if qualifier == _VISITS and value.isdecimal()]
    if len(counts) != 1 or _period(row) not in _YEARLY | {_REMAINING} or int(counts[0]) > _MOST_VISITS:
        return None
    return int(counts[0])


def _period(row: Benefit) -> str | None:
    """The row's period, or that of what stands beside it (HSD05)."""
    beside = [each[4] for each in row.deliveries if len(each) > 4 and each[4]]
    return row.period_code or next(iter(beside), None)
