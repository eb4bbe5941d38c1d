"""A value with the rows that say it. Several different ones are kept side by side: nobody chooses between them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from payers.cost_share.plan import MAX_CENTS
from payers.eligibility.response import Benefit


class Said(NamedTuple):
    """One value, and every row that says it."""

    value: int
    rows: tuple[Benefit, ...]


def distinct(rows: Iterable[Benefit], value_of: Callable[[Benefit], int | None]) -> list[Said]:
    """The different values that rows say, the highest first; rows without one say nothing."""
    found: dict[int, list[Benefit]] = {}
    for row in rows:
        value = value_of(row)
        if value is not None:
            found.setdefault(value, []).append(row)
    return [Said(value, tuple(several)) for value, several in sorted(found.items(), reverse=True)]


def cents(row: Benefit) -> int | None:
    """The row's amount; a filler that means "no limit" is none."""
    return None if is_filler(row) else row.amount_cents


def is_filler(row: Benefit) -> bool:
    """Whether the amount stands for "no limit": 99999.99 and the like, or more than any limit is."""
    return row.no_limit or (row.amount_cents or 0) > MAX_CENTS


def rows_of(several: Iterable[Said]) -> tuple[Benefit, ...]:
    """Every row behind some values, once, in the order of the message."""
    rows = {row.segment: row for said in several for row in said.rows}
    return tuple(row for _, row in sorted(rows.items()))


def segments(rows: Iterable[Benefit]) -> list[int]:
    """Where the rows stand in the message."""
    return [row.segment for row in rows]
