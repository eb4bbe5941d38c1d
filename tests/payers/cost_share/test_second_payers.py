"""Who is primary, and what stands behind Medicare, Medicaid and TRICARE, beyond the published examples."""

from datetime import date

import pytest

from payers.catalogue.load import load_release
from payers.cost_share.coordination import coordinate
from payers.cost_share.medicaid_secondary import full_payment, lesser_of
from payers.cost_share.medicare_secondary import fee_schedule
from payers.cost_share.medigap import supplement_part_a
from payers.cost_share.order_of_benefits import Order, OrderUnknown, PlanFacts, Rule, order
from payers.cost_share.part_b import non_participating_cents, part_b
from payers.cost_share.part_b_year import Beneficiary, Service, run, together
from payers.cost_share.tricare_secondary import behind_other, for_life, for_life_opted_out

OWN, PARENT = PlanFacts(holder="self"), PlanFacts(holder="parent")
EARLY, LATE = date(2019, 1, 1), date(2024, 1, 1)


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        (PlanFacts(coordinates=False), OWN, "no-coordination-clause"),
        (OWN, PlanFacts(holder="other"), "employee-before-dependent"),
        (OWN._replace(active=False), PARENT, "employee-before-dependent"),
        (PARENT._replace(decreed=True), PARENT._replace(holder_birthday=(1, 2)), "court-order"),
        (PARENT._replace(custody="custodial-parent"), PARENT._replace(custody="other-parent"), "custody"),
        (
            PARENT._replace(custody="custodial-parents-spouse"),
            PARENT._replace(custody="other-parents-spouse"),
            "custody",
        ),
        (PARENT._replace(holder_birthday=(3, 1)), PARENT._replace(holder_birthday=(3, 2)), "birthday"),
        (OWN, OWN._replace(active=False), "active-before-retired"),
        (OWN, OWN._replace(continued=True), "employment-before-continuation"),
        (OWN._replace(covered_since=EARLY), OWN._replace(covered_since=LATE), "longer-coverage"),
        (
            PARENT._replace(holder_birthday=(3, 1), covered_since=EARLY),
            PARENT._replace(holder_birthday=(3, 1), covered_since=LATE),
            "longer-coverage",
        ),
    ],
)
def test_the_first_rule_that_tells_them_apart(first: PlanFacts, second: PlanFacts, rule: Rule) -> None:
    assert (order(first, second), order(second, first)) == (Order(0, rule), Order(1, rule))


@pytest.mark.parametrize(
    ("plan", "missing"),
    [(PlanFacts(), "holder"), (PARENT, "holder_birthday"), (OWN, "covered_since")],
)
def test_a_missing_fact_is_asked_for(plan: PlanFacts, missing: str) -> None:
    answer = order(plan, plan)
    assert isinstance(answer, OrderUnknown)
    assert answer.missing == missing


def test_plans_that_nothing_tells_apart_share_equally() -> None:
    plan = OWN._replace(covered_since=EARLY)
    assert order(plan, plan) == Order(None, "equal-shares")


def test_a_bank_fills_with_what_being_second_saved() -> None:
    saved = coordinate("standard", 100_000, 60_000, 80_000, bank_cents=0)
    assert (saved.secondary_pays_cents, saved.bank_cents, saved.patient_pays_cents) == (40_000, 40_000, 0)
    drawn = coordinate("standard", 100_000, 50_000, 30_000, bank_cents=saved.bank_cents)
    assert (drawn.bank_draw_cents, drawn.bank_cents, drawn.patient_pays_cents) == (20_000, 20_000, 0)


def test_a_primary_that_paid_more_than_the_allowable_leaves_nothing() -> None:
    assert coordinate("standard", 50_000, 60_000, 80_000)[1:] == (0, 0, 0, 0)


def test_part_b_outside_assignment() -> None:
    assert non_participating_cents(10_000) == 9_500
    assert part_b(9_500, 0, accepts_assignment=False).excess_cents == 1_425
    assert part_b(9_500, 0, accepts_assignment=False, charge_cents=9_900).excess_cents == 400
    gone = part_b(9_500, 28_300, charge_cents=40_000, opted_out=True)
    assert (gone.patient_cents, gone.medicare_pays_cents, gone.share.cost_share_cents) == (40_000, 0, 0)


def test_part_b_in_a_hospital_and_preventive() -> None:
    assert part_b(2_000_000, 0, coinsurance_max_cents=173_600).share.coinsurance_cents == 173_600
    assert part_b(20_000, 28_300, preventive=True).medicare_pays_cents == 20_000


@pytest.mark.parametrize(
    ("letter", "left", "kept"),
    [
        # 283 deductible, then 20% of 9,717 and of 10,000: 1,943.40 and 2,000 dollars of coinsurance
        ("K", 800_000, [125_470, 100_000]),
        ("K", 200_000, [125_470, 74_530]),
        ("L", 400_000, [76_885, 50_000]),
        ("L", 80_000, [76_885, 3_115]),
        ("G-HD", 295_000, [222_640, 72_360]),
        ("F-HD", 20_000, [20_000, 0]),
        ("G-HD", 20_000, [28_300, 0]),
    ],
)
def test_a_supplement_s_limit_runs_through_the_year(letter: str, left: int, kept: list[int]) -> None:
    plan = next(plan for plan in load_release().medigap_plans if plan.letter == letter)
    lines, after = run([Service(1_000_000)] * 2, Beneficiary(28_300, plan, left, sequestration_bp=200))
    assert [line.patient_pays_cents for line in lines] == kept
    assert after.deductible_remaining_cents == 0
    whole = together(lines)
    assert whole.medicare.share.cost_share_cents == 422_640
    assert whole.medicare.sequestration_cents == 31_547
    paid = whole.medicare.medicare_pays_cents + whole.medigap_pays_cents + whole.patient_pays_cents
    assert paid + whole.medicare.sequestration_cents == 2_000_000


def test_plan_n_leaves_more_of_an_emergency_visit() -> None:
    plan = next(plan for plan in load_release().medigap_plans if plan.letter == "N")
    lines, _ = run([Service(100_000, visit=visit) for visit in ("office", "emergency", None)], Beneficiary(0, plan))
    assert [line.patient_pays_cents for line in lines] == [2_000, 5_000, 0]


@pytest.mark.parametrize(("letter", "pays"), [("A", 43_400), ("B", 217_000), ("K", 130_200), ("G-HD", 217_000)])
def test_a_hospital_stay(letter: str, pays: int) -> None:
    assert supplement_part_a(letter, 173_600, 43_400) == (pays, 217_000 - pays)


def test_medicare_second_with_an_open_deductible() -> None:
    """The primary's 50 dollars meet part of the patient's share; the supplier must accept 150."""
    done = fee_schedule(
        charge_cents=20_000,
        approved_cents=12_000,
        primary_allowed_cents=15_000,
        primary_paid_cents=5_000,
        deductible_remaining_cents=7_000,
        obligated_cents=15_000,
    )
    assert done.legs_cents == (10_000, 4_000, 10_000)
    assert (done.medicare_pays_cents, done.patient_pays_cents, done.deductible_credit_cents) == (4_000, 3_000, 7_000)


def test_medicaid_behind_medicare() -> None:
    assert lesser_of(cost_share_cents=2_000, medicare_paid_cents=8_000, medicaid_rate_cents=7_000) == (0, 8_000, 0)
    assert lesser_of(
        cost_share_cents=9_000, medicare_paid_cents=4_000, medicaid_rate_cents=5_000, deductible_in_full_cents=5_000
    ) == (5_000, 9_000, 0)
    assert full_payment(cost_share_cents=2_000, medicare_paid_cents=8_000) == (2_000, 10_000, 0)


def test_tricare_behind_others() -> None:
    outside = behind_other(
        billed_cents=200_000,
        allowable_cents=100_000,
        tricare_share_bp=7_500,
        other_paid_cents=100_000,
        participating=False,
    )
    assert (outside.unpaid_cents, outside.tricare_pays_cents, outside.patient_pays_cents) == (15_000, 15_000, 0)
    settled = behind_other(
        billed_cents=100_000,
        allowable_cents=80_000,
        tricare_share_bp=7_500,
        other_paid_cents=60_000,
        deductible_cents=15_000,
        patient_owes_cents=20_000,
    )
    assert settled == (48_750, 40_000, 20_000, 0)
    both = for_life(billed_cents=11_500, paid_before_cents=8_000, allowable_cents=10_000, tricare_share_bp=7_500)
    assert both == (3_500, 0)
    assert for_life(billed_cents=11_500, paid_before_cents=8_000, allowable_cents=0, tricare_share_bp=0) == (0, 3_500)
    assert for_life_opted_out(30_000, 10_000) == (2_000, 28_000)
