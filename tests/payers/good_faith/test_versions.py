"""An estimate that replaces another one tells what changed and when it had to be there."""

from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import SitePrice
from payers.good_faith.content import Change, GoodFaithEstimate, content_hash
from payers.good_faith.refusal import Refusal
from payers.good_faith.versions import changes, replacing
from tests.payers.good_faith.issued import COMPOUNDING, IV, LISTED, RELEASE, REQUEST, THERAPIST, issued

CLINIC, THERAPIST_NPI = REQUEST["clinic"]["npi"], THERAPIST["npi"]
HOLIDAYS = frozenset({date(2026, 11, 26)})
DATES: dict[str, Any] = {"course": {"kind": "dates", "dates": ["2026-12-01", "2026-12-04"]}}
TWO = {key: value for key, value in IV.items() if key != "start_on"} | DATES
MOVED = TWO | {"course": {"kind": "dates", "dates": ["2026-12-01", "2026-12-07", "2026-12-09"]}}


def told(found: list[Change]) -> list[tuple[str, str, Any, Any]]:
    return [(each.item, each.what, each.before, each.after) for each in found]


def test_nothing_changed() -> None:
    assert list(changes(issued(TWO), issued(TWO, {"lang": "es"}))) == []


def test_amounts_numbers_and_days() -> None:
    first, second, third, fourth = (date(2026, 12, day) for day in (1, 4, 7, 9))
    assert told(list(changes(issued(TWO), issued(MOVED)))) == [
        ("session", "total_cents", 100_000, 150_000),
        ("session", "quantity", 2, 3),
        ("session", "dates", (first, second), (first, third, fourth)),
    ]


def test_a_discount_changes_the_amount_alone() -> None:
    assert told(list(changes(issued(TWO), issued(TWO | {"discounts": ["veteran"]})))) == [
        ("session", "total_cents", 100_000, 90_000)
    ]


def test_lines_for_the_same_thing_are_taken_together() -> None:
    higher = SitePrice(
        id="new", treatment="iv-ketamine", site="denver", minutes=45, price_cents=55_000, valid_from=date(2026, 12, 7)
    )
    prices = [
        msgspec.structs.replace(row, valid_until=date(2026, 12, 6)) if row.id == "iv-denver-2026" else row
        for row in LISTED.clinic.prices
    ]
    catalogue = Catalogue(RELEASE, msgspec.structs.replace(LISTED.clinic, prices=(*prices, higher)))
    assert told(list(changes(issued(MOVED), issued(MOVED, catalogue=catalogue)))) == [
        ("session", "total_cents", 150_000, 160_000)
    ]


def test_what_is_on_one_side_only_is_absent_from_the_other() -> None:
    alone, together = issued(TWO), issued(TWO, {"co_providers": [THERAPIST, COMPOUNDING]})
    added = list(changes(alone, together))
    assert {each.npi for each in added} == {THERAPIST_NPI}
    assert told(added) == [
        ("Integration therapy", "total_cents", None, 42_000),
        ("Integration therapy", "quantity", None, 3),
    ]
    assert told(list(changes(together, alone))) == [
        ("Integration therapy", "total_cents", 42_000, None),
        ("Integration therapy", "quantity", 3, None),
    ]


@pytest.mark.parametrize(
    ("issued_on", "due_on"),
    [
        (date(2026, 11, 25), date(2026, 11, 30)),
        # After the first session the next one counts: December 7 is a Monday.
        (date(2026, 12, 2), date(2026, 12, 4)),
        # On the day of a session it is late for that session.
        (date(2026, 12, 7), date(2026, 12, 4)),
    ],
)
def test_a_new_one_is_due_a_business_day_before_the_next_service(issued_on: date, due_on: date) -> None:
    before, after = issued(TWO), issued(MOVED, issued_on=issued_on)
    found = replacing(before, after, "schedule", HOLIDAYS)
    assert isinstance(found, GoodFaithEstimate)
    assert found.replaces is not None
    assert (found.replaces.id, found.replaces.reason, found.replaces.due_on) == (before.id, "schedule", due_on)
    assert found.replaces.changed == tuple(changes(before, after))
    assert content_hash(found) != content_hash(after)


def test_without_a_day_ahead_no_day_is_due() -> None:
    undated = issued({key: value for key, value in IV.items() if key != "start_on"})
    found = replacing(issued(IV), undated, "schedule", HOLIDAYS)
    assert isinstance(found, GoodFaithEstimate)
    assert found.replaces is not None
    assert found.replaces.due_on is None


def test_the_one_before_stays_as_it_is() -> None:
    before = issued(TWO)
    known = content_hash(before)
    replacing(before, issued(MOVED), "services", HOLIDAYS)
    assert content_hash(before) == known
    assert before.replaces is None


@pytest.mark.parametrize(
    ("patient", "allowed"),
    [
        ({"last_name": "Example"}, True),
        ({"birth_date": "1985-12-04"}, True),
        ({"last_name": "Example", "birth_date": "1985-12-04"}, False),
    ],
)
def test_a_correction_never_makes_another_patient(patient: dict[str, str], allowed: bool) -> None:
    after = issued(TWO, {"patient": REQUEST["patient"] | patient})
    found = replacing(issued(TWO), after, "correction", HOLIDAYS)
    assert isinstance(found, GoodFaithEstimate) is allowed
    if isinstance(found, Refusal):
        assert found.pointer == "/replaces"
