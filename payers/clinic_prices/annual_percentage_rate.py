"""The yearly rate that credit costs, as the law defines it, in exact integers.

Source: 12 CFR 1026.22(a)(1) and appendix J(b): the nominal rate, twelve times the monthly rate at which the payments
are worth the amount financed (actuarial method, equal months).
"""

from collections.abc import Sequence

_MONTH = 240_000
"""A month's rate of one: twelve months of ten thousand basis points, of which a half is told apart."""
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
        if _worth_at_most(financed_cents, payments_cents, 2 * middle_bp + 1):
            high_bp = middle_bp
        else:
            low_bp = middle_bp + 1
    return low_bp


def _worth_at_most(financed_cents: int, payments_cents: Sequence[int], rate: int) -> bool:
    """Whether the payments are worth no more on the first day, at a monthly rate of so many parts of `_MONTH`.

    Their worth is a fraction, `worth` over `parts`, which nobody needs to reduce.
    """
    worth, parts = 0, 1
    for payment_cents in reversed(payments_cents):
        worth, parts = (worth + payment_cents * parts) * _MONTH, parts * (_MONTH + rate)
    return worth <= financed_cents * parts
