"""What a Medicare supplement leaves to the patient, letter by letter and along the year."""

import pytest

from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import Share
from payers.cost_share.line import PHARMACY
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import Bill
from payers.second_payers.calendar_limit import CalendarLimit
from payers.second_payers.supplement import Supplement
from tests.payers.second_payers.bills import NEXT_YEAR, between, bill, each_year

FIRST = Share(deductible_cents=28_300, coinsurance_cents=21_462)
"""The first session of 2026, 84 mg: 283 of the deductible, then 20% of 1,356.08 less 283."""
LATER = Share(coinsurance_cents=27_122)
"""A later one: 20% of 1,356.08."""
LIMIT_CENTS = {"K": 800_000, "L": 400_000, "F-HD": 295_000, "G-HD": 295_000}


def letter(name: str, limit: CalendarLimit | None = None) -> Supplement:
    """The catalogue's letter; without a limit told, any part of the year's is left."""
    plan = next(plan for plan in load_release().medigap_plans if plan.letter == name)
    if name in LIMIT_CENTS and limit is None:
        limit = each_year(LIMIT_CENTS[name], between(0, LIMIT_CENTS[name]))
    return Supplement(plan, limit)


def kept(supplement: Supplement, one: Bill) -> Range:
    pays = supplement.settle(one).pays
    return between(one.owed_cents - pays.high_cents, one.owed_cents - pays.low_cents)


@pytest.mark.parametrize(
    ("name", "first", "later"),
    [
        # the patient keeps the deductible, the plan pays the coinsurance
        ("A", (28_300, 28_300), (0, 0)),
        ("B", (28_300, 28_300), (0, 0)),
        ("D", (28_300, 28_300), (0, 0)),
        ("G", (28_300, 28_300), (0, 0)),
        ("M", (28_300, 28_300), (0, 0)),
        # the plan pays both
        ("C", (0, 0), (0, 0)),
        ("F", (0, 0), (0, 0)),
        # half or a quarter of the coinsurance is left until the plan's own limit: 10,731 of 21,462; 13,561 of 27,122
        ("K", (28_300, 39_031), (0, 13_561)),
        ("L", (28_300, 33_665), (0, 6_780)),
        # up to 20 dollars of an office visit, which a session's code may or may not be
        ("N", (28_300, 30_300), (0, 2_000)),
        # nothing before the high deductible is met
        ("G-HD", (28_300, 49_762), (0, 27_122)),
        ("F-HD", (0, 49_762), (0, 27_122)),
    ],
)
def test_each_letter(name: str, first: tuple[int, int], later: tuple[int, int]) -> None:
    assert kept(letter(name), bill(FIRST)) == between(*first)
    assert kept(letter(name), bill(LATER)) == between(*later)


def test_plan_n_keeps_no_more_than_the_coinsurance_and_nothing_of_a_drug() -> None:
    assert kept(letter("N"), bill(Share(coinsurance_cents=621))) == between(0, 621)
    assert kept(letter("N"), bill(LATER, component="drug")) == exactly(0)


@pytest.mark.parametrize(("name", "patient_cents"), [("G", 0), ("F", 0), ("A", 1_500), ("C", 1_500), ("N", 1_500)])
def test_the_excess_charge(name: str, patient_cents: int) -> None:
    supplement = letter(name)
    one = bill(Share(), 10_000, 11_500)
    assert kept(supplement, one) == exactly(patient_cents)


def test_a_limit_that_is_told_runs_down_and_starts_again_in_january() -> None:
    supplement = letter("K", each_year(800_000, exactly(40_000)))
    paid = supplement.settle(bill(FIRST))
    assert paid.pays == exactly(10_731)  # 28,300 of the deductible and 10,731 count: 969 are left
    assert isinstance(paid.after, Supplement)
    second = paid.after.settle(bill(LATER))
    assert second.pays == exactly(27_122 - 969)
    assert isinstance(second.after, Supplement)
    assert second.after.settle(bill(LATER)).pays == exactly(27_122)
    assert second.after.settle(bill(LATER, on=NEXT_YEAR)).pays == exactly(13_561)


def test_a_high_deductible_takes_everything_until_it_is_met() -> None:
    supplement = letter("G-HD", each_year(295_000, exactly(60_000)))
    first = supplement.settle(bill(FIRST))
    assert first.pays == exactly(0)
    assert isinstance(first.after, Supplement)
    assert first.after.settle(bill(LATER)).pays == exactly(27_122 - (60_000 - 49_762))


def test_a_supplement_pays_nothing_of_the_drug_benefit() -> None:
    assert letter("F").settle(bill(LATER, pool=PHARMACY)).pays == exactly(0)
