"""Every world that the open inputs allow, each computed with proven bounds, and the hull of them all."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from statistics import median_low
from typing import NamedTuple

from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share import tricare_secondary
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.bounds import (
    Aid,
    CourseBounds,
    Helper,
    Line,
    LineBounds,
    Visit,
    VisitBounds,
    bound,
    enclose,
    highs,
    lows,
    paths,
    run,
)
from payers.cost_share.design import JANUARY_FIRST, Design, YearAmount, no_cost_share
from payers.cost_share.ledger import Opening
from payers.cost_share.money import ZERO, Range, hull, share_of
from payers.cost_share.plan import MAX_CENTS
from payers.estimate import prices
from payers.estimate.case import OFFICE, Case, World
from payers.estimate.course import Slot
from payers.estimate.designs import designs
from payers.estimate.helpers import helper_for
from payers.estimate.prices import FEE_LINES, Price, Service
from payers.estimate.session import PlanSession, self_pay_lines


class Priced(NamedTuple):
    """The sessions of a course and the price of each."""

    slots: list[Slot]
    prices: list[Price]


class PlanYear(NamedTuple):
    """What the patient pays in the plan year that starts on `starts_on`."""

    starts_on: date
    patient_pays: Range


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
    price: Price
    amounts: tuple[YearAmount, ...]
    """Yearly amounts of public programmes that bound it."""
    openings: tuple[Opening, ...]
    """How each plan year opens; one for the whole course where nobody knows when the limits start again."""
    reset_known: bool

    @property
    def self_pay(self) -> bool:
        """No plan shares the cost in this world."""
        return self.world.lane is None


def evaluate(case: Case, *, bounded: int | None = None) -> list[Outcome]:
    """The outcome of every world, the main one first; `bounded` limits how many sessions are told one by one.

    Of a course whose length nobody knows, the typical number of sessions is told.
    """
    if bounded is None and case.any_count:
        bounded = case.treatment.typical_sessions
    outcomes: list[Outcome] = []
    for decision in case.decisions():
        for approval in case.approvals(decision):
            if approval == "denied" or decision.status in ("not-covered", "self-pay"):
                outcomes.extend(self_pay(case, World(decision, approval), bounded=bounded))
                continue
            for lane in case.lanes(decision):
                for network in case.networks(decision):
                    outcomes.extend(_shared(case, World(decision, approval, lane, network), bounded=bounded))
    return outcomes


def self_pay(case: Case, world: World, *, bounded: int | None = None) -> Iterator[Outcome]:
    """The worlds in which the patient pays the clinic's price; one for each schedule."""
    nothing = no_cost_share().opening(case.today.year, False)
    for slots in case.schedules():
        asked = [
            _price(case, slot, None, lambda service: prices.cash(case.catalogue, case.question.prices, service))
            for slot in slots
        ]
        bounds = run([Visit(0, self_pay_lines(price.amount)) for price in asked], [nothing], bounded=bounded)
        most = [price.amount.high_cents for price in asked]
        yield _outcome(case, world, Priced(slots, asked), bounds, [nothing], most)


def _shared(case: Case, world: World, *, bounded: int | None) -> Iterator[Outcome]:
    """The worlds in which a plan shares the cost; one for each schedule and each design left open."""
    line = world.decision.line_of_business

    def allowed(service: Service) -> Price | None:
        return prices.allowed(case.catalogue, case.question.prices, service, case.payer.slug, line, world.decision.plan)

    for slots in case.schedules():
        course = Priced(slots, [_price(case, slot, line, allowed) for slot in slots])
        for design in designs(case, world):
            yield _through(case, world, course, design, bounded=bounded)


def _through(case: Case, world: World, course: Priced, design: Design, *, bounded: int | None) -> Outcome:
    """One course through one design. A reset whose day is not known may come before any session."""
    helper, aid = helper_for(case, world.decision)
    split = bool(case.doses_mg) and (bool(aid) or any(kind in design.terms for kind in ("drug", "visit")))
    sessions = [_session(case, world, slot, price) for slot, price in zip(*course, strict=True)]
    lines = [session.lines(design, split=split) for session in sessions]
    # Drug and visit are bounded apart, but together they are never more than the session.
    most = [max(each.high_cents for each in (session.allowed, session.charge) if each) for session in sessions]
    reset = design.reset or JANUARY_FIRST
    starts = [year_start(slot.on, reset) for slot in course.slots]
    calendar = sorted(set(starts))
    current = year_start(case.today, reset)
    reset_known = design.reset is not None and case.start_known and not case.any_count
    if reset_known:
        openings = [
            design.opening(start.year, position == 0 and start <= current) for position, start in enumerate(calendar)
        ]
        visits = [Visit(calendar.index(start), each) for start, each in zip(starts, lines, strict=True)]
        bounds = run(visits, openings, helper, aid=aid, bounded=bounded)
    else:
        met = _enclose(design.opening(year, True) for year in {starts[0].year, current.year})
        fresh = _enclose(design.opening(year, False) for year in {starts[0].year, starts[-1].year, current.year + 1})
        openings = [_enclose((met, fresh))]
        begun = case.start_known and (starts[0] <= current if design.reset else case.start_on <= case.today)
        running = met if begun else openings[0]
        bounds = _any_reset(lines, running, fresh, helper, aid=aid, bounded=bounded)
    amounts = tuple(amount for start in calendar for amount in design.amounts(start.year))
    return _outcome(case, world, course, bounds, openings, most, amounts, reset=reset, reset_known=reset_known)


def _session(case: Case, world: World, slot: Slot, price: Price) -> PlanSession:
    question, decision = case.question, world.decision
    service = _service(case, slot.on, decision.line_of_business)
    visit = prices.observation(case.catalogue, question.prices, service)
    amount, charge = price.amount, None
    if world.network == "out" and decision.line_of_business == "military":
        charge = Range(low_cents=amount.low_cents, high_cents=share_of(amount.high_cents, tricare_secondary.BALANCE_BP))
    elif world.network == "out":
        asked = prices.cash(case.catalogue, question.prices, service)
        charge = price.amount if asked is None else asked.amount
        if price.basis not in ("request", "contracted-rate"):
            amount = Range(low_cents=0, high_cents=charge.high_cents)
        amount = Range(
            low_cents=min(amount.low_cents, charge.low_cents), high_cents=min(amount.high_cents, charge.high_cents)
        )
    return PlanSession(
        catalogue=case.catalogue,
        treatment=question.treatment,
        rule=decision.rule,
        dose_mg=case.doses_mg[0] if len(case.doses_mg) == 1 else None,
        on=slot.on,
        lane=world.lane or "medical",
        allowed=amount,
        visit=ZERO if visit is None else visit.amount,
        charge=charge,
    )


def _any_reset(
    lines: Sequence[tuple[Line, ...]],
    met: Opening,
    fresh: Opening,
    helper: Helper,
    *,
    aid: Aid | None,
    bounded: int | None,
) -> CourseBounds:
    """The plan year may start again before any session, or before none.

    `met` is the year that runs when the course starts, which a later start may find renewed already. Every session is
    taken as wide as any of them, since nobody knows which falls where. A session is then either one
    of the running year or the first, second, ... of a new one, and the sum is the running year's for the first
    sessions and the new year's for the rest.
    """
    widest = tuple(_widest(several) for several in zip(*lines, strict=True))
    visits = [Visit(0, widest) for _ in lines]
    running = bound(visits, [met], helper, bounded=bounded)
    renewed = bound(visits, [fresh], helper, bounded=bounded)
    any_renewed = accumulate(renewed, lambda wider, visit: _hull_visits((wider, visit)))
    either = tuple(_hull_visits(pair) for pair in zip(running, any_renewed, strict=True))

    def split(*, dear: bool) -> Iterator[tuple[int, ...]]:
        """Every course that begins in the running year and ends in a new one, and the one that stays."""
        for before, after in zip(
            paths(visits, [met], helper, dear=dear), paths(visits, [fresh], helper, dear=dear), strict=True
        ):
            for start in range(len(visits) + 1):
                yield before[:start] + after[: len(visits) - start]

    return CourseBounds(
        either,
        lows(visits, either) if aid else min(split(dear=False), key=sum),
        highs(visits, [_enclose((met, fresh))], helper, either)
        if aid == "uncredited"
        else max(split(dear=True), key=sum),
    )


def _widest(lines: Sequence[Line]) -> Line:
    charges = [line.charge for line in lines if line.charge is not None]
    return lines[0]._replace(allowed=hull(line.allowed for line in lines), charge=hull(charges) if charges else None)


def _outcome(
    case: Case,
    world: World,
    course: Priced,
    bounds: CourseBounds,
    openings: Sequence[Opening],
    most: Sequence[int],
    amounts: tuple[YearAmount, ...] = (),
    *,
    reset: tuple[int, int] = JANUARY_FIRST,
    reset_known: bool = True,
) -> Outcome:
    slots, session_prices = course
    starts = [year_start(slot.on, reset) for slot in slots]
    calendar = sorted(set(starts))
    visits = tuple(
        visit._replace(patient_pays=_at_most(visit.patient_pays, cents))
        for visit, cents in zip(bounds.visits, most, strict=False)
    )
    rows = [visit.patient_pays for visit in visits]
    whole = _at_most(Range(low_cents=sum(bounds.cheapest), high_cents=sum(bounds.dearest)), sum(most))
    by_year: list[PlanYear] = []
    for start in calendar:
        inside = [position for position, each in enumerate(starts) if each == start]
        if reset_known:
            low = sum(bounds.cheapest[position] for position in inside)
            high = min(sum(bounds.dearest[position] for position in inside), sum(most[position] for position in inside))
        elif len(rows) == len(slots):
            low = sum(rows[position].low_cents for position in inside)
            high = min(whole.high_cents, sum(rows[position].high_cents for position in inside))
        else:
            low, high = 0, whole.high_cents
        if case.any_count:
            low = rows[0].low_cents if inside[0] == 0 else 0
        by_year.append(PlanYear(start, Range(low_cents=low, high_cents=high)))
    typical = _median(rows)
    if case.any_count:
        whole = Range(low_cents=min(whole.low_cents, rows[0].low_cents), high_cents=whole.high_cents)
        typical = hull(rows)
        if any(opening.least.out_of_pocket.remaining_cents < UNLIMITED_CENTS for opening in openings):
            typical = Range(low_cents=0, high_cents=typical.high_cents)
    return Outcome(
        world=world,
        slots=tuple(slots),
        years=tuple(calendar.index(start) for start in starts),
        visits=visits,
        first=rows[0],
        typical=typical,
        course=whole,
        by_year=tuple(by_year),
        price=prices.join(session_prices),
        amounts=amounts,
        openings=tuple(openings),
        reset_known=reset_known,
    )


def _at_most(amount: Range, cents: int) -> Range:
    return Range(low_cents=amount.low_cents, high_cents=min(amount.high_cents, cents))


def _median(rows: Sequence[Range]) -> Range:
    return Range(
        low_cents=median_low([row.low_cents for row in rows]), high_cents=median_low([row.high_cents for row in rows])
    )


def year_start(on: date, reset: tuple[int, int]) -> date:
    """The first day of the plan year that holds `on`; a reset on 29 February falls on 28 in other years."""
    month, day = reset
    for year in (on.year, on.year - 1):
        start = date(year, month, min(day, monthrange(year, month)[1]))
        if start <= on:
            return start
    raise AssertionError("a plan year starts every year")


def _service(case: Case, on: date, line: LineOfBusiness | None) -> Service:
    """What is priced. Only lines that follow Medicare's fee look at the place; the clinic is an office by default."""
    place = case.question.place_of_service if line in FEE_LINES else None
    return Service(
        treatment=case.question.treatment,
        indication=case.indications[0],
        doses_mg=case.doses_mg,
        on=on,
        place_of_service=place or OFFICE,
    )


def _price(case: Case, slot: Slot, line: LineOfBusiness | None, ask: Callable[[Service], Price | None]) -> Price:
    """The price of one session; of every day it may be on when nobody said when the course starts.

    With nothing on file a price lies anywhere up to the highest amount the product handles.
    """
    days = [slot.on] if case.start_known else [slot.on, date(slot.on.year + 1, 1, 1)]
    found = [price for day in days if (price := ask(_service(case, day, line)))]
    return (
        prices.join(found) if found else Price(Range(low_cents=0, high_cents=MAX_CENTS), "published-range", (), False)
    )


def _enclose(openings: Iterable[Opening]) -> Opening:
    several = tuple(openings)
    return Opening(enclose([each.least for each in several], min), enclose([each.most for each in several], max))


def _hull_visits(visits: Sequence[VisitBounds]) -> VisitBounds:
    return VisitBounds(
        lines=tuple(hull_lines(lines) for lines in zip(*(visit.lines for visit in visits), strict=True)),
        patient_pays=hull(visit.patient_pays for visit in visits),
        after=_enclose(visit.after for visit in visits),
    )


def hull_lines(lines: Sequence[LineBounds]) -> LineBounds:
    """The hull of the same line in several worlds, part by part."""
    return LineBounds(
        line=lines[0].line._replace(allowed=hull(each.line.allowed for each in lines)),
        deductible=hull(each.deductible for each in lines),
        copay=hull(each.copay for each in lines),
        coinsurance=hull(each.coinsurance for each in lines),
        balance_bill=hull(each.balance_bill for each in lines),
        plan_pays=hull(each.plan_pays for each in lines),
        other_payers_pay=hull(each.other_payers_pay for each in lines),
        assistance=hull(each.assistance for each in lines),
        patient_pays=hull(each.patient_pays for each in lines),
    )
