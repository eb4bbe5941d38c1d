"""A second commercial plan: exact where all is known, and never outside its range where it is not."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.cost_share.adjudicate import Share, Terms, adjudicate
from payers.cost_share.coordination import Method, coordinate
from payers.cost_share.design import from_benefits
from payers.cost_share.line import OUT_OF_NETWORK, Line
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit
from payers.cost_share.second_payer import Paid, settle_in_turn
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone
from payers.second_payers.second_plan import METHODS, SecondPlan
from tests.payers.second_payers.bills import NEXT_YEAR, ON, at, between, bill

TODAY = date(2026, 11, 23)


def alone(share_bp: int | None = 1_000, deductible_cents: int = 0, met_cents: int | None = 0) -> Alone:
    """The second plan's own terms, with a maximum far away."""
    benefits = Benefits(
        plan_year_start="01-01",
        deductible=Limit(individual_cents=deductible_cents, individual_met_cents=met_cents),
        out_of_pocket_max=Limit(individual_cents=900_000, individual_met_cents=0),
        cost_shares=CostShares(default=CostShare(patient_share_bp=share_bp)),
    )
    return Alone(from_benefits(benefits, lambda year: None), "default", TODAY, (2026, 2027))


def again(paid: Paid) -> SecondPlan:
    assert isinstance(paid.after, SecondPlan)
    return paid.after


@pytest.mark.parametrize(
    ("method", "pays"),
    [
        # of 1,000 the first plan pays 700; alone the second would pay 900 less nine tenths of its deductible of 200
        ("standard", 30_000),
        ("non-duplication", 2_000),
        ("carve-out", 2_000),
        # its deductible and its tenth of the 300 that are left
        ("maintenance-of-benefits", 9_000),
    ],
)
def test_each_method(method: Method, pays: int) -> None:
    plan = SecondPlan((method,), alone(deductible_cents=20_000))
    assert plan.settle(bill(Share(coinsurance_cents=30_000), 100_000)).pays == exactly(pays)


def test_a_method_that_nobody_told_is_any_of_them() -> None:
    plan = SecondPlan(METHODS, alone(deductible_cents=20_000))
    assert plan.settle(bill(Share(coinsurance_cents=30_000), 100_000)).pays == between(2_000, 30_000)
    assert SecondPlan(METHODS, None).settle(bill(Share(coinsurance_cents=30_000), 100_000)).pays == between(0, 30_000)


def test_its_own_deductible_runs_down_and_starts_again_with_its_plan_year() -> None:
    one = bill(Share(deductible_cents=10_000), 10_000)
    plan = SecondPlan(("standard",), alone(deductible_cents=15_000))
    first = plan.settle(one)
    second = again(first).settle(one)
    third = again(second).settle(one)
    assert [each.pays.low_cents for each in (first, second, third)] == [0, 4_500, 9_000]
    assert all(each.pays.exact for each in (first, second, third))
    assert again(third).settle(bill(Share(deductible_cents=10_000), 10_000, on=NEXT_YEAR)).pays == exactly(0)


def test_what_is_met_belongs_to_the_year_that_runs_today() -> None:
    plan = SecondPlan(("standard",), alone(deductible_cents=15_000, met_cents=15_000))
    assert plan.settle(bill(Share(deductible_cents=10_000), 10_000)).pays == exactly(9_000)
    assert plan.settle(bill(Share(deductible_cents=10_000), 10_000, on=NEXT_YEAR)).pays == exactly(0)


def test_an_amount_of_its_own() -> None:
    def told(day: date | None) -> Range:
        return exactly(60_000)

    one = bill(Share(coinsurance_cents=70_000), 100_000)
    assert SecondPlan(("standard",), alone()).settle(one).pays == exactly(70_000)
    assert SecondPlan(("standard",), alone(), Allowance(told)).settle(one).pays == exactly(54_000)
    assert SecondPlan(("non-duplication",), alone(), Allowance(told)).settle(one).pays == exactly(24_000)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("asked_cents", "pays", "written_off"), [(160_000, 122_400, 24_000), (136_000, 122_400, 0), (90_000, 81_000, 0)]
)
def test_what_the_first_plan_does_not_cover_the_clinic_bills_under_the_second_plans_contract(
    method: Method, asked_cents: int, pays: int, written_off: int
) -> None:
    """The second plan allows 1,360 and pays nine tenths; of what is asked beyond that nobody is asked."""

    def told(day: date | None) -> Range:
        return exactly(136_000)

    plan = SecondPlan((method,), alone(), Allowance(told))
    paid = plan.settle(bill(Share(not_covered_cents=asked_cents)))
    assert (paid.pays, paid.written_off) == (exactly(pays), exactly(written_off))
    kept = plan._replace(bank=exactly(50_000)).settle(bill(Share(not_covered_cents=asked_cents)))
    assert kept.pays + kept.written_off == exactly(asked_cents)


def test_whether_a_clinic_outside_the_first_plans_network_is_in_the_second_plans_is_open() -> None:
    def told(day: date | None) -> Range:
        return exactly(136_000)

    outside = bill(Share(not_covered_cents=160_000), pool=OUT_OF_NETWORK)
    paid = SecondPlan(("standard",), alone(), Allowance(told)).settle(outside)
    assert (paid.pays, paid.written_off) == (exactly(122_400), between(0, 24_000))


def test_a_second_plan_that_does_not_cover_the_line_either_writes_nothing_off() -> None:
    def told(day: date | None) -> Range:
        return exactly(136_000)

    benefits = Benefits(cost_shares=CostShares(default=CostShare(covered=False)))
    covers_nothing = Alone(from_benefits(benefits, lambda year: None), "default", TODAY, (2026, 2027))
    paid = SecondPlan(("standard",), covers_nothing, Allowance(told)).settle(bill(Share(not_covered_cents=160_000)))
    assert paid.relief == exactly(0)


def test_a_reserve_saves_what_being_second_saved_and_fills_later_gaps() -> None:
    """Of 1,000 it would pay 900 and pays 300; 600 are saved and fill what a later claim leaves."""
    plan = SecondPlan(("standard",), alone(deductible_cents=0), bank=exactly(0))
    saved = again(plan.settle(bill(Share(coinsurance_cents=30_000), 100_000)))
    assert saved.bank == exactly(60_000)
    drawn = saved.settle(bill(Share(not_covered_cents=100_000), 100_000))
    assert drawn.pays == exactly(100_000)
    assert again(drawn).bank == exactly(50_000)
    renewed = saved.settle(bill(Share(not_covered_cents=100_000), 100_000, on=NEXT_YEAR))
    assert renewed.pays == exactly(90_000)


@pytest.mark.parametrize("method", METHODS)
def test_exact_terms_give_what_the_arithmetic_gives(method: Method) -> None:
    """Without deductibles the second plan alone pays 80% of what it is asked for, after 60% of the first."""
    asked = 40_000 if method == "maintenance-of-benefits" else 100_000
    paid = SecondPlan((method,), alone(2_000)).settle(bill(Share(coinsurance_cents=40_000), 100_000)).pays
    assert paid == exactly(coordinate(method, 100_000, 60_000, asked * 8 // 10).secondary_pays_cents)


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    ends=st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
    shares=st.tuples(*[st.sampled_from([0, 1_000, 3_333, 5_000, 10_000])] * 2),
    deductibles=st.tuples(*[st.sampled_from([0, 3_000, 9_000, 30_000])] * 2),
    copay=st.sampled_from([None, 2_000]),
    data=st.data(),
)
def test_every_amount_between_the_ends_is_held(
    method: Method,
    ends: tuple[int, int],
    shares: tuple[int, int],
    deductibles: tuple[int, int],
    copay: int | None,
    data: st.DataObject,
) -> None:
    """The hull of what the payer says at the ends of a line holds every course of amounts between them."""
    allowed = between(min(ends), max(ends))
    terms = Terms(shares[0], copay or 0, "flat-no-deductible", deductible_applies=copay is None)
    line = Line("session", None, None, allowed, (terms,), on=ON)
    wide = SecondPlan((method,), alone(shares[1], deductibles[1]))
    left_cents = deductibles[0]
    exact = wide
    for _ in range(2):
        amount = data.draw(st.integers(allowed.low_cents, allowed.high_cents))
        bills = [at(line, each, left_cents) for each in (allowed.low_cents, allowed.high_cents)]
        held = [wide.settle(each) for each in bills]
        one = at(line._replace(allowed=exactly(amount)), amount, left_cents)
        paid = exact.settle(one)
        assert paid.pays.exact
        patient = one.owed_cents - paid.pays.low_cents
        assert min(each.pays.low_cents for each in held) <= paid.pays.low_cents
        assert paid.pays.low_cents <= max(each.pays.high_cents for each in held)
        assert min(each.owed_cents - got.pays.high_cents for each, got in zip(bills, held, strict=True)) <= patient
        assert patient <= max(each.owed_cents - got.pays.low_cents for each, got in zip(bills, held, strict=True))
        assert 0 <= patient <= adjudicate(amount, terms, left_cents, 10**9).patient_cents
        left_cents = 0  # the first plan's own limits are not at stake here
        wide, exact = again(held[0]).joined(again(held[1])), again(paid)


def test_several_second_plans_in_turn() -> None:
    plans = (SecondPlan(("standard",), alone(5_000)), SecondPlan(("standard",), alone(0)))
    settled = settle_in_turn(plans, bill(Share(not_covered_cents=10_000), 10_000))
    assert [each.pays for each in settled.paid] == [exactly(5_000), exactly(5_000)]
    assert settled.relief == exactly(10_000)
