"""Plan design: the terms that decide who pays what. Words as on a summary of benefits."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.cost_share.plan_calendar import MonthDayText

MAX_CENTS = 100_000_000
"""One million dollars: more than any amount of a course, small enough that sums stay exact everywhere."""

Cents = Annotated[int, Meta(ge=0, le=MAX_CENTS)]
ShareBp = Annotated[int, Meta(ge=0, le=10_000)]

CopayTiming = Literal["flat-no-deductible", "after-deductible", "before-deductible"]
CoinsuranceBase = Literal["net-of-copay", "gross-of-copay"]
FamilyRule = Literal["embedded", "aggregate"]
CarryOver = Literal["none", "unmet", "always"]


class CostShare(Frozen):
    """What the patient owes for one kind of service.

    `patient_share_bp` is coinsurance as the patient's part. `copay_timing` says where the copay stands to the
    deductible; with a copay and no timing, `deductible_applies = false` means flat and otherwise it is unknown.
    `coinsurance_base` says whether coinsurance beside a copay is of what the copay leaves; absent, it is unknown.
    `coinsurance_min_cents` and `coinsurance_max_cents` bound the coinsurance of one service. `preventive` is a
    recommended preventive service: free in the plan's own network, and no limit moves (45 CFR 147.130). An older plan
    may let a copay use up deductible, leave it out of its maximum, or ask for it even after the maximum is reached.
    """

    patient_share_bp: ShareBp | None = None
    copay_cents: Cents | None = None
    copay_timing: CopayTiming | None = None
    coinsurance_base: CoinsuranceBase | None = None
    deductible_applies: bool = True
    coinsurance_min_cents: Cents | None = None
    coinsurance_max_cents: Cents | None = None
    covered: bool = True
    preventive: bool = False
    copay_credits_deductible: bool = False
    copay_counts_to_maximum: bool = True
    copay_after_maximum: bool = False

    def __post_init__(self) -> None:
        floor, ceiling = self.coinsurance_min_cents, self.coinsurance_max_cents
        if floor is not None and ceiling is not None and floor > ceiling:
            raise ValueError("coinsurance_min_cents is above coinsurance_max_cents")


class Limit(Frozen):
    """A yearly limit, the deductible or the out-of-pocket maximum, and what has been credited toward it.

    An absent amount is not known. `family_rule`: `embedded` (the member's limit stands inside the family's) or
    `aggregate` (only the family's counts). `none`: the plan is known to have no such limit.
    """

    individual_cents: Cents | None = None
    individual_met_cents: Cents | None = None
    family_cents: Cents | None = None
    family_met_cents: Cents | None = None
    family_rule: FamilyRule = "embedded"
    none: bool = False

    def __post_init__(self) -> None:
        if self.none and (self.individual_cents is not None or self.family_cents is not None):
            raise ValueError("a limit that the plan does not have has no amount")
        for limit, met, owner in (
            (self.individual_cents, self.individual_met_cents, "individual"),
            (self.family_cents, self.family_met_cents, "family"),
        ):
            if limit is not None and met is not None and met > limit:
                raise ValueError(f"{owner}_met_cents is above {owner}_cents")
        if (
            self.individual_met_cents is not None
            and self.family_cents is not None
            and self.individual_met_cents > self.family_cents
        ):
            raise ValueError("individual_met_cents is above family_cents")
        if (
            self.individual_cents is not None
            and self.family_cents is not None
            and self.family_cents < self.individual_cents
        ):
            raise ValueError("family_cents is below individual_cents")


class CostShares(Frozen):
    """Terms by kind of service; a kind that is absent follows `default`, a pharmacy drug only its own terms."""

    default: CostShare | None = None
    drug: CostShare | None = None
    visit: CostShare | None = None
    infusion: CostShare | None = None
    pharmacy_drug: CostShare | None = None


class PharmacyLimits(Frozen):
    """The drug benefit's own limits, beside the medical ones. One that is absent is shared with the medical benefit."""

    deductible: Limit | None = None
    out_of_pocket_max: Limit | None = None


class OutOfNetwork(Frozen):
    """What holds outside the network. A limit or a term that is absent is unknown there, `pharmacy_drug` excepted.

    Whether the clinic is in the network says nothing of the pharmacy: its terms inside hold until others are told.
    With `cross_credit` each network's expenses count toward the limits of both; most plans keep them apart.
    """

    deductible: Limit | None = None
    out_of_pocket_max: Limit | None = None
    cost_shares: CostShares | None = None
    cross_credit: bool = False


class VisitLimit(Frozen):
    """How many visits the plan covers in a plan year, and how many of them the patient has had (absent: not known)."""

    visits: Annotated[int, Meta(ge=0, le=366)]
    used: Annotated[int, Meta(ge=0, le=366)] | None = None

    def __post_init__(self) -> None:
        if self.used is not None and self.used > self.visits:
            raise ValueError("used is above visits")


class TierChange(Frozen):
    """Limits of a new coverage tier from a day within the plan year on; what was credited stays credited."""

    on: date
    deductible: Limit
    out_of_pocket_max: Limit

    def __post_init__(self) -> None:
        for limit in (self.deductible, self.out_of_pocket_max):
            if limit.individual_met_cents is not None or limit.family_met_cents is not None:
                raise ValueError("a change of tier tells the new limits, not what is met")
            if limit.individual_cents is None and limit.family_cents is None:
                raise ValueError("a change of tier needs the amount of each new limit")


class Benefits(Frozen):
    """The patient's plan as far as it is known; what is absent is unknown, never zero.

    `plan_year_start` is `MM-DD`: the day on which the limits start again. `coinsurance_max` is a yearly maximum on
    coinsurance alone, beside the out-of-pocket maximum. `carry_over` says whether the deductible applied in the last
    three months of a plan year counts again in the next: `unmet` where it was not met, `always` even if it was.
    `visit_limit` counts the sessions of the course. A plan without `pharmacy` has one set of limits for drugs and care.
    """

    plan_year_start: MonthDayText | None = None
    deductible: Limit | None = None
    out_of_pocket_max: Limit | None = None
    coinsurance_max: Limit | None = None
    deductible_counts_to_maximum: bool = True
    cost_shares: CostShares | None = None
    pharmacy: PharmacyLimits | None = None
    out_of_network: OutOfNetwork | None = None
    visit_limit: VisitLimit | None = None
    carry_over: CarryOver = "none"
    tier_change: TierChange | None = None

    def __post_init__(self) -> None:
        if self.tier_change is not None and self.plan_year_start is None:
            raise ValueError("tier_change needs plan_year_start")
