"""Every world that the open inputs allow, each computed with proven bounds, and the hull of them all."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import product
from statistics import median_low
from typing import NamedTuple

from msgspec.structs import replace

from payers.catalogue.vocabulary import ServiceKind
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.apart import once_a_session
from payers.cost_share.bounds import Period, VisitBounds, run
from payers.cost_share.design import Design, Turn, YearAmount
from payers.cost_share.ledger import Opening
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, Visit
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.plan_calendar import JANUARY_FIRST, year_start
from payers.estimate import prices
from payers.estimate.case import Case, World
from payers.estimate.charges import asked, outside_medicare
from payers.estimate.course import Slot
from payers.estimate.course_ledger import CourseLedger
from payers.estimate.designs import designs
from payers.estimate.payers_alone import payers_alone
from payers.estimate.plan_course import PlanCourse, plan_course
from payers.estimate.prices import Price, Service
from payers.estimate.question import PriceInput, Question
from payers.estimate.real_rates import real_session
from payers.estimate.roles import arranged, second_plan, with_second, without_second
from payers.estimate.second_payers import drug_apart, second_payers
from payers.estimate.services_alone import services_alone
from payers.estimate.session import PlanSession, self_pay_lines
from payers.estimate.session_price import cash_price, price_of, visit_price
from payers.estimate.visits import excluded, limited, within_limit


class Priced(NamedTuple):
    """The sessions of a course and the price of each."""

    slots: list[Slot]
    prices: list[Price]


class PlanYear(NamedTuple):
    """What the patient pays in the plan year that starts on `starts_on`, and with the services named."""

    starts_on: date
    patient_pays: Range
    with_services: Range
    services: Mapping[ServiceKind, Range]
    """For the services of each kind next to the sessions of that year."""


class Outcome(NamedTuple):
    """What one world costs."""

    world: World
    slots: tuple[Slot, ...]
    years: tuple[int, ...]
    """The plan year of each slot, counted from the course's first."""
    visits: tuple[VisitBounds, ...]
    first: Range
    typical: Range
    course: Range
    by_year: tuple[PlanYear, ...]
    services: Mapping[ServiceKind, Range]
    """What the patient pays for all services of a kind that the question names."""
    with_services: Range
    """The course and those services, along the same consistent courses."""
    price: Price
    amounts: tuple[YearAmount, ...]
    """Yearly amounts of public programmes that bound it."""
    openings: tuple[Opening, ...]
    """How each stretch of the course with its own limits may open; one for the whole course where nobody knows when
    the limits start again, none without a plan."""
    period_of: tuple[int, ...]
    """The stretch of each slot."""
    first_opens: Opening
    """What is left of the limits when the first session begins: services may come before it."""
    reset_known: bool
    case: Case
    """The question as this world asks it."""
    session_prices: tuple[Price, ...]
    design: Design | None
    """The plan, absent where none shares the cost."""

    @property
    def not_final(self) -> tuple[YearAmount, ...]:
        """The yearly amounts in dollars that nobody published as final, each parameter once."""
        several = (each for each in self.amounts if not each.settled and each.parameters[0].unit != "basis-points")
        return tuple({(each.parameters[0].id, each.year): each for each in several}.values())

    @property
    def self_pay(self) -> bool:
        """No plan shares the cost in this world."""
        return self.world.lane is None

    @property
    def pool(self) -> str:
        """The pool of claims that the clinic's visits fall into."""
        return OUT_OF_NETWORK if self.world.network == "out" else MEDICAL


def evaluate(case: Case, *, bounded: int | None = None) -> list[Outcome]:
    """The outcome of every world, the main one first; `bounded` limits how many sessions are told one by one.

    Of a course whose length nobody knows, the typical number of sessions is told.
    """
    if bounded is None and case.any_count:
        bounded = case.treatment.typical_sessions
    return [outcome for reading in case.readings() for outcome in _evaluate(reading, bounded)]


def _evaluate(case: Case, bounded: int | None) -> list[Outcome]:
    """The outcome of every world in which the plan is meant in one way."""
    outcomes: list[Outcome] = []
    for decision in case.decisions:
        for approval in case.approvals(decision):
            alone = approval == "denied" or decision.status in ("not-covered", "self-pay")
            if alone or outside_medicare(case, decision):
                outcomes.extend(unshared(case, World(decision, approval), bounded=bounded))
                continue
            for question in arranged(case.question, decision):
                outcomes.extend(_in_order(case, question, World(decision, approval), bounded=bounded))
    return outcomes


def unshared(case: Case, world: World, *, bounded: int | None = None) -> Iterator[Outcome]:
    """The worlds in which the payer asked about pays nothing.

    It denied what was asked of it: a plan that pays before it has not, and pays by its own terms with nobody behind.
    """
    orders = arranged(case.question, world.decision) if world.approval == "denied" else (case.question,)
    for question in orders:
        if question is case.question:
            yield from _self_pay(case, world, bounded=bounded)
        else:
            yield from _in_order(case, without_second(question), world, bounded=bounded)


def _in_order(case: Case, question: Question, world: World, *, bounded: int | None) -> Iterator[Outcome]:
    """The worlds in which the first of the plans, as the question has them in order, shares the cost."""
    other_first = question is not case.question
    for lane, network in product(case.lanes(world.decision), case.networks(world.decision)):
        shared = world._replace(lane=lane, network=network, other_first=other_first)
        order = case._replace(question=_own_amount_behind(case, question, shared)) if other_first else case
        yield from _shared(order, shared, bounded=bounded)


def _own_amount_behind(case: Case, question: Question, world: World) -> Question:
    """The plans as `question` has them in order, the payer asked about behind with what it may allow itself.

    Where the amount of the other plan alone was told, the payer asked about does not follow it.
    """
    told = case.question.prices and case.question.prices.allowed_per_session
    behind = second_plan(question)
    if behind is None or told or not (question.prices and question.prices.allowed_per_session):
        return question
    line, allowed = world.decision.line_of_business, partial(_allowed, case, world)
    several = hull(price_of(case, slot, line, allowed).amount for slots in case.schedules for slot in slots)
    own = PriceInput(low_cents=several.low_cents, high_cents=several.high_cents)
    return with_second(question, replace(behind, allowed_per_session=own))


def _self_pay(case: Case, world: World, *, bounded: int | None) -> Iterator[Outcome]:
    """The worlds in which the patient, or other coverage, pays the clinic's price; one for each schedule.

    Their plan years are those of the plan that does not pay.
    """
    behind = payers_alone(case, world.decision)
    reset = next(iter(designs(case, world))).reset or JANUARY_FIRST
    for slots in case.schedules:
        charged = [cash_price(case, slot) for slot in slots]
        visits = [Visit(0, self_pay_lines(price.amount)) for price in charged]
        bounds = run(visits, [Period(Opening())], behind, bounded=bounded)
        most = [price.amount.high_cents for price in charged]
        calendar = sorted({year_start(slot.on, reset) for slot in slots})
        ledger = services_alone(case, world, slots, bounds)
        yield _outcome(case, world, Priced(slots, charged), ledger, most, calendar)


def _shared(case: Case, world: World, *, bounded: int | None) -> Iterator[Outcome]:
    """The worlds in which a plan shares the cost; one for each schedule and each design left open."""
    line, allowed = world.decision.line_of_business, partial(_allowed, case, world)
    for slots in case.schedules:
        course = Priced(slots, [price_of(case, slot, line, allowed) for slot in slots])
        for design in designs(case, world):
            for each in _by_line(case, world, design):
                yield _through(case, world, course, each, bounded=bounded)


def _allowed(case: Case, world: World, service: Service) -> Price | None:
    """What the payer asked about allows for a session on one day."""
    real = real_session(case, world, service.on) if world.lane == "medical" else None
    line, plan = world.decision.line_of_business, world.decision.plan
    return prices.allowed(case.catalogue, case.question.prices, service, case.payer.slug, line, plan, real)


def _by_line(case: Case, world: World, design: Design) -> Iterable[Design]:
    """The design, where only a second payer sets drug and visit apart in every way its session terms may fall."""
    if world.lane == "medical" and case.doses_mg and drug_apart(second_payers(case, world.decision)):
        return (design,) if {"drug", "visit"} & design.terms.keys() else once_a_session(design)
    return (design,)


def _through(case: Case, world: World, course: Priced, design: Design, *, bounded: int | None) -> Outcome:
    """One course through one design."""
    behind = second_payers(case, world.decision)
    split = bool(case.doses_mg) and (drug_apart(behind) or any(kind in design.terms for kind in ("drug", "visit")))
    planned = plan_course(case, world, design, course.slots)
    apart = split or world.lane == "pharmacy"
    sessions = [_session(case, world, *each, apart=apart) for each in zip(*course, planned.session_turns, strict=True)]
    lines = [session.lines(design, split=split) for session in sessions]
    # Drug and visit are bounded apart, but together they are never more than the session.
    most = [session.most_cents for session in sessions]
    for position, (slot, session) in enumerate(zip(course.slots, sessions, strict=True)):
        covered = within_limit(design.visit_limit, session.turns[0]) if design.visit_limit else True
        if excluded(lines[position]):
            covered = False
        if not covered:
            cash = cash_price(case, slot).amount
            lines[position] = limited(lines[position], cash, covered=covered)
            most[position] = max(most[position], cash.high_cents)
    ledger = planned.run(lines, behind, bounded=bounded)
    return _outcome(case, world, course, ledger, most, planned.along.year_starts, planned)


def _session(
    case: Case, world: World, slot: Slot, price: Price, turns: tuple[Turn, ...], *, apart: bool
) -> PlanSession:
    """One session; what the visit by itself costs is looked up only where it stands `apart` from the drug."""
    decision, visit = world.decision, visit_price(case, world, slot) if apart else None
    allowed, charge = asked(case, world, price, lambda: cash_price(case, slot))
    return PlanSession(
        catalogue=case.catalogue,
        treatment=case.treatment,
        rule=decision.rule,
        dose_mg=case.doses_mg[0] if len(case.doses_mg) == 1 else None,
        on=slot.on,
        lane=world.lane or "medical",
        network=world.network or "in",
        contracted=price.amount,
        allowed=allowed,
        visit=ZERO if visit is None else visit.amount,
        charge=charge,
        turns=turns,
    )


def _outcome(
    case: Case,
    world: World,
    course: Priced,
    ledger: CourseLedger,
    most: Sequence[int],
    calendar: Sequence[date],
    planned: PlanCourse | None = None,
) -> Outcome:
    slots, session_prices = course
    bounds, beside = ledger.sessions, ledger.beside
    reset_known = planned is None or planned.reset_known
    openings = planned.openings if planned else ()
    years = [bisect_right(calendar, slot.on) - 1 for slot in slots]
    starts = [calendar[year] for year in years]
    visits = tuple(
        visit
        if visit.patient_pays.high_cents <= cents
        else visit._replace(patient_pays=_at_most(visit.patient_pays, cents))
        for visit, cents in zip(bounds.visits, most, strict=False)
    )
    rows = [visit.patient_pays for visit in visits]
    most = [*(row.high_cents for row in rows), *most[len(rows) :]]
    inside = [[position for position, each in enumerate(starts) if each == start] for start in calendar]

    def at_most(dearest: Sequence[int], most: Sequence[int]) -> int:
        """The dearest course, no more in any plan year than its sessions are at most."""
        several = inside if reset_known else [range(len(most))]
        return sum(min(sum(each[position] for position in year) for each in (dearest, most)) for year in several)

    whole = Range(low_cents=sum(bounds.cheapest), high_cents=at_most(bounds.dearest, most))
    most_with = [cents + each.high_cents for cents, each in zip(most, beside, strict=True)]
    every = Range(low_cents=sum(ledger.cheapest), high_cents=at_most(ledger.dearest, most_with))
    rows_with = [row + each for row, each in zip(rows, beside, strict=False)]

    def in_year(year: Sequence[int], ends: tuple[Sequence[int], ...], rows: Sequence[Range], whole: Range) -> Range:
        cheapest, *dearest = ends
        if reset_known:
            low = sum(cheapest[position] for position in year)
            high = min(sum(each[position] for position in year) for each in dearest)
        elif len(rows) == len(slots):
            low = sum(rows[position].low_cents for position in year)
            high = min(whole.high_cents, sum(rows[position].high_cents for position in year))
        else:
            low, high = 0, whole.high_cents
        if case.any_count:
            low = rows[0].low_cents if year[0] == 0 else 0
        return Range(low_cents=low, high_cents=high)

    by_year: list[PlanYear] = []
    for start, year in zip(calendar, inside, strict=True):
        alone = in_year(year, (bounds.cheapest, bounds.dearest, most), rows, whole)
        ends_with = ledger.cheapest, ledger.dearest, most_with
        together = in_year(year, ends_with, rows_with, every) if any(ledger.services) else alone
        by_year.append(PlanYear(start, alone, together, ledger.by_service(year)))
    typical = _median(rows)
    if case.any_count:
        whole = _at_least(whole, rows[0].low_cents)
        every = _at_least(every, rows[0].low_cents + sum(each.low_cents for each in beside))
        typical = hull(rows)
        if any(opening.least.remaining_cents("out-of-pocket-maximum") < UNLIMITED_CENTS for opening in openings):
            typical = Range(low_cents=0, high_cents=typical.high_cents)
    return Outcome(
        world=world,
        slots=tuple(slots),
        years=tuple(years),
        visits=visits,
        first=rows[0],
        typical=typical,
        course=whole,
        by_year=tuple(by_year),
        services=ledger.by_service(),
        with_services=every,
        price=prices.join(session_prices),
        amounts=ledger.amounts,
        openings=openings,
        period_of=planned.period_of if planned else (),
        first_opens=ledger.opens,
        reset_known=reset_known,
        case=case,
        session_prices=tuple(session_prices),
        design=planned and planned.design,
    )


def _at_most(amount: Range, cents: int) -> Range:
    return Range(low_cents=amount.low_cents, high_cents=min(amount.high_cents, cents))


def _at_least(amount: Range, cents: int) -> Range:
    """A range that reaches down to an amount."""
    return Range(low_cents=min(amount.low_cents, cents), high_cents=amount.high_cents)


def _median(rows: Sequence[Range]) -> Range:
    return Range(
        low_cents=median_low([row.low_cents for row in rows]), high_cents=median_low([row.high_cents for row in rows])
    )
