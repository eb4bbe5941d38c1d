"""What a year of claims keeps count of beyond one line: families, networks, years, reversals, cards."""

from datetime import date

import pytest

from payers.cost_share.accumulators import YearlyLimit, met_cents, opening
from payers.cost_share.adjudicate import Terms
from payers.cost_share.assistance import Card, maximizer_share_cents
from payers.cost_share.credit import Credit
from payers.cost_share.no_surprises import protected
from payers.cost_share.part_d import POOL, part_d, part_d_terms
from payers.cost_share.plan_year import Book, Claim, NewCardYear, NewLimits, NewYear, Reversal, run, worlds

DEDUCTIBLE = YearlyLimit("deductible", 100_000)
MAXIMUM = YearlyLimit("out-of-pocket-maximum", 300_000)
BOOK = Book(limits=(DEDUCTIBLE, MAXIMUM))
FIFTH = Terms(patient_share_bp=2_000)


def patient(book: Book) -> list[int]:
    return [line.money.patient_pays_cents for line in book.lines]


def only(*pools: str) -> frozenset[str]:
    return frozenset(pools)


@pytest.mark.parametrize(
    ("credited_by", "second"),
    [(("out",), 50_000), (("in", "out"), 20_000)],
    ids=["without cross-credit", "with cross-credit"],
)
def test_networks_have_limits_of_their_own(credited_by: tuple[str, ...], second: int) -> None:
    limits = (
        YearlyLimit("deductible", 30_000, governs=only("in"), credited_by=only("in")),
        YearlyLimit("deductible", 50_000, governs=only("out"), credited_by=only(*credited_by)),
    )
    claims = [Claim(90_000, pool="in"), Claim(90_000, pool="out", contracted=False)]
    assert patient(run(Book(limits=limits), claims)) == [30_000, second]


def test_drug_and_medical_deductibles_apart_under_one_maximum() -> None:
    limits = (
        YearlyLimit("deductible", 50_000, governs=only("medical"), credited_by=only("medical")),
        YearlyLimit("deductible", 20_000, governs=only("drug"), credited_by=only("drug")),
        YearlyLimit("out-of-pocket-maximum", 60_000),
    )
    claims = [Claim(90_000, pool="medical"), Claim(90_000, pool="drug"), Claim(90_000, pool="drug")]
    assert patient(run(Book(limits=limits), claims)) == [50_000, 10_000, 0]


def test_a_maximum_on_coinsurance_alone_leaves_copays_owed() -> None:
    book = Book(
        limits=(DEDUCTIBLE, YearlyLimit("coinsurance-maximum", 250_000), MAXIMUM._replace(individual_cents=635_000))
    )
    copay = Terms(copay_cents=4_000, deductible_applies=False)
    assert patient(run(book, [Claim(2_000_000, FIFTH), Claim(10_000, copay)])) == [350_000, 4_000]


def test_the_self_only_maximum_stands_inside_an_aggregate_one() -> None:
    limit = YearlyLimit("out-of-pocket-maximum", None, 1_500_000, "aggregate", self_only_cents=900_000)
    whole = Terms(patient_share_bp=10_000)
    book = run(Book(limits=(limit,)), [Claim(2_000_000, whole, member=member) for member in ("Ana", "Ben", "Eve")])
    assert patient(book) == [900_000, 600_000, 0]


def test_an_old_plan_may_leave_deductible_and_copay_out_of_its_limit() -> None:
    terms = Terms(patient_share_bp=5_000, deductible_counts_to_maximum=False)
    book = run(Book(limits=(DEDUCTIBLE, MAXIMUM._replace(individual_cents=50_000))), [Claim(300_000, terms)])
    assert patient(book) == [150_000]
    going_on = Terms(copay_cents=4_000, deductible_applies=False, copay_after_maximum=True)
    book = run(book, [Claim(10_000, going_on), Claim(10_000, going_on._replace(copay_after_maximum=False))])
    assert patient(book)[1:] == [4_000, 0]
    assert met_cents(book.journal, "out-of-pocket-maximum") == 50_000


def test_a_plan_year_restarts_the_limits_and_the_visits() -> None:
    book = BOOK._replace(visit_limits={"therapy": 1})
    claim = Claim(10_000, Terms(copay_cents=3_000, deductible_applies=False), charge_cents=12_000, visit="therapy")
    assert patient(run(book, [claim, claim, NewYear(), claim])) == [3_000, 12_000, 3_000]


def test_a_reversal_gives_back_credit_visit_and_card() -> None:
    book = BOOK._replace(visit_limits={"therapy": 1}, card=Card("counts", left_cents=8_000))
    claim = Claim(10_000, FIFTH, visit="therapy")
    book = run(book, [claim, Reversal(0), Reversal(0)])
    assert book.remaining_cents("", "in") == (100_000, 300_000)
    assert book.card == Card("counts", left_cents=8_000)
    assert book.total.charge_cents == 0
    assert patient(run(book, [claim]))[1:] == [2_000]


def test_a_reversal_of_last_year_leaves_this_year_alone() -> None:
    book = run(BOOK, [Claim(10_000), NewYear(), Claim(10_000), Reversal(0)])
    assert book.remaining_cents("", "in")[0] == 90_000
    card = Card("counts", left_cents=5_000)
    book = run(BOOK._replace(card=card), [Claim(10_000), NewCardYear(card), Reversal(0)])
    assert book.card == card


def test_a_reversal_takes_back_what_the_line_carried_over() -> None:
    turn = NewYear(carry_over_since=date(2025, 10, 1))
    november = Claim(40_000, on=date(2025, 11, 3))
    assert run(BOOK, [november, turn, Reversal(0)]).remaining_cents("", "in")[0] == 100_000
    march = Claim(60_000, on=date(2025, 3, 3))
    book = run(BOOK, [march, november, turn])
    assert book.remaining_cents("", "in")[0] == 100_000
    # without March the deductible was not met, so November counts again
    assert run(book, [Reversal(0)]).remaining_cents("", "in")[0] == 60_000


def test_a_visit_that_is_not_covered_uses_up_none() -> None:
    book = BOOK._replace(visit_limits={"therapy": 1})
    excluded = Claim(0, Terms(covered=False), visit="therapy")
    assert patient(run(book, [excluded, Claim(10_000, FIFTH._replace(deductible_applies=False), visit="therapy")])) == [
        0,
        2_000,
    ]


@pytest.mark.parametrize(
    ("november", "even_if_met", "left"),
    [(40_000, False, 60_000), (100_000, False, 100_000), (100_000, True, 0)],
    ids=["unmet", "met", "met, and carried all the same"],
)
def test_the_fourth_quarter_carries_over(november: int, even_if_met: bool, left: int) -> None:
    year = [
        Claim(30_000 if november < 100_000 else 0, on=date(2025, 9, 30)),
        Claim(november, on=date(2025, 11, 3)),
        NewYear(carry_over_since=date(2025, 10, 1), carries_met_deductible=even_if_met),
    ]
    book = run(BOOK, year)
    assert book.remaining_cents("", "in") == (left, 300_000)
    assert run(book, [NewYear(carry_over_since=date(2026, 10, 1))]).remaining_cents("", "in")[0] == 100_000


def test_a_change_of_tier_keeps_what_was_credited() -> None:
    family = (YearlyLimit("deductible", 150_000, 300_000), MAXIMUM)
    book = run(BOOK, [Claim(80_000, member="Ana"), NewLimits(family), Claim(500_000, member="Ana")])
    assert patient(book) == [80_000, 70_000]


def test_a_year_that_others_began() -> None:
    limit = YearlyLimit("deductible", 50_000, 100_000)
    journal = opening({"Ana": Credit(deductible_cents=30_000)}, Credit(deductible_cents=80_000))
    book = Book(limits=(limit,), postings=journal)
    assert [book.remaining_cents(member, "in")[0] for member in ("Ana", "Ben")] == [20_000, 20_000]


def test_free_preventive_care_is_the_network_s() -> None:
    claim = Claim(10_000, FIFTH._replace(preventive=True))
    assert patient(run(BOOK, [claim, claim._replace(contracted=False)])) == [0, 10_000]


def test_the_three_worlds_of_a_card() -> None:
    """$2,000 fills, $4,000 deductible, 40% up to $8,000, an $8,000 card (Am J Manag Care, accumulators)."""
    book = Book(limits=(YearlyLimit("deductible", 400_000), YearlyLimit("out-of-pocket-maximum", 800_000)))
    fills = [Claim(200_000, Terms(patient_share_bp=4_000))] * 12
    years = worlds(book, Card("counts", left_cents=800_000), fills)
    told = {
        policy: (year.total.assistance_cents, year.total.patient_pays_cents, year.total.plan_pays_cents)
        for policy, year in years.items()
    }
    assert told == {
        "counts": (800_000, 0, 1_600_000),
        "accumulator": (800_000, 800_000, 800_000),
        "maximizer": (800_000, 0, 1_600_000),
    }
    assert {policy: year.card_dry_at for policy, year in years.items()} == {
        "counts": None,
        "accumulator": 4,
        "maximizer": 4,
    }
    assert years["maximizer"].remaining_cents("", "in")[1] == 800_000
    assert maximizer_share_cents(800_000, 12) == 66_666


def test_a_card_pays_neither_above_a_fill_s_limit_nor_for_a_line_it_excludes() -> None:
    book = BOOK._replace(card=Card("counts", fill_limit_cents=3_000, patient_floor_cents=1_000))
    claim = Claim(5_000)
    assert patient(run(book, [claim, claim._replace(assisted=False), Claim(800)])) == [2_000, 5_000, 800]


def test_a_protected_service_is_paid_while_the_deductible_is_open() -> None:
    book = protected(BOOK, Claim(80_000, FIFTH, charge_cents=500_000, contracted=False), 150_000)
    money = book.lines[0].money
    assert (money.patient_pays_cents, money.plan_pays_cents, money.balance_bill_cents) == (80_000, 70_000, 0)
    assert money.write_off_cents == 350_000
    assert book.remaining_cents("", "in")[0] == 20_000


def test_part_d_stops_at_its_threshold() -> None:
    book = run(part_d(61_500, 210_000), [Claim(400_000, part_d_terms(), pool=POOL)] * 3)
    assert patient(book) == [146_125, 63_875, 0]
