"""The yearly rate is the law's: its own example, and the definition itself."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.clinic_prices.annual_percentage_rate import annual_percentage_rate_bp


@pytest.mark.parametrize(
    ("financed_cents", "payments_cents", "rate_bp"),
    [
        (500_000, [23_000] * 24, 969),  # 12 CFR 1026, appendix J(c)(1)(i): 9.69%
        (100_000, [101_000], 1_200),  # one month at 1%
        (100_000, [1_000, 1_000, 101_000], 1_200),  # interest alone, then all of it
        (100_000, [50_000, 50_000], 0),
    ],
)
def test_known_rates(financed_cents: int, payments_cents: list[int], rate_bp: int) -> None:
    assert annual_percentage_rate_bp(financed_cents, payments_cents) == rate_bp


@given(st.lists(st.integers(1_000, 50_000), min_size=1, max_size=36), st.integers(1, 3_000))
def test_half_a_basis_point_to_each_side_the_payments_are_worth_more_and_less(
    payments: list[int], less_bp: int
) -> None:
    financed = sum(payments) * (10_000 - less_bp) // 10_000
    rate_bp = annual_percentage_rate_bp(financed, payments)

    def worth(bp: Fraction) -> Fraction:
        month = 1 + bp / 120_000
        return sum((payment / month**number for number, payment in enumerate(payments, start=1)), Fraction(0))

    assert worth(rate_bp + Fraction(1, 2)) <= financed <= worth(max(Fraction(0), rate_bp - Fraction(1, 2)))
