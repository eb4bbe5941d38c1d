"""Random explicit questions with every term told."""

from datetime import date, timedelta

from hypothesis import strategies as st

from payers.adjudication.question import AdjudicationQuestion, CardInput, MemberInput, Met, ServiceInput
from payers.cost_share.plan import (
    Benefits,
    CarryOver,
    CostShare,
    CostShares,
    Limit,
    OutOfNetwork,
    PharmacyLimits,
    TierChange,
    VisitLimit,
)
from payers.cost_share.plan_calendar import months_later, year_start

OTHERS = ("Ana", "Ben")
KINDS = ("default", "drug", "visit", "pharmacy_drug")
CARRY_OVER: tuple[CarryOver, ...] = ("none", "none", "unmet", "always")
SHARE = st.builds(
    CostShare,
    patient_share_bp=st.integers(0, 10_000),
    copay_cents=st.none() | st.integers(0, 20_000),
    copay_timing=st.sampled_from(["flat-no-deductible", "after-deductible", "before-deductible"]),
    coinsurance_base=st.sampled_from(["net-of-copay", "gross-of-copay"]),
    coinsurance_min_cents=st.none() | st.integers(0, 5_000),
    coinsurance_max_cents=st.none() | st.integers(5_000, 50_000),
    covered=st.sampled_from([True, True, True, False]),
    copay_credits_deductible=st.booleans(),
    copay_counts_to_maximum=st.booleans(),
    copay_after_maximum=st.booleans(),
)
SHARES = st.builds(CostShares, default=SHARE, drug=st.none() | SHARE, visit=st.none() | SHARE, pharmacy_drug=SHARE)


@st.composite
def limits(draw: st.DrawFn, members: int, *, met: bool = True) -> tuple[Limit, tuple[int, ...]]:
    """A limit, and what each member has met of it."""
    own = draw(st.integers(0, 200_000))
    family = draw(st.none() | st.integers(own, 400_000))
    most = own if family is None else min(own, family // members)
    told = tuple(draw(st.integers(0, most)) if met else 0 for _ in range(members))
    family_met = None
    if family is not None and (members == 1 or draw(st.booleans())):
        family_met = draw(st.integers(sum(told), family)) if met else 0
    limit = Limit(
        individual_cents=own,
        individual_met_cents=told[0],
        family_cents=family,
        family_met_cents=family_met,
        family_rule="embedded" if family is None else draw(st.sampled_from(["embedded", "aggregate"])),
    )
    return limit, told


@st.composite
def questions(draw: st.DrawFn) -> AdjudicationQuestion:
    """Families of one to three, limits of every kind, and services over two or three plan years."""
    start = draw(st.sampled_from(["01-01", "07-01", "10-15"]))
    members = draw(st.integers(1, 3))
    days = sorted(draw(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=9)))
    reset = int(start[:2]), int(start[3:])
    next_year = year_start(year_start(days[0], reset) + timedelta(400), reset)
    # nobody knows when in the year something was met before the first service, so none of it may be of the last quarter
    met = days[0] < months_later(next_year, -3)
    carry_over = draw(st.sampled_from(CARRY_OVER))
    met_deductible = met or carry_over == "none"

    deductible, deductible_met = draw(limits(members, met=met_deductible))
    maximum, maximum_met = draw(limits(members))
    coinsurance = draw(st.none() | limits(members))
    pharmacy_deductible = draw(st.none() | limits(members, met=met_deductible))
    pharmacy_maximum = draw(st.none() | limits(members))
    outside = draw(st.none() | st.tuples(limits(members, met=met_deductible), limits(members), st.booleans()))
    self_only = maximum.family_rule == "aggregate" and draw(st.booleans())
    tier = None
    aggregate_before = "aggregate" in (deductible.family_rule, maximum.family_rule)
    if draw(st.booleans()) and not (carry_over != "none" and aggregate_before):
        new = [draw(limits(members))[0] for _ in range(2)]
        bare = [
            Limit(individual_cents=each.individual_cents, family_cents=each.family_cents, family_rule=each.family_rule)
            for each in new
        ]
        tier = TierChange(on=draw(st.dates(days[0], days[-1])), deductible=bare[0], out_of_pocket_max=bare[1])
    visits = draw(st.none() | st.integers(0, 3))
    benefits = Benefits(
        plan_year_start=start,
        deductible=deductible,
        out_of_pocket_max=maximum,
        coinsurance_max=coinsurance and coinsurance[0],
        deductible_counts_to_maximum=draw(st.booleans()),
        cost_shares=draw(SHARES),
        pharmacy=PharmacyLimits(
            deductible=pharmacy_deductible and pharmacy_deductible[0],
            out_of_pocket_max=pharmacy_maximum and pharmacy_maximum[0],
        ),
        out_of_network=outside
        and OutOfNetwork(
            deductible=outside[0][0], out_of_pocket_max=outside[1][0], cost_shares=draw(SHARES), cross_credit=outside[2]
        ),
        visit_limit=None if visits is None else VisitLimit(visits=visits, used=draw(st.integers(0, visits))),
        carry_over=carry_over,
        tier_change=tier,
    )
    others = {
        name: MemberInput(
            deductible_met_cents=deductible_met[place],
            out_of_pocket_max_met_cents=maximum_met[place],
            coinsurance_max_met_cents=coinsurance and coinsurance[1][place],
            pharmacy=Met(
                deductible_met_cents=pharmacy_deductible and pharmacy_deductible[1][place],
                out_of_pocket_max_met_cents=pharmacy_maximum and pharmacy_maximum[1][place],
            ),
            out_of_network=outside
            and Met(deductible_met_cents=outside[0][1][place], out_of_pocket_max_met_cents=outside[1][1][place]),
            visits_used=0 if visits is None else draw(st.integers(0, visits)),
        )
        for place, name in enumerate(OTHERS[: members - 1], start=1)
    }
    services: list[ServiceInput] = []
    for number, day in enumerate(days):
        label = f"Service {number}"
        standing = [
            each.label
            for each in services
            if each.reverses is None
            and each.on
            and year_start(each.on, reset) == year_start(day, reset)
            and each.label not in {other.reverses for other in services}
        ]
        if standing and draw(st.integers(0, 3)) == 0:
            services.append(ServiceInput(label=label, on=day, reverses=draw(st.sampled_from(standing))))
            continue
        services.append(
            ServiceInput(
                label=label,
                allowed_cents=draw(st.integers(0, 150_000)),
                charge_cents=draw(st.integers(0, 150_000)),
                network=draw(st.sampled_from(["in", "out"])),
                kind=draw(st.sampled_from(KINDS)),
                on=day,
                member=draw(st.sampled_from([None, *others])),
                preventive=draw(st.integers(0, 9)) == 0,
                counts_as_visit=draw(st.booleans()),
            )
        )
    card = None
    if draw(st.booleans()):
        yearly = draw(st.integers(0, 200_000))
        card = CardInput(
            policy=draw(st.sampled_from(["counts", "maximizer"])),
            remaining_cents=draw(st.integers(0, yearly)),
            yearly_limit_cents=yearly,
            per_fill_limit_cents=draw(st.none() | st.integers(0, 50_000)),
            patient_floor_cents=draw(st.integers(0, 2_000)),
        )
    return AdjudicationQuestion(
        benefits=benefits,
        services=tuple(services),
        members=others,
        self_only_max_cents=draw(st.integers(max(maximum_met), 200_000)) if self_only else None,
        card=card,
    )
