"""One line in every order that plans name, to the cent."""

import msgspec
import pytest

from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share, Terms, adjudicate, settled
from payers.cost_share.credit import Credit
from payers.cost_share.ledger import Balance, opens, together
from payers.cost_share.money import exactly, share_of
from payers.cost_share.plan import CostShare, Limit

FLAT = CostShare(copay_cents=4_000, copay_timing="flat-no-deductible")
BASE_OPEN = CostShare(copay_cents=4_000, patient_share_bp=2_000)
NET = msgspec.structs.replace(BASE_OPEN, coinsurance_base="net-of-copay")
AFTER = msgspec.structs.replace(NET, copay_timing="after-deductible")
BEFORE = msgspec.structs.replace(NET, copay_timing="before-deductible")


def share(
    cost_share: CostShare, allowed_cents: int, deductible_cents: int = 0, maximum_cents: int = UNLIMITED_CENTS
) -> Share:
    (terms,) = settled(cost_share)
    return adjudicate(allowed_cents, terms, deductible_cents, maximum_cents)


@pytest.mark.parametrize(
    ("cost_share", "allowed", "deductible", "expected"),
    [
        # coinsurance alone: 20% of what the deductible leaves
        (CostShare(patient_share_bp=2_000), 100_000, 0, Share(0, 0, 20_000)),
        (CostShare(patient_share_bp=2_000), 100_000, 30_000, Share(30_000, 0, 14_000)),
        (CostShare(patient_share_bp=2_000), 100_000, 100_000, Share(100_000, 0, 0)),
        (CostShare(patient_share_bp=2_000), 100_000, 250_000, Share(100_000, 0, 0)),
        (CostShare(patient_share_bp=2_000, deductible_applies=False), 100_000, 30_000, Share(0, 0, 20_000)),
        # flat: the deductible is neither applied nor used up
        (FLAT, 100_000, 30_000, Share(0, 4_000, 0)),
        (FLAT, 2_500, 30_000, Share(0, 2_500, 0)),
        (CostShare(copay_cents=0, copay_timing="flat-no-deductible"), 100_000, 30_000, Share(0, 0, 0)),
        # flat with coinsurance: 20% of 1000 less the copay of 40
        (
            msgspec.structs.replace(NET, copay_timing="flat-no-deductible"),
            100_000,
            30_000,
            Share(0, 4_000, 19_200),
        ),
        # after: 300 deductible, 40 copay, 20% of the 660 that are left
        (AFTER, 100_000, 30_000, Share(30_000, 4_000, 13_200)),
        (AFTER, 32_000, 30_000, Share(30_000, 2_000, 0)),
        (AFTER, 30_000, 30_000, Share(30_000, 0, 0)),
        # before: 40 copay, 300 deductible, 20% of the same 660
        (BEFORE, 100_000, 30_000, Share(30_000, 4_000, 13_200)),
        (BEFORE, 20_000, 30_000, Share(16_000, 4_000, 0)),
        (BEFORE, 3_000, 30_000, Share(0, 3_000, 0)),
        # gross: 20% of 700, the copay not taken off first
        (
            msgspec.structs.replace(AFTER, coinsurance_base="gross-of-copay"),
            100_000,
            30_000,
            Share(30_000, 4_000, 14_000),
        ),
        (
            msgspec.structs.replace(BEFORE, coinsurance_base="gross-of-copay"),
            100_000,
            30_000,
            Share(30_000, 4_000, 14_000),
        ),
        # gross never takes more than there is: 45 less the 40 copay
        (
            msgspec.structs.replace(AFTER, coinsurance_base="gross-of-copay", patient_share_bp=5_000),
            4_500,
            0,
            Share(0, 4_000, 500),
        ),
        # a floor under and a ceiling over one service's coinsurance
        (CostShare(patient_share_bp=2_000, coinsurance_min_cents=5_000), 10_000, 0, Share(0, 0, 5_000)),
        (CostShare(patient_share_bp=2_000, coinsurance_min_cents=5_000), 3_000, 0, Share(0, 0, 3_000)),
        (CostShare(patient_share_bp=2_000, coinsurance_min_cents=5_000), 34_000, 30_000, Share(30_000, 0, 4_000)),
        (CostShare(patient_share_bp=2_000, coinsurance_max_cents=15_000), 100_000, 0, Share(0, 0, 15_000)),
        (CostShare(patient_share_bp=2_000, coinsurance_max_cents=0), 100_000, 0, Share(0, 0, 0)),
        # half up at the line: 20% of 0.12 and 0.13 is 2.4 and 2.6 cents; half of 5 cents is 2.5
        (CostShare(patient_share_bp=2_000), 12, 0, Share(0, 0, 2)),
        (CostShare(patient_share_bp=2_000), 13, 0, Share(0, 0, 3)),
        (CostShare(patient_share_bp=5_000), 5, 0, Share(0, 0, 3)),
        # nothing allowed, nothing owed; not covered, everything, and it counts toward nothing
        (AFTER, 0, 30_000, Share()),
        (CostShare(patient_share_bp=2_000, covered=False), 100_000, 30_000, Share(not_covered_cents=100_000)),
    ],
)
def test_orders(cost_share: CostShare, allowed: int, deductible: int, expected: Share) -> None:
    assert share(cost_share, allowed, deductible) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        # 300 deductible, 40 copay, 132 coinsurance: what the maximum cuts goes in the opposite order
        (47_200, Share(30_000, 4_000, 13_200)),
        (47_199, Share(30_000, 4_000, 13_199)),
        (34_000, Share(30_000, 4_000, 0)),
        (33_000, Share(30_000, 3_000, 0)),
        (30_000, Share(30_000, 0, 0)),
        (12_345, Share(12_345, 0, 0)),
        (0, Share()),
    ],
)
@pytest.mark.parametrize("cost_share", [AFTER, BEFORE])
def test_the_maximum_trims_coinsurance_then_copay_then_deductible(
    cost_share: CostShare, left: int, expected: Share
) -> None:
    assert share(cost_share, 100_000, 30_000, left) == expected


def test_what_is_not_covered_is_owed_above_the_maximum() -> None:
    paid = share(CostShare(covered=False), 100_000, 0, 0)
    assert (paid.patient_cents, paid.cost_share_cents) == (100_000, 0)


@pytest.mark.parametrize(
    ("cost_share", "count"),
    [
        (CostShare(), 3),
        (CostShare(deductible_applies=False), 2),
        (CostShare(patient_share_bp=2_000), 1),
        (CostShare(covered=False), 1),
        (CostShare(copay_cents=4_000), 3),
        (CostShare(copay_cents=0), 3),
        (CostShare(copay_cents=4_000, deductible_applies=False), 1),
        (CostShare(copay_cents=4_000, copay_timing="after-deductible"), 1),
        (NET, 3),
        (BASE_OPEN, 6),
        (msgspec.structs.replace(BASE_OPEN, copay_cents=0), 3),
    ],
)
def test_open_words_stand_for_every_reading(cost_share: CostShare, count: int) -> None:
    assert len(settled(cost_share)) == count


def test_an_unknown_share_lies_between_nothing_and_everything() -> None:
    assert {(terms.patient_share_bp, terms.deductible_applies) for terms in settled(CostShare())} == {
        (0, False),
        (10_000, False),
        (10_000, True),
    }


def test_terms_of_nothing_owe_the_deductible_only() -> None:
    assert adjudicate(100_000, Terms(), 30_000, UNLIMITED_CENTS) == Share(30_000, 0, 0)


@pytest.mark.parametrize(
    ("amount", "share_bp", "cents"), [(1, 5_000, 1), (1, 4_999, 0), (3, 3_333, 1), (10**11, 1, 10**7), (0, 10_000, 0)]
)
def test_a_share_is_rounded_half_up(amount: int, share_bp: int, cents: int) -> None:
    assert share_of(amount, share_bp) == cents


@pytest.mark.parametrize(
    ("balance", "left"),
    [
        (Balance(), UNLIMITED_CENTS),
        (Balance(50_000), 50_000),
        # embedded: the smaller governs; a met family limit ends it for a member who paid nothing
        (Balance(50_000, 80_000), 50_000),
        (Balance(50_000, 20_000), 20_000),
        (Balance(50_000, 0), 0),
        (Balance(0, 80_000), 0),
        # aggregate: the family's alone
        (Balance(50_000, 80_000, aggregate=True), 80_000),
        (Balance(0, 80_000, aggregate=True), 80_000),
    ],
)
def test_what_is_left_of_a_limit(balance: Balance, left: int) -> None:
    assert opens("out-of-pocket-maximum", balance).remaining("out-of-pocket-maximum") == exactly(left)


def test_a_plan_without_a_deductible_has_nothing_left_of_it() -> None:
    assert opens("deductible", Balance()).remaining("deductible") == exactly(0)


def test_a_credit_lowers_the_member_s_and_the_family_s_and_comes_back_when_reversed() -> None:
    opening = together(
        [opens("deductible", Balance(50_000, 80_000)), opens("out-of-pocket-maximum", Balance(100_000, 120_000))]
    )
    credit = Credit(deductible_cents=60_000, out_of_pocket_cents=110_000)
    ledger = opening.least.after(credit)
    assert ledger.remaining_cents("deductible") == ledger.remaining_cents("out-of-pocket-maximum") == 0
    # another member still has what the family has left
    assert ledger.remaining_cents("deductible", member="child") == 20_000
    assert ledger.remaining_cents("out-of-pocket-maximum", member="child") == 10_000
    assert ledger.after(Credit(*(-cents for cents in credit))) == opening.least


IN, OUT, BOTH = frozenset({"in"}), frozenset({"out"}), frozenset({"in", "out"})


@pytest.mark.parametrize(
    ("credited_by", "left"),
    [
        # networks apart: what is paid outside leaves the network's deductible alone
        ((IN, OUT), (50_000, 70_000)),
        # with cross-credit it counts toward both
        ((BOTH, BOTH), (20_000, 70_000)),
    ],
)
def test_networks_with_and_without_cross_credit(
    credited_by: tuple[frozenset[str], frozenset[str]], left: tuple[int, int]
) -> None:
    opening = together(
        [
            opens("deductible", Balance(50_000), governs=IN, credited_by=credited_by[0]),
            opens("deductible", Balance(100_000), governs=OUT, credited_by=credited_by[1]),
        ]
    )
    ledger = opening.least.after(Credit(deductible_cents=30_000), pool="out")
    assert tuple(ledger.remaining_cents("deductible", pool) for pool in ("in", "out")) == left


@pytest.mark.parametrize(
    "limit",
    [
        {"individual_cents": 100, "individual_met_cents": 101},
        {"family_cents": 100, "family_met_cents": 101},
        {"individual_cents": 100, "family_cents": 99},
        {"individual_met_cents": 101, "family_cents": 100},
    ],
)
def test_a_limit_that_contradicts_itself_is_refused(limit: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"is above|is below"):
        msgspec.convert(limit, Limit)
