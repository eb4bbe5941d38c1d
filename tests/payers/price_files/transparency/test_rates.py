"""Rows become rates, or are left out for a reason that is told."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from payers.price_files.transparency.rates import rates_of
from payers.price_files.transparency.rows import Row
from payers.rates.rate import Rate, amount_of

ROW = Row(
    "HCPCS",
    "G2082",
    "ffs",
    "negotiated",
    msgspec.Raw(b"853.04"),
    "9999-12-31",
    ["11"],
    "professional",
    "outpatient",
    ["95"],
    msgspec.Raw(b"40.0000000001"),
    "84-5556677",
    ("PPO",),
    "tin",
)


def rate(**changed: Any) -> Rate | str:
    found = rates_of([ROW._replace(**changed)], "source")
    return found.rates[0] if found.rates else next(iter(found.left_out))


def test_the_plan_that_a_file_is_of_stands_where_it_names_no_network() -> None:
    rows = [ROW, ROW._replace(networks=())]
    assert [each.networks for each in rates_of(rows, "source", "Choice POS II").rates] == [("PPO",), ("Choice POS II",)]


def test_a_row_is_a_rate() -> None:
    assert rate() == Rate(
        source_id="source",
        code_type="HCPCS",
        code="G2082",
        modifiers=("95",),
        kind="negotiated",
        amount_cents=85304,
        places_of_service=("11",),
        billing_class="professional",
        setting="outpatient",
        networks=("PPO",),
        group="40.0000000001",
        tin="845556677",
        matched_by="tin",
    )


@pytest.mark.parametrize("dollars", ["13.3744", "1E+2", "0.005", "12345.67"])
def test_an_amount_goes_through_no_float(dollars: str) -> None:
    found = rate(negotiated_rate=msgspec.Raw(dollars.encode()))
    assert isinstance(found, Rate)
    assert (found.amount_cents, found.units) == amount_of(Decimal(dollars))


def test_a_percentage_is_no_amount() -> None:
    found = rate(negotiated_type="percentage", negotiated_rate=msgspec.Raw(b"40.5"))
    assert isinstance(found, Rate)
    assert (found.kind, found.percent_bp, found.amount_cents) == ("percentage", 4050, None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9999-12-31", None),
        ("2026-12-31", date(2026, 12, 31)),
        ("2/4/2026", date(2026, 2, 4)),
        ("soon", None),
        (None, None),
    ],
)
def test_the_day_it_ends(text: str | None, day: date | None) -> None:
    found = rate(expiration_date=text)
    assert isinstance(found, Rate)
    assert found.expires_on == day


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"negotiated_rate": msgspec.Raw(b"0.00")}, "amount-zero"),
        ({"negotiated_rate": msgspec.Raw(b"null")}, "amount-unreadable"),
        ({"negotiated_rate": msgspec.Raw(b"-5")}, "amount-unreadable"),
        ({"negotiated_rate": msgspec.Raw(json.dumps("$1,200").encode())}, "amount-unreadable"),
        ({"negotiated_type": "allowed"}, "kind-unknown"),
        ({"negotiated_type": None}, "kind-unknown"),
        ({"negotiation_arrangement": None}, "arrangement-unknown"),
    ],
)
def test_what_cannot_price_anything_is_left_out(changed: dict[str, Any], reason: str) -> None:
    assert rate(**changed) == reason


def test_a_sole_proprietors_npi_is_no_tax_number() -> None:
    found = rate(tin="1669999991", matched_by="npi")
    assert isinstance(found, Rate)
    assert (found.tin, found.matched_by) == (None, "npi")


def test_the_same_twice_is_one() -> None:
    assert len(rates_of([ROW, ROW], "source").rates) == 1
