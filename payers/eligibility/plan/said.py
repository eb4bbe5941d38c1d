"""A value with the rows that say it. Several different ones are kept side by side: nobody chooses between them."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from payers.eligibility.response import Benefit


class Said(NamedTuple):
    """One value, and every row that says it."""

    value: int
    rows: tuple[Benefit, ...]


def distinct(rows: Iterable[Benefit], value_of: Callable[[Benefit], int | None]) -> list[Said]:
    """The different values that rows say, in the order of their first row; rows without one say nothing."""
    found: dict[int, list[Benefit]] = {}
    for row in rows:
        value = value_of(row)
        if value is not None:
            found.setdefault(value, []).append(row)
    return [Said(value, tuple(several)) for value, several in found.items()]


def cents(row: Benefit) -> int | None:
    """The row's amount; a filler that means "no limit" is none."""
    return None if row.no_limit else row.amount_cents


def rows_of(several: Sequence[Said]) -> tuple[Benefit, ...]:
    """Every row behind some values, once."""
    return tuple({row.segment: row for said in several for row in said.rows}.values())


def segments(rows: Iterable[Benefit]) -> list[int]:
    """Where the rows stand in the message."""
    return [row.segment for row in rows]
