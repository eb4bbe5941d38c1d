"""What a Medicare supplement, QMB and TRICARE For Life leave to the patient."""

import pytest

from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import Share
from payers.cost_share.supplement import EVERYTHING, SOMETHING, Supplement, medigap, together

FIRST = Share(deductible_cents=28_300, coinsurance_cents=21_462)
"""The first session of 2026, 84 mg: 283 of the deductible, then 20% of 1,356.08 less 283."""
LATER = Share(coinsurance_cents=27_122)
"""A later one: 20% of 1,356.08."""


@pytest.fixture(scope="module")
def plans() -> dict[str, Supplement]:
    return {plan.letter: medigap(plan) for plan in load_release().medigap_plans}


@pytest.mark.parametrize(
    ("letter", "first", "later"),
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
def test_each_letter(plans: dict[str, Supplement], letter: str, first: tuple[int, int], later: tuple[int, int]) -> None:
    for share, kept in ((FIRST, first), (LATER, later)):
        least, most = plans[letter].pays(share)
        assert (share.patient_cents - most, share.patient_cents - least) == kept


def test_every_letter_is_in_the_table(plans: dict[str, Supplement]) -> None:
    assert set(plans) == {*"ABCDFGKLMN", "F-HD", "G-HD"}


def test_plan_n_keeps_no_more_than_the_coinsurance(plans: dict[str, Supplement]) -> None:
    small = Share(coinsurance_cents=621)
    least, most = plans["N"].pays(small)
    assert (small.patient_cents - most, small.patient_cents - least) == (0, 621)


@pytest.mark.parametrize("share", [FIRST, LATER])
def test_qmb_leaves_nothing_and_an_unknown_second_payer_anything(share: Share) -> None:
    assert EVERYTHING.pays(share) == (share.patient_cents, share.patient_cents)
    assert SOMETHING.pays(share) == (0, share.patient_cents)


def test_several_never_pay_more_than_there_is(plans: dict[str, Supplement]) -> None:
    assert together([plans["G"], EVERYTHING], FIRST) == (49_762, 49_762)
    assert together([], FIRST) == (0, 0)
    assert together([EVERYTHING], Share(not_covered_cents=500)) == (0, 0)
