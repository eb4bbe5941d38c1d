"""Dollars and percents are read exactly or not at all."""

import click
import pytest

from service.cli.amounts import basis_points, cents, price


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1240", 124000),
        ("$1,240.50", 124050),
        ("0", 0),
        ("0.1", 10),
        ("1240.07", 124007),
        ("9007199254740993", 900719925474099300),
    ],
)
def test_dollars_become_cents_exactly(text: str, expected: int) -> None:
    assert cents(text) == expected


@pytest.mark.parametrize("text", ["", "-5", "1e3", "NaN", "inf", "0.005", "1,24", "12_000", "1240 USD", "٣"])
def test_what_is_not_dollars_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        cents(text)


def test_a_price_is_one_amount_or_two_ends() -> None:
    assert price("1240") == {"low_cents": 124000, "high_cents": 124000}
    assert price("350-800.50") == {"low_cents": 35000, "high_cents": 80050}
    with pytest.raises(click.BadParameter):
        price("350-")


@pytest.mark.parametrize(("text", "expected"), [("20", 2000), ("20%", 2000), ("12.5", 1250), ("33.33", 3333), ("0", 0)])
def test_a_percentage_becomes_basis_points_exactly(text: str, expected: int) -> None:
    assert basis_points(text) == expected


@pytest.mark.parametrize("text", ["", "-1", "20.001", "a fifth", "2e1"])
def test_what_is_not_a_percentage_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        basis_points(text)
