"""A plan as if it were the only cover: what it would pay, and its own plan year."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from payers.cost_share.adjudicate import NOT_COVERED, Terms
from payers.cost_share.bounds import LineBounds, through
from payers.cost_share.design import Design, Kind, Turn
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import MEDICAL, PHARMACY, Line
from payers.cost_share.money import Range
from payers.cost_share.plan_calendar import year_start
from payers.cost_share.second_payer import SecondPayer


class Alone(NamedTuple):
    """One design along the course. `opening` is the plan year that starts on `start`; absent before the first bill.

    The plan credits what it would have credited without other cover (NAIC Model 120, section 7 says so of the
    deductible). The clinic is taken to be in its network. `years` are the calendar years in which a plan year of the
    course may start, `session_kind` is the kind of service of a session billed whole. `through` sends a line through
    its limits; every corner of what the first payer leaves asks the same, and who settles a whole course may hand in
    one that remembers.
    """

    design: Design
    session_kind: Kind
    today: date
    years: tuple[int, ...]
    start: date | None = None
    opening: Opening | None = None
    days_open: bool = False
    through: Callable[[Line, Opening], tuple[LineBounds, Opening, tuple[SecondPayer, ...]]] = through

    def settle(self, line: Line, allowed: Range) -> tuple[LineBounds, "Alone"]:
        """What it would pay of a line for which it allows `allowed`, and itself afterwards."""
        current = self.on(line.on)
        pool = PHARMACY if line.pool == PHARMACY else MEDICAL
        own = line._replace(allowed=allowed, terms=self.terms(line), charge=None, pool=pool)
        bounds, after, _ = self.through(own, current.opening or Opening())
        return bounds, current if current.days_open else current._replace(opening=after)

    def on(self, day: date | None) -> "Alone":
        """As it stands when a day begins. What is met belongs to the plan year that runs today, or an earlier one."""
        reset = self.design.reset
        if self.days_open or day is None or reset is None:
            return self.any_time()
        start = year_start(day, reset)
        if self.start is None:
            met = start <= year_start(self.today, reset)
            return self._replace(
                start=start, opening=self.design.opening(start.year, True) if met else self._new(start)
            )
        return self._replace(start=start, opening=self._new(start)) if start > self.start else self

    def renewed(self, current: "Alone") -> bool:
        """Whether a plan year has begun since the last bill, and before the first since today."""
        if current.start is None or self.design.reset is None:
            return False
        return current.start > (self.start or year_start(self.today, self.design.reset))

    def any_time(self) -> "Alone":
        """With the day of every session open: any plan year, and any stretch of it."""
        if self.days_open:
            return self
        every = enclose(self.design.opening(year, met) for year in self.years for met in (False, True))
        return self._replace(opening=every.emptied, days_open=True)

    def joined(self, other: "Alone") -> "Alone":
        """Whatever is left in either."""
        if self.opening is None or other.opening is None:
            return self
        return self._replace(opening=enclose((self.opening, other.opening)))

    def _new(self, start: date) -> Opening:
        """A new plan year. One that takes over deductible of the last quarter may open with any of it used."""
        opening = self.design.opening(start.year, False)
        return opening if self.design.carry_over == "none" else opening.emptied

    def terms(self, line: Line) -> tuple[Terms, ...]:
        """Its own terms for a line."""
        kind: Kind = "visit"
        if line.component == "session":
            kind = self.session_kind
        elif line.component == "drug":
            kind = "pharmacy_drug" if line.pool == PHARMACY else "drug"
        days = [line.on] if line.on and not self.days_open else [date(year, 1, 1) for year in self.years]
        terms = self.design.terms_for(kind, [Turn(day, None, running=False) for day in days])
        # how many visits of its yearly number are left for this course is not followed here
        return terms if self.design.visit_limit is None else (*terms, NOT_COVERED)
