"""An amount keeps its fractions of a cent, and a newer file is known by its name without the date."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.rates.rate import Source, SourceKind, amount_of, basis_points_of


@pytest.mark.parametrize(
    ("dollars", "cents", "units"),
    [
        ("1234.5", 123_450, 1),
        ("952.59", 95_259, 1),
        ("13.3744", 133_744, 100),
        ("0.0423", 423, 100),
        ("1E+3", 100_000, 1),
        ("0", 0, 1),
        ("0.00000049", 0, 1),
        ("0.0000005", 1, 10_000),
    ],
)
def test_dollars_are_exact(dollars: str, cents: int, units: int) -> None:
    assert amount_of(Decimal(dollars)) == (cents, units)


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_nothing_is_lost_of_six_places(dollars: Decimal) -> None:
    cents, units = amount_of(dollars)
    assert Decimal(cents) / units == dollars * 100


def test_a_percentage_is_in_basis_points() -> None:
    assert [basis_points_of(Decimal(each)) for each in ("40.5", "100", "0.005", "33.333")] == [4_050, 10_000, 1, 3_333]


def source(name: str, kind: SourceKind = "payer-file", sha256: str = "0" * 64) -> Source:
    return Source(
        id="1",
        kind=kind,
        payer="aetna",
        name=name,
        content_sha256=sha256,
        imported_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-10-01_in-network.json.gz", "2026-11-01_in-network.json.gz"),
        ("/files/202610/rates.json.gz", "/files/202611/rates.json.gz"),
        ("rates_20261001.json", "rates_20261101.json"),
        ("rates.json", "rates.json"),
    ],
)
def test_a_newer_file_of_the_same(older: str, newer: str) -> None:
    assert source(older).identity == source(newer).identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-01_ppo.json.gz", "2026-11-01_hmo.json.gz"),
        ("rates_1_of_2.json", "rates_2_of_2.json"),
        ("plan-2099123.json", "plan-2099124.json"),
        ("841234567_in-network.json", "842234567_in-network.json"),
    ],
)
def test_another_file(one: str, other: str) -> None:
    assert source(one).identity != source(other).identity


def test_every_remittance_is_one_of_its_own() -> None:
    one, other = (source("835.txt", "remittance", digit * 64) for digit in "01")
    assert one.identity != other.identity
