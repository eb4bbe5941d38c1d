"""What the asker typed goes before what the payer said, and each is told as whoever said it."""

from datetime import date

import pytest

from payers.cost_share.plan import CostShare, Limit
from payers.estimate.answer import Answer, ReasonAnswer
from payers.estimate.question import Question
from tests.payers.eligibility.plan.answers import transaction
from tests.payers.estimate.from_payer.checks import CHECK, COMMERCIAL, TODAY, Json, estimated, opened, with_plan

ROWS = """
1 30
C IND 30 p23 $2000 in
C IND 30 p29 $800 in
C FAM 30 p23 $4000 in
C FAM 30 p29 $2800 in
G IND 30 p23 $6000 in
G IND 30 p29 $4500 in
A 30 20% in
B MH $40 in "DEDUCTIBLE WAIVED"
F MH p23 20VS in
F MH p29 12VS in
"""


def typed(benefits: Json, rows: str = ROWS) -> Question:
    return with_plan(COMMERCIAL | {"benefits": benefits}, rows)


def deductible(question: Question) -> Limit | None:
    return question.benefits.deductible if question.benefits else None


def visit(question: Question) -> CostShare | None:
    shares = question.benefits.cost_shares if question.benefits else None
    return shares.visit if shares else None


def pointers(question: Question) -> set[str]:
    assert question.plan_source is not None
    return {term.pointer for term in question.plan_source.terms}


def test_what_is_met_may_be_typed_beside_the_payers_amount() -> None:
    found = typed({"deductible": {"individual_met_cents": 150_000}})
    assert deductible(found) == Limit(
        individual_cents=200_000, individual_met_cents=150_000, family_cents=400_000, family_met_cents=120_000
    )
    assert "/benefits/deductible/individual_cents" in pointers(found)
    assert "/benefits/deductible/individual_met_cents" not in pointers(found)


def test_another_amount_makes_what_was_met_of_the_payers_unknown() -> None:
    found = typed({"deductible": {"individual_cents": 150_000}})
    assert deductible(found) == Limit(individual_cents=150_000, family_cents=400_000, family_met_cents=120_000)
    assert "/benefits/deductible/individual_met_cents" not in pointers(found)


def test_the_same_amount_keeps_what_was_met() -> None:
    found = typed({"deductible": {"individual_cents": 200_000}})
    assert found.benefits
    assert found.benefits.deductible
    assert found.benefits.deductible.individual_met_cents == 120_000
    assert "/benefits/deductible/individual_met_cents" in pointers(found)


def test_the_terms_of_a_service_are_typed_whole() -> None:
    found = typed({"cost_shares": {"visit": {"patient_share_bp": 1_000}}})
    assert visit(found) == CostShare(patient_share_bp=1_000)
    assert "/benefits/cost_shares/visit" not in pointers(found)
    assert "/benefits/cost_shares/default" in pointers(found)


def test_a_limit_that_there_is_none_of() -> None:
    assert deductible(typed({"deductible": {"none": True}})) == Limit(none=True)


def test_a_limit_typed_where_the_payer_may_have_meant_none() -> None:
    rows = "1 30\nG IND 30 p23 $99999.99 in\nA 30 20% in"
    found = typed({"out_of_pocket_max": {"individual_cents": 500_000, "individual_met_cents": 0}}, rows)
    assert found.alternative_benefits == ()


def test_a_number_of_visits_is_typed_whole() -> None:
    found = typed({"visit_limit": {"visits": 30}})
    assert {
        each.visit_limit.used for each in (found.benefits, *found.alternative_benefits) if each and each.visit_limit
    } == {None}


def test_readings_that_what_was_typed_makes_alike_are_one() -> None:
    rows = "1 30\nB MH $25 in\nB MH $75 in"
    assert len(with_plan(COMMERCIAL, rows).alternative_benefits) == 1
    assert typed({"cost_shares": {"visit": {"copay_cents": 7_500}}}, rows).alternative_benefits == ()


def test_a_reading_that_what_was_typed_rules_out_is_none() -> None:
    rows = "1 30\nC IND 30 p23 $500 in\nC IND 30 p23 $2000 in"
    found = typed({"deductible": {"individual_met_cents": 100_000}}, rows)
    assert deductible(found) == Limit(individual_cents=200_000, individual_met_cents=100_000)
    assert found.alternative_benefits == ()


def test_what_fits_no_reading_must_be_answered() -> None:
    asked = COMMERCIAL | {"benefits": {"deductible": {"individual_met_cents": 300_000}}}
    assert opened(asked, ROWS) == ["told-unlike-said /benefits"]


def test_typed_cost_shares_answer_whether_the_service_is_covered() -> None:
    rows = "1 30\nI MH in\nA 30 20% in"
    assert opened(COMMERCIAL, rows) == ["not-covered /benefits/cost_shares"]
    assert visit(typed({"cost_shares": {"visit": {"copay_cents": 4_000}}}, rows)) == CostShare(copay_cents=4_000)


def test_the_clinics_own_network_answers_a_contradiction() -> None:
    rows = "1 30\nB MH $20 in\n1 MH 'PROVIDER IS OUT OF NETWORK'"
    nobody = {name: value for name, value in COMMERCIAL.items() if name != "network"}
    assert opened(nobody, rows) == ["network-contradiction /network"]
    assert with_plan(COMMERCIAL, rows).network == "in"


def test_a_message_fills_in_the_network() -> None:
    nobody = {name: value for name, value in COMMERCIAL.items() if name != "network"}
    assert with_plan(nobody, "1 30 'PROVIDER IS IN NETWORK'\nB MH $20 in").network == "in"


# Where each dollar was said


def reasons(found: Answer, origin: str) -> list[ReasonAnswer]:
    return [each for each in found.reasons if each.origin == origin]


def test_every_reason_of_the_payer_stands_in_rows_of_its_answer() -> None:
    found = estimated(with_plan(COMMERCIAL, ROWS))
    member = transaction(ROWS).patients[0]
    by_segment = {row.segment: row for row in member.benefits}
    of_payer = reasons(found, "payer")
    assert {each.id for each in of_payer} >= {
        "deductible",
        "deductible-used",
        "copay-flat-no-deductible",
        "coinsurance-net-of-copay",
    }
    kinds = {
        "deductible": {"deductible"},
        "maximum": {"out_of_pocket_max"},
        "copay": {"copay"},
        "coinsurance": {"coinsurance"},
    }
    for reason in of_payer:
        said_by = reason.said_by
        assert said_by, reason.id
        assert said_by.check == CHECK
        rows = [by_segment[segment] for segment in said_by.segments]
        assert tuple(row.n for row in rows) == said_by.rows
        assert {row.kind for row in rows} <= kinds[reason.id.split("-")[0].split(".")[0]], reason.id
        assert (reason.verified_on, reason.age_days) == (TODAY, 0)


def test_what_was_typed_is_told_as_the_askers() -> None:
    found = estimated(typed({"cost_shares": {"visit": {"copay_cents": 5_000, "copay_timing": "flat-no-deductible"}}}))
    (copay,) = (each for each in found.reasons if each.id.startswith("copay"))
    assert copay.origin == "told"
    assert not copay.said_by
    assert "coinsurance-net-of-copay" in {each.id for each in reasons(found, "payer")}


def test_where_a_copay_stands_is_the_askers_and_the_copay_stays_the_payers() -> None:
    rows = ROWS.replace(" 'DEDUCTIBLE WAIVED'", "").replace(' "DEDUCTIBLE WAIVED"', "")
    question = typed({"cost_shares": {"visit": {"copay_timing": "flat-no-deductible"}}}, rows)
    assert visit(question) == CostShare(copay_cents=4_000, copay_timing="flat-no-deductible")
    (copay,) = (each for each in estimated(question).reasons if each.id.startswith("copay"))
    assert (copay.id, copay.origin) == ("copay-flat-no-deductible", "payer")


def test_an_answers_age_is_the_estimates() -> None:
    question = with_plan(COMMERCIAL, ROWS, TODAY, date(2026, 11, 3))
    found = estimated(question)
    assert found.eligibility
    assert (found.eligibility.age_days, found.eligibility.answered_on) == (20, date(2026, 11, 3))
    assert {each.age_days for each in reasons(found, "payer")} == {20}


@pytest.mark.parametrize("answered_on", [date(2026, 12, 20), date(2026, 1, 2)])
def test_what_was_met_in_a_plan_year_that_is_over_is_not_met_now(answered_on: date) -> None:
    question = with_plan(COMMERCIAL | {"start_on": "2027-01-12"}, ROWS, date(2027, 1, 10), answered_on)
    assert deductible(question) == Limit(individual_cents=200_000, family_cents=400_000)
    assert not {pointer for pointer in pointers(question) if pointer.endswith("_met_cents")}
    assert question.plan_source
    assert "answer-of-last-year" in {each.kind for each in question.plan_source.questions}
    assert {each.visit_limit.used for each in (question.benefits,) if each and each.visit_limit} == {None}


def test_a_july_plan_year_goes_on_over_new_year() -> None:
    rows = "1 30\nC IND 30 p22 $2000 in 292=20260701-20270630\nC IND 30 p29 $800 in 292=20260701-20270630"
    question = with_plan(COMMERCIAL | {"start_on": "2027-01-12"}, rows, date(2027, 1, 10), date(2026, 12, 20))
    assert deductible(question) == Limit(individual_cents=200_000, individual_met_cents=120_000)


# Original Medicare

MEDICARE: Json = {"payer": "medicare", "state": "CO", "treatment": "spravato", "start_on": "2026-12-01"}


@pytest.mark.parametrize(
    ("left", "met_cents", "kinds"),
    [
        ("$120", 16_300, set[str]()),
        ("$0", 28_300, set[str]()),
        ("$283", 0, set[str]()),
        ("$300", None, {"amounts-disagree"}),
    ],
)
def test_part_b_is_met_by_what_is_left_of_it(left: str, met_cents: int | None, kinds: set[str]) -> None:
    found = with_plan(MEDICARE, f"1 30 type=MB\nC 30 type=MB p29 {left} either\nA 30 20% type=MB")
    assert deductible(found) == (None if met_cents is None else Limit(individual_met_cents=met_cents))
    assert found.plan_source
    assert {each.kind for each in found.plan_source.questions} == kinds
    assert pointers(found) == (set() if met_cents is None else {"/benefits/deductible/individual_met_cents"})


def test_part_b_of_last_year_is_not_this_years() -> None:
    asked = MEDICARE | {"start_on": "2026-02-02"}
    found = with_plan(asked, "1 30 type=MB\nC 30 type=MB p29 $0", date(2026, 1, 20), date(2025, 12, 30))
    assert found.benefits is None
    assert found.plan_source
    assert [each.kind for each in found.plan_source.questions] == ["answer-of-last-year"]
