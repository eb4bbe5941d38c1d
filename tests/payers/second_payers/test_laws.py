"""What holds of every second payer, whatever it is shown."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share
from payers.cost_share.assistance import POLICIES
from payers.cost_share.design import from_benefits
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit
from payers.cost_share.second_payer import Bill, SecondPayer, settle_in_turn
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone
from payers.second_payers.anything import Anything
from payers.second_payers.card import Card
from payers.second_payers.everything import Everything
from payers.second_payers.medicaid import Medicaid
from payers.second_payers.medicare_second import MedicareSecond
from payers.second_payers.second_plan import METHODS, SecondPlan
from payers.second_payers.supplement import Supplement
from payers.second_payers.tricare_second import TricareSecond
from tests.payers.second_payers.bills import NEXT_YEAR, ON, between, bill, each_year

PLANS = load_release().medigap_plans
LAW = settings(max_examples=150, deadline=None)

cents = st.sampled_from([0, 30_000, UNLIMITED_CENTS]) | st.integers(0, 30_000)
exact = cents.map(exactly)
"""Inputs that somebody told."""


def widened(known: Range, by: tuple[int, int]) -> Range:
    return between(max(0, known.low_cents - by[0]), known.high_cents + by[1])


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    share = Share(*(draw(st.integers(0, 10_000)) for _ in range(4)))
    allowed = share.patient_cents + draw(st.integers(0, 20_000))
    charge = draw(st.none() | st.integers(allowed, allowed + 10_000))
    one = bill(
        share,
        allowed,
        charge,
        on=draw(st.sampled_from([ON, NEXT_YEAR, None])),
        component=draw(st.sampled_from(["session", "drug", "visit"])),
    )
    before = sorted((draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))))
    return one._replace(paid=between(*before))


def alone(share_bp: int, deductible: Range) -> Alone:
    """A plan's own terms; a deductible that is not known may be any."""
    known = deductible.low_cents if deductible.exact else None
    benefits = Benefits(
        plan_year_start="01-01",
        deductible=Limit(individual_cents=min(known, 10**8), individual_met_cents=0) if known is not None else None,
        out_of_pocket_max=Limit(individual_cents=10**8, individual_met_cents=0),
        cost_shares=CostShares(default=CostShare(patient_share_bp=share_bp)),
    )
    return Alone(from_benefits(benefits, lambda year: None), "default", date(2026, 11, 23), (2026, 2027))


def build(kind: str, told: dict[str, Any], *, wider: bool) -> SecondPayer:
    """A payer from the amounts told, or the same with every amount and every choice open a little more."""

    def amount(name: str) -> Range:
        return widened(told[name], told["by"]) if wider else told[name]

    def allows(day: date | None) -> Range:
        return amount("allows")

    def yearly(year: int) -> Range:
        return amount("yearly")

    limit = each_year(UNLIMITED_CENTS, amount("left"))._replace(amounts=yearly)
    match kind:
        case "supplement":
            plan = PLANS[int(told["letter"])]
            return Supplement(plan, limit if plan.limit_parameter else None)
        case "everything" | "anything":
            flag = bool(told["flag"])
            return Everything(may_write_off=flag) if kind == "everything" else Anything(counts=flag and not wider)
        case "medicaid":
            return Medicaid(None if wider else told["flag"], amount("floor"))
        case "second-plan":
            return SecondPlan(
                METHODS if wider else (told["method"],),
                alone(told["share_bp"], amount("left")),
                Allowance(allows) if told["flag"] else None,
                amount("yearly") if told["letter"] % 2 else None,
            )
        case "medicare":
            return MedicareSecond(Allowance(allows), limit)
        case "tricare":
            plan = alone(told["share_bp"], amount("left"))
            return TricareSecond((plan,), Allowance(allows), one_service=told["flag"])
        case _:
            policies = POLICIES if wider else (told["policy"],)
            return Card(policies, amount("floor"), amount("yearly"), limit, sure=told["flag"] and not wider)


KINDS = ("supplement", "everything", "anything", "medicaid", "second-plan", "medicare", "tricare", "card")

payers = st.tuples(
    st.sampled_from(KINDS),
    st.fixed_dictionaries(
        {
            "left": exact,
            "yearly": exact,
            "floor": st.integers(0, 3_000).map(exactly),
            "allows": st.integers(0, 40_000).map(exactly),
            "by": st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
            "letter": st.integers(0, len(PLANS) - 1),
            "flag": st.booleans(),
            "method": st.sampled_from(METHODS),
            "policy": st.sampled_from(POLICIES),
            "share_bp": st.sampled_from([0, 1_000, 3_333, 10_000]),
        }
    ),
)


def holds(wide: Range, narrow: Range) -> bool:
    return wide.low_cents <= narrow.low_cents and narrow.high_cents <= wide.high_cents


@LAW
@given(payers, st.lists(bills(), min_size=1, max_size=4))
def test_nobody_pays_less_than_nothing_or_more_than_is_left(
    told: tuple[str, dict[str, Any]], several: list[Bill]
) -> None:
    payer = build(*told, wider=False)
    for one in several:
        paid = payer.settle(one)
        assert 0 <= paid.pays.low_cents <= paid.pays.high_cents <= one.left.high_cents
        assert 0 <= paid.relief.low_cents <= paid.relief.high_cents <= one.left.high_cents
        assert 0 <= paid.forgiven.low_cents <= paid.forgiven.high_cents
        assert 0 <= paid.written_off.low_cents <= paid.written_off.high_cents <= one.left.high_cents
        if paid.credited is not None:
            assert 0 <= paid.credited.low_cents <= paid.credited.high_cents <= one.share.cost_share_cents
        payer = paid.after


@LAW
@given(payers, st.lists(bills(), min_size=1, max_size=4))
def test_knowing_less_never_narrows_what_it_pays(told: tuple[str, dict[str, Any]], several: list[Bill]) -> None:
    narrow, wide = build(*told, wider=False), build(*told, wider=True)
    for one in several:
        if one.line.on is None:
            continue
        known, open_ = narrow.settle(one), wide.settle(one)
        assert holds(open_.pays, known.pays)
        assert holds(open_.relief, known.relief)
        assert holds(open_.written_off, known.written_off)
        whole = exactly(one.share.cost_share_cents)
        assert holds(open_.credited or whole, known.credited or whole)
        narrow, wide = known.after, open_.after


@LAW
@given(payers, st.lists(bills(), min_size=2, max_size=4))
def test_either_of_two_and_any_day_hold_each(told: tuple[str, dict[str, Any]], several: list[Bill]) -> None:
    """After another first bill of the same year, and on a day that nobody knows."""
    payer = build(*told, wider=False)
    first, other, *rest = [one._replace(line=one.line._replace(on=ON)) for one in several]
    one_way, another = payer.settle(first).after, payer.settle(other).after
    either, any_time = one_way.joined(another), payer.any_time()
    for one in (first, other, *rest):
        unknown_day = one._replace(line=one.line._replace(on=None))
        for way in (one_way, another):
            paid = way.settle(one)
            assert holds(either.settle(one).pays, paid.pays)
            assert holds(any_time.settle(one).pays, paid.pays)
            assert holds(any_time.settle(unknown_day).pays, paid.pays)
        one_way, another, either = (each.settle(one).after for each in (one_way, another, either))


@LAW
@given(st.lists(payers, min_size=1, max_size=3), bills())
def test_together_they_never_pay_more_than_is_owed(several: list[tuple[str, dict[str, Any]]], one: Bill) -> None:
    fresh = one._replace(paid=exactly(0))
    behind = tuple(build(*told, wider=False) for told in several)
    settled = settle_in_turn(behind, fresh)
    assert 0 <= settled.relief.low_cents <= settled.relief.high_cents <= fresh.owed_cents
    alone_ = settle_in_turn(behind[:1], fresh)
    assert alone_.relief.low_cents <= settled.relief.low_cents
