"""Which of two plans pays first: what facts tell, what is open, and what becomes of each plan's own amount."""

from typing import Any, get_args

import msgspec
import pytest

from payers.cost_share.money import Range, exactly
from payers.cost_share.order_of_benefits import Fact, Rule
from payers.cost_share.plan import Benefits
from payers.estimate.question import Language, SecondCommercial
from payers.estimate.roles import Roles, arranged, roles, swapped
from payers.estimate.words import say
from payers.second_payers.second_plan import METHODS
from tests.payers.estimate.test_second_payers import OTHER, OWN, answered, case, question, told

FACTS: dict[str, Any] = {"facts": {"holder": "self"}, "first_plan": {"holder": "other"}}
ORDER_TOLD = ("other-coverage", "other-first", "other-first-alone", "either-first")


def test_facts_turn_the_plans_round() -> None:
    second = {"kind": "commercial", "method": "standard", "benefits": OTHER, **FACTS}
    asked = question(other_coverage=[second])
    decision = case(asked).decisions[0]
    assert roles(asked, decision) == Roles(False, "employee-before-dependent")
    (turned,) = arranged(asked, decision)
    assert turned.benefits == msgspec.convert(OTHER, Benefits)
    (behind_it,) = turned.other_coverage
    assert isinstance(behind_it, SecondCommercial)
    assert behind_it.benefits == msgspec.convert(OWN, Benefits)
    assert behind_it.method == "standard"
    assert roles(turned, decision) == Roles(True, "employee-before-dependent")
    assert arranged(turned, decision) == (turned,)
    assert swapped(turned) == asked
    assert "order-other-first" in {each.kind for each in told(asked).notices}


@pytest.mark.parametrize(
    ("facts", "authorization", "sentence"),
    [
        (FACTS, "approved", "other-first"),
        (FACTS, "denied", "other-first-alone"),
        ({"facts": FACTS["first_plan"], "first_plan": FACTS["facts"]}, "approved", "other-coverage"),
        ({"facts": FACTS["facts"], "first_plan": {}}, "approved", "either-first"),
    ],
)
def test_the_explanation_says_whose_limits_are_shown(facts: dict[str, Any], authorization: str, sentence: str) -> None:
    second = {"kind": "commercial", "method": "standard", "benefits": OTHER, **facts}
    found = told(question(other_coverage=[second], authorization=authorization))
    order = {say("en", "story", key, payer="Aetna") for key in ORDER_TOLD}
    assert order & set(found.explanation) == {say("en", "story", sentence, payer="Aetna")}


def test_a_denial_by_the_plan_that_pays_second_is_told_as_such() -> None:
    second = {"kind": "commercial", "method": "standard", "benefits": OTHER, **FACTS}
    (denied,) = [each for each in told(question(other_coverage=[second])).forks if each.when == "authorization-denied"]
    assert denied.sentence == say("en", "fork", "authorization-denied-other-first")


def test_each_plan_keeps_its_own_amount_when_they_are_turned_round() -> None:
    second = {
        "kind": "commercial",
        "benefits": OTHER,
        "allowed_per_session": {"low_cents": 90_000, "high_cents": 90_000},
        **FACTS,
    }
    turned = swapped(question(other_coverage=[second]))
    (behind_it,) = turned.other_coverage
    assert turned.prices is not None
    assert turned.prices.allowed_per_session is not None
    assert turned.prices.allowed_per_session.range == exactly(90_000)
    assert turned.prices.visit_allowed_per_session is not None
    assert isinstance(behind_it, SecondCommercial)
    assert behind_it.allowed_per_session is not None
    assert behind_it.allowed_per_session.range == exactly(124_000)


@pytest.mark.parametrize("method", METHODS)
def test_the_payer_behind_does_not_follow_the_amount_that_was_told_of_the_other_plan_alone(method: str) -> None:
    """It may allow any amount that is published for it."""
    amount = {"low_cents": 60_000, "high_cents": 60_000}
    second = {"kind": "commercial", "method": method, "benefits": OTHER, "allowed_per_session": amount, **FACTS}
    own = OWN | {"deductible": {"individual_cents": 0}}

    def course(prices: dict[str, Any]) -> Range:
        told = prices | {"visit_allowed_per_session": {"low_cents": 20_000, "high_cents": 20_000}}
        return answered(question(benefits=own, other_coverage=[second], prices=told)).headline.course

    whole = course({})
    for cents in (100_000, 124_000, 160_000):
        known = course({"allowed_per_session": {"low_cents": cents, "high_cents": cents}})
        assert whole.low_cents <= known.low_cents <= known.high_cents <= whole.high_cents


@pytest.mark.parametrize(
    ("facts", "first_plan", "missing", "rule"),
    [
        ({"holder": "self"}, {}, "holder", "employee-before-dependent"),
        ({"holder": "self"}, None, "holder", "employee-before-dependent"),
        (None, {"holder": "self"}, "holder", "employee-before-dependent"),
        ({"holder": "parent", "holder_birthday": "02-29"}, {"holder": "parent"}, "holder_birthday", "birthday"),
        ({"holder": "self"}, {"holder": "self"}, "covered_since", "longer-coverage"),
        (
            {"holder": "self", "covered_since": "2020-01-01"},
            {"holder": "self", "covered_since": "2020-01-01"},
            None,
            "equal-shares",
        ),
    ],
)
def test_an_open_order_holds_both(
    facts: dict[str, Any] | None, first_plan: dict[str, Any] | None, missing: str | None, rule: str
) -> None:
    second = {"kind": "commercial", "benefits": OTHER, "facts": facts, "first_plan": first_plan}
    asked = question(other_coverage=[second])
    decision = case(asked).decisions[0]
    found = roles(asked, decision)
    assert found is not None
    assert (found.asked_first, found.rule, found.missing) == (None, rule, missing)
    assert arranged(asked, decision) == (asked, swapped(asked))
    assert "order-open" in {each.kind for each in told(asked).notices}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_rule_and_every_missing_fact_has_words(lang: Language) -> None:
    assert all(say(lang, "order", rule) for rule in get_args(Rule))
    assert all(say(lang, "order_open", fact) for fact in get_args(Fact))


def test_the_order_is_a_matter_between_two_plans_alone() -> None:
    second = {"kind": "commercial", "benefits": OTHER, **FACTS}
    asked = question("medicare", other_coverage=[second])
    decision = case(asked).decisions[0]
    assert roles(asked, decision) is None
    assert arranged(asked, decision) == (asked,)
    untold = question(other_coverage=[{"kind": "commercial", "benefits": OTHER}])
    assert roles(untold, case(untold).decisions[0]) is None
