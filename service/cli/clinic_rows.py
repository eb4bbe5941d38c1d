"""The clinic's rows as `outlay clinic` tells them: what a row answers, what it says, when it holds."""

from payers.catalogue.clinic import (
    ClinicFee,
    ClinicRow,
    ContractedRate,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    Reduction,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SiteRow,
    SlidingBand,
)
from payers.catalogue.model import Rule
from payers.cost_share.money import exactly
from service.cli.telling import dollars

KINDS = {
    "prices": "price",
    "services": "service",
    "packages": "package",
    "discounts": "discount",
    "sliding_scale": "tier",
    "fees": "fee",
    "payment_plans": "payment plan",
    "payment_policies": "payment policy",
    "localities": "locality",
    "rates": "rate",
    "rules": "rule",
}
"""What one row of each table is called."""


def answers(row: ClinicRow | Rule) -> str:
    """The question that the row answers."""
    match row:
        case Rule():
            question = (row.payer, row.line_of_business, row.plan, ", ".join(row.treatments))
            return f"{_words(*question)} for {', '.join(row.indications)}: {row.status}"
        case ContractedRate():
            return _words(row.payer, row.line_of_business, row.plan, row.treatment, _count(row.dose_mg, "mg"))
        case SiteRow():
            return _words(_listed(row), f"at {row.site}" if row.site else None)
        case _:
            raise AssertionError(f"a row of the clinic is one of these, not {type(row).__name__}")


def _listed(row: SiteRow) -> str:
    """What a row of the price list is for."""
    match row:
        case SitePrice():
            return _words(row.treatment, _count(row.dose_mg, "mg"), _count(row.minutes, "minutes"))
        case ServicePrice():
            return row.service
        case Package():
            return f"{row.name}: {row.sessions} x {row.treatment}"
        case Discount():
            return row.kind
        case SlidingBand():
            income = None if row.poverty_percent_max is None else f"up to {row.poverty_percent_max}% of poverty"
            return _words(row.tier, income)
        case ClinicFee():
            return f"{row.kind}, {row.per}"
        case PaymentPlan():
            return f"{row.name}: {row.instalments} months at {row.annual_rate_bp / 100:g}%"
        case SiteLocality():
            return f"Medicare's fees of {row.carrier}-{row.locality}"
        case PaymentPolicy():
            return f"HSA and FSA: {_said(row.takes_hsa_fsa)}, superbill: {_said(row.gives_superbill)}"
        case _:
            raise AssertionError(f"a row of the price list is one of these, not {type(row).__name__}")


def amount(row: ClinicRow | Rule) -> str:
    """The amount or share it says; `-` where it says none."""
    match row:
        case SitePrice() | ServicePrice() | Package():
            return _money(row.price_cents)
        case ContractedRate():
            return _money(row.allowed_cents)
        case ClinicFee():
            return _money(row.amount_cents)
        case Reduction():
            return f"-{row.off_bp / 100:g}%" if row.off_bp is not None else f"-{_money(row.off_cents or 0)}"
        case _:
            return "-"


def days(row: ClinicRow | Rule) -> str:
    """When it holds."""
    bounds = (("from", row.valid_from), ("until", row.valid_until))
    return _words(*(f"{word} {day}" for word, day in bounds if day)) or "always"


def _money(cents: int) -> str:
    return dollars(exactly(cents))


def _count(number: int | None, unit: str) -> str | None:
    return None if number is None else f"{number} {unit}"


def _said(answer: bool | None) -> str:
    return "not said" if answer is None else "yes" if answer else "no"


def _words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
