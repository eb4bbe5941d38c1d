"""X12's code lists of a benefit row, as far as a meaning is given to them (005010X279A1, loops 2110C and 2110D)."""

from payers.eligibility.response import Kind, Measure, NetworkScope

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("1", "2", "3", "4", "5"), "active"),
    **dict.fromkeys(("6", "7", "8"), "inactive"),
    "A": "coinsurance",
    "B": "copay",
    "C": "deductible",
    "CB": "coverage_basis",
    "D": "benefit_description",
    "E": "exclusion",
    "F": "limitation",
    "G": "out_of_pocket_max",
    "H": "unlimited",
    "I": "non_covered",
    "J": "cost_containment",
    "K": "reserve",
    "L": "primary_care_provider",
    "M": "preexisting_condition",
    "MC": "managed_care_coordinator",
    "N": "restricted_to_provider",
    "O": "not_medically_necessary",
    "P": "disclaimer",
    "Q": "second_opinion",
    "R": "other_payer",
    "S": "prior_year_history",
    "T": "card_lost",
    "U": "contact_entity",
    "V": "cannot_process",
    "W": "other_source",
    "X": "facility",
    "Y": "spend_down",
}
"""EB01."""

PERIODS: dict[str, str] = {
    "6": "hour",
    "7": "day",
    "13": "24_hours",
    "21": "years",
    "22": "service_year",
    "23": "calendar_year",
    "24": "year_to_date",
    "25": "contract",
    "26": "episode",
    "27": "visit",
    "28": "outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not_exceeded",
    "32": "lifetime",
    "33": "lifetime_remaining",
    "34": "month",
    "35": "week",
    "36": "admission",
}
"""EB06."""

MEASURES: dict[str, Measure] = {"24": "accumulated", "29": "remaining", "30": "exceeded", "33": "remaining"}
"""What an amount means with these periods; with any other, or with none, it is the limit itself."""

NETWORKS: dict[str, NetworkScope] = {"Y": "in", "N": "out", "W": "either", "U": "unknown"}
"""EB12. `W`: the row holds in the network and outside it, or networks do not matter."""

PLAN_SERVICE_TYPES = frozenset({"30", "35"})
"""Health and dental plan coverage: a status with one of them, or with none, is of a plan as a whole."""

HEALTH_PLAN = "30"


def kind_of(eb01: str) -> Kind:
    """What a row is about."""
    return KINDS.get(eb01, "unknown")


def period_of(eb06: str | None) -> str | None:
    """The period in words; absent for a code that nobody knows."""
    return PERIODS.get(eb06) if eb06 else None


def measure_of(eb06: str | None, *, tells: bool) -> Measure | None:
    """What the amount, percent or quantity of a row means; `tells` whether it has one."""
    return MEASURES.get(eb06 or "") or ("limit" if tells else None)
