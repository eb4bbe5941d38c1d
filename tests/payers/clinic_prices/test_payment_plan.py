"""A payment plan costs what its instalments come to, to the cent."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.catalogue.clinic import PaymentPlan
from payers.clinic_prices.payment_plan import Schedule, schedule


@pytest.mark.parametrize(
    ("terms", "amount_cents", "expected"),
    [
        # 3,025 in steps of at least 375: 3,025 / 8 = 378.125 and 3,025 / 9 = 336.11; 8 x 378.12, and 4 cents more.
        (
            {"instalments": 12, "minimum_instalment_cents": 37_500},
            302_500,
            (0, 0, 8, 37_812, 37_816, 302_500, 0, 0),
        ),
        # 1% a month: 1,000 + 10.00 - 340.02 = 669.98; + 6.70 - 340.02 = 336.66; + 3.37 = 340.03 is the last.
        ({"annual_rate_bp": 1_200}, 100_000, (0, 0, 3, 34_002, 34_003, 102_007, 2_007, 1_200)),
        # 25% down and a fee of 50 at the start; 250 a month is worth 700 (750 less the fee) at 3.531% a month.
        (
            {"down_payment_bp": 2_500, "fee_cents": 5_000},
            100_000,
            (25_000, 5_000, 3, 25_000, 25_000, 105_000, 5_000, 4_237),
        ),
        ({"minimum_instalment_cents": 5_000}, 4_000, (0, 0, 1, 4_000, 4_000, 4_000, 0, 0)),
    ],
)
def test_worked_plans(terms: dict[str, int], amount_cents: int, expected: tuple[int, ...]) -> None:
    plan = msgspec.structs.replace(PaymentPlan(id="plan", name="Plan", instalments=3), **terms)
    paid = schedule(plan, amount_cents)
    assert tuple(getattr(paid, name) for name in Schedule.__struct_fields__) == (amount_cents, *expected)


PLANS = st.builds(
    PaymentPlan,
    id=st.just("plan"),
    name=st.just("Plan"),
    instalments=st.integers(1, 60),
    down_payment_bp=st.sampled_from([0, 1_000, 5_000, 10_000]),
    fee_cents=st.sampled_from([0, 2_500]),
    annual_rate_bp=st.sampled_from([0, 999, 1_490, 3_599]),
    minimum_instalment_cents=st.none() | st.integers(1, 50_000),
)


@given(PLANS, st.integers(0, 2_000_000) | st.integers(0, 300))
def test_what_is_paid_is_the_amount_and_the_finance_charge(plan: PaymentPlan, amount_cents: int) -> None:
    paid = schedule(plan, amount_cents)
    level_cents = paid.instalment_cents * (paid.instalments - 1) + paid.last_instalment_cents
    assert paid.total_cents == paid.down_payment_cents + paid.fee_cents + level_cents
    assert paid.total_cents == paid.amount_cents + paid.finance_charge_cents
    assert min(paid.instalment_cents, paid.last_instalment_cents) >= 0
    assert paid.finance_charge_cents >= plan.fee_cents
    assert (paid.apr_bp > 0) <= (paid.finance_charge_cents > 0)
    if paid.instalments > 1:
        assert paid.instalment_cents >= (plan.minimum_instalment_cents or 0)


@given(st.integers(100_000, 2_000_000), st.integers(2, 60), st.sampled_from([999, 1_490, 2_999]))
def test_without_a_fee_the_annual_percentage_rate_is_the_plan_s_own(
    amount_cents: int, instalments: int, rate_bp: int
) -> None:
    plan = PaymentPlan(id="plan", name="Plan", instalments=instalments, annual_rate_bp=rate_bp)
    assert abs(schedule(plan, amount_cents).apr_bp - rate_bp) <= 1  # interest is rounded to the cent each month
