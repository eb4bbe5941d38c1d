"""Rows of the clinic: which stand in each other's way, what they are called, what goes on from them."""

from datetime import date

import pytest

from payers.catalogue.clinic import (
    ClinicFee,
    ClinicLayer,
    ClinicRow,
    ContractedRate,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SitePrice,
    SlidingBand,
)
from payers.catalogue.clinic_question import named, rivals, successor, taken_ids

FROM, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
PRICE = SitePrice(id="", site="Denver", treatment="iv-ketamine", minutes=45, price_cents=45_000, valid_from=FROM)


@pytest.mark.parametrize(
    ("row", "id"),
    [
        (PRICE, "iv-ketamine-45-min-denver-2026-01-01"),
        (SitePrice(id="", treatment="spravato", dose_mg=84, price_cents=1), "spravato-84-mg"),
        (
            ServicePrice(id="", site="Peñasco, 2.º", service="follow-up", price_cents=1),
            "follow-up-penasco-2-o",
        ),
        (Package(id="", name="Six!", treatment="iv-ketamine", sessions=6, price_cents=1), "package-iv-ketamine-six"),
        (Discount(id="", kind="veteran", off_bp=1), "discount-veteran"),
        (SlidingBand(id="", tier="A", off_bp=1), "tier-a"),
        (ClinicFee(id="", kind="no-show", amount_cents=1), "no-show"),
        (PaymentPlan(id="", name="In house", instalments=2), "plan-in-house"),
        (PaymentPolicy(id="", site="Denver", gives_superbill=True), "payment-denver"),
        (
            ContractedRate(id="", payer="aetna", plan="Open Access", treatment="spravato", allowed_cents=1),
            "aetna-open-access-spravato",
        ),
        (Discount(id="", kind="退伍军人", off_bp=1), "discount"),
        (PaymentPlan(id="", name="x" * 200, instalments=2), "plan-" + "x" * 75),
    ],
)
def test_an_id_says_what_the_row_answers_and_from_when(row: ClinicRow, id: str) -> None:
    assert named(row, ()).id == id
    assert named(row, {id, f"{id}-2"}).id == f"{id}-3"


def test_every_id_of_a_layer_is_taken() -> None:
    layer = ClinicLayer(prices=(named(PRICE, ()),), discounts=(Discount(id="d", kind="veteran", off_bp=1),))
    assert taken_ids(layer) == {"iv-ketamine-45-min-denver-2026-01-01", "d"}


def test_what_goes_on_from_a_row_differs_in_its_terms_and_days_alone() -> None:
    old = SitePrice(
        id="old", treatment="spravato", price_cents=1, valid_from=FROM, valid_until=UNTIL, note="By the card."
    )
    assert successor(old, date(2026, 6, 1), {"old"}, price_cents=2) == SitePrice(
        id="spravato-2026-06-01",
        treatment="spravato",
        price_cents=2,
        valid_from=date(2026, 6, 1),
        valid_until=UNTIL,
        note="By the card.",
    )


BAND = SlidingBand(id="a", tier="A", poverty_percent_max=200, off_bp=1)


@pytest.mark.parametrize(
    ("row", "other", "meet"),
    [
        (PRICE, PRICE, True),
        (PRICE, SitePrice(id="", treatment="iv-ketamine", minutes=45, price_cents=1), False),
        (PRICE, SitePrice(id="", site="Denver", treatment="iv-ketamine", price_cents=1), False),
        (
            PRICE,
            SitePrice(
                id="", site="Denver", treatment="iv-ketamine", minutes=45, price_cents=1, valid_until=date(2025, 12, 31)
            ),
            False,
        ),
        (BAND, SlidingBand(id="b", tier="A", poverty_percent_max=300, off_bp=1), True),
        (BAND, SlidingBand(id="b", tier="B", poverty_percent_max=200, off_bp=1), True),
        (BAND, SlidingBand(id="b", tier="B", poverty_percent_max=200, site="Denver", off_bp=1), False),
        (SlidingBand(id="a", tier="A", off_bp=1), SlidingBand(id="b", tier="B", off_bp=1), False),
        (PaymentPolicy(id="a"), PaymentPolicy(id="b"), True),
    ],
)
def test_two_rows_meet_where_the_database_would_refuse_the_second(row: ClinicRow, other: ClinicRow, meet: bool) -> None:
    assert bool(rivals(row, [other])) == bool(rivals(other, [row])) == meet
