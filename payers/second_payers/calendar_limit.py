"""An amount that runs down along the course and starts again on the first of January."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.money import Range, hull

ANY = Range(low_cents=0, high_cents=UNLIMITED_CENTS)
"""Nobody knows the amount, or whether there is a limit at all."""


class CalendarLimit(NamedTuple):
    """What is `left` of a limit in `year`; `amounts` tells what a later year opens with.

    Where nobody knows the days, the year may turn before any session: anything up to a whole year's amount is left.
    """

    amounts: Callable[[int], Range]
    left: Range
    year: int
    days_open: bool = False

    def on(self, day: date | None) -> Range:
        """What is left when a day begins, from least to most."""
        if self.days_open:
            return self.left
        if day is None:
            return self.any_time().left
        return self.amounts(day.year) if day.year > self.year else self.left

    def after(self, day: date | None, left: Range) -> "CalendarLimit":
        """With so much left after a day."""
        if self.days_open or day is None:
            return self.any_time()
        return self._replace(left=left, year=max(self.year, day.year))

    def any_time(self) -> "CalendarLimit":
        """With the day of every session open."""
        most = max(each.high_cents for each in (self.left, self.amounts(self.year), self.amounts(self.year + 1)))
        return self._replace(left=Range(low_cents=0, high_cents=most), days_open=True)

    def joined(self, other: "CalendarLimit") -> "CalendarLimit":
        """Whatever is left in either."""
        return self._replace(left=hull((self.left, other.left)))
