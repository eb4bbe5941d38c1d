"""What holds of every plan year, whatever the plan, the family and the claims. Where a law ends, a test shows it."""

from collections.abc import Sequence

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from payers.cost_share.accumulators import YearlyLimit, met_cents
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.assistance import POLICIES, Card, Policy
from payers.cost_share.plan import CopayTiming, FamilyRule
from payers.cost_share.plan_year import Book, Claim, Event, NewYear, Reversal, run

LAW = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])

MEMBERS = ("Ana", "Ben", "Eve")
TIMINGS: tuple[CopayTiming, ...] = ("after-deductible", "before-deductible")
FAMILY_RULES: tuple[FamilyRule, ...] = ("embedded", "aggregate")
FIFTH, HALF, WHOLE = (Terms(patient_share_bp=share_bp) for share_bp in (2_000, 5_000, 10_000))
cents = st.integers(0, 40_000)
shares = st.sampled_from([0, 1_000, 2_000, 3_333, 5_000, 10_000])
copays = st.sampled_from([0, 500, 2_500])


@st.composite
def plain_terms(draw: st.DrawFn) -> Terms:
    """Deductible and coinsurance alone."""
    return Terms(patient_share_bp=draw(shares), deductible_applies=draw(st.booleans()))


@st.composite
def ordinary_terms(draw: st.DrawFn) -> Terms:
    """Every payment counts toward the maximum, and the maximum ends every payment."""
    words = draw(plain_terms())
    if draw(st.booleans()):
        return words
    return words._replace(
        copay_cents=draw(copays),
        copay_timing=draw(st.sampled_from(TIMINGS)),
        coinsurance_on_gross=draw(st.booleans()),
        coinsurance_min_cents=draw(st.sampled_from([0, 300])),
        coinsurance_max_cents=draw(st.sampled_from([UNLIMITED_CENTS, 900])),
    )


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    """Older plans too, preventive services and services that are not covered."""
    return draw(ordinary_terms())._replace(
        covered=draw(st.sampled_from([True, True, True, False])),
        preventive=draw(st.sampled_from([False, False, False, True])),
        copay_credits_deductible=draw(st.booleans()),
        deductible_counts_to_maximum=draw(st.booleans()),
        copay_counts_to_maximum=draw(st.booleans()),
        copay_after_maximum=draw(st.booleans()),
    )


@st.composite
def limits(draw: st.DrawFn) -> tuple[YearlyLimit, ...]:
    """A deductible and a maximum, for one person or a family."""
    told: list[YearlyLimit] = []
    for kind in ("deductible", "out-of-pocket-maximum"):
        own = draw(cents)
        family = draw(st.none() | st.integers(own, 2 * own))
        told.append(YearlyLimit(kind, own, family, draw(st.sampled_from(FAMILY_RULES))))
    return tuple(told)


@st.composite
def claims(draw: st.DrawFn, terms: st.SearchStrategy[Terms], members: Sequence[str] = MEMBERS) -> list[Claim]:
    """A year of up to six lines."""
    return [
        Claim(
            allowed_cents=draw(cents),
            terms=draw(terms),
            charge_cents=draw(st.none() | cents),
            contracted=draw(st.booleans()),
            member=draw(st.sampled_from(members)),
            assisted=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 6)))
    ]


@st.composite
def cards(draw: st.DrawFn, policies: Sequence[Policy] = POLICIES) -> Card:
    """A savings card."""
    return Card(
        policy=draw(st.sampled_from(policies)),
        left_cents=draw(cents),
        fill_limit_cents=draw(st.sampled_from([UNLIMITED_CENTS, 3_000])),
        patient_floor_cents=draw(st.sampled_from([0, 1_000])),
        credits_own_money=draw(st.booleans()),
    )


def paid(book: Book, events: Sequence[Event]) -> int:
    return run(book, events).total.patient_pays_cents


@LAW
@given(limits(), st.none() | cards(), claims(any_terms()), st.data())
def test_the_money_adds_up_and_no_part_is_negative(
    plan: tuple[YearlyLimit, ...], card: Card | None, told: list[Claim], data: st.DataObject
) -> None:
    more = st.just(NewYear()) | st.integers(0, len(told) - 1).map(Reversal)
    events: list[Event] = [*told, *data.draw(st.lists(more, max_size=3)), *told]
    book = run(Book(limits=plan, card=card), events)
    for money in (*(line.money for line in book.lines), book.total):
        share, patient = money.share, money.patient_pays_cents
        assert min(*share, *money[3:], money.charge_cents, patient) >= 0
        assert money.charge_cents == money.plan_pays_cents + money.assistance_cents + patient + money.write_off_cents
        assert money.allowed_cents + money.balance_bill_cents + money.write_off_cents == money.charge_cents
        assert patient <= money.patient_responsibility_cents


@LAW
@given(limits(), claims(any_terms()))
def test_the_maximum_is_never_exceeded(plan: tuple[YearlyLimit, ...], told: list[Claim]) -> None:
    """What counts toward the maximum stays within it, each member's and the family's.

    An older plan's copay that goes on after the maximum is owed beyond it and no longer credited.
    """
    book = run(Book(limits=plan), told)
    maximum = plan[1]
    families = maximum.family_cents is not None
    for member in (*MEMBERS, None):
        cap = maximum.family_cents if member is None else maximum.individual_cents
        if cap is None or (member is not None and families and maximum.family_rule == "aggregate"):
            continue
        assert met_cents(book.journal, "out-of-pocket-maximum", member) <= cap
        lines = [line for line in book.lines if member in (None, line.claim.member)]
        counted = 0
        for line in lines:
            words, share = line.claim.terms, line.money.share
            counted += share.coinsurance_cents
            counted += share.deductible_cents if words.deductible_counts_to_maximum else 0
            counted += share.copay_cents if words.copay_counts_to_maximum and not words.copay_after_maximum else 0
        assert counted <= cap


@LAW
@given(limits(), claims(ordinary_terms()), cards(["counts", "accumulator"]))
def test_with_a_card_the_patient_pays_no_more_than_the_maximum(
    plan: tuple[YearlyLimit, ...], told: list[Claim], card: Card
) -> None:
    """Unless the plan leaves the patient's own dollars on a fill uncredited: a maximizer, and some accumulators."""
    own = plan[1]._replace(family_cents=None)
    book = run(Book(limits=(plan[0], own), card=card._replace(credits_own_money=True)), told)
    for member in MEMBERS:
        lines = [line.money for line in book.lines if line.claim.member == member]
        owed = sum(money.share.cost_share_cents - money.assistance_cents for money in lines)
        assert own.individual_cents is not None
        assert owed <= own.individual_cents


def test_an_uncredited_floor_goes_on_beyond_the_maximum() -> None:
    card = Card("maximizer", patient_floor_cents=1_000)
    book = Book(limits=(YearlyLimit("out-of-pocket-maximum", 1_500),), card=card)
    assert paid(book, [Claim(10_000, WHOLE)] * 3) == 3_000


@LAW
@given(limits(), claims(ordinary_terms()), ordinary_terms(), cents, cents)
def test_splitting_a_service_keeps_its_deductible(
    plan: tuple[YearlyLimit, ...], before: list[Claim], words: Terms, one: int, other: int
) -> None:
    """A service billed in two parts applies the same deductible as in one.

    A copay before the deductible is due on each part and so takes at most one copay more out of the deductible's reach.
    Without copay, floor and ceiling the whole share stays too, but for the cent that rounding twice may make.
    """
    book = run(Book(limits=plan), before)
    whole = run(book, [Claim(one + other, words)]).lines[-1].money.share
    first, second = (line.money.share for line in run(book, [Claim(one, words), Claim(other, words)]).lines[-2:])
    lost = whole.deductible_cents - first.deductible_cents - second.deductible_cents
    if words.copay_timing == "before-deductible":
        assert 0 <= lost <= words.copay_cents
    else:
        assert lost == 0
    if not words.copay_cents and not words.coinsurance_min_cents and words.coinsurance_max_cents == UNLIMITED_CENTS:
        assert abs(whole.patient_cents - first.patient_cents - second.patient_cents) <= 1


def test_a_copay_before_the_deductible_is_due_on_each_part() -> None:
    words = Terms(copay_cents=1_000, copay_timing="before-deductible")
    book = Book(limits=(YearlyLimit("deductible", 50_000),))
    deductibles = [
        run(book, parts).total.share.deductible_cents
        for parts in ([Claim(8_000, words)], [Claim(5_000, words), Claim(3_000, words)])
    ]
    assert deductibles == [7_000, 6_000]


@LAW
@given(limits(), claims(plain_terms()), st.data())
def test_the_order_of_members_keeps_the_family_s_deductible(
    plan: tuple[YearlyLimit, ...], told: list[Claim], data: st.DataObject
) -> None:
    """Who comes first decides whose deductible the family's limit spares, never how much the family has applied.

    It holds of the deductible by itself; a maximum of one member's own may end that member's deductible earlier.
    """
    shuffled = data.draw(st.permutations(told))
    book = Book(limits=plan[:1])
    totals = [run(book, each).total.share.deductible_cents for each in (told, shuffled)]
    assert totals[0] == totals[1]


@LAW
@given(limits(), claims(st.just(FIFTH)), st.data())
def test_the_order_of_members_keeps_the_family_s_cost_share(
    plan: tuple[YearlyLimit, ...], told: list[Claim], data: st.DataObject
) -> None:
    """With one share for all and no limit of a member's own on the maximum; amounts here have no cent to round."""
    told = [claim._replace(allowed_cents=claim.allowed_cents * 5, charge_cents=None) for claim in told]
    deductible, maximum = (
        limit._replace(
            individual_cents=(limit.individual_cents or 0) * 5,
            family_cents=None if limit.family_cents is None else limit.family_cents * 5,
        )
        for limit in plan
    )
    assume(maximum.family_cents is not None)
    book = Book(limits=(deductible, maximum._replace(family_rule="aggregate")))
    assert paid(book, told) == paid(book, data.draw(st.permutations(told)))


def test_a_member_s_own_maximum_makes_the_order_matter() -> None:
    """Whoever comes first uses more deductible, and then may reach the own maximum with the same claims."""
    book = Book(limits=(YearlyLimit("deductible", 10_000, 15_000), YearlyLimit("out-of-pocket-maximum", 11_000)))
    ana, ben = Claim(12_000, FIFTH, member="Ana"), Claim(30_000, FIFTH, member="Ben")
    assert paid(book, [ana, ben]) == 20_400
    assert paid(book, [ben, ana]) == 17_400


@LAW
@given(limits(), claims(ordinary_terms(), MEMBERS[:1]), st.data())
def test_more_benefit_never_costs_the_patient_more(
    plan: tuple[YearlyLimit, ...], told: list[Claim], data: st.DataObject
) -> None:
    """A lower deductible, maximum, share or copay, each or together, for one person without a savings card.

    A family and a card are exceptions: help for one line or member may leave more of a limit to another.
    """

    def less(most: int) -> int:
        return data.draw(st.just(most) | st.integers(0, most))

    better = tuple(
        limit._replace(individual_cents=less(limit.individual_cents or 0), family_cents=None) for limit in plan
    )
    worse = tuple(limit._replace(family_cents=None) for limit in plan)
    kinder = [
        claim._replace(
            terms=claim.terms._replace(
                patient_share_bp=less(claim.terms.patient_share_bp), copay_cents=less(claim.terms.copay_cents)
            )
        )
        for claim in told
    ]
    assert paid(Book(limits=better), kinder) <= paid(Book(limits=worse), told)


def test_a_lower_deductible_may_cost_a_family_more() -> None:
    """Ana's lower deductible leaves more of the family's to Ben, whose service costs nothing after it."""
    claims = [Claim(10_000, Terms(patient_share_bp=9_000), member="Ana"), Claim(10_000, Terms(), member="Ben")]
    costs = [paid(Book(limits=(YearlyLimit("deductible", own, 10_000),)), claims) for own in (10_000, 5_000)]
    assert costs == [10_000, 14_500]


def test_a_lower_deductible_may_cost_more_beside_a_card() -> None:
    """What the card no longer pays toward the maximum, the patient pays on a line that it does not help with."""
    claims = [Claim(10_000, HALF), Claim(10_000, HALF, assisted=False)]
    costs = [
        paid(
            Book(
                limits=(YearlyLimit("deductible", deductible), YearlyLimit("out-of-pocket-maximum", 10_000)),
                card=Card("counts"),
            ),
            claims,
        )
        for deductible in (10_000, 0)
    ]
    assert costs == [0, 5_000]
