"""What is priced: a session or a service of the case on its day, or on every day it may be on."""

from collections.abc import Callable
from datetime import date

from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.money import Range
from payers.cost_share.plan import MAX_CENTS
from payers.estimate import prices
from payers.estimate.case import OFFICE, Case, World
from payers.estimate.course import Slot
from payers.estimate.prices import FEE_LINES, Price, Service
from payers.estimate.real_rates import real_session


def cash_price(case: Case, slot: Slot) -> Price:
    """What the clinic asks for a session that no plan shares."""
    return price_of(case, slot, None, lambda service: prices.cash(case.catalogue, case.question.prices, service))


def visit_price(case: Case, world: World, slot: Slot) -> Price | None:
    """What is allowed for the visit alone, on every day that it may be on; absent where nobody knows."""
    line = world.decision.line_of_business
    found = [
        price
        for day in priced_days(case, slot.on)
        if (
            price := prices.observation(
                case.catalogue, case.question.prices, service_on(case, day, line), real_session(case, world, day)
            )
        )
    ]
    return prices.join(found) if found else None


def service_on(case: Case, on: date, line: LineOfBusiness | None) -> Service:
    """What is priced. Only lines that follow Medicare's fee look at the place; the clinic is an office by default."""
    place = case.question.place_of_service if line in FEE_LINES else None
    return Service(
        treatment=case.question.treatment,
        indication=case.indications[0],
        doses_mg=case.doses_mg,
        on=on,
        place_of_service=place or OFFICE,
        patient=case.patient,
    )


def price_of(case: Case, slot: Slot, line: LineOfBusiness | None, ask: Callable[[Service], Price | None]) -> Price:
    """The price of one session; of every day it may be on when nobody said when the course starts.

    With nothing on file a price lies anywhere up to the highest amount the product handles.
    """
    found = [price for day in priced_days(case, slot.on) if (price := ask(service_on(case, day, line)))]
    return (
        prices.join(found) if found else Price(Range(low_cents=0, high_cents=MAX_CENTS), "published-range", (), False)
    )


def possible_days(case: Case, on: date) -> tuple[date, ...]:
    """The day of a session, and when nobody said when the course starts, one of the next calendar year."""
    return (on,) if case.start_known else (on, date(on.year + 1, 1, 1))


def priced_days(case: Case, on: date) -> tuple[date, ...]:
    """Those days, and each on which the clinic's rows or what it chose of a payer's rates changes.

    A start may be as late as the end of the next calendar year.
    """
    days = possible_days(case, on)
    if case.start_known:
        return days
    last = on + (date(case.start_on.year + 1, 12, 31) - case.start_on)
    changes = (*case.catalogue.clinic.changes, *case.catalogue.rates.changes(case.payer.slug))
    return tuple(sorted({*days, *(day for day in changes if on < day <= last)}))
