"""QMB, TRICARE For Life and Medicaid behind another payer."""

import pytest

from payers.cost_share.adjudicate import Share
from payers.cost_share.line import PHARMACY
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import SecondPayer, settle_in_turn
from payers.second_payers.anything import Anything
from payers.second_payers.calendar_limit import ANY
from payers.second_payers.everything import Everything
from payers.second_payers.medicaid import Medicaid
from tests.payers.second_payers.bills import between, bill

SHARE = Share(deductible_cents=28_300, coinsurance_cents=21_462)
EVERYTHING = Everything()


def test_no_cost_share_is_left() -> None:
    assert EVERYTHING.settle(bill(SHARE)).pays == exactly(49_762)
    assert EVERYTHING.settle(bill(Share(not_covered_cents=500))).pays == exactly(0)
    assert EVERYTHING.settle(bill(SHARE, pool=PHARMACY)).pays == between(0, 49_762)


def test_the_excess_charge_ends_at_its_limit() -> None:
    assert EVERYTHING.settle(bill(Share(coinsurance_cents=2_000), 10_000, 12_000)).pays == exactly(3_500)


def test_what_a_state_pays_for_a_qmb_follows_its_own_rates() -> None:
    paid = Everything(may_write_off=True).settle(bill(SHARE))
    assert (paid.pays, paid.written_off, paid.relief) == (between(0, 49_762), between(0, 49_762), exactly(49_762))


@pytest.mark.parametrize("counts", [True, False])
def test_who_may_pay_first_takes_nothing_or_all(counts: bool) -> None:
    paid = Anything(counts=counts).settle(bill(SHARE))
    assert paid.pays == between(0, 49_762)
    assert paid.credited == (None if counts else between(0, 49_762))
    assert Anything(counts=counts).monotone == counts


@pytest.mark.parametrize(
    ("covers", "copay", "relief"),
    [
        (True, exactly(0), between(49_762, 49_762)),
        (True, exactly(400), between(49_362, 49_362)),
        (True, exactly(60_000), between(0, 0)),
        (True, ANY, between(0, 49_762)),
        (False, exactly(0), between(0, 0)),
        (None, exactly(0), between(0, 49_762)),
        (None, exactly(400), between(0, 49_362)),
    ],
)
def test_medicaid_leaves_its_copay_where_the_clinic_takes_it(covers: bool | None, copay: Range, relief: Range) -> None:
    paid = Medicaid(covers, copay).settle(bill(SHARE))
    assert paid.relief == relief
    assert paid.pays == paid.written_off == between(0, relief.high_cents)


def test_medicaid_may_not_cover_what_the_first_payer_does_not() -> None:
    assert Medicaid(True, exactly(0)).settle(bill(Share(not_covered_cents=5_000))).pays == between(0, 5_000)


def test_a_copay_for_each_service_is_not_monotone() -> None:
    assert Medicaid(True, exactly(0)).monotone
    assert Medicaid(None, ANY).monotone
    assert Medicaid(True, ANY).monotone
    assert not Medicaid(True, exactly(400)).monotone
    assert not Medicaid(None, exactly(400)).monotone


@pytest.mark.parametrize("before", [(Medicaid(None, exactly(0)),), (), (EVERYTHING,)])
def test_who_takes_all_that_is_left_leaves_nothing_whatever_came_before(before: tuple[SecondPayer, ...]) -> None:
    assert settle_in_turn((*before, EVERYTHING), bill(SHARE)).relief == exactly(49_762)
