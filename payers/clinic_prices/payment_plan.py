"""What a payment plan really costs: every instalment to the cent, and the yearly rate that the law defines.

Interest accrues monthly on what is still owed, rounded half up to the cent; instalments are level, and the last takes
what is left. A fee at the start is a finance charge paid before the credit begins, so it lowers the amount financed
(12 CFR 1026.4(a), 1026.18(b)); the annual percentage rate holds it too.
"""

from fractions import Fraction

from payers.catalogue.clinic import PaymentPlan
from payers.catalogue.model import Frozen
from payers.clinic_prices.annual_percentage_rate import annual_percentage_rate_bp
from payers.cost_share.money import share_of

MONTHS_BP = 120_000
"""Twelve months of ten thousand basis points: a yearly rate over this is the monthly one."""


class Schedule(Frozen):
    """One amount paid over time. `total = amount + finance_charge` to the cent."""

    amount_cents: int
    down_payment_cents: int
    fee_cents: int
    instalments: int
    instalment_cents: int
    last_instalment_cents: int
    total_cents: int
    finance_charge_cents: int
    apr_bp: int


def schedule(plan: PaymentPlan, amount_cents: int) -> Schedule:
    """The amount under the plan. It has fewer instalments where they would be below the plan's smallest."""
    down_cents = share_of(amount_cents, plan.down_payment_bp)
    owed_cents = amount_cents - down_cents
    count = plan.instalments
    smallest = plan.minimum_instalment_cents or 0
    while count > 1 and _level_cents(owed_cents, plan.annual_rate_bp, count) < smallest:
        count -= 1
    payments = _payments(owed_cents, plan.annual_rate_bp, count)
    total_cents = down_cents + plan.fee_cents + sum(payments)
    return Schedule(
        amount_cents=amount_cents,
        down_payment_cents=down_cents,
        fee_cents=plan.fee_cents,
        instalments=len(payments),
        instalment_cents=payments[0],
        last_instalment_cents=payments[-1],
        total_cents=total_cents,
        finance_charge_cents=total_cents - amount_cents,
        apr_bp=annual_percentage_rate_bp(owed_cents - plan.fee_cents, payments),
    )


def _level_cents(owed_cents: int, annual_rate_bp: int, count: int) -> int:
    """The level instalment, rounded down."""
    if not annual_rate_bp:
        return owed_cents // count
    rate = Fraction(annual_rate_bp, MONTHS_BP)
    return int(owed_cents * rate / (1 - (1 + rate) ** -count))


def _payments(owed_cents: int, annual_rate_bp: int, count: int) -> list[int]:
    """At most `count` payments; rounded interest may leave nothing for the last of a very small debt."""
    level_cents = _level_cents(owed_cents, annual_rate_bp, count)
    payments: list[int] = []
    while True:
        owed_cents += _interest_cents(owed_cents, annual_rate_bp)
        if owed_cents <= level_cents or len(payments) == count - 1:
            return [*payments, owed_cents]
        payments.append(level_cents)
        owed_cents -= level_cents


def _interest_cents(owed_cents: int, annual_rate_bp: int) -> int:
    """One month's interest."""
    return (2 * owed_cents * annual_rate_bp + MONTHS_BP) // (2 * MONTHS_BP)
