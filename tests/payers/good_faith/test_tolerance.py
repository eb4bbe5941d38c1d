"""How far a bill may go: the cents on both sides of every border."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, SitePrice
from payers.good_faith.drift import Bill, Drift, Unlisted, drift
from payers.good_faith.tolerance import tolerance
from tests.payers.good_faith.issued import IV, RELEASE, REQUEST, THERAPIST, issued

CLINIC, THERAPIST_NPI = REQUEST["clinic"]["npi"], THERAPIST["npi"]


def estimate_of(cents: int, state: str = "CO") -> Any:
    """One session at this price, at a clinic in this state."""
    priced = Catalogue(RELEASE, ClinicLayer(prices=(SitePrice(id="one", treatment="iv-ketamine", price_cents=cents),)))
    clinic = REQUEST["clinic"]
    question = {key: value for key, value in IV.items() if key not in ("site", "session_minutes")}
    return issued(
        question | {"course": {"kind": "sessions", "count": 1}},
        {"clinic": clinic | {"address": clinic["address"] | {"state": state}}},
        priced,
    )


@pytest.mark.parametrize(
    ("estimated", "billed", "dispute_possible", "over_state_cap"),
    [
        # 15% of $500 is $75.
        (50_000, 50_000, False, False),
        (50_000, 57_500, False, False),
        (50_000, 57_501, False, True),
        (50_000, 89_999, False, True),
        (50_000, 90_000, True, True),
        # 15% of $2,666.66 is less than $400, of $2,666.67 as much.
        (266_666, 306_665, False, False),
        (266_666, 306_666, True, True),
        (266_667, 306_667, True, False),
        (266_667, 306_668, True, True),
        # From there on the $400 bind, which may be billed and may be disputed.
        (1_000_000, 1_039_999, False, False),
        (1_000_000, 1_040_000, True, False),
        (1_000_000, 1_040_001, True, True),
        # A part of a cent is not billed: 15% of $0.33 is 4.95 cents.
        (33, 37, False, False),
        (33, 38, False, True),
        (50_000, 0, False, False),
    ],
)
def test_in_colorado_two_borders_hold(
    estimated: int, billed: int, dispute_possible: bool, over_state_cap: bool
) -> None:
    (found,) = drift(estimate_of(estimated), [Bill(npi=CLINIC, billed_cents=billed)])
    assert isinstance(found, Drift)
    assert (found.estimated_cents, found.billed_cents, found.over_cents) == (estimated, billed, billed - estimated)
    assert (found.dispute_possible, found.over_state_cap) == (dispute_possible, over_state_cap)
    assert found.within is not (dispute_possible or over_state_cap)
    assert (found.left_before_dispute_cents < 0) is dispute_possible
    assert found.left_before_cap_cents is not None
    assert (found.left_before_cap_cents < 0) is over_state_cap


@given(st.integers(0, 2_000_000), st.integers(0, 2_500_000))
def test_the_cap_is_the_statutes_own_arithmetic(estimated: int, billed: int) -> None:
    """No more than 15% above the estimate, or $400, whichever is less."""
    most = tolerance("CO").most_billable(estimated)
    assert most is not None
    above = Fraction(billed - estimated)
    assert (billed <= most) is (above <= min(Fraction(15, 100) * estimated, Fraction(40_000)))


@pytest.mark.parametrize(("billed", "dispute_possible"), [(89_999, False), (90_000, True), (900_000, True)])
def test_elsewhere_the_federal_threshold_alone(billed: int, dispute_possible: bool) -> None:
    (found,) = drift(estimate_of(50_000, "NM"), [Bill(npi=CLINIC, billed_cents=billed)])
    assert isinstance(found, Drift)
    assert (found.dispute_possible, found.over_state_cap) == (dispute_possible, False)
    assert found.left_before_cap_cents is None


def test_bills_add_up_for_each_provider_and_never_across() -> None:
    estimate = issued(IV, {"co_providers": [THERAPIST]})
    assert [each.total_cents for each in estimate.providers] == [305_000, 42_000]
    bills = [(CLINIC, 200_000), (THERAPIST_NPI, 42_000), ("1679576722", 9_900), (CLINIC, 144_999)]
    clinic, therapist, stranger = drift(estimate, [Bill(npi=npi, billed_cents=cents) for npi, cents in bills])
    assert isinstance(clinic, Drift)
    assert (clinic.billed_cents, clinic.dispute_possible) == (344_999, False)
    assert isinstance(therapist, Drift)
    assert therapist.within
    assert stranger == Unlisted(npi="1679576722", billed_cents=9_900)


def test_who_has_not_billed_has_not_billed_nothing() -> None:
    assert drift(issued(IV), []) == ()


def test_a_tolerance_names_its_law() -> None:
    colorado, elsewhere = tolerance("CO"), tolerance("NM")
    assert elsewhere.cap is None
    assert elsewhere.most_billable(50_000) is None
    assert colorado.cap is not None
    assert [cited.title for cited in colorado.citations][1:] == ["C.R.S. 25-49-106(1)(b)(I)"]
    assert colorado.citations[:1] == elsewhere.citations
    assert msgspec.json.decode(msgspec.json.encode(colorado), type=type(colorado)) == colorado
