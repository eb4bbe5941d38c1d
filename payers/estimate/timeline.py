"""The course against the plan's calendar: which session falls into which plan year, and how the limits open there.

Within a course the limits start again at most once, and change once where the coverage tier does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from payers.cost_share.bounds import Period, VisitBounds
from payers.cost_share.credit import Credit
from payers.cost_share.design import Design, Turn
from payers.cost_share.ledger import Account, Ledger, Opening
from payers.cost_share.plan_calendar import JANUARY_FIRST, months_later, year_start

Follows = Callable[[Opening, Sequence[VisitBounds]], Opening]

LAST_QUARTER_MONTHS = 3
"""A carry-over takes in what was applied in the last three months of a plan year."""


class Timeline(NamedTuple):
    """The first days of the plan years, and of each session the period it falls into and its turn in the plan year."""

    year_starts: tuple[date, ...]
    period_of: tuple[int, ...]
    turns: tuple[Turn, ...]
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
        period_of=tuple(several.index(stretch) for stretch in stretches),
        turns=tuple(
            Turn(day, starts[: position + 1].count(start), running and start == calendar[0])
            for position, (day, start) in enumerate(zip(days, starts, strict=True))
        ),
        periods=tuple(_periods(design, several, days[0], running=running)),
    )


def _periods(
    design: Design, stretches: Sequence[tuple[date, bool]], first_day: date, *, running: bool
) -> Iterator[Period]:
    for position, (start, after_change) in enumerate(stretches):
        opens = design.after_change if after_change else design.opening
        opening = opens(start.year, running and start == stretches[0][0])
        if not position:
            yield Period(opening)
            continue
        before = stretches[position - 1]
        if before[0] == start:
            yield Period(opens(start.year, False).emptied, _changed(design, stretches[0], start, running=running))
        elif design.carry_over != "none":
            since = months_later(start, -LAST_QUARTER_MONTHS)
            told: Mapping[Account, int] = {}
            if first_day >= since:
                told = _met(design, stretches[0], met=running)
            carried = _carried(opening, since, told, always=design.carry_over == "always")
            if not before[1] and design.change_on is not None and before[0] < design.change_on < start:
                # the year ended with the limits of a tier under which there was no session
                carried = _then(_changed(design, stretches[0], before[0], running=running), carried)
            yield Period(opening.emptied, carried)
        else:
            yield Period(opening)


def _changed(design: Design, first: tuple[date, bool], start: date, *, running: bool) -> Follows:
    """How the limits of a new tier open within the plan year that starts on `start`."""
    later = start != first[0]
    return _new_tier(
        design.opening(start.year, False),
        design.after_change(start.year, False),
        design.after_change(start.year, running and not later),
        start,
        carries=later and design.carry_over != "none",
    )


def _then(first: Follows, second: Follows) -> Follows:
    return lambda before, so_far: second(first(before, so_far), so_far)


def _met(design: Design, stretch: tuple[date, bool], *, met: bool) -> Mapping[Account, int]:
    """The most that was credited to each deductible before the course, any of it perhaps in the last quarter."""
    start, after_change = stretch
    opens = design.after_change if after_change else design.opening
    whole, left = opens(start.year, False).most, opens(start.year, met).least
    return {
        account: max(0, high - low)
        for account, high, low in zip(whole.accounts, whole.left, left.left, strict=True)
        if account.kind == "deductible"
    }


def _carried(fresh: Opening, since: date, told: Mapping[Account, int], *, always: bool) -> Follows:
    """A new plan year less the deductible credit of the last quarter, which counts where the deductible was not met."""

    def follows(before: Opening, so_far: Sequence[VisitBounds]) -> Opening:
        least, most = fresh
        ended = dict(zip(before.most.accounts, before.most.left, strict=True))
        least = least._replace(
            left=tuple(
                left - (told.get(account, 0) if always or ended.get(account, 1) > 0 else 0)
                for account, left in zip(least.accounts, least.left, strict=True)
            )
        )
        for bounds in (line for visit in so_far for line in visit.lines):
            line = bounds.line
            if line.on is not None and line.on >= since:
                left = before.remaining("deductible", line.pool, line.member)
                if always or left.high_cents:
                    least = least.after(_deductible(bounds.credit_most), line.pool, line.member)
                if always or left.low_cents:
                    most = most.after(_deductible(bounds.credit_least), line.pool, line.member)
        return Opening(least, most)

    return follows


def _deductible(credit: Credit) -> Credit:
    return Credit(deductible_cents=credit.deductible_cents)


def _new_tier(before: Opening, after: Opening, told: Opening, year_start: date, *, carries: bool) -> Follows:
    """The new tier's limits less what was credited to the old ones.

    `before` and `after` are both tiers with nothing met, `told` the new one less what was met before the course. A
    family that had no limit takes the credit of its members. A member who had none, or a limit of which there was none,
    takes what was told and what the sessions of the year credited; where deductible may have been carried over, a
    member up to all that the family had.
    """

    def follows(state: Opening, so_far: Sequence[VisitBounds]) -> Opening:
        def credited(account: Account) -> tuple[int, int]:
            """What the old tier's limits of that kind were credited, by the same owner or by all there are."""
            places = [
                place
                for place, old in enumerate(before.least.accounts)
                if old.kind == account.kind and old.governs == account.governs
            ]
            own = [place for place in places if before.least.accounts[place].member == account.member]
            ends = [
                (before.least.left[place] - state.most.left[place], before.most.left[place] - state.least.left[place])
                for place in own or places
            ]
            return max(0, sum(low for low, _ in ends)), max(0, sum(high for _, high in ends))

        of_year = told
        for bounds in (line for visit in so_far for line in visit.lines):
            line = bounds.line
            if line.on is not None and line.on >= year_start:
                of_year = of_year.after(bounds.credit_least, bounds.credit_most, line.pool, line.member)
        least: list[int] = []
        most: list[int] = []
        owners = {(old.kind, old.governs, old.member) for old in before.least.accounts}
        limited = {(old.kind, old.governs) for old in before.least.accounts}
        for place, account in enumerate(after.least.accounts):
            low, high = credited(account)
            by_state = after.least.left[place] - high, after.most.left[place] - low
            new_limit = (account.kind, account.governs) not in limited
            new_owner = account.member is not None and (account.kind, account.governs, account.member) not in owners
            if new_limit or new_owner:
                may_carry = carries and account.kind == "deductible" and not new_limit
                least.append(by_state[0] if may_carry else of_year.least.left[place])
                most.append(of_year.most.left[place])
            else:
                least.append(by_state[0])
                most.append(by_state[1])
        return Opening(Ledger(after.least.accounts, tuple(least)), Ledger(after.most.accounts, tuple(most)))

    return follows
