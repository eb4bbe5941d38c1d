"""Random small plan years: families, limits, terms and a year or two of events. Amounts are cents, so all are small."""

from datetime import date, timedelta
from random import Random
from typing import get_args

from payers.cost_share.accumulators import REST_OF_FAMILY, Posting, YearlyLimit
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.assistance import POLICIES, Card
from payers.cost_share.credit import Credit, LimitKind
from payers.cost_share.plan import CopayTiming, FamilyRule
from payers.cost_share.plan_year import Book, Claim, Event, NewCardYear, NewLimits, NewYear, Reversal

MEMBERS = ("Ana", "Ben", "Eve")
POOLS = ("in", "out", "drug")
AMOUNTS: dict[LimitKind, tuple[int, int]] = {
    "deductible": (0, 60),
    "coinsurance-maximum": (0, 40),
    "out-of-pocket-maximum": (0, 120),
}
OFTEN: dict[LimitKind, float] = {"deductible": 0.9, "coinsurance-maximum": 0.2, "out-of-pocket-maximum": 0.9}
TIMINGS: tuple[CopayTiming, ...] = get_args(CopayTiming)
FAMILY_RULES: tuple[FamilyRule, ...] = get_args(FamilyRule)


def plan_year_case(random: Random) -> tuple[Book, list[Event]]:
    """What the year opens with, and what happens."""
    year = date(2026, random.choice((1, 7)), 1)
    members = MEMBERS[: random.choice((1, 1, 2, 3))]
    pools = POOLS[: random.choice((1, 1, 2, 3))]
    services = [some_terms(random) for _ in range(random.randint(1, 3))]
    deductible_counts = random.random() < 0.85
    services = [each._replace(deductible_counts_to_maximum=deductible_counts) for each in services]
    book = Book(
        limits=some_limits(random, len(members), pools),
        visit_limits={"therapy": random.randint(0, 2)} if random.random() < 0.3 else {},
        card=some_card(random) if random.random() < 0.4 else None,
        postings=tuple(some_posting(random, members, pools, year) for _ in range(max(0, random.randint(-5, 2)))),
    )
    events: list[Event] = []
    lines = 0
    for _ in range(random.randint(1, 8)):
        luck = random.random()
        if luck < 0.78 or not lines:
            events.append(some_claim(random, services, members, pools, year))
            lines += 1
        elif luck < 0.86:
            events.append(Reversal(random.randrange(lines)))
        elif luck < 0.93:
            since = last_quarter(year) if random.random() < 0.7 else None
            events.append(NewYear(since, random.random() < 0.3))
            year = date(year.year + 1, year.month, 1)
        elif luck < 0.97:
            events.append(NewLimits(some_limits(random, len(members), pools)))
        else:
            events.append(NewCardYear(some_card(random)))
    return book, events


def some_limits(random: Random, persons: int, pools: tuple[str, ...]) -> tuple[YearlyLimit, ...]:
    """A plan's limits: each kind for all claims, for each pool apart, or apart but credited by all (cross-credit)."""
    limits: list[YearlyLimit] = []
    for kind, often in OFTEN.items():
        if random.random() >= often:
            continue
        layout = random.choice(("shared", "apart", "crossed", "one of them"))
        if layout == "shared" or len(pools) == 1:
            limits.append(some_limit(random, kind, persons))
            continue
        for pool in pools[: 1 if layout == "one of them" else None]:
            own = frozenset({pool})
            limit = some_limit(random, kind, persons)
            limits.append(limit._replace(governs=own, credited_by=None if layout == "crossed" else own))
    return tuple(limits)


def some_limit(random: Random, kind: LimitKind, persons: int) -> YearlyLimit:
    least, most = AMOUNTS[kind]
    own = random.randint(least, most)
    family = own + random.randint(0, own) if persons > 1 and random.random() < 0.9 else None
    return YearlyLimit(
        kind,
        individual_cents=None if family is not None and random.random() < 0.2 else own,
        family_cents=family,
        family_rule=random.choice(FAMILY_RULES),
        self_only_cents=random.randint(least, most) if family is not None and random.random() < 0.3 else None,
    )


def some_terms(random: Random) -> Terms:
    """The words for one kind of service; a flat copay keeps the deductible away."""
    timing = random.choice(TIMINGS)
    copay = random.choice((0, 3, 10, 25))
    return Terms(
        patient_share_bp=random.choice((0, 1_000, 2_000, 3_333, 5_000, 10_000)),
        copay_cents=copay,
        copay_timing=timing,
        coinsurance_on_gross=random.random() < 0.4,
        deductible_applies=not (copay and timing == "flat-no-deductible") and random.random() < 0.85,
        coinsurance_min_cents=random.choice((0, 0, 0, 4)),
        coinsurance_max_cents=random.choice((UNLIMITED_CENTS, UNLIMITED_CENTS, 8)),
        covered=random.random() < 0.93,
        preventive=random.random() < 0.08,
        copay_credits_deductible=random.random() < 0.15,
        copay_counts_to_maximum=random.random() < 0.85,
        copay_after_maximum=random.random() < 0.15,
    )


def some_claim(
    random: Random, services: list[Terms], members: tuple[str, ...], pools: tuple[str, ...], year: date
) -> Claim:
    return Claim(
        allowed_cents=random.randint(0, 60),
        terms=random.choice(services),
        charge_cents=random.randint(0, 80) if random.random() < 0.5 else None,
        contracted=random.random() < 0.85,
        member=random.choice(members),
        pool=random.choice(pools),
        visit="therapy" if random.random() < 0.4 else None,
        on=some_day(random, year),
        assisted=random.random() < 0.8,
    )


def last_quarter(year: date) -> date:
    return date(year.year, 10, 1) if year.month == 1 else date(year.year + 1, 4, 1)


def some_day(random: Random, year: date) -> date | None:
    """A day of the plan year that begins with `year`, as often in its last quarter as before; seldom none is told."""
    luck = random.random()
    if luck < 0.05:
        return None
    return (
        year + timedelta(random.randrange(365)) if luck < 0.5 else last_quarter(year) + timedelta(random.randrange(90))
    )


def some_card(random: Random) -> Card:
    return Card(
        policy=random.choice(POLICIES),
        left_cents=random.randint(0, 80),
        fill_limit_cents=random.choice((UNLIMITED_CENTS, 12)),
        patient_floor_cents=random.choice((0, 2)),
        credits_own_money=random.random() < 0.5,
    )


def some_posting(random: Random, members: tuple[str, ...], pools: tuple[str, ...], year: date) -> Posting:
    """What others credited before the first line, a member's or told for the family alone."""
    own = random.randint(0, 20)
    whose = random.choice((*members, REST_OF_FAMILY))
    credit = Credit(own, random.randint(0, 10), own + random.randint(0, 10))
    return Posting(whose, random.choice(pools), credit, some_day(random, year))
