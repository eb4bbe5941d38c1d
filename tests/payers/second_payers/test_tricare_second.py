"""TRICARE behind other insurance."""

from datetime import date

import pytest

from payers.cost_share.adjudicate import Share
from payers.cost_share.design import from_benefits
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit
from payers.cost_share.tricare_secondary import behind_other
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone
from payers.second_payers.tricare_second import TricareSecond
from tests.payers.second_payers.bills import between, bill


def terms(share_bp: int, deductible_cents: int = 0) -> Alone:
    benefits = Benefits(
        plan_year_start="01-01",
        deductible=Limit(individual_cents=deductible_cents, individual_met_cents=0),
        out_of_pocket_max=Limit(individual_cents=300_000, individual_met_cents=0),
        cost_shares=CostShares(default=CostShare(patient_share_bp=share_bp)),
    )
    return Alone(from_benefits(benefits, lambda year: None), "default", date(2026, 11, 23), (2026, 2027))


def tricare(*plans: Alone, allows: Range | None = None) -> TricareSecond:
    def allowance(day: date | None) -> Range:
        return allows or exactly(100_000)

    return TricareSecond(plans, Allowance(allowance))


@pytest.mark.parametrize("left_cents", [10_000, 90_000])
def test_it_pays_what_is_left_up_to_what_it_would_pay_alone(left_cents: int) -> None:
    one = bill(Share(coinsurance_cents=left_cents), 120_000)
    settled = behind_other(
        billed_cents=120_000, allowable_cents=100_000, tricare_share_bp=7_500, other_paid_cents=120_000 - left_cents
    )
    paid = tricare(terms(2_500)).settle(one)
    assert paid.pays == exactly(settled.tricare_pays_cents)
    assert paid.pays.low_cents + settled.patient_pays_cents == left_cents


def test_outside_the_network_nobody_may_ask_more_than_115_percent_of_what_it_allows() -> None:
    """Of a charge of 2,000 the other plan pays 1,000; 150 may still be asked, and TRICARE pays them."""
    paid = tricare(terms(2_500)).settle(bill(Share(), 100_000, 200_000))
    assert (paid.pays, paid.written_off, paid.relief) == (exactly(15_000), exactly(85_000), exactly(100_000))


def test_whether_its_own_deductible_is_met_beside_other_insurance_is_open() -> None:
    one = bill(Share(deductible_cents=30_000), 30_000)
    first = tricare(terms(0, 50_000), allows=exactly(30_000)).settle(one)
    assert first.pays == exactly(0)
    assert first.after.settle(one).pays == between(0, 10_000)


def test_every_beneficiary_it_may_be_and_any_where_that_is_too_open() -> None:
    one = bill(Share(coinsurance_cents=90_000), 120_000)
    assert tricare(terms(2_500), terms(5_000)).settle(one).pays == between(50_000, 75_000)
    assert tricare().settle(one).pays == between(0, 90_000)
    assert TricareSecond((terms(2_500),), None).settle(one).pays == between(0, 90_000)


def test_a_session_that_is_one_service_to_it_has_one_deductible_however_it_is_billed() -> None:
    """Of 1,000 it would pay 800 alone: 750 of the drug's 750, and 50 of the visit's 90."""
    payer = tricare(terms(0, 20_000))._replace(one_service=True)
    drug = bill(Share(coinsurance_cents=75_000), 85_000, component="drug")
    visit = bill(Share(coinsurance_cents=9_000), 15_000, component="visit")
    first = payer.settle(drug)
    then = first.after.settle(visit)
    assert [first.pays, then.pays] == [exactly(75_000), exactly(5_000)]
    # on the next day anything may be left of the deductible
    again = then.after.settle(drug)
    assert [again.pays, again.after.settle(visit).pays] == [exactly(75_000), between(5_000, 9_000)]
