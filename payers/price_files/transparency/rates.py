"""Rows of a payer's file as rates of the clinic's layer."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple, cast, get_args

from payers.price_files.transparency.query import tin_of
from payers.price_files.transparency.rows import Row
from payers.rates.rate import (
    Arrangement,
    BillingClass,
    MatchedBy,
    Rate,
    RateKind,
    RateSetting,
    amount_of,
    basis_points_of,
)

LeftOut = Literal["amount-zero", "amount-unreadable", "kind-unknown", "arrangement-unknown"]
"""Why a row gives no rate. Nothing is guessed: an amount of zero would be a price that nobody agreed to."""

_KINDS = frozenset(get_args(RateKind)) - {"allowed", "median"}
_MOST_DOLLARS = 10_000_000
_NEVER = date(9999, 12, 31)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TIN = re.compile(r"\d{9}")


class Rates(NamedTuple):
    """The rates, each once, and how many rows gave none, by the reason."""

    rates: tuple[Rate, ...]
    left_out: Counter[LeftOut]


def rates_of(rows: Iterable[Row], source_id: str, plan: str | None = None) -> Rates:
    """Each row as a rate. A date that cannot be read is absent, and so is a TIN that has not nine digits.

    `plan` is the one plan that the file is of, and stands where it names no network.
    """
    rates: dict[Rate, None] = {}
    left_out = Counter[LeftOut]()
    for row in rows:
        found = _rate(row, source_id, (plan,) if plan else ())
        if isinstance(found, Rate):
            rates[found] = None
        else:
            left_out[found] += 1
    return Rates(tuple(rates), left_out)


def _rate(row: Row, source_id: str, plan: tuple[str, ...]) -> Rate | LeftOut:
    if row.negotiated_type not in _KINDS:
        return "kind-unknown"
    if row.negotiation_arrangement not in get_args(Arrangement):
        return "arrangement-unknown"
    amount = _amount(bytes(row.negotiated_rate))
    if amount is None:
        return "amount-unreadable"
    if not amount:
        return "amount-zero"
    percentage = row.negotiated_type == "percentage"
    cents, units = (None, 1) if percentage else amount_of(amount)
    tin = tin_of(row.tin)
    return Rate(
        source_id=source_id,
        code_type=row.billing_code_type,
        code=row.billing_code,
        modifiers=tuple(row.billing_code_modifier),
        arrangement=cast("Arrangement", row.negotiation_arrangement),
        kind=cast("RateKind", row.negotiated_type),
        amount_cents=cents,
        units=units,
        percent_bp=basis_points_of(amount) if percentage else None,
        expires_on=_day(row.expiration_date),
        places_of_service=tuple(row.service_code),
        billing_class=cast(
            "BillingClass", row.billing_class if row.billing_class in get_args(BillingClass) else "both"
        ),
        setting=cast("RateSetting", row.setting if row.setting in get_args(RateSetting) else "both"),
        networks=row.networks or plan,
        group=None if row.provider_group_id is None else bytes(row.provider_group_id).decode().strip('"'),
        tin=tin if _TIN.fullmatch(tin) else None,
        matched_by=cast("MatchedBy", row.matched_by),
    )


def _amount(raw: bytes) -> Decimal | None:
    try:
        amount = Decimal(raw.decode())
    except InvalidOperation:
        return None
    return amount if 0 <= amount < _MOST_DOLLARS else None


def _day(text: str | None) -> date | None:
    """A day as the schema writes it, or as Americans do; the last of all days stands for none."""
    found = _AMERICAN.fullmatch(text or "")
    try:
        day = date(int(found[3]), int(found[1]), int(found[2])) if found else date.fromisoformat(text or "")
    except ValueError:
        return None
    return None if day == _NEVER else day
