"""The product and a slow reference written from the same rules agree on random small cases, to the cent."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payers.catalogue.load import load_release
from payers.cost_share import coordination, medigap
from payers.cost_share.accumulators import YearlyLimit
from payers.cost_share.credit import LimitKind
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share, Terms, adjudicate
from payers.cost_share.assistance import POLICIES, Card
from payers.cost_share.plan_year import Book, Claim, Event, NewCardYear, NewLimits, NewYear, Reversal, run
from tests.conformance import reference

slow = settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

POOLS, MEMBERS = ("in", "out"), ("Ana", "Ben")
KINDS: dict[LimitKind, str] = {
    "deductible": "deductible",
    "coinsurance-maximum": "coinsurance",
    "out-of-pocket-maximum": "maximum",
}
PLANS = {plan.letter: plan for plan in load_release().medigap_plans}
cents = st.integers(0, 60)
some = st.none() | cents
flags = st.booleans()

terms = st.builds(
    Terms,
    patient_share_bp=st.sampled_from([0, 1_000, 2_000, 3_333, 5_000, 10_000]),
    copay_cents=st.sampled_from([0, 0, 3, 10, 25]),
    copay_timing=st.sampled_from(["flat-no-deductible", "after-deductible", "before-deductible"]),
    coinsurance_on_gross=flags,
    deductible_applies=st.sampled_from([True, True, False]),
    coinsurance_min_cents=st.sampled_from([0, 0, 4]),
    coinsurance_max_cents=st.sampled_from([UNLIMITED_CENTS, UNLIMITED_CENTS, 8]),
    covered=st.sampled_from([True, True, True, False]),
    preventive=st.sampled_from([False, False, False, True]),
    copay_credits_deductible=flags,
    deductible_counts_to_maximum=st.sampled_from([True, True, False]),
    copay_counts_to_maximum=st.sampled_from([True, True, False]),
    copay_after_maximum=flags,
)
pools = st.none() | st.sampled_from([frozenset({"in"}), frozenset({"out"})])


def a_limit(kind: st.SearchStrategy[LimitKind], pools: st.SearchStrategy[Any]) -> st.SearchStrategy[YearlyLimit]:
    return st.builds(
        YearlyLimit,
        kind=kind,
        individual_cents=cents,
        family_cents=some,
        family_rule=st.sampled_from(["embedded", "aggregate"]),
        self_only_cents=st.none() | st.none() | cents,
        governs=pools,
        credited_by=pools,
    )


one_plan = st.tuples(*(a_limit(st.just(kind), st.none()) for kind in KINDS))
any_plan = st.lists(a_limit(st.sampled_from(list(KINDS)), pools), max_size=4).map(tuple)
limits = one_plan | any_plan
claims = st.builds(
    Claim,
    allowed_cents=cents,
    terms=terms,
    charge_cents=some,
    contracted=st.sampled_from([True, True, False]),
    member=st.sampled_from(MEMBERS),
    pool=st.sampled_from(POOLS),
    visit=st.sampled_from([None, "therapy"]),
    on=st.integers(0, 364).map(lambda day: date(2026, 1, 1) + timedelta(day)),
    assisted=flags,
)
cards = st.builds(
    Card,
    policy=st.sampled_from(POLICIES),
    left_cents=st.integers(0, 100),
    fill_limit_cents=st.sampled_from([UNLIMITED_CENTS, 12]),
    patient_floor_cents=st.sampled_from([0, 2]),
    credits_own_money=flags,
)
new_years = st.builds(NewYear, carry_over_since=st.none() | st.just(date(2026, 10, 1)), carries_met_deductible=flags)
events = st.lists(
    st.one_of(
        claims,
        claims,
        claims,
        claims,
        new_years,
        st.builds(NewLimits, limits),
        st.builds(NewCardYear, cards),
        st.integers(0, 9).map(Reversal),
    ),
    max_size=9,
)


def told_limit(limit: YearlyLimit) -> reference.Limit:
    return reference.Limit(
        kind=KINDS[limit.kind],
        own=limit.individual_cents,
        family=limit.family_cents,
        aggregate=limit.family_rule == "aggregate",
        self_only=limit.self_only_cents,
        governs=None if limit.governs is None else set(limit.governs),
        credited_by=None if limit.credited_by is None else set(limit.credited_by),
    )


def told_service(claim: Claim) -> reference.Service:
    words = claim.terms
    assert claim.on is not None
    return reference.Service(
        member=claim.member,
        pool=claim.pool,
        charge=claim.allowed_cents if claim.charge_cents is None else claim.charge_cents,
        fee=claim.allowed_cents,
        contracted=claim.contracted,
        share=reference.Share(
            percent=Fraction(words.patient_share_bp, 10_000),
            copay=words.copay_cents,
            order="before" if words.copay_timing == "before-deductible" else "after",
            gross=words.coinsurance_on_gross,
            deductible_applies=words.deductible_applies,
            floor=words.coinsurance_min_cents,
            ceiling=words.coinsurance_max_cents,
            covered=words.covered,
            preventive=words.preventive,
            copay_credits_deductible=words.copay_credits_deductible,
            deductible_counts=words.deductible_counts_to_maximum,
            copay_counts=words.copay_counts_to_maximum,
            copay_goes_on=words.copay_after_maximum,
        ),
        visit=claim.visit,
        on=claim.on,
        assisted=claim.assisted,
    )


def hold(household: reference.Household, card: Card) -> None:
    household.policy = card.policy
    household.card_money = card.left_cents
    household.fill_limit = card.fill_limit_cents
    household.floor = card.patient_floor_cents
    household.own_money_counts = card.credits_own_money


def happen(household: reference.Household, event: Event) -> None:
    match event:
        case Claim():
            household.serve(told_service(event))
        case NewYear(since, even_if_met):
            household.next_year(since, even_if_met)
        case NewLimits(new):
            household.limits = [told_limit(limit) for limit in new]
        case NewCardYear(card):
            household.card_year += 1
            hold(household, card)
        case Reversal(number):
            household.take_back(number)


@slow
@given(terms, cents, cents, cents, some)
def test_lines(words: Terms, price: int, deductible: int, maximum: int, coinsurance: int | None) -> None:
    words = words._replace(covered=True, preventive=False)
    coinsurance_left = UNLIMITED_CENTS if coinsurance is None else coinsurance
    row = reference.Row(told_service(Claim(price, words, on=date(2026, 1, 1))), 0, 0)
    reference.split(row, price, deductible, maximum, coinsurance_left)
    expected = Share(row.deductible, row.copay, row.coinsurance)
    assert adjudicate(price, words, deductible, maximum, coinsurance_left) == expected


@slow
@given(limits, st.none() | cards, st.sampled_from([{}, {"therapy": 1}]), events)
def test_plan_years(
    opening: tuple[YearlyLimit, ...], card: Card | None, visits: dict[str, int], told: list[Event]
) -> None:
    book = Book(limits=opening, visit_limits=visits, card=card)
    household = reference.Household([told_limit(limit) for limit in opening], visits, None, 0, inf, 0, True)
    if card is not None:
        hold(household, card)
    for event in told:
        if isinstance(event, Reversal) and event.line >= len(book.lines):
            continue
        book = run(book, [event])
        happen(household, event)
        assert [(*line.money.share, *line.money[3:], line.money.patient_pays_cents) for line in book.lines] == [
            (
                *(row.deductible, row.copay, row.coinsurance, row.not_covered),
                *(row.balance_bill, row.write_off, row.assistance, row.plan, row.patient),
            )
            for row in household.rows
        ]
        for member in MEMBERS:
            for pool in POOLS:
                left = tuple(
                    min(household.left(kind, member, pool), UNLIMITED_CENTS) for kind in ("deductible", "maximum")
                )
                assert book.remaining_cents(member, pool) == left
        if book.card is not None:
            assert book.card.left_cents == household.card_money
        total = book.total
        assert min(part for part in (*total.share, *total[3:])) >= 0
        assert total.patient_pays_cents == sum(row.patient for row in household.rows if row.standing)


@slow
@given(st.sampled_from(["standard", "non-duplication"]), cents, cents, cents)
def test_coordination(method: Any, allowable: int, primary: int, alone: int) -> None:
    done = coordination.coordinate(method, allowable, primary, alone)
    assert done.secondary_pays_cents == reference.secondary(method, allowable, primary, alone)
    assert done.patient_pays_cents == max(0, allowable - primary) - done.secondary_pays_cents


@slow
@given(st.sampled_from(sorted(PLANS)), cents, cents, st.integers(0, 20), cents)
def test_supplements(letter: str, deductible: int, coinsurance: int, excess: int, left: int) -> None:
    plan = PLANS[letter]
    paid = medigap.supplement(
        plan, Share(deductible_cents=deductible, coinsurance_cents=coinsurance), excess_cents=excess, left_cents=left
    )
    assert paid.pays_cents == reference.supplement(
        deductible,
        coinsurance,
        excess,
        pays_deductible=letter[0] in "CF",
        pays_percent=Fraction({"K": 2, "L": 3}.get(letter, 4), 4),
        pays_excess=letter[0] in "FG",
        high=left if letter.endswith("HD") else None,
        limit=left if letter in "KL" else None,
    )
    more = [medigap.supplement(plan, Share(coinsurance_cents=coinsurance), left_cents=each) for each in (0, left)]
    assert all(one.pays_cents >= other.pays_cents for one, other in pairwise(more))
