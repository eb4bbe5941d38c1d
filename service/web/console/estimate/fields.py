"""The inputs of the estimate page: each with its place in the question and the unknown that asks for it.

What the page has no input for is kept in the question all the same, where it was read from a payer or asked over HTTP.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, cast, get_args

from payers.catalogue.vocabulary import STATES, Indication, LineOfBusiness, Treatment
from payers.cost_share.assistance import POLICIES
from payers.cost_share.programmes import tricare
from service.web.console.reading import basis_points, cents, count, day, dollars, percent

Kind = Literal["text", "choice", "yes-no", "money", "money-range", "percent", "count", "date"]
When = Literal["first", "always", "asked"]
"""Where an input stands before anybody asked for it: at the top, under the other details, or nowhere."""

Path = tuple[str | int, ...]
MONTHS = tuple(f"{month:02d}-01" for month in range(1, 13))


class Field(NamedTuple):
    """An input. `asks` names the unknown that it answers; `options` are the values of a choice."""

    name: str
    kind: Kind
    path: Path
    asks: str = ""
    when: When = "always"
    options: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """Its place in the question as a JSON pointer."""
        return "".join(f"/{step}" for step in self.path)


def _share(name: str, kind: Kind, service: str, leaf: str, asks: str, when: When = "always") -> Field:
    return Field(name, kind, ("benefits", "cost_shares", service, leaf), asks, when)


def _limit(limit: str, leaf: str, asks: str, when: When = "always") -> Field:
    return Field(f"{limit}_{leaf}".removesuffix("_cents"), "money", ("benefits", limit, leaf), asks, when)


_TIMINGS = ("flat-no-deductible", "before-deductible", "after-deductible")
_BASES = ("net-of-copay", "gross-of-copay")
_PRICE_KEYS = ("allowed_per_session", "visit_allowed_per_session", "cash_per_session")

FIELDS: tuple[Field, ...] = (
    Field("payer", "text", ("payer",), "payer", "first"),
    Field("treatment", "choice", ("treatment",), "", "first", get_args(Treatment)),
    Field("state", "choice", ("state",), "state", "first", tuple(sorted(STATES))),
    Field("start_on", "date", ("start_on",), "start_on", "first"),
    Field("sessions", "count", ("course", "count"), "course", "first"),
    Field("network", "choice", ("network",), "network", options=("in", "out")),
    _limit("deductible", "individual_cents", "deductible"),
    _limit("deductible", "individual_met_cents", "deductible_met"),
    _limit("out_of_pocket_max", "individual_cents", "out_of_pocket_max"),
    _limit("out_of_pocket_max", "individual_met_cents", "out_of_pocket_met"),
    _share("coinsurance", "percent", "default", "patient_share_bp", "cost_shares"),
    _share("copay", "money", "default", "copay_cents", "cost_shares"),
    _share("copay_timing", "choice", "default", "copay_timing", "copay_timing")._replace(options=_TIMINGS),
    _share("coinsurance_base", "choice", "default", "coinsurance_base", "coinsurance_base", "asked")._replace(
        options=_BASES
    ),
    Field("plan_year_start", "choice", ("benefits", "plan_year_start"), "plan_year_start", options=MONTHS),
    *(Field(key, "money-range", ("prices", key), key) for key in _PRICE_KEYS),
    Field("authorization", "choice", ("authorization",), "authorization", options=("approved", "pending", "denied")),
    Field("lane", "choice", ("lane",), "lane", options=("medical", "pharmacy")),
    _share("pharmacy_coinsurance", "percent", "pharmacy_drug", "patient_share_bp", "pharmacy_drug", "asked"),
    _share("pharmacy_copay", "money", "pharmacy_drug", "copay_cents", "pharmacy_drug", "asked"),
    Field("dose_mg", "choice", ("dose_mg",), "dose_mg", options=("56", "84")),
    Field("indication", "choice", ("indication",), "indication", options=get_args(Indication)),
    Field("place_of_service", "choice", ("place_of_service",), "place_of_service", options=("11", "19", "22")),
    Field("line_of_business", "choice", ("line_of_business",), "line_of_business", options=get_args(LineOfBusiness)),
    Field("plan", "text", ("plan",), "plan", "asked"),
    Field("plan_network", "choice", ("plan_network",), "plan_network", "asked"),
    Field("county", "text", ("county",), "county", "asked"),
    Field("maintenance_every_days", "count", ("course", "maintenance_every_days"), "maintenance_every_days", "asked"),
    _limit("deductible", "family_cents", "deductible", "asked"),
    _limit("deductible", "family_met_cents", "deductible_met", "asked"),
    _limit("out_of_pocket_max", "family_cents", "out_of_pocket_max", "asked"),
    _limit("out_of_pocket_max", "family_met_cents", "out_of_pocket_met", "asked"),
    Field("visits_used", "count", ("benefits", "visit_limit", "used"), "visits_used", "asked"),
    Field("medicare_assignment", "choice", ("medicare_assignment",), "medicare_assignment", "asked")._replace(
        options=("accepted", "not-accepted", "opted-out")
    ),
    Field("tricare_plan", "choice", ("tricare", "plan"), "tricare", "asked", get_args(tricare.Plan)),
    Field("tricare_group", "choice", ("tricare", "group"), "tricare", "asked", get_args(tricare.Group)),
    Field("tricare_category", "choice", ("tricare", "category"), "tricare", "asked", get_args(tricare.Category)),
    Field("referral", "yes-no", ("tricare", "referral"), "referral", "asked"),
    Field("va_priority_group", "count", ("va", "priority_group"), "va", "asked"),
    Field("va_service_connected_percent", "count", ("va", "service_connected_percent"), "va", "asked"),
    Field("va_service_connected", "yes-no", ("va", "service_connected_treatment"), "va", "asked"),
    Field("va_visits_used", "count", ("va", "mental_health_visits_used"), "va", "asked"),
    Field("card", "choice", ("assistance", 0, "program")),
    Field("card_policy", "choice", ("assistance", 0, "policy"), "assistance_policy", "asked", tuple(POLICIES)),
    Field("card_remaining", "money", ("assistance", 0, "remaining_cents"), "assistance_remaining", "asked"),
    Field("other_coverage", "choice", ("other_coverage", 0)),
    Field("site", "text", ("site",), "site", "asked"),
    Field("session_minutes", "count", ("session_minutes",), "session_minutes", "asked"),
)

OTHER_COVERAGE: Mapping[str, dict[str, Any]] = {
    **{f"medigap-{letter}": {"kind": "medigap", "plan": letter} for letter in "ABCDFGKLMN"},
    **{kind: {"kind": kind} for kind in ("medicare", "medicaid", "qmb", "tricare", "tricare-for-life", "commercial")},
}
"""The second coverage that each choice stands for."""


def read(field: Field, text: str) -> Any:
    """What was typed, as the question holds it. Raises `Unreadable`."""
    return _READERS[field.kind](field, text)


def _text(_: Field, text: str) -> str:
    return text


def _choice(field: Field, text: str) -> Any:
    if field.name == "other_coverage":
        return OTHER_COVERAGE.get(text, text)
    return int(text) if field.name == "dose_mg" and text.isdecimal() else text


def _yes_no(_: Field, text: str) -> bool:
    return text == "yes"


def _money_range(_: Field, text: str) -> dict[str, int]:
    low, dash, high = text.partition("-")
    low_cents = cents(low)
    return {"low_cents": low_cents, "high_cents": cents(high) if dash else low_cents}


_READERS: Mapping[Kind, Callable[[Field, str], Any]] = {
    "text": _text,
    "choice": _choice,
    "yes-no": _yes_no,
    "money": lambda _, text: cents(text),
    "money-range": _money_range,
    "percent": lambda _, text: basis_points(text),
    "count": lambda _, text: count(text),
    "date": lambda _, text: day(text).isoformat(),
}


def shown(field: Field, value: Any) -> str:
    """The text of a value, as it would be typed."""
    match field.kind:
        case "money":
            return dollars(value)
        case "money-range":
            ends = cast("dict[str, int]", value)
            low, high = ends["low_cents"], ends["high_cents"]
            return dollars(low) if low == high else f"{dollars(low)}-{dollars(high)}"
        case "percent":
            return percent(value)
        case "yes-no":
            return "yes" if value else "no"
        case "choice" if field.name == "other_coverage":
            return _kind_of(value)
        case _:
            return str(value)


def _kind_of(coverage: Mapping[str, Any]) -> str:
    kind = str(coverage["kind"])
    return f"medigap-{coverage['plan']}" if kind == "medigap" else kind
