"""The published format of cost-sharing cases, every key of it. A key that is not here is refused, never skipped.

The published cases show nine of the fifteen models. For the rest `ALIASES` takes the names that mean the same thing.
"""

from collections.abc import Mapping
from re import fullmatch
from typing import Any, Literal, cast

import msgspec

from payers.catalogue.model import Frozen

Cents = int
Percent = float


class Plan(Frozen):
    coverage: Literal["individual", "family"] = "individual"
    deductible_individual: Cents | None = None
    deductible_family: Cents | None = None
    deductible_family_type: Literal["embedded", "aggregate"] = "embedded"
    oop_max_individual: Cents | None = None
    oop_max_family: Cents | None = None
    oop_family_type: Literal["embedded", "aggregate"] = "embedded"
    self_only_max: Cents | None = None
    coinsurance_max: Cents | None = None
    coinsurance_pct: Percent = 0
    copay_counts_to_deductible: bool = False
    copay_counts_to_oop: bool = True
    copay_continues_after_oop: bool = False
    oop_includes_deductible: bool = True


class Met(Frozen):
    deductible_met: Cents = 0
    oop_met: Cents = 0


class Accumulators(Met):
    family_deductible_met: Cents | None = None
    family_oop_met: Cents | None = None
    members: dict[str, Met] = msgspec.field(default_factory=dict[str, Met])


class CostShare(Frozen):
    deductible_applies: bool = True
    copay: Cents | None = None
    copay_timing: Literal["flat_no_deductible", "after_deductible", "before_deductible"] | None = None
    coinsurance_pct: Percent | None = None
    coinsurance_base: Literal["net_of_copay", "gross_of_copay"] = "net_of_copay"
    coinsurance_min: Cents | None = None
    coinsurance_max: Cents | None = None
    preventive: bool = False
    covered: bool = True


class Service(Frozen):
    label: str = ""
    charge: Cents | None = None
    allowed: Cents | None = None
    in_network: bool = True
    member: str | None = None
    plan_year_start: bool = False
    cost_share: CostShare = CostShare()
    approved: Cents | None = None
    accepts_assignment: bool = True
    office_visit: bool = False


class Assistance(Frozen):
    policy: Literal["none", "counts", "accumulator", "maximizer"] = "none"
    annual_max: Cents | None = None
    max_per_fill: Cents | None = None
    patient_min_per_fill: Cents = 0


class Medicare(Frozen):
    part_b_deductible_remaining: Cents = 0
    sequestration_pct: Percent = 0
    allowed: Cents | None = None
    gross_payable: Cents | None = None
    deductible: Cents | None = None
    coinsurance: Cents | None = None
    medicare_paid: Cents | None = None
    cost_share: Cents | None = None
    part_a_deductible: Cents | None = None
    part_a_coinsurance: Cents = 0


class Medigap(Frozen):
    plan: str
    high_deductible: Cents | None = None
    oop_limit: Cents | None = None


class Medicaid(Frozen):
    medicaid_rate: Cents


class Tricare(Frozen):
    allowable: Cents
    tricare_share_pct: Percent
    participating: bool = True
    deductible: Cents = 0


class OtherCoverage(Frozen):
    method: Literal["standard", "non_duplication", "carve_out", "maintenance_of_benefits", "benefit_bank"] | None = None
    allowable_expense: Cents | None = None
    primary_paid: Cents | None = None
    primary_allowed: Cents | None = None
    secondary_normal_benefit: Cents | None = None
    secondary_allowed: Cents | None = None
    secondary_pays_pct: Percent | None = None
    secondary_deductible: Cents = 0
    balance_bill_outside_cob: Cents = 0
    benefit_bank: Cents | None = None
    otaf: Cents | None = None
    ohi_paid: Cents | None = None
    medicare_paid: Cents | None = None


class NoSurprises(Frozen):
    recognized_amount: Cents
    out_of_network_rate: Cents


class Carryover(Frozen):
    fourth_quarter_deductible: Cents
    earlier_deductible: Cents = 0


class PartD(Frozen):
    deductible: Cents
    coinsurance_pct: Percent = 25
    oop_threshold: Cents


class Provenance(Frozen):
    url: str | None
    publisher: str
    evidence: Literal["seen", "seen_truncated", "knowledge", "rule_derived"]


Model = Literal[
    "plan",
    "effective_limit",
    "cob",
    "msp_fee_schedule",
    "msp_institutional",
    "medicare_part_b",
    "medigap_part_a",
    "medigap_high_deductible",
    "qmb_lesser_of",
    "tricare_ohi",
    "tricare_for_life",
    "no_surprises",
    "deductible_carryover",
    "part_d",
    "eob_identity",
]


class Case(Frozen):
    id: str
    category: str
    title: str
    model: Model
    source: Provenance
    confidence: Literal["high", "medium", "low"]
    status: Literal["ok", "ambiguous", "source_error", "rule_derived"]
    expected: dict[str, Any]
    plan: Plan | None = None
    accumulators: Accumulators | None = None
    services: tuple[Service, ...] = ()
    assistance: Assistance | None = None
    medicare: Medicare | None = None
    medigap: Medigap | None = None
    medicaid: Medicaid | None = None
    tricare: Tricare | None = None
    other_coverage: OtherCoverage | None = None
    nsa: NoSurprises | None = None
    carryover: Carryover | None = None
    part_d: PartD | None = None
    identity: dict[str, list[Cents]] | None = None
    notes: str = ""
    assumptions: tuple[str, ...] = ()
    source_stated: dict[str, Any] | None = None
    derived: dict[str, Any] | None = None
    recomputed: dict[str, Any] | None = None


ALIASES: Mapping[str, Mapping[str, str]] = {
    "part_d": {
        "deductible_cents": "deductible",
        "annual_deductible": "deductible",
        "standard_deductible": "deductible",
        "coinsurance": "coinsurance_pct",
        "initial_coinsurance_pct": "coinsurance_pct",
        "oop_cap": "oop_threshold",
        "oop_max": "oop_threshold",
        "out_of_pocket_cap": "oop_threshold",
        "out_of_pocket_threshold": "oop_threshold",
        "threshold": "oop_threshold",
        "troop_threshold": "oop_threshold",
    },
    "carryover": {
        "carryover_deductible": "fourth_quarter_deductible",
        "last_quarter_deductible": "fourth_quarter_deductible",
        "q4_deductible": "fourth_quarter_deductible",
        "first_three_quarters_deductible": "earlier_deductible",
        "prior_deductible": "earlier_deductible",
    },
    "medicare": {
        "deductible_part_a": "part_a_deductible",
        "inpatient_deductible": "part_a_deductible",
        "hospital_coinsurance": "part_a_coinsurance",
        "inpatient_coinsurance": "part_a_coinsurance",
    },
    "medigap": {"letter": "plan", "high_deductible_amount": "high_deductible", "oop_max": "oop_limit"},
    "tricare": {"allowable_charge": "allowable", "allowed": "allowable", "share_pct": "tricare_share_pct"},
    "other_coverage": {"medicare_pays": "medicare_paid", "ohi_pays": "ohi_paid"},
    "accumulators": {"deductible_met_individual": "deductible_met", "oop_met_individual": "oop_met"},
}
"""By section: other names for a key of the format."""


class Unreadable(Exception):
    """A case that is not of the format: what is wrong, and where."""


def read(told: Mapping[str, Any]) -> Case:
    """The case in the format's own names. Raises `Unreadable` for a key or a value that the format does not have."""
    named = {section: _named(value, ALIASES.get(section, {}), section) for section, value in told.items()}
    try:
        return msgspec.convert(named, Case)
    except msgspec.ValidationError as wrong:
        raise Unreadable(_in_short(str(wrong))) from None


def _named(value: Any, aliases: Mapping[str, str], section: str) -> Any:
    if not isinstance(value, dict):
        return value
    named: dict[str, Any] = {}
    for key, each in cast("dict[str, Any]", value).items():
        name = aliases.get(key, key)
        if name in named:
            raise Unreadable(f"{name} is told twice at {section}")
        named[name] = each
    return named


def _in_short(wrong: str) -> str:
    """`Object contains unknown field `moon_phase` - at `$.plan`` as `unknown field moon_phase at plan`."""
    what, _, where = wrong.replace("`", "").partition(" - at $")
    unknown = fullmatch(r"Object contains (unknown field .+)", what)
    return f"{unknown[1] if unknown else what} at {where.lstrip('.') or 'the case'}"
