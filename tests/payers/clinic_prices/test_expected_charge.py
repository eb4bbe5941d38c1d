"""The clinic's price on a day at a site, and what lowers it."""

from datetime import date
from typing import Any

import pytest

from payers.catalogue.clinic import ClinicLayer, Discount, ServicePrice, SitePrice, SlidingBand
from payers.catalogue.vocabulary import Treatment
from payers.clinic_prices.expected_charge import Patient, service_charges, session_charges
from payers.clinic_prices.reductions import Claimed

DAY = date(2026, 12, 1)


def price(id: str, cents: int, treatment: Treatment = "iv-ketamine", **rest: Any) -> SitePrice:
    return SitePrice(id=id, treatment=treatment, price_cents=cents, **rest)


CLINIC = ClinicLayer(
    prices=(
        price("old", 40_000, minutes=45, valid_until=date(2025, 12, 31)),
        price("new", 45_000, minutes=45, valid_from=date(2026, 1, 1)),
        price("long", 100_000, minutes=240),
        price("denver", 50_000, minutes=45, site="denver"),
        price("nasal", 90_000, "spravato"),
        price("nasal-84", 120_000, "spravato", dose_mg=84),
    ),
    services=(
        ServicePrice(id="talk", service="integration", price_cents=15_000),
        ServicePrice(id="talk-denver", service="integration", price_cents=18_000, site="denver"),
    ),
    discounts=(
        Discount(id="veteran", kind="veteran", off_bp=1_000),
        Discount(id="responder", kind="first-responder", off_cents=10_000, applies_to=("treatment",)),
        Discount(id="responder-boulder", kind="first-responder", off_cents=20_000, site="boulder"),
    ),
    sliding_scale=(
        SlidingBand(id="a", tier="A", poverty_percent_max=200, off_bp=5_000),
        SlidingBand(id="b", tier="B", poverty_percent_max=300, off_bp=2_500),
        SlidingBand(id="c", tier="C", off_cents=1_000),
    ),
)


def charged(treatment: Treatment = "iv-ketamine", dose_mg: int | None = None, **patient: Any) -> set[int]:
    on = patient.pop("on", DAY)
    return {charge.cents for charge in session_charges(CLINIC, treatment, dose_mg, Patient(**patient), on)}


@pytest.mark.parametrize(
    ("asked", "cents"),
    [
        ({"site": "denver", "minutes": 45}, {50_000}),
        ({"site": "boulder", "minutes": 45}, {45_000}),
        ({"site": "denver", "minutes": 240}, {100_000}),
        ({"minutes": 45}, {45_000, 50_000}),
        ({"site": "boulder"}, {45_000, 100_000}),
        ({"site": "boulder", "minutes": 45, "on": date(2025, 12, 31)}, {40_000}),
        ({"minutes": 60}, set[int]()),
        ({"treatment": "spravato", "dose_mg": 84}, {120_000}),
        ({"treatment": "spravato", "dose_mg": 56}, {90_000}),
        ({"treatment": "oral-ketamine"}, set[int]()),
    ],
)
def test_the_price_of_the_day_the_site_and_the_length(asked: dict[str, Any], cents: set[int]) -> None:
    assert charged(**asked) == cents


@pytest.mark.parametrize(
    ("claimed", "cents"),
    [
        (Claimed(), 45_000),
        (Claimed(("veteran",)), 40_500),
        (Claimed(("first-responder",)), 25_000),  # Boulder's own amount
        (Claimed(("veteran", "first-responder")), 25_000),  # the one that takes most off
        (Claimed(tier="C"), 44_000),
        (Claimed(poverty_percent=200), 22_500),
        (Claimed(poverty_percent=201), 33_750),
        (Claimed(poverty_percent=301), 45_000),
        (Claimed(("veteran",), poverty_percent=250), 33_750),
    ],
)
def test_one_reduction_lowers_the_price(claimed: Claimed, cents: int) -> None:
    assert charged(site="boulder", minutes=45, claimed=claimed) == {cents}


def test_a_reduction_is_for_what_it_applies_to_and_never_below_nothing() -> None:
    def talk(site: str | None, *discounts: str) -> set[int]:
        patient = Patient(site=site, claimed=Claimed(discounts))
        return {charge.cents for charge in service_charges(CLINIC, "integration", patient, DAY)}

    assert talk("denver", "first-responder") == {18_000}
    assert talk("boulder", "first-responder") == {0}
    assert talk(None, "veteran") == {16_200, 13_500}
    assert service_charges(CLINIC, "evaluation", Patient(), DAY) == []
