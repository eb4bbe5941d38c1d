"""Medicare behind a group health plan: by the lowest of three amounts, and never outside its range."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from payers.cost_share.adjudicate import Share, Terms
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.medicare_secondary import fee_schedule
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import Paid
from payers.second_payers.allowance import Allowance
from payers.second_payers.medicare_second import MedicareSecond
from tests.payers.second_payers.bills import NEXT_YEAR, ON, at, between, bill, each_year


def medicare(approved: Range, left: Range | None = None) -> MedicareSecond:
    def fee(day: date | None) -> Range:
        return approved

    return MedicareSecond(Allowance(fee), each_year(28_300, left or exactly(0)))


def again(paid: Paid) -> MedicareSecond:
    assert isinstance(paid.after, MedicareSecond)
    return paid.after


def test_the_patient_owes_no_more_than_medicare_s_own_share_less_what_the_group_plan_paid() -> None:
    """Of 1,000 the plan pays nothing: Medicare pays 400 of its 500, the patient 100, and 500 are written off."""
    paid = medicare(exactly(50_000)).settle(bill(Share(deductible_cents=100_000)))
    assert (paid.pays, paid.written_off, paid.relief) == (exactly(40_000), exactly(50_000), exactly(90_000))
    half_paid = bill(Share(coinsurance_cents=40_000), 100_000)
    assert medicare(exactly(50_000)).settle(half_paid).relief == exactly(40_000)


def test_the_deductible_is_met_by_the_group_plan_too_and_starts_again_in_january() -> None:
    payer = medicare(exactly(50_000), exactly(28_300))
    paid_in_full = payer.settle(bill(Share(), 100_000))
    assert paid_in_full.pays == exactly(0)
    whole = bill(Share(deductible_cents=100_000))
    assert payer.settle(whole).relief == exactly(100_000 - 28_300 - 4_340)
    assert again(paid_in_full).settle(whole).relief == exactly(90_000)
    in_january = bill(Share(deductible_cents=100_000), on=NEXT_YEAR)
    assert again(paid_in_full).settle(in_january).relief == exactly(100_000 - 28_300 - 4_340)


def test_outside_the_group_plan_s_network_the_charge_counts() -> None:
    one = bill(Share(coinsurance_cents=10_000), 20_000, 60_000)
    settled = fee_schedule(
        charge_cents=60_000, approved_cents=50_000, primary_allowed_cents=20_000, primary_paid_cents=10_000
    )
    paid = medicare(exactly(50_000)).settle(one)
    assert paid.relief == exactly(50_000 - settled.patient_pays_cents)
    assert paid.pays == exactly(settled.medicare_pays_cents)


def test_what_the_group_plan_pays_of_a_dearer_service_medicare_does_not() -> None:
    """It pays 800 where the plan allows nothing, 500 where it allows the 1,000 that Medicare approves and pays half."""
    any_amount = bill(Share(coinsurance_cents=50_000), 100_000, 200_000, allowed=between(0, 100_000))
    assert medicare(exactly(100_000)).settle(any_amount).pays == between(50_000, 80_000)


def test_what_is_not_on_file_or_belongs_to_part_d_is_open() -> None:
    one = bill(Share(coinsurance_cents=40_000), 100_000)
    paid = MedicareSecond(None, each_year(28_300)).settle(one)
    assert paid.pays == paid.written_off == paid.relief == between(0, 40_000)
    at_pharmacy = bill(Share(coinsurance_cents=40_000), 100_000, pool=PHARMACY, component="drug")
    assert medicare(exactly(50_000)).settle(at_pharmacy).pays == between(0, 40_000)


amounts = st.integers(0, 20_000)
ranges = st.tuples(amounts, amounts).map(lambda pair: between(min(pair), max(pair)))


@settings(max_examples=200, deadline=None)
@given(
    allowed=ranges,
    approved=ranges,
    left=st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)).map(lambda pair: between(min(pair), max(pair))),
    share_bp=st.sampled_from([0, 2_000, 5_000, 10_000]),
    deductible=st.sampled_from([0, 4_000, 30_000]),
    charge=st.none() | st.integers(20_000, 30_000),
    data=st.data(),
)
def test_every_amount_between_the_ends_is_held(
    allowed: Range,
    approved: Range,
    left: Range,
    share_bp: int,
    deductible: int,
    charge: int | None,
    data: st.DataObject,
) -> None:
    def inside(amount: Range) -> int:
        return data.draw(st.integers(amount.low_cents, amount.high_cents))

    line = Line("session", None, None, allowed, (Terms(share_bp),), None if charge is None else exactly(charge), on=ON)
    ends = [at(line, each, deductible) for each in (allowed.low_cents, allowed.high_cents)]
    one = at(line, inside(allowed), deductible)
    if charge is not None:
        ends = [each._replace(charge_cents=charge) for each in ends]
        one = one._replace(charge_cents=charge)
    fee, remaining = inside(approved), inside(left)
    exact = medicare(exactly(fee), exactly(remaining)).settle(
        one._replace(line=one.line._replace(allowed=exactly(one.allowed_cents)))
    )
    settled = fee_schedule(
        charge_cents=one.charge_cents,
        approved_cents=fee,
        primary_allowed_cents=one.allowed_cents,
        primary_paid_cents=one.first_paid_cents,
        deductible_remaining_cents=remaining,
    )
    patient = min(one.owed_cents, settled.patient_pays_cents)
    assert exact.relief == exactly(one.owed_cents - patient)
    assert exact.pays + exact.written_off == exact.relief
    assert exact.pays.low_cents <= settled.medicare_pays_cents
    held = [medicare(approved, left).settle(each) for each in ends]
    assert min(each.owed_cents - got.relief.high_cents for each, got in zip(ends, held, strict=True)) <= patient
    assert patient <= max(each.owed_cents - got.relief.low_cents for each, got in zip(ends, held, strict=True))
    assert min(each.pays.low_cents for each in held) <= exact.pays.low_cents
    assert exact.pays.high_cents <= max(each.pays.high_cents for each in held)
    assert min(each.written_off.low_cents for each in held) <= exact.written_off.low_cents
    assert exact.written_off.high_cents <= max(each.written_off.high_cents for each in held)
    day = line.on
    kept = again(held[0]).joined(again(held[1])).deductible.on(day)
    assert kept.low_cents <= again(exact).deductible.on(day).low_cents <= kept.high_cents
