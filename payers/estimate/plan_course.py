"""A course with the services beside it, laid against the calendar of one plan and sent through its limits."""

from collections.abc import Sequence
from typing import NamedTuple

from payers.cost_share.design import Design, Turn
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import Line, Visit
from payers.cost_share.plan_calendar import JANUARY_FIRST, year_start
from payers.cost_share.second_payer import SecondPayer
from payers.estimate.case import Case, World
from payers.estimate.course import Slot
from payers.estimate.course_ledger import CourseLedger, through_any_year, through_years
from payers.estimate.service_visits import Named, named, service_lines
from payers.estimate.session_price import possible_days
from payers.estimate.timeline import Timeline, timeline


class PlanCourse(NamedTuple):
    """The course in the plan's calendar.

    `along` is that of the sessions alone. `turns` are those of the services before, of the sessions and of the services
    after; each session's day and number where they are known.
    """

    case: Case
    world: World
    design: Design
    slots: Sequence[Slot]
    services: Named
    along: Timeline
    turns: tuple[tuple[Turn, ...], ...]
    reset_known: bool

    @property
    def session_turns(self) -> tuple[tuple[Turn, ...], ...]:
        """Where each session may stand."""
        first = len(self.services.before)
        return self.turns[first : first + len(self.slots)]

    @property
    def openings(self) -> tuple[Opening, ...]:
        """How each stretch of the course with its own limits may open; one where nobody knows when they start again."""
        if self.reset_known:
            return tuple(period.opening for period in self.along.periods)
        return (enclose(self._any_opening()),)

    @property
    def period_of(self) -> tuple[int, ...]:
        """The stretch of each session."""
        return self.along.period_of if self.reset_known else tuple(0 for _ in self.slots)

    def run(
        self, lines: Sequence[tuple[Line, ...]], behind: tuple[SecondPayer, ...], *, bounded: int | None
    ) -> CourseLedger:
        """The sessions with these lines, and the services. A reset of unknown day may come before any session."""
        ledger = self._through(lines, behind, bounded=bounded)
        years = (start.year for start in self.along.year_starts)
        return ledger._replace(amounts=tuple(amount for year in years for amount in self.design.amounts(year)))

    def _through(
        self, lines: Sequence[tuple[Line, ...]], behind: tuple[SecondPayer, ...], *, bounded: int | None
    ) -> CourseLedger:
        services = service_lines(self.case, self.world, self.services, self.slots, self.design, self.turns)
        if self.reset_known:
            visits = [Visit(period, each) for period, each in zip(self.period_of, lines, strict=True)]
            return through_years(visits, services, self.along.periods, behind, bounded=bounded)
        met, fresh = self._any_opening()
        current = year_start(self.case.today, self.design.reset or JANUARY_FIRST)
        begun = self.case.start_known and (
            self.along.year_starts[0] <= current if self.design.reset else self.case.start_on <= self.case.today
        )
        return through_any_year(
            lines, services, met if begun else enclose((met, fresh)), fresh, behind, bounded=bounded
        )

    def _any_opening(self) -> tuple[Opening, Opening]:
        """The plan year that runs, and a new one, where nobody knows which years those are."""
        starts, current = self.along.year_starts, year_start(self.case.today, self.design.reset or JANUARY_FIRST)
        met = enclose(self.design.opening(year, True) for year in {starts[0].year, current.year})
        fresh = enclose(
            self.design.opening(year, False) for year in {starts[0].year, starts[-1].year, current.year + 1}
        )
        if self.design.carry_over != "none":
            fresh = enclose((fresh, fresh.emptied))
        return met, fresh


def plan_course(case: Case, world: World, design: Design, slots: Sequence[Slot]) -> PlanCourse:
    """The course against the plan's calendar.

    A programme whose terms follow the number of a visit counts services with the sessions; a plan's yearly number of
    visits is of the treatment alone.
    """
    services = named(case, world)
    days = [slot.on for slot in slots]
    along = timeline(design, days, case.today)
    turns = [*[along.turns[0]] * len(services.before), *along.turns, *[along.turns[-1]] * len(services.after)]
    if design.of_session:
        turns = timeline(
            design, [*days[:1] * len(services.before), *days, *days[-1:] * len(services.after)], case.today
        ).turns
    reset_known = design.reset is not None and case.start_known and not case.any_count
    places = tuple((turn,) if reset_known else _any_turn(case, turn) for turn in turns)
    return PlanCourse(case, world, design, slots, services, along, places, reset_known)


def _any_turn(case: Case, turn: Turn) -> tuple[Turn, ...]:
    """Where a session may stand when nobody knows its number in the plan year, or not even its day."""
    return tuple(Turn(day, None, running=False) for day in possible_days(case, turn.on))
