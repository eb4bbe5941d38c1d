"""Random plan years as questions with every term told. Amounts are cents, so all are small."""

from datetime import date, timedelta
from random import Random
from typing import TypeVar, get_args

from payers.adjudication.question import AdjudicationQuestion, CardInput, MemberInput, Met, ServiceInput
from payers.cost_share.assistance import POLICIES
from payers.cost_share.design import Kind
from payers.cost_share.plan import (
    Benefits,
    CarryOver,
    CoinsuranceBase,
    CopayTiming,
    CostShare,
    CostShares,
    FamilyRule,
    Limit,
    OutOfNetwork,
    PharmacyLimits,
    TierChange,
    VisitLimit,
)

T = TypeVar("T")

OTHERS = ("Ana", "Ben")
STARTS = ("01-01", "07-01", "10-15")
KINDS: tuple[Kind, ...] = ("default", "drug", "visit", "pharmacy_drug")
CARRY_OVER: tuple[CarryOver, ...] = ("none", "none", "unmet", "always")
TIMINGS: tuple[CopayTiming, ...] = get_args(CopayTiming)
BASES: tuple[CoinsuranceBase, ...] = get_args(CoinsuranceBase)
FAMILY_RULES: tuple[FamilyRule, ...] = get_args(FamilyRule)
DEDUCTIBLE, COINSURANCE, MAXIMUM = 60, 40, 120
"""The most that a limit of a kind is for one person."""

LimitMet = tuple[Limit, tuple[int, ...]]
"""A limit, and what each member has met of it."""


def plan_year_case(random: Random) -> tuple[AdjudicationQuestion, list[ServiceInput]]:
    """The plan and what was met, and the services of a year or two."""
    members = random.choice((1, 1, 2, 3))
    start = random.choice(STARTS)
    year = date(2026, int(start[:2]), int(start[3:]))
    days = sorted(year + timedelta(some_day(random)) for _ in range(random.randint(1, 7)))
    carry_over = random.choice(CARRY_OVER)
    # nobody knows when in the year something was met before the first service, so none of it may be of the last quarter
    met = carry_over == "none" or days[0] < year + timedelta(270)

    deductible = some_limit(random, members, DEDUCTIBLE, met=met)
    maximum = some_limit(random, members, MAXIMUM)
    coinsurance = maybe(random, 0.2, some_limit(random, members, COINSURANCE))
    drug_deductible = maybe(random, 0.4, some_limit(random, members, DEDUCTIBLE, met=met))
    drug_maximum = maybe(random, 0.3, some_limit(random, members, MAXIMUM))
    outside = some_limit(random, members, DEDUCTIBLE, met=met), some_limit(random, members, MAXIMUM)
    has_outside = random.random() < 0.4
    visits = random.randint(0, 3) if random.random() < 0.3 else None

    benefits = Benefits(
        plan_year_start=start,
        deductible=deductible[0],
        out_of_pocket_max=maximum[0],
        coinsurance_max=coinsurance and coinsurance[0],
        deductible_counts_to_maximum=random.random() < 0.85,
        cost_shares=some_shares(random),
        pharmacy=PharmacyLimits(
            deductible=drug_deductible and drug_deductible[0], out_of_pocket_max=drug_maximum and drug_maximum[0]
        ),
        out_of_network=OutOfNetwork(
            deductible=outside[0][0],
            out_of_pocket_max=outside[1][0],
            cost_shares=some_shares(random),
            cross_credit=random.random() < 0.5,
        )
        if has_outside
        else None,
        visit_limit=None if visits is None else VisitLimit(visits=visits, used=random.randint(0, visits)),
        carry_over=carry_over,
        tier_change=some_tier_change(random, members, days)
        if may_change_tier(deductible[0], maximum[0], carry_over)
        else None,
    )
    others = {
        name: MemberInput(
            deductible_met_cents=deductible[1][place],
            out_of_pocket_max_met_cents=maximum[1][place],
            coinsurance_max_met_cents=coinsurance and coinsurance[1][place],
            pharmacy=Met(
                deductible_met_cents=drug_deductible and drug_deductible[1][place],
                out_of_pocket_max_met_cents=drug_maximum and drug_maximum[1][place],
            ),
            out_of_network=Met(
                deductible_met_cents=outside[0][1][place], out_of_pocket_max_met_cents=outside[1][1][place]
            ),
            visits_used=random.randint(0, visits or 0),
        )
        for place, name in enumerate(OTHERS[: members - 1], start=1)
    }
    family_alone = maximum[0].family_rule == "aggregate" and random.random() < 0.5
    asked = AdjudicationQuestion(
        benefits=benefits,
        services=(),
        members=others,
        self_only_max_cents=random.randint(max(maximum[1]), MAXIMUM) if family_alone else None,
        card=some_card(random) if random.random() < 0.4 else None,
    )
    return asked, some_services(random, days, year, (None, *others))


def question(random: Random) -> AdjudicationQuestion:
    """A random plan year as one question."""
    asked, services = plan_year_case(random)
    return AdjudicationQuestion(
        benefits=asked.benefits,
        services=tuple(services),
        members=asked.members,
        self_only_max_cents=asked.self_only_max_cents,
        card=asked.card,
    )


def some_day(random: Random) -> int:
    """A day of two plan years, counted from the first; as often as not about the turn of the year."""
    return random.randrange(730) if random.random() < 0.5 else random.randrange(250, 430)


def maybe(random: Random, often: float, value: T) -> T | None:
    return value if random.random() < often else None


def some_limit(random: Random, members: int, most: int, *, met: bool = True) -> LimitMet:
    """For one person or a family; what is met of it is told, of the family as a sum or of each of its members."""
    if random.random() < 0.1:
        met_cents = tuple(random.randint(0, most) if met else 0 for _ in range(members))
        return Limit(none=True, individual_met_cents=met_cents[0]), met_cents
    own = random.randint(0, most)
    family = own + random.randint(0, own) if random.random() < 0.5 else None
    highest = own if family is None else min(own, family // members)
    told = tuple(random.randint(0, highest) if met and random.random() < 0.3 else 0 for _ in range(members))
    family_met = None
    if family is not None and (members == 1 or random.random() < 0.5):
        family_met = random.randint(sum(told), family) if met else 0
    limit = Limit(
        individual_cents=own,
        individual_met_cents=told[0],
        family_cents=family,
        family_met_cents=family_met,
        family_rule="embedded" if family is None else random.choice(FAMILY_RULES),
    )
    return limit, told


def may_change_tier(deductible: Limit, maximum: Limit, carry_over: CarryOver) -> bool:
    """Whether what a member was credited before the change is known: a family's limit alone does not keep it apart."""
    kept_apart = deductible.family_rule == maximum.family_rule == "embedded"
    return carry_over == "none" or kept_apart


def some_tier_change(random: Random, members: int, days: list[date]) -> TierChange | None:
    if random.random() < 0.7:
        return None
    new: list[Limit] = []
    for most in (DEDUCTIBLE, MAXIMUM):
        own = random.randint(0, most)
        family = own + random.randint(0, own) if members > 1 or random.random() < 0.5 else None
        rule: FamilyRule = "embedded" if family is None else random.choice(FAMILY_RULES)
        new.append(Limit(individual_cents=own, family_cents=family, family_rule=rule))
    on = days[0] + timedelta(random.randint(0, (days[-1] - days[0]).days))
    return TierChange(on=on, deductible=new[0], out_of_pocket_max=new[1])


def some_shares(random: Random) -> CostShares:
    return CostShares(
        default=some_share(random),
        drug=maybe(random, 0.5, some_share(random)),
        visit=maybe(random, 0.5, some_share(random)),
        pharmacy_drug=some_share(random),
    )


def some_share(random: Random) -> CostShare:
    return CostShare(
        patient_share_bp=random.choice((0, 1_000, 2_000, 3_333, 5_000, 10_000)),
        copay_cents=random.choice((None, None, 0, 3, 10, 25)),
        copay_timing=random.choice(TIMINGS),
        coinsurance_base=random.choice(BASES),
        deductible_applies=random.random() < 0.85,
        coinsurance_min_cents=random.choice((None, None, None, 4)),
        coinsurance_max_cents=random.choice((None, None, 8)),
        covered=random.random() < 0.93,
        preventive=random.random() < 0.05,
        copay_credits_deductible=random.random() < 0.15,
        copay_counts_to_maximum=random.random() < 0.85,
        copay_after_maximum=random.random() < 0.15,
    )


def some_card(random: Random) -> CardInput:
    yearly = random.randint(0, 80)
    return CardInput(
        policy=random.choice(POLICIES),
        credits_own_money=random.random() < 0.5,
        remaining_cents=random.randint(0, yearly),
        yearly_limit_cents=yearly,
        per_fill_limit_cents=random.choice((None, 12)),
        patient_floor_cents=random.choice((0, 2)),
    )


def some_services(
    random: Random, days: list[date], first_year: date, members: tuple[str | None, ...]
) -> list[ServiceInput]:
    services: list[ServiceInput] = []
    for number, day in enumerate(days):
        label = f"Service {number}"
        back = taken_back(services)
        standing = [
            each.label
            for each in services
            if each.reverses is None and each.label not in back and same_plan_year(each.on, day, first_year)
        ]
        if standing and random.random() < 0.15:
            services.append(ServiceInput(label=label, on=day, reverses=random.choice(standing)))
        else:
            services.append(some_service(random, label, day, members))
    return services


def taken_back(services: list[ServiceInput]) -> set[str | None]:
    return {each.reverses for each in services}


def same_plan_year(one: date | None, other: date, first_year: date) -> bool:
    next_year = date(first_year.year + 1, first_year.month, first_year.day)
    return one is not None and (one < next_year) == (other < next_year)


def some_service(random: Random, label: str, day: date, members: tuple[str | None, ...]) -> ServiceInput:
    outside = random.random() < 0.25
    return ServiceInput(
        label=label,
        allowed_cents=random.randint(0, 60),
        charge_cents=random.randint(0, 80) if outside or random.random() < 0.5 else None,
        network="out" if outside else "in",
        kind=random.choice(KINDS),
        cost_share=maybe(random, 0.2, some_share(random)),
        out_of_network_rate_cents=random.randint(0, 80) if outside and random.random() < 0.3 else None,
        on=day,
        member=random.choice(members),
        preventive=random.random() < 0.05,
        counts_as_visit=random.random() < 0.4,
        assisted=random.choice((None, None, True, False)),
    )
