"""What nobody told: it is asked only where it can change something, with its range, its source and its worth."""

from datetime import date
from itertools import combinations
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.money import Range, exactly, hull
from payers.cost_share.plan import MAX_CENTS
from payers.estimate import answer
from payers.estimate.answer import Answer, UnknownAnswer
from payers.estimate.estimate import Estimate, estimate
from payers.estimate.evaluate import evaluate
from payers.estimate.question import Question
from payers.estimate.unknowns import NEEDED_ANYWAY, all_typical
from payers.estimate.unknowns.unknown import unanswered
from payers.estimate.unknowns.worth import Worth

CATALOGUE = Catalogue(load_release())
TODAY = date(2026, 2, 1)

SHARES = {"default": {"patient_share_bp": 2000}}
BENEFITS: dict[str, Any] = {
    "plan_year_start": "01-01",
    "deductible": {"individual_cents": 150_000, "individual_met_cents": 0},
    "out_of_pocket_max": {"individual_cents": 600_000, "individual_met_cents": 0},
    "cost_shares": SHARES,
}
BASE: dict[str, Any] = {
    "payer": "Aetna",
    "treatment": "spravato",
    "state": "CO",
    "line_of_business": "commercial",
    "dose_mg": 84,
    "indication": "trd",
    "start_on": "2026-02-02",
    "course": {"kind": "sessions", "count": 6},
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "benefits": BENEFITS,
    "prices": {
        "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000},
        "visit_allowed_per_session": {"low_cents": 30_000, "high_cents": 30_000},
        "cash_per_session": {"low_cents": 150_000, "high_cents": 150_000},
    },
}
MEDICARE = BASE | {
    "payer": "Medicare",
    "line_of_business": "medicare",
    "medicare_assignment": "accepted",
    "benefits": {"deductible": {"individual_met_cents": 0}},
}
CARD = {
    "program": "spravato-withme",
    "policy": "counts",
    "remaining_cents": 300_000,
    "yearly_limit_cents": 300_000,
    "per_fill_limit_cents": 50_000,
}
FIRST = {"facts": {"holder": "other"}, "first_plan": {"holder": "self"}}
SECOND: dict[str, Any] = {"kind": "commercial", "method": "standard", "benefits": BENEFITS} | FIRST
OTHER_TERMS = SECOND | {"benefits": BENEFITS | {"deductible": {"individual_cents": 0, "individual_met_cents": 0}}}


def without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def benefits(**more: Any) -> dict[str, Any]:
    return BASE | {"benefits": BENEFITS | more}


def behind(other: dict[str, Any], payer: dict[str, Any] = BASE) -> dict[str, Any]:
    return payer | {"other_coverage": [other]}


def ask(asked: dict[str, Any]) -> Answer:
    found = answer(CATALOGUE, msgspec.convert(asked, Question, strict=False), TODAY, id="receipt", created_at="now")
    assert isinstance(found, Answer)
    return found


def unknowns(asked: dict[str, Any]) -> dict[str, UnknownAnswer]:
    return {unknown.name: unknown for unknown in ask(asked).unknowns}


OPEN: dict[str, tuple[dict[str, Any], set[str]]] = {
    "second plan, method": (behind(without(SECOND, "method")), {"second_method"}),
    "second plan, terms": (behind(without(SECOND, "benefits")), {"second_benefits"}),
    "second plan, what is met": (
        behind(SECOND | {"benefits": BENEFITS | {"deductible": {"individual_cents": 150_000}}}),
        {"second_benefits"},
    ),
    "second plan, bank": (behind(SECOND | {"method": "non-duplication", "benefit_bank": True}), {"second_bank"}),
    "second plan, order": (
        behind(without(OTHER_TERMS, "facts", "first_plan") | {"method": "maintenance-of-benefits"}),
        {"order_of_benefits"},
    ),
    "second plan, order half told": (
        behind(without(OTHER_TERMS, "facts") | {"method": "maintenance-of-benefits"}),
        {"order_of_benefits"},
    ),
    "group plan beside Medicare": (behind(without(SECOND, "facts", "first_plan"), MEDICARE), {"order_of_benefits"}),
    "medigap K": (behind({"kind": "medigap", "plan": "K"}, MEDICARE | {"start_on": "2026-02-02"}), {"medigap_met"}),
    "medigap G, high deductible": (
        behind({"kind": "medigap", "plan": "G", "high_deductible": True}, MEDICARE),
        {"medigap_met"},
    ),
    "medigap N, is it an office visit": (behind({"kind": "medigap", "plan": "N"}, MEDICARE), {"medigap_visit"}),
    "medigap N, told": (behind({"kind": "medigap", "plan": "N", "office_visit": False}, MEDICARE), set()),
    "no assignment, no price": (
        MEDICARE | {"medicare_assignment": "not-accepted", "prices": without(BASE["prices"], "cash_per_session")},
        {"cash_per_session"},
    ),
    "tricare behind a plan, what is met": (
        behind({"kind": "tricare"}) | {"tricare": {"plan": "select", "group": "b", "category": "retiree"}},
        {"tricare_limits_met"},
    ),
    "medicaid behind a plan": (behind({"kind": "medicaid"}), {"accepts_medicaid"}),
    "medicaid behind Medicare": (
        behind({"kind": "medicaid"}, MEDICARE),
        {"accepts_medicaid", "medicaid_group"},
    ),
    "medicaid that pays premiums alone": (behind({"kind": "medicaid", "group": "slmb"}, MEDICARE), set()),
    "medicare behind a plan": (behind({"kind": "medicare"}), {"part_b_deductible_met"}),
    "tricare behind a plan": (behind({"kind": "tricare"}), {"tricare", "referral", "tricare_limits_met"}),
    "card, policy": (BASE | {"assistance": [without(CARD, "policy")]}, {"assistance_policy"}),
    "card, what is left": (BASE | {"assistance": [without(CARD, "remaining_cents")]}, {"assistance_remaining"}),
    "card, a treatment": (
        BASE | {"assistance": [without(CARD, "per_fill_limit_cents")]},
        {"assistance_per_fill_limit"},
    ),
    "card, this year alone": (BASE | {"assistance": [without(CARD, "yearly_limit_cents")]}, set()),
    "card, the next year too": (
        BASE | {"start_on": "2026-12-28", "assistance": [without(CARD, "yearly_limit_cents")]},
        {"assistance_yearly_limit"},
    ),
    "visits used": (benefits(visit_limit={"visits": 8}), {"visits_used"}),
    "coinsurance maximum": (benefits(coinsurance_max={"individual_cents": 40_000}), {"coinsurance_max"}),
    "drug benefit apart": (
        benefits(
            cost_shares=SHARES | {"pharmacy_drug": {"patient_share_bp": 2000}},
            pharmacy={"deductible": {"individual_cents": 50_000}},
        )
        | {"lane": "pharmacy"},
        {"pharmacy_limits"},
    ),
    "outside, limits": (
        benefits(out_of_network={"deductible": {"individual_cents": 300_000}, "cost_shares": SHARES})
        | {"network": "out"},
        {"out_of_network"},
    ),
    "outside, nothing told": (without(BASE, "network"), {"network", "out_of_network"}),
    "everything": (BASE, set()),
}


@pytest.mark.parametrize(("asked", "names"), OPEN.values(), ids=OPEN)
def test_what_is_absent_and_widens_the_answer_is_asked_and_worth_something(
    asked: dict[str, Any], names: set[str]
) -> None:
    found = unknowns(asked)
    assert found.keys() == names
    assert all(unknown.worth_cents > 0 for unknown in found.values() if unknown.name not in WITH_ANOTHER)


WITH_ANOTHER = {"referral"}
"""Matters for a Prime patient alone, and the typical beneficiary has Select."""


@pytest.mark.parametrize(("asked", "names"), OPEN.values(), ids=OPEN)
def test_the_typical_answers_leave_nothing_open_and_lie_within_the_range(
    asked: dict[str, Any], names: set[str]
) -> None:
    found = whole(asked)
    typical = all_typical(found.case.question, [each.unknown for each in found.worths])
    settled = evaluate(found.case._replace(question=typical))
    assert hull(outcome.course for outcome in settled).low_cents >= found.headline.course.low_cents
    assert hull(outcome.course for outcome in settled).high_cents <= found.headline.course.high_cents
    left = estimate(CATALOGUE, typical, TODAY)
    assert isinstance(left, Estimate)
    assert {each.unknown.name for each in left.worths} <= WITH_ANOTHER - names


def test_an_amount_that_no_source_has_is_asked_and_told_in_words() -> None:
    retiree = {"plan": "select", "group": "a", "category": "retiree"}
    asked = without(BASE, "benefits", "lane") | {"payer": "TRICARE West", "line_of_business": "military"}
    found = ask(asked | {"tricare": retiree})
    (copay,) = [unknown for unknown in found.unknowns if unknown.name == "tricare_network_copay"]
    assert (copay.typical, copay.range) == (None, None)
    assert "tricare-copay-not-on-file" in [notice.kind for notice in found.notices]
    for who, network in ((retiree | {"plan": "prime"}, "in"), (retiree, "out"), ({}, "in")):
        assert "tricare_network_copay" not in unknowns(asked | {"tricare": who, "network": network}), (who, network)


def test_the_copay_of_another_states_medicaid_behind_a_plan_is_asked() -> None:
    other = {"kind": "medicaid", "accepts_medicaid": True}
    assert unknowns(behind(other)).keys() == set()
    assert "medicaid_copay" in unknowns(behind(other) | {"state": "WY"})


def test_the_typical_design_is_spoken_of_only_where_it_stands_for_a_term_of_the_plan() -> None:
    def spoken_of(asked: dict[str, Any]) -> bool:
        return "typical-not-your-plan" in [notice.kind for notice in ask(asked).notices]

    assert not spoken_of(BASE | {"assistance": [without(CARD, "policy")]})
    assert not spoken_of(behind(SECOND | {"method": "non-duplication", "benefit_bank": True}))
    assert spoken_of(BASE | {"benefits": without(BENEFITS, "deductible")})
    assert spoken_of(BASE | {"benefits": without(BENEFITS, "cost_shares")})


def test_less_than_a_dollar_is_nothing_to_tell() -> None:
    assert [Worth(unanswered("lane"), cents).told for cents in (0, 2, 99, 100)] == [False, False, False, True]


def test_the_copay_of_plan_n_is_told() -> None:
    open_, due, none_ = (
        ask(behind({"kind": "medigap", "plan": "N"} | told, MEDICARE))
        for told in ({}, {"office_visit": True}, {"office_visit": False})
    )
    sessions = [found.sessions[-1].patient_pays for found in (open_, due, none_)]
    assert sessions == [Range(low_cents=0, high_cents=2_000), exactly(2_000), exactly(0)]
    assert any("$20 for an office visit; whether" in reason.sentence for reason in open_.reasons)
    assert any("$20 for an office visit." in reason.sentence for reason in due.reasons)
    assert not any("$20" in reason.sentence for reason in none_.reasons)


ASKED_WIDELY = {
    "nothing told": {"payer": "Aetna", "treatment": "spravato"},
    "infusions": {"payer": "Aetna", "treatment": "iv-ketamine"},
    "out of network": without(BASE, "benefits", "lane") | {"network": "out"},
    "limits outside apart": without(benefits(out_of_network={"cost_shares": SHARES}), "network", "lane"),
    "active duty": {
        "payer": "TRICARE West",
        "treatment": "spravato",
        "tricare": {"plan": "prime", "group": "b", "category": "active-duty"},
    },
    "TRICARE For Life": {"payer": "TRICARE For Life", "treatment": "spravato"},
    "medigap": {"payer": "Medicare", "treatment": "spravato", "other_coverage": [{"kind": "medigap", "plan": "K"}]},
    "card": without(BASE, "lane") | {"assistance": [{"program": "spravato-withme"}]},
    "second plan": without(BASE, "lane", "network") | {"other_coverage": [{"kind": "commercial"}]},
}


@pytest.mark.parametrize("asked", ASKED_WIDELY.values(), ids=ASKED_WIDELY)
def test_nothing_is_asked_that_cannot_change_anything(asked: dict[str, Any]) -> None:
    """By brute force: some amount moves when it is open beside at most one or two others."""
    found = whole(asked)
    answerable = [each.unknown for each in found.worths if each.unknown.answerable]

    def amounts(left_open: tuple[str, ...]) -> list[Range]:
        asked = all_typical(found.case.question, [each for each in answerable if each.name not in left_open])
        outcomes = evaluate(found.case._replace(question=asked))
        return [hull(getattr(each, name) for each in outcomes) for name in ("first", "typical", "course")]

    names = [each.name for each in answerable]
    for name in names:
        if name in NEEDED_ANYWAY or amounts((name,)) != amounts(()):
            continue
        others = [each for each in names if each != name]
        beside = (pair for count in (1, 2) for pair in combinations(others, count))
        assert any(amounts((name, *pair)) != amounts(pair) for pair in beside), name


def test_an_amount_tells_the_range_in_which_it_lies() -> None:
    found = unknowns({"payer": "Aetna", "treatment": "spravato", "start_on": "2026-02-02"})
    assert found["deductible"].range == Range(low_cents=0, high_cents=1_060_000)
    assert found["deductible_met"].range == Range(low_cents=0, high_cents=1_060_000)
    allowed, cash = found["allowed_per_session"].range, found["cash_per_session"].range
    assert allowed
    assert allowed.low_cents < allowed.high_cents < MAX_CENTS
    assert cash
    assert cash.low_cents < cash.high_cents < MAX_CENTS
    assert found["lane"].range is None
    assert found["cost_shares"].range is None


def test_what_is_met_lies_within_the_limit_that_was_told() -> None:
    asked = benefits(deductible={"individual_cents": 150_000})
    assert unknowns(asked)["deductible_met"].range == Range(low_cents=0, high_cents=150_000)


def test_an_amount_that_nothing_bounds_has_no_range() -> None:
    asked = BASE | {"assistance": [{"program": "spravato-withme", "policy": "counts"}]}
    assert unknowns(asked)["assistance_remaining"].range is None
    told = BASE | {"assistance": [without(CARD, "remaining_cents")]}
    assert unknowns(told)["assistance_remaining"].range == Range(low_cents=0, high_cents=300_000)


def test_a_typical_value_names_its_source_or_says_that_it_is_assumed() -> None:
    found = unknowns({"payer": "Aetna", "treatment": "spravato"})
    for name in ("deductible", "out_of_pocket_max", "cost_shares", "course", "allowed_per_session"):
        assert (found[name].origin, bool(found[name].citations)) == ("catalogue", True), name
    for name in ("deductible_met", "plan_year_start", "lane", "network", "authorization"):
        assert (found[name].origin, found[name].citations) == ("assumed", ()), name
    assert (found["state"].origin, found["state"].typical) == (None, None)


def test_unconfirmed_limits_of_a_programme_are_nobodys_typical_value() -> None:
    """Two yearly limits are on file for the programme's past, neither confirmed."""
    typical = whole(BASE | {"assistance": [{"program": "spravato-withme"}]})
    (card,) = all_typical(typical.case.question, [each.unknown for each in typical.worths]).assistance
    candidates = {cents for each in CATALOGUE.release.programmes for cents in each.annual_limit_candidates_cents}
    assert candidates
    assert not candidates & {card.remaining_cents, card.yearly_limit_cents, card.per_fill_limit_cents}


def whole(asked: dict[str, Any]) -> Estimate:
    found = estimate(CATALOGUE, msgspec.convert(asked, Question, strict=False), TODAY)
    assert isinstance(found, Estimate)
    return found


def test_out_of_network_the_visit_has_the_price_it_is_charged_at() -> None:
    """The plan allows part of it, from nothing on; whoever answers tells the price."""
    asked = BASE | {
        "network": "out",
        "assistance": [CARD],
        "prices": without(BASE["prices"], "visit_allowed_per_session", "allowed_per_session"),
    }
    found = ask(asked)
    visit = {unknown.name: unknown for unknown in found.unknowns}["visit_allowed_per_session"]
    published = CATALOGUE.price_range("spravato", "commercial", "observation", "trd", TODAY)
    assert published is not None
    assert visit.range == Range(low_cents=published.low_cents, high_cents=published.high_cents)
