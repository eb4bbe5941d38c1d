"""A manufacturer's card: what it pays, what the plan then counts, and the session where it runs dry."""

import pytest

from payers.cost_share import assistance
from payers.cost_share.adjudicate import Share
from payers.cost_share.assistance import POLICIES, Policy
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import Paid
from payers.second_payers.calendar_limit import ANY
from payers.second_payers.card import Card
from tests.payers.second_payers.bills import NEXT_YEAR, between, bill, each_year

FLOOR_CENTS = 1_000
DRUG = bill(Share(deductible_cents=60_000, coinsurance_cents=20_000), 100_000, component="drug")


def card(*policies: Policy, left: Range | None = None, fill_limit: Range | None = None, sure: bool = True) -> Card:
    return Card(
        policies,
        exactly(FLOOR_CENTS),
        fill_limit or exactly(500_000),
        each_year(800_000, left or exactly(200_000)),
        sure,
    )


def again(paid: Paid) -> Card:
    assert isinstance(paid.after, Card)
    return paid.after


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("left_cents", [200_000, 50_000, 0])
def test_exact_terms_give_what_the_arithmetic_gives(policy: Policy, left_cents: int) -> None:
    one = assistance.Card(policy, left_cents, 500_000, FLOOR_CENTS)
    pays = one.pays_cents(80_000)
    paid = card(policy, left=exactly(left_cents)).settle(DRUG)
    assert (paid.pays, paid.forgiven) == (exactly(pays), exactly(one.forgiven_cents(80_000)))
    credited = exactly(80_000) if paid.credited is None else paid.credited
    assert credited.high_cents == one.counted_cents(80_000, pays)
    assert again(paid).limit.left == exactly(left_cents - pays)


def test_whether_own_money_beside_an_accumulator_counts_is_open() -> None:
    assert card("accumulator").settle(DRUG).credited == between(0, FLOOR_CENTS)
    assert card("accumulator", left=exactly(0)).settle(DRUG).credited == exactly(80_000)


def test_it_runs_dry_and_is_filled_again_in_january() -> None:
    first = card("counts", left=exactly(100_000)).settle(DRUG)
    second = again(first).settle(DRUG)
    third = again(second).settle(DRUG)
    assert [each.pays for each in (first, second, third)] == [exactly(79_000), exactly(21_000), exactly(0)]
    january = bill(DRUG.share, 100_000, component="drug", on=NEXT_YEAR)
    assert again(third).settle(january).pays == exactly(79_000)


def test_a_treatment_s_own_limit() -> None:
    assert card("counts", fill_limit=exactly(30_000)).settle(DRUG).pays == exactly(30_000)
    assert card("counts", fill_limit=ANY).settle(DRUG).pays == between(0, 79_000)


def test_under_a_maximizer_the_patient_keeps_the_floor_whatever_the_card_holds() -> None:
    paid = card("maximizer", left=ANY, fill_limit=ANY).settle(DRUG)
    assert (paid.pays, paid.forgiven) == (between(0, 79_000), between(0, 79_000))
    assert paid.relief == exactly(79_000)
    assert paid.credited == exactly(0)


def test_a_policy_that_nobody_told_is_any_of_them() -> None:
    paid = card(*POLICIES, left=exactly(50_000)).settle(DRUG)
    assert paid.relief == between(50_000, 79_000)
    assert paid.credited == between(0, 80_000)


def test_who_may_be_excluded_may_get_nothing() -> None:
    paid = card("maximizer", sure=False).settle(DRUG)
    assert (paid.pays, paid.relief, paid.credited) == (between(0, 79_000), between(0, 79_000), between(0, 80_000))


def test_it_pays_for_the_drug_alone_and_only_what_others_left() -> None:
    assert card("counts").settle(DRUG._replace(line=DRUG.line._replace(component="visit"))).pays == exactly(0)
    assert card("counts").settle(DRUG._replace(paid=between(30_000, 60_000))).pays == between(19_000, 49_000)


def test_only_money_that_counts_keeps_the_patient_s_own_counting() -> None:
    assert card("counts").credits_own_money
    assert not card("accumulator").credits_own_money
    assert not card("maximizer").credits_own_money
