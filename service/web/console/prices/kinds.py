"""The kinds of rows that the page adds, each with the inputs of its form."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from payers.catalogue.clinic import (
    ClinicFee,
    ClinicRow,
    ContractedRate,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SlidingBand,
)
from payers.catalogue.vocabulary import FeeKind, FeeUnit, LineOfBusiness, ServiceKind, Treatment

InputKind = Literal[
    "text", "payer", "choice", "yes-no", "flag", "money", "percent", "count", "date", "codes", "several"
]
MOST_OF_A_SERVICE = 120
"""The bound of `Count` in the clinic's rows."""
DOSES = ("56", "84")
"""The doses that a question can name, in milligrams."""


class Input(NamedTuple):
    """An input of a form. `field` is where the row holds what is typed; `term`: it can change from a day on.

    A count is at most `most`. Its words are `in_<name>` and, where there is a `hint`, `hint_<name>`.
    """

    name: str
    kind: InputKind
    field: str
    needed: bool = False
    term: bool = False
    hint: bool = False
    most: int | None = None
    options: tuple[str, ...] = ()


class Kind(NamedTuple):
    """A table of the clinic's layer: what its rows are, and the form that makes one."""

    table: str
    row: type[ClinicRow]
    inputs: tuple[Input, ...]

    @property
    def main(self) -> tuple[Input, ...]:
        """What the row says, apart from what it includes, where and when."""
        return tuple(each for each in self.inputs if each not in (*self.included, *_WHERE_AND_WHEN))

    @property
    def included(self) -> tuple[Input, ...]:
        """The services within a package."""
        return tuple(each for each in self.inputs if each.field.startswith("included."))

    @property
    def where_and_when(self) -> tuple[Input, ...]:
        """Where and when it holds."""
        return tuple(each for each in self.inputs if each in _WHERE_AND_WHEN)

    @property
    def terms(self) -> tuple[Input, ...]:
        """What can change from a day on."""
        return tuple(each for each in self.inputs if each.term)


_SITE = Input("site", "text", "site", hint=True)
_DAYS = (Input("valid_from", "date", "valid_from", hint=True), Input("valid_until", "date", "valid_until", hint=True))
_NOTE = Input("note", "text", "note")
_WHERE_AND_WHEN = (_SITE, *_DAYS, _NOTE)
_TREATMENT = Input("treatment", "choice", "treatment", needed=True, options=get_args(Treatment))
_DOSE = Input("dose_mg", "choice", "dose_mg", hint=True, options=DOSES)
_PRICE = Input("price", "money", "price_cents", needed=True, term=True)
_OFF = (
    Input("off_percent", "percent", "off_bp", term=True, hint=True),
    Input("off_amount", "money", "off_cents", term=True),
    Input("applies_to", "several", "applies_to", hint=True, options=("treatment", *get_args(ServiceKind))),
)
_REFUNDABLE = Input("refundable", "yes-no", "refundable")


def _listed(table: str, row: type[ClinicRow], *inputs: Input) -> Kind:
    return Kind(table, row, (*inputs, *_WHERE_AND_WHEN))


_KINDS = (
    _listed(
        "prices",
        SitePrice,
        _TREATMENT,
        _DOSE,
        Input("minutes", "count", "minutes", hint=True),
        _PRICE,
    ),
    _listed(
        "services",
        ServicePrice,
        Input("service", "choice", "service", needed=True, options=get_args(ServiceKind)),
        _PRICE,
        Input("codes", "codes", "codes", hint=True),
    ),
    _listed(
        "packages",
        Package,
        Input("package", "text", "name", needed=True),
        _TREATMENT,
        Input("sessions", "count", "sessions", needed=True),
        _PRICE,
        Input("evaluation", "flag", "included.evaluation"),
        Input("preparation", "count", "included.preparation_sessions", most=MOST_OF_A_SERVICE),
        Input("monitoring", "count", "included.monitoring_sessions", most=MOST_OF_A_SERVICE),
        Input("follow_ups", "count", "included.follow_ups", most=MOST_OF_A_SERVICE),
        Input("integration", "count", "included.integration_sessions", most=MOST_OF_A_SERVICE),
        _REFUNDABLE,
    ),
    _listed("discounts", Discount, Input("for_whom", "text", "kind", needed=True, hint=True), *_OFF),
    _listed(
        "sliding_scale",
        SlidingBand,
        Input("tier", "text", "tier", needed=True),
        Input("poverty_percent", "count", "poverty_percent_max", hint=True),
        *_OFF,
    ),
    _listed(
        "fees",
        ClinicFee,
        Input("fee", "choice", "kind", needed=True, options=get_args(FeeKind)),
        Input("amount", "money", "amount_cents", needed=True, term=True),
        Input("per", "choice", "per", needed=True, options=get_args(FeeUnit)),
        _REFUNDABLE,
        Input("credited", "yes-no", "credited"),
        Input("notice_hours", "count", "notice_hours", hint=True),
    ),
    _listed(
        "payment_plans",
        PaymentPlan,
        Input("plan_name", "text", "name", needed=True),
        Input("instalments", "count", "instalments", needed=True, term=True),
        Input("annual_rate", "percent", "annual_rate_bp", term=True),
        Input("down_payment", "percent", "down_payment_bp", term=True),
        Input("start_fee", "money", "fee_cents", term=True),
        Input("minimum_instalment", "money", "minimum_instalment_cents", term=True),
    ),
    _listed(
        "payment_policies",
        PaymentPolicy,
        Input("hsa_fsa", "yes-no", "takes_hsa_fsa", term=True),
        Input("superbill", "yes-no", "gives_superbill", term=True),
    ),
    _listed(
        "localities",
        SiteLocality,
        Input("carrier", "text", "carrier", needed=True, term=True, hint=True),
        Input("locality", "text", "locality", needed=True, term=True, hint=True),
    ),
    Kind(
        "rates",
        ContractedRate,
        (
            Input("payer", "payer", "payer", needed=True, hint=True),
            Input("line_of_business", "choice", "line_of_business", hint=True, options=get_args(LineOfBusiness)),
            Input("plan", "text", "plan"),
            _TREATMENT,
            _DOSE,
            Input("allowed", "money", "allowed_cents", needed=True, term=True, hint=True),
            *_DAYS,
            _NOTE,
        ),
    ),
)
KINDS: Mapping[str, Kind] = {kind.table: kind for kind in _KINDS}
"""By the table of the clinic's layer, in the order of the page. Rules are not among them."""
