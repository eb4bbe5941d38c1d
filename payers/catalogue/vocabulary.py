"""The words that the catalogue, requests and answers share; each is a promise of the HTTP contract."""

from typing import Literal

Language = Literal["en", "es"]
PayerKind = Literal[
    "commercial",
    "medicaid",
    "medicare",
    "medicare-advantage",
    "military",
    "va",
    "rae",
    "behavioral-health-carveout",
    "federal-employee",
    "employer-ancillary",
    "self-pay",
]
PublicProgramme = Literal["co-medicaid", "tricare", "tricare-for-life", "champva", "va-community-care"]
PayerStatus = Literal["active", "renamed", "defunct"]

LineOfBusiness = Literal[
    "commercial",
    "medicaid",
    "medicare",
    "medicare-advantage",
    "military",
    "va",
    "rae",
    "behavioral-health-carveout",
    "employer-ancillary",
    "self-pay",
]

Treatment = Literal["spravato", "iv-ketamine", "im-ketamine", "oral-ketamine"]
Indication = Literal[
    "trd",
    "mdd-si",
    "anxiety",
    "ptsd",
    "ocd",
    "bipolar-depression",
    "postpartum-depression",
    "chronic-pain",
    "crps",
    "fibromyalgia",
]

CoverageStatus = Literal["covered", "prior-authorization", "case-by-case", "not-covered", "policy-silent", "self-pay"]
CoverageReason = Literal["experimental", "excluded", "off-label"]
Lane = Literal["medical", "pharmacy"]
Network = Literal["in", "out"]
PlaceOfService = Literal["02", "10", "11", "19", "22", "53"]
SessionKind = Literal["default", "infusion"]
"""The kind of cost share that a session billed whole follows: the plan's general one, or the one for infusions."""
PriceSetting = Literal["commercial", "self-pay"]
"""Who paid the published prices of a session: commercial plans, or patients."""
Confidence = Literal["high", "medium", "low"]
DrugSource = Literal["clinic", "specialty-pharmacy"]
"""Who supplies the drug of a session: the clinic buys and bills it, or a specialty pharmacy ships it."""
ClaimSeverity = Literal["error", "warning", "info"]
"""An `error` will be denied, a `warning` needs a look, an `info` is good to know."""
Component = Literal["session", "drug", "visit", "infusion", "injection"]
ServiceKind = Literal["evaluation", "preparation", "monitoring", "follow-up", "integration"]
"""What a course has beside its sessions, in the order in which it is given."""
FeeKind = Literal["deposit", "membership", "no-show", "late-cancellation"]
FeeUnit = Literal["once", "session", "month", "year"]

_STATES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI
"""
STATES = frozenset(_STATES.split())
"""The states, the District of Columbia and the territories, as the Postal Service abbreviates them."""

ParameterStatus = Literal[
    "final",
    "statutory",
    "derived",
    "secondary",
    "survey",
    "indicative",
    "from-memory",
    "projected",
    "proposed",
    "not-applicable",
    "not-found",
]
NOT_SETTLED: frozenset[ParameterStatus] = frozenset({"projected", "proposed", "not-found"})
"""A value with one of these is a forecast or a gap: it may widen a range, and it is never shown as final."""

FACILITY_PLACES: frozenset[PlaceOfService] = frozenset({"19", "22"})
"""Hospital outpatient departments: Medicare pays the professional its facility amount and the hospital apart."""

GOVERNMENT_LINES: frozenset[LineOfBusiness] = frozenset(
    {"medicaid", "medicare", "medicare-advantage", "military", "va", "rae"}
)
"""Coverage paid by a government programme: manufacturer help is never billed against it (42 U.S.C. 1320a-7b(b))."""
