"""Bills as they reach a second payer."""

from datetime import date

from payers.catalogue.vocabulary import Component
from payers.cost_share.adjudicate import Share, Terms, adjudicate
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, Line
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import Bill
from payers.second_payers.calendar_limit import CalendarLimit

ON = date(2026, 12, 1)
NEXT_YEAR = date(2027, 1, 5)


def between(low_cents: int, high_cents: int) -> Range:
    return Range(low_cents=low_cents, high_cents=high_cents)


def bill(
    share: Share,
    allowed_cents: int | None = None,
    charge_cents: int | None = None,
    *,
    on: date | None = ON,
    component: Component = "session",
    pool: str = MEDICAL,
    allowed: Range | None = None,
) -> Bill:
    """One line that the first payer left a share of; with a charge, from outside its network."""
    first_allows = share.patient_cents if allowed_cents is None else allowed_cents
    line = Line(
        component,
        None,
        None,
        allowed or exactly(first_allows),
        (Terms(),),
        None if charge_cents is None else exactly(charge_cents),
        pool if charge_cents is None else OUT_OF_NETWORK,
        on=on,
    )
    return Bill(line, first_allows, first_allows if charge_cents is None else charge_cents, share)


def at(line: Line, allowed_cents: int, deductible_cents: int) -> Bill:
    """The line as the first plan's only terms settle it at one amount, with so much of the deductible left."""
    share = adjudicate(allowed_cents, line.terms[0], deductible_cents, 10**9)
    return Bill(line, allowed_cents, allowed_cents, share)


def each_year(cents: int, left: Range | None = None) -> CalendarLimit:
    """A limit that every year brings anew."""

    def amounts(year: int) -> Range:
        return exactly(cents)

    return CalendarLimit(amounts, left or exactly(cents), ON.year)
