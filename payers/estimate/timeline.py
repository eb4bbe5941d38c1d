"""The course against the plan's calendar: which session falls into which plan year, and how the limits open there.

Within a course the limits start again at most once, and change once where the coverage tier does.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from payers.cost_share.bounds import Period, VisitBounds
from payers.cost_share.credit import Credit
from payers.cost_share.design import Design
from payers.cost_share.ledger import Ledger, Opening
from payers.cost_share.plan_calendar import JANUARY_FIRST, months_later, year_start

LAST_QUARTER_MONTHS = 3
"""A carry-over takes in what was applied in the last three months of a plan year."""


class Timeline(NamedTuple):
    """The first days of the plan years, and of each session the plan year and the period it falls into."""

    year_starts: tuple[date, ...]
    plan_years: tuple[int, ...]
    period_of: tuple[int, ...]
    periods: tuple[Period, ...]


def timeline(design: Design, days: Sequence[date], today: date) -> Timeline:
    """The plan years of a course whose days are known.

    What is met today belongs to the plan year that runs today, and so does a course that starts in an earlier one.
    """
    reset = design.reset or JANUARY_FIRST
    starts = [year_start(day, reset) for day in days]
    calendar = sorted(set(starts))
    changed = design.change_on
    stretches = [
        (start, changed is not None and start < changed <= day) for start, day in zip(starts, days, strict=True)
    ]
    several = sorted(set(stretches))
    running = calendar[0] <= year_start(today, reset)
    return Timeline(
        year_starts=tuple(calendar),
        plan_years=tuple(calendar.index(start) for start in starts),
        period_of=tuple(several.index(stretch) for stretch in stretches),
        periods=tuple(_periods(design, several, days[0], running=running)),
    )


def _periods(
    design: Design, stretches: Sequence[tuple[date, bool]], first_day: date, *, running: bool
) -> Iterator[Period]:
    for position, (start, after_change) in enumerate(stretches):
        met = running and start == stretches[0][0]
        if after_change and position:
            before, after = design.opening(start.year, False), design.after_change(start.year, False)
            yield Period(_nothing_left(after), _new_tier(before, after))
        elif after_change:
            yield Period(design.after_change(start.year, met))
        elif position and design.carry_over != "none":
            fresh = design.opening(start.year, False)
            since = months_later(start, -LAST_QUARTER_MONTHS)
            told_cents = _met(design, stretches[0], met=running) if first_day >= since else 0
            always = design.carry_over == "always"
            yield Period(_nothing_left(fresh), _carried(fresh, since, told_cents, always=always))
        else:
            yield Period(design.opening(start.year, met))


def _nothing_left(opening: Opening) -> Opening:
    """Between nothing left and all of it."""
    return Opening(opening.least._replace(left=tuple(0 for _ in opening.least.left)), opening.most)


def _met(design: Design, stretch: tuple[date, bool], *, met: bool) -> int:
    """The most that was credited to the deductible before the course, any of it perhaps in the last quarter."""
    start, after_change = stretch
    opens = design.after_change if after_change else design.opening
    whole, left = opens(start.year, False).remaining("deductible"), opens(start.year, met).remaining("deductible")
    return max(0, whole.high_cents - left.low_cents)


def _carried(
    fresh: Opening, since: date, told_cents: int, *, always: bool
) -> Callable[[Opening, Sequence[VisitBounds]], Opening]:
    """A new plan year less the deductible credit of the last quarter, which counts where the deductible was not met."""

    def follows(before: Opening, so_far: Sequence[VisitBounds]) -> Opening:
        left = before.remaining("deductible")
        surely, maybe = always or left.low_cents > 0, always or left.high_cents > 0
        least, most = fresh
        if maybe:
            least = least.after(Credit(deductible_cents=told_cents))
        for bounds in (line for visit in so_far for line in visit.lines):
            line = bounds.line
            if line.on is not None and line.on >= since:
                if maybe:
                    least = least.after(_deductible(bounds.credit_most), line.pool, line.member)
                if surely:
                    most = most.after(_deductible(bounds.credit_least), line.pool, line.member)
        return Opening(least, most)

    return follows


def _deductible(credit: Credit) -> Credit:
    return Credit(deductible_cents=credit.deductible_cents)


def _new_tier(before: Opening, after: Opening) -> Callable[[Opening, Sequence[VisitBounds]], Opening]:
    """The new tier's limits less what was credited to the old ones (a family account takes its member's credit)."""

    def follows(state: Opening, so_far: Sequence[VisitBounds]) -> Opening:
        least: list[int] = []
        most: list[int] = []
        for account, low, high in zip(after.least.accounts, after.least.left, after.most.left, strict=True):
            places = [
                place
                for place, old in enumerate(before.least.accounts)
                if old.kind == account.kind and old.governs == account.governs
            ]
            own = [place for place in places if before.least.accounts[place].member == account.member]
            credited = [
                (before.least.left[place] - state.most.left[place], before.most.left[place] - state.least.left[place])
                for place in own or places[:1]
            ]
            credited_low, credited_high = credited[0] if credited else (0, 0)
            least.append(low - max(0, credited_high))
            most.append(high - max(0, credited_low))
        return Opening(Ledger(after.least.accounts, tuple(least)), Ledger(after.most.accounts, tuple(most)))

    return follows
