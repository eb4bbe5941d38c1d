"""Random plans with everything a plan can have: whole questions about them, every input told that anybody looks at."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

TODAY = date(2026, 11, 23)

Json = dict[str, Any]


def cents(*usual: int, most: int = 300_000) -> st.SearchStrategy[int]:
    return st.sampled_from(usual) | st.integers(0, most)


def exact(amount: int) -> Json:
    return {"low_cents": amount, "high_cents": amount}


@st.composite
def limits(draw: st.DrawFn, least: int, most: int, *, met: bool = True) -> Json:
    """A yearly limit of one person or of a family."""
    own = draw(st.sampled_from([least, most]) | st.integers(least, most))
    limit: Json = {"individual_cents": own}
    if met:
        limit["individual_met_cents"] = draw(st.sampled_from([0, own]) | st.integers(0, own))
    if draw(st.sampled_from([False, False, True])):
        family = own + draw(st.integers(0, most))
        limit |= {"family_cents": family, "family_rule": draw(st.sampled_from(["embedded", "aggregate"]))}
        if met:
            limit["family_met_cents"] = draw(st.integers(limit["individual_met_cents"], family))
    return limit


@st.composite
def cost_shares(draw: st.DrawFn, *, flags: bool = True) -> Json:
    """The terms of one kind of service."""
    kind = draw(st.sampled_from(["share", "share", "copay", "both"]))
    terms: Json = {}
    if kind != "copay":
        terms["patient_share_bp"] = draw(st.sampled_from([0, 1_000, 2_000, 3_333, 5_000, 10_000]))
        if draw(st.sampled_from([False, False, True])):
            floor = draw(st.sampled_from([0, 2_500, 30_000]))
            terms |= {"coinsurance_min_cents": floor, "coinsurance_max_cents": floor + draw(st.integers(0, 40_000))}
        terms["deductible_applies"] = draw(st.sampled_from([True, True, True, False]))
    if kind != "share":
        terms |= {
            "copay_cents": draw(st.sampled_from([0, 4_000, 20_000, 150_000])),
            "copay_timing": draw(st.sampled_from(["flat-no-deductible", "after-deductible", "before-deductible"])),
            "coinsurance_base": draw(st.sampled_from(["net-of-copay", "gross-of-copay"])),
        }
        if flags:
            several = ("copay_credits_deductible", "copay_counts_to_maximum", "copay_after_maximum")
            terms |= {flag: True for flag in several if draw(st.sampled_from([False, False, True]))}
            if draw(st.sampled_from([False, False, False, True])):
                terms["copay_counts_to_maximum"] = False
    return terms


@st.composite
def shares_by_kind(draw: st.DrawFn, *, flags: bool = True) -> Json:
    several = {"default": draw(cost_shares(flags=flags)), "pharmacy_drug": draw(cost_shares(flags=flags))}
    for kind in ("drug", "visit", "infusion"):
        if draw(st.sampled_from([False, False, True])):
            several[kind] = draw(cost_shares(flags=flags))
    return several


@st.composite
def plans(draw: st.DrawFn, *, simple: bool = False) -> Json:
    """The terms of a plan; a `simple` one has no more than its limits and its shares."""
    plan: Json = {
        "plan_year_start": draw(st.sampled_from(["01-01", "01-01", "07-01", "12-15", "12-31", "02-29", "03-01"])),
        "deductible": draw(limits(0, 300_000)),
        "out_of_pocket_max": draw(limits(300_000, 900_000)),
        "cost_shares": draw(shares_by_kind(flags=not simple)),
    }
    if simple:
        return plan

    def sometimes(name: str, several: st.SearchStrategy[Any]) -> None:
        if draw(st.sampled_from([False, False, False, True])):
            plan[name] = draw(several)

    sometimes("coinsurance_max", limits(0, 200_000))
    sometimes("deductible_counts_to_maximum", st.just(False))
    sometimes("carry_over", st.sampled_from(["unmet", "always"]))
    sometimes("visit_limit", visit_limits())
    sometimes("tier_change", tier_changes())
    sometimes(
        "pharmacy",
        st.fixed_dictionaries({}, optional={"deductible": limits(0, 100_000), "out_of_pocket_max": limits(0, 300_000)}),
    )
    sometimes(
        "out_of_network",
        st.fixed_dictionaries(
            {
                "deductible": limits(0, 500_000),
                "out_of_pocket_max": limits(300_000, 1_500_000),
                "cost_shares": shares_by_kind(),
                "cross_credit": st.booleans(),
            }
        ),
    )
    return plan


@st.composite
def visit_limits(draw: st.DrawFn) -> Json:
    visits = draw(st.sampled_from([0, 1, 20]) | st.integers(0, 30))
    return {"visits": visits, "used": draw(st.integers(0, visits))}


@st.composite
def tier_changes(draw: st.DrawFn) -> Json:
    return {
        "on": (TODAY + timedelta(days=draw(st.integers(-100, 200)))).isoformat(),
        "deductible": draw(limits(0, 300_000, met=False)),
        "out_of_pocket_max": draw(limits(300_000, 900_000, met=False)),
    }


@st.composite
def courses(draw: st.DrawFn) -> Json:
    """Up to a dozen sessions, often across the turn of a plan year."""
    days = draw(st.lists(st.sampled_from(TURNS) | st.integers(0, 200), min_size=1, max_size=8, unique=True))
    count = draw(st.integers(1, 12))
    return draw(
        st.sampled_from(
            [
                {"kind": "dates", "dates": [(TODAY + timedelta(days=day)).isoformat() for day in sorted(days)]},
                {"kind": "sessions", "count": count, "every_days": draw(st.integers(1, 30))},
                {"kind": "sessions", "count": count, "maintenance_every_days": draw(st.sampled_from([7, 14]))},
            ]
        )
    )


TURNS = [
    (date.fromisoformat(day) - TODAY).days + near
    for day in ("2026-12-15", "2026-12-31", "2027-01-01", "2027-02-28", "2027-03-01")
    for near in (-1, 0, 1)
]
"""Days around which a plan year may turn."""


@st.composite
def second_plans(draw: st.DrawFn) -> Json:
    other: Json = {
        "kind": "commercial",
        "method": draw(st.sampled_from(["standard", "non-duplication", "carve-out", "maintenance-of-benefits"])),
        "benefits": draw(plans(simple=draw(st.booleans()))),
    }
    if draw(st.booleans()):
        other |= {"benefit_bank": True, "bank_cents": draw(cents(0, 50_000))}
    if draw(st.sampled_from([False, False, True])):
        other["allowed_per_session"] = exact(draw(st.integers(60_000, 200_000)))
    if draw(st.sampled_from([False, False, True])):
        other |= {"facts": {"holder": "self"}, "first_plan": {"holder": "other"}}
    return other


GROUP_SECONDS = (
    second_plans(),
    second_plans(),
    st.fixed_dictionaries({"kind": st.just("medicare"), "deductible_met_cents": st.integers(0, 40_000)}),
    st.fixed_dictionaries({"kind": st.just("medicaid"), "group": st.just("full"), "accepts_medicaid": st.booleans()}),
    st.just({"kind": "tricare"}),
    st.sampled_from([{"kind": "qmb"}, {"kind": "tricare-for-life"}]),
)
MEDIGAP = (
    *(st.just({"kind": "medigap", "plan": letter}) for letter in "ABCDFGMN"),
    st.fixed_dictionaries(
        {"kind": st.just("medigap"), "plan": st.sampled_from("KL"), "met_cents": cents(0, 790_000, most=900_000)}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("medigap"),
            "plan": st.sampled_from("FG"),
            "high_deductible": st.just(True),
            "met_cents": cents(0, 280_000, most=400_000),
        }
    ),
)
MEDICARE_SECONDS = (
    st.one_of(*MEDIGAP),
    st.one_of(*MEDIGAP),
    second_plans(),
    second_plans().map(lambda plan: plan | {"facts": {"active": False}}),
    st.just({"kind": "qmb"}),
    st.just({"kind": "tricare-for-life"}),
    st.just({"kind": "tricare"}),
    st.fixed_dictionaries(
        {
            "kind": st.just("medicaid"),
            "group": st.sampled_from(["full", "slmb", "slmb-plus", "qi"]),
            "accepts_medicaid": st.booleans(),
        }
    ),
)

CARD = st.fixed_dictionaries(
    {
        "program": st.just("spravato-withme"),
        "policy": st.sampled_from(["counts", "counts", "accumulator", "maximizer"]),
        "remaining_cents": cents(0, 100_000),
        "yearly_limit_cents": st.integers(300_000, 800_000),
        "per_fill_limit_cents": cents(20_000, 200_000),
    }
)


@st.composite
def tricare_of(draw: st.DrawFn) -> Json:
    return {
        "plan": draw(st.sampled_from(["prime", "select"])),
        "group": "b",
        "category": draw(st.sampled_from(["active-duty", "active-duty-family", "retiree"])),
        "junior_enlisted": draw(st.booleans()),
        "referral": draw(st.booleans()),
    }


LINES = {"aetna": "commercial", "aetna-ma": "medicare-advantage", "medicare": "medicare"}


@st.composite
def questions(draw: st.DrawFn, payers: tuple[str, ...] = ("aetna", *LINES), *, simple: bool = False) -> Json:
    """A question with every input told; `simple` plans have no more than limits and shares."""
    payer = draw(st.sampled_from(payers))
    asked: Json = {
        "payer": payer,
        "state": "CO",
        "line_of_business": LINES[payer],
        "treatment": "spravato",
        "indication": "trd",
        "dose_mg": draw(st.sampled_from([56, 84])),
        "authorization": "approved",
        "place_of_service": "11",
        "course": draw(courses()),
        "prices": {
            "cash_per_session": exact(draw(st.integers(90_000, 160_000))),
            "visit_allowed_per_session": exact(draw(st.integers(14_561, 24_082))),
        },
        "tricare": draw(tricare_of()),
    }
    if asked["course"]["kind"] != "dates":
        after = draw(st.sampled_from([0, *TURNS]) | st.integers(0, 200))
        asked["start_on"] = (TODAY + timedelta(days=after)).isoformat()
    if payer != "aetna":
        asked["medicare_assignment"] = draw(st.sampled_from(["accepted", "accepted", "not-accepted", "opted-out"]))
    if payer == "medicare":
        asked["benefits"] = {"deductible": {"individual_met_cents": draw(cents(0, most=30_000))}}
        asked["place_of_service"] = draw(st.sampled_from(["11", "11", "22"]))
    else:
        asked["benefits"] = draw(plans(simple=simple))
        asked["network"] = draw(st.sampled_from(["in", "in", "out"]))
    if payer == "aetna":
        asked["lane"] = draw(st.sampled_from(["medical", "medical", "pharmacy"]))
        asked["prices"]["allowed_per_session"] = exact(draw(st.integers(136_000, 160_000)))
    seconds = GROUP_SECONDS if payer == "aetna" else MEDICARE_SECONDS
    others = draw(st.lists(st.one_of(*seconds), max_size=2, unique_by=lambda other: other["kind"]))
    kinds = {other["kind"] for other in others}
    if {"qmb", "medicaid"} <= kinds or {"tricare", "tricare-for-life"} <= kinds:
        others = others[:1]
    asked["other_coverage"] = others
    if payer == "aetna" and draw(st.booleans()):
        asked["assistance"] = [draw(CARD)]
    return asked
