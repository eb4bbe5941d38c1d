"""What holds of every plan year, whatever the plan, the family and the services. Where a law ends, a test shows it."""

from collections.abc import Sequence
from datetime import date
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, OwnerMet, ServiceAnswer
from payers.adjudication.question import AdjudicationQuestion, CardInput, MemberInput, ServiceInput
from payers.cost_share.assistance import Policy
from payers.cost_share.money import Range
from payers.cost_share.plan import Benefits, CopayTiming, CostShare, FamilyRule, Limit
from tests.reference.plan_year_cases import question

LAW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])

MEMBERS = (None, "Ana", "Ben")
TIMINGS: tuple[CopayTiming, ...] = ("after-deductible", "before-deductible")
FAMILY_RULES: tuple[FamilyRule, ...] = ("embedded", "aggregate")
FIFTH, HALF, WHOLE = (CostShare(patient_share_bp=share_bp) for share_bp in (2_000, 5_000, 10_000))
NO_LIMIT = Limit(none=True, individual_met_cents=0)
questions = st.integers(0, 2**32).map(Random).map(question)
cents = st.integers(0, 40_000)
shares = st.sampled_from([0, 1_000, 2_000, 3_333, 5_000, 10_000])


@st.composite
def plain_terms(draw: st.DrawFn) -> CostShare:
    """Deductible and coinsurance alone."""
    return CostShare(patient_share_bp=draw(shares), deductible_applies=draw(st.booleans()))


@st.composite
def ordinary_terms(draw: st.DrawFn) -> CostShare:
    """Every payment counts toward the maximum, and the maximum ends every payment."""
    words = draw(plain_terms())
    if draw(st.booleans()):
        return words
    return replace(
        words,
        copay_cents=draw(st.sampled_from([0, 500, 2_500])),
        copay_timing=draw(st.sampled_from(TIMINGS)),
        coinsurance_base=draw(st.sampled_from(["net-of-copay", "gross-of-copay"])),
        coinsurance_min_cents=draw(st.sampled_from([None, 300])),
        coinsurance_max_cents=draw(st.sampled_from([None, 900])),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Nothing is met, for one person or a family."""
    own = draw(cents)
    family = draw(st.none() | st.integers(own, 2 * own))
    return limit(own, family, draw(st.sampled_from(FAMILY_RULES)))


def limit(own: int, family: int | None = None, rule: FamilyRule = "embedded") -> Limit:
    family_met = None if family is None else 0
    return Limit(
        individual_cents=own,
        individual_met_cents=0,
        family_cents=family,
        family_met_cents=family_met,
        family_rule=rule,
    )


@st.composite
def services(
    draw: st.DrawFn, terms: st.SearchStrategy[CostShare], members: Sequence[str | None] = MEMBERS
) -> list[ServiceInput]:
    """A year of up to six."""
    return [
        ServiceInput(
            label="Service",
            allowed_cents=draw(cents),
            cost_share=draw(terms),
            member=draw(st.sampled_from(members)),
            assisted=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 6)))
    ]


def service(allowed: int, words: CostShare, member: str | None = None, *, assisted: bool = False) -> ServiceInput:
    return ServiceInput(label="Service", allowed_cents=allowed, cost_share=words, member=member, assisted=assisted)


def answered(
    told: Sequence[ServiceInput], deductible: Limit, maximum: Limit = NO_LIMIT, card: CardInput | None = None
) -> AdjudicationAnswer:
    nothing = MemberInput(deductible_met_cents=0, out_of_pocket_max_met_cents=0)
    answer = adjudicate_services(
        AdjudicationQuestion(
            benefits=Benefits(plan_year_start="01-01", deductible=deductible, out_of_pocket_max=maximum),
            services=tuple(replace(each, on=date(2026, 3, 2)) for each in told),
            members={name: nothing for name in MEMBERS if name},
            card=card,
        )
    )
    assert isinstance(answer, AdjudicationAnswer), answer
    return answer


def paid(
    told: Sequence[ServiceInput], deductible: Limit, maximum: Limit = NO_LIMIT, card: CardInput | None = None
) -> int:
    patient = answered(told, deductible, maximum, card).totals.patient_pays
    assert patient.exact
    return patient.low_cents


def card_of(policy: Policy, yearly_cents: int = 100_000_000, floor_cents: int = 0) -> CardInput:
    return CardInput(
        policy=policy,
        credits_own_money=True,
        remaining_cents=yearly_cents,
        yearly_limit_cents=yearly_cents,
        patient_floor_cents=floor_cents,
    )


@LAW
@given(questions)
def test_the_money_adds_up_and_no_part_is_negative(asked: AdjudicationQuestion) -> None:
    answer = adjudicate_services(asked)
    assert isinstance(answer, AdjudicationAnswer), answer
    for told in (*answer.services, answer.totals):
        whole = told.plan_pays + told.other_payers_pay + told.assistance + told.patient_pays + told.write_off
        assert whole == told.charge
    for told, of in zip(answer.services, asked.services, strict=True):
        if of.out_of_network_rate_cents is None and of.reverses is None:
            assert told.allowed + told.balance_bill + told.write_off == told.charge
        if of.reverses is None:
            assert min(part.low_cents for part in parts(told)) >= 0


def parts(told: ServiceAnswer) -> Sequence[Range]:
    shares = told.deductible, told.copay, told.coinsurance, told.not_covered, told.balance_bill
    return *shares, told.write_off, told.plan_pays, told.assistance, told.patient_pays


@LAW
@given(limits(), limits(), services(ordinary_terms()))
def test_the_maximum_is_never_exceeded(deductible: Limit, maximum: Limit, told: list[ServiceInput]) -> None:
    """Each member's cost share stays within the own maximum, and the family's within the family's."""
    answer = answered(told, deductible, maximum)
    caps: dict[str | None, int | None] = {"": maximum.family_cents}
    if maximum.family_cents is None or maximum.family_rule == "embedded":
        caps |= dict.fromkeys(MEMBERS, maximum.individual_cents)
    met: dict[str | None, OwnerMet] = {"": answer.met.family, None: answer.met.patient, **answer.met.members}
    for owner, cap in caps.items():
        owed = sum(
            each.deductible.low_cents + each.copay.low_cents + each.coinsurance.low_cents
            for each in answer.services
            if owner in ("", each.member)
        )
        credited = met[owner].out_of_pocket_max
        assert credited is not None
        assert credited.low_cents == owed
        assert cap is None or owed <= cap


@LAW
@given(limits(), cents, services(ordinary_terms()), st.sampled_from(["counts", "accumulator"]), cents)
def test_with_a_card_the_patient_pays_no_more_than_the_maximum(
    deductible: Limit, maximum: int, told: list[ServiceInput], policy: Policy, yearly: int
) -> None:
    """Unless the plan leaves the patient's own dollars on a fill uncredited: a maximizer, and some accumulators."""
    answer = answered(told, deductible, limit(maximum), card_of(policy, yearly, 1_000))
    for member in MEMBERS:
        assert sum(each.patient_pays.low_cents for each in answer.services if each.member == member) <= maximum


def test_an_uncredited_floor_goes_on_beyond_the_maximum() -> None:
    fills = [service(10_000, WHOLE, assisted=True)] * 3
    assert paid(fills, limit(0), limit(1_500), card_of("maximizer", floor_cents=1_000)) == 3_000


@LAW
@given(limits(), limits(), services(ordinary_terms()), ordinary_terms(), cents, cents)
def test_splitting_a_service_keeps_its_deductible(
    deductible: Limit, maximum: Limit, before: list[ServiceInput], words: CostShare, one: int, other: int
) -> None:
    """A service billed in two parts applies the same deductible as in one.

    A copay before the deductible is due on each part and so takes at most one copay more out of the deductible's reach.
    Without copay, floor and ceiling the whole share stays too, but for the cent that rounding twice may make.
    """
    whole = answered([*before, service(one + other, words)], deductible, maximum).totals
    split = answered([*before, service(one, words), service(other, words)], deductible, maximum).totals
    lost = whole.deductible.low_cents - split.deductible.low_cents
    if words.copay_timing == "before-deductible":
        assert 0 <= lost <= (words.copay_cents or 0)
    else:
        assert lost == 0
    if not words.copay_cents and words.coinsurance_min_cents is None and words.coinsurance_max_cents is None:
        assert abs(whole.patient_pays.low_cents - split.patient_pays.low_cents) <= 1


def test_a_copay_before_the_deductible_is_due_on_each_part() -> None:
    words = CostShare(patient_share_bp=0, copay_cents=1_000, copay_timing="before-deductible")
    in_one, in_two = [service(8_000, words)], [service(5_000, words), service(3_000, words)]
    deductibles = [answered(told, limit(50_000)).totals.deductible.low_cents for told in (in_one, in_two)]
    assert deductibles == [7_000, 6_000]


@LAW
@given(limits(), services(plain_terms()), st.data())
def test_the_order_of_members_keeps_the_family_s_deductible(
    deductible: Limit, told: list[ServiceInput], data: st.DataObject
) -> None:
    """Who comes first decides whose deductible the family's limit spares, never how much the family has applied.

    It holds of the deductible by itself; a maximum of one member's own may end that member's deductible earlier.
    """
    shuffled = data.draw(st.permutations(told))
    first, second = (answered(each, deductible).totals.deductible for each in (told, shuffled))
    assert first == second


@LAW
@given(limits(), limits(), services(st.just(FIFTH)), st.data())
def test_the_order_of_members_keeps_the_family_s_cost_share(
    deductible: Limit, maximum: Limit, told: list[ServiceInput], data: st.DataObject
) -> None:
    """With one share for all and no limit of a member's own on the maximum; amounts here have no cent to round."""

    def fivefold(one: Limit, rule: FamilyRule) -> Limit:
        return limit((one.individual_cents or 0) * 5, one.family_cents and one.family_cents * 5, rule)

    assume(maximum.family_cents is not None)
    told = [replace(each, allowed_cents=(each.allowed_cents or 0) * 5) for each in told]
    plan = fivefold(deductible, deductible.family_rule), fivefold(maximum, "aggregate")
    assert paid(told, *plan) == paid(data.draw(st.permutations(told)), *plan)


def test_a_member_s_own_maximum_makes_the_order_matter() -> None:
    """Whoever comes first uses more deductible, and then may reach the own maximum with the same services."""
    plan = limit(10_000, 15_000), limit(11_000)
    ana, ben = service(12_000, FIFTH, "Ana"), service(30_000, FIFTH, "Ben")
    assert paid([ana, ben], *plan) == 20_400
    assert paid([ben, ana], *plan) == 17_400


@LAW
@given(cents, cents, services(ordinary_terms(), (None,)), st.data())
def test_more_benefit_never_costs_the_patient_more(
    deductible: int, maximum: int, told: list[ServiceInput], data: st.DataObject
) -> None:
    """A lower deductible, maximum, share or copay, each or together, for one person without a savings card.

    A family and a card are exceptions: help for one line or member may leave more of a limit to another.
    """

    def less(most: int | None) -> int | None:
        return most and data.draw(st.just(most) | st.integers(0, most))

    better = limit(less(deductible) or 0), limit(less(maximum) or 0)
    kinder = [
        replace(
            each,
            cost_share=each.cost_share
            and replace(
                each.cost_share,
                patient_share_bp=less(each.cost_share.patient_share_bp),
                copay_cents=less(each.cost_share.copay_cents),
            ),
        )
        for each in told
    ]
    assert paid(kinder, *better) <= paid(told, limit(deductible), limit(maximum))


def test_a_lower_deductible_may_cost_a_family_more() -> None:
    """Ana's lower deductible leaves more of the family's to Ben, whose service costs nothing after it."""
    told = [
        service(10_000, CostShare(patient_share_bp=9_000), "Ana"),
        service(10_000, CostShare(patient_share_bp=0), "Ben"),
    ]
    assert [paid(told, limit(own, 10_000)) for own in (10_000, 5_000)] == [10_000, 14_500]


def test_a_lower_deductible_may_cost_more_beside_a_card() -> None:
    """What the card no longer pays toward the maximum, the patient pays on a line that it does not help with."""
    told = [service(10_000, HALF, assisted=True), service(10_000, HALF)]
    assert [paid(told, limit(own), limit(10_000), card_of("counts")) for own in (10_000, 0)] == [0, 5_000]
