"""Savings cards: whatever the card pays and whatever the plan credits for it, the bounds hold the course."""

from datetime import date
from typing import Literal, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import Terms, adjudicate
from payers.cost_share.bounds import Period, run
from payers.cost_share.ledger import Balance, opens, together
from payers.cost_share.line import Line, Visit
from payers.cost_share.money import Range
from payers.estimate.case import Case
from payers.estimate.question import Assistance, Question
from payers.estimate.second_payers import second_payers

CATALOGUE = Catalogue(load_release())
FLOOR_CENTS = 1_000
"""What the programme always leaves to the patient of a treatment."""

Policy = Literal["counts", "accumulator", "maximizer"]


class Plan(NamedTuple):
    """A course with a card: drug and visit at each session, and one concrete way it may go."""

    policy: Policy | None
    drug: Range
    visit: Range
    share_bp: int
    deductible: Range
    maximum: Range
    prices: list[tuple[int, int]]
    card_pays: list[int]
    own_money_counts: bool
    left: tuple[int, int]


def ranges(most: int) -> st.SearchStrategy[Range]:
    ends = st.tuples(st.integers(0, most), st.integers(0, most))
    return ends.map(lambda pair: Range(low_cents=min(pair), high_cents=max(pair)))


def inside(box: Range) -> st.SearchStrategy[int]:
    return st.sampled_from([box.low_cents, box.high_cents]) | st.integers(box.low_cents, box.high_cents)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    drug, visit = draw(ranges(20_000)), draw(ranges(8_000))
    deductible, maximum = draw(ranges(30_000)), draw(ranges(60_000))
    count = draw(st.integers(1, 5))
    return Plan(
        policy=draw(st.sampled_from([None, "counts", "accumulator", "maximizer"])),
        drug=drug,
        visit=visit,
        share_bp=draw(st.sampled_from([0, 2_000, 5_000, 10_000])),
        deductible=deductible,
        maximum=maximum,
        prices=[(draw(inside(drug)), draw(inside(visit))) for _ in range(count)],
        card_pays=[draw(st.sampled_from([0, 20_000]) | st.integers(0, 20_000)) for _ in range(count)],
        own_money_counts=draw(st.booleans()),
        left=(draw(inside(deductible)), draw(inside(maximum))),
    )


def concrete(plan: Plan, policy: Policy) -> list[int]:
    """What the patient pays of each session when the card pays as told, as far as it may.

    Under a maximizer the plan bears what the card does not.
    """
    deductible, maximum = plan.left
    paid: list[int] = []
    for prices, card in zip(plan.prices, plan.card_pays, strict=True):
        total = 0
        for component, price in zip(("drug", "visit"), prices, strict=True):
            share = adjudicate(price, Terms(patient_share_bp=plan.share_bp), deductible, maximum)
            helped = min(card, max(0, share.patient_cents - FLOOR_CENTS)) if component == "drug" else 0
            own = share.patient_cents - helped
            credited = share.patient_cents
            if component == "drug" and policy == "accumulator":
                credited = own if plan.own_money_counts or not helped else 0
            elif component == "drug" and policy == "maximizer":
                own, credited = min(share.patient_cents, FLOOR_CENTS), 0
            deductible -= min(share.deductible_cents, credited)
            maximum -= credited
            total += own
        paid.append(total)
    return paid


@settings(max_examples=150, deadline=None)
@given(plans())
def test_the_bounds_hold_every_way_a_card_may_pay(plan: Plan) -> None:
    question = Question(
        payer="aetna",
        treatment="spravato",
        assistance=(Assistance(program="spravato-withme", policy=plan.policy),),
    )
    case = Case(CATALOGUE, question, CATALOGUE.payers["aetna"], date(2026, 11, 23))
    behind = second_payers(case, case.decisions[0])
    terms = (Terms(patient_share_bp=plan.share_bp),)
    lines = (
        Line("drug", None, None, plan.drug, terms, on=case.start_on),
        Line("visit", None, None, plan.visit, terms, on=case.start_on),
    )
    opening = together(
        [
            opens("deductible", Balance(plan.deductible.low_cents), Balance(plan.deductible.high_cents)),
            opens("out-of-pocket-maximum", Balance(plan.maximum.low_cents), Balance(plan.maximum.high_cents)),
        ]
    )
    bounds = run([Visit(0, lines)] * len(plan.prices), [Period(opening)], behind)
    policies: tuple[Policy, ...] = (plan.policy,) if plan.policy else ("counts", "accumulator", "maximizer")
    for policy in policies:
        paid = concrete(plan, policy)
        for visit, cents in zip(bounds.visits, paid, strict=True):
            assert visit.patient_pays.low_cents <= cents <= visit.patient_pays.high_cents
        assert sum(bounds.cheapest) <= sum(paid) <= sum(bounds.dearest)
    if plan.policy == "counts":
        assert sum(bounds.dearest) <= plan.maximum.high_cents
