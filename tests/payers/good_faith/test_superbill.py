"""A superbill has the clinic's services that were given and billed, each with the codes it was estimated with."""

from datetime import date
from typing import Any

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.good_faith.account import Charged, Item
from payers.good_faith.superbill import Superbill, superbill
from tests.payers.good_faith.issued import IV, RELEASE, REQUEST, THERAPIST, issued

CLINIC = REQUEST["clinic"]["npi"]
LAST = date(2026, 12, 31)


def charged(day: int, item: Item = "session", cents: int = 50_000, quantity: int = 1, **more: Any) -> Charged:
    told = {"npi": CLINIC, "on": date(2026, 12, day), "item": item, "quantity": quantity, "each_cents": cents}
    return msgspec.convert(told | more, Charged)


def of(*billed: Charged) -> Superbill:
    found = superbill(issued(IV, {"co_providers": [THERAPIST]}), billed, LAST)
    assert found is not None
    return found


def told(found: Superbill) -> list[tuple[int, str, list[str], int, int]]:
    return [
        (line.on.day, line.description, [code.code for code in line.codes], line.quantity, line.total_cents)
        for line in found.lines
    ]


def test_each_service_stands_on_its_day_with_its_codes() -> None:
    found = of(charged(4), charged(1))
    sessions = "IV ketamine: treatment session", ["96365", "J3490"], 1, 50_000
    assert told(found) == [(1, *sessions), (4, *sessions)]
    assert (found.total_cents, found.prepared_on) == (100_000, LAST)
    assert [(line.diagnoses, line.place_of_service) for line in found.lines] == [(("F33.2",), "11")] * 2
    assert (found.provider.npi, found.patient.last_name) == (CLINIC, "Muster")


def test_a_credit_leaves_nothing_of_what_it_took_back() -> None:
    found = of(charged(1), charged(4, cents=60_000), charged(4, cents=60_000, quantity=-1), charged(4))
    assert [(day, cents) for day, _, _, _, cents in told(found)] == [(1, 50_000), (4, 50_000)]


def test_a_fee_another_provider_and_what_is_not_given_yet_are_not_on_it() -> None:
    others = (
        charged(1, "membership", 5_000),
        charged(1, "other", 5_000),
        charged(1, "co-provider", 14_000, npi=THERAPIST["npi"]),
        charged(4, on=date(2027, 1, 4)),
    )
    assert told(of(charged(1), *others)) == told(of(charged(1)))
    assert superbill(issued(IV), others, LAST) is None


def test_a_service_that_was_not_estimated_has_no_code() -> None:
    assert told(of(charged(2, "follow-up", 12_000))) == [(2, "Follow-up visit", [], 1, 12_000)]


def test_the_codes_are_those_of_the_day_and_unknown_where_they_may_be_others() -> None:
    """Spravato got its J-code on January 1, 2026."""
    both = {"low_cents": 120_000, "high_cents": 120_000}
    days = ["2025-12-29", "2026-01-05"]
    question = {"payer": "Self-pay", "treatment": "spravato", "dose_mg": 84, "prices": {"cash_per_session": both}}
    estimate = issued(
        question | {"course": {"kind": "dates", "dates": days}}, None, Catalogue(RELEASE), date(2025, 12, 1)
    )
    given = [charged(1, cents=120_000, on=date(2025, 12, day)) for day in (29, 30)]
    found = superbill(estimate, [*given, charged(1, cents=120_000, on=date(2026, 1, 5))], LAST)
    assert found is not None
    assert [[code.code for code in line.codes] for line in found.lines] == [["99215", "S0013"], [], ["99215", "J0013"]]
    assert {line.description for line in found.lines} == {"Spravato (esketamine): treatment session"}
