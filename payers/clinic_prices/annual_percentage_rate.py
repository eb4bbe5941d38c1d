"""The yearly rate that credit costs, as the law defines it, in exact integers.

Source: 12 CFR 1026.22(a)(1) and appendix J(b): the nominal rate, twelve times the monthly rate at which the payments
are worth the amount financed (actuarial method, equal months).
"""

from collections.abc import Sequence
from fractions import Fraction

MOST_BP = 10_000_000
"""A rate beyond 100,000% is told as this."""


def annual_percentage_rate_bp(financed_cents: int, payments_cents: Sequence[int]) -> int:
    """The rate in basis points, to the nearest, for payments at the end of each month; 0 where nothing is charged."""
    if sum(payments_cents) <= financed_cents:
        return 0
    low_bp, high_bp = 0, MOST_BP
    while low_bp < high_bp:
        middle_bp = (low_bp + high_bp) // 2
        # The rate is nearer to the middle or below it where half a basis point above it is already too much.
        if _worth(payments_cents, Fraction(2 * middle_bp + 1, 240_000)) <= financed_cents:
            high_bp = middle_bp
        else:
            low_bp = middle_bp + 1
    return low_bp


def _worth(payments_cents: Sequence[int], monthly_rate: Fraction) -> Fraction:
    """What the payments are worth on the first day."""
    worth = Fraction(0)
    for payment_cents in reversed(payments_cents):
        worth = (worth + payment_cents) / (1 + monthly_rate)
    return worth
