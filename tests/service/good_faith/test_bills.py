"""The drift guard over HTTP: it warns before a bill goes too far, to the cent and to the day."""

from datetime import date
from typing import Any

import pytest

from tests.payers.good_faith.issued import REQUEST
from tests.service.good_faith.asking import CLINIC, Office, session
from tests.service.good_faith.conftest import Today
from tests.service.good_faith.test_issue import problem

ONE = {"course": {"kind": "sessions", "count": 1}}
"""One session at $500 and the membership fee of a month, $50: Colorado allows 15% more, $632.50."""
FEE = {"npi": CLINIC, "item": "membership", "on": "2026-12-01", "each_cents": 5_000}
COLORADO: dict[str, Any] = REQUEST["clinic"]
NEW_MEXICO = COLORADO | {"address": COLORADO["address"] | {"state": "NM"}}


def warned(stands: dict[str, Any]) -> list[str]:
    return [warning["kind"] for warning in stands["warnings"]]


@pytest.mark.parametrize(
    ("clinic", "billed", "expected"),
    [
        (COLORADO, 58_250, []),
        (COLORADO, 58_251, ["over-state-cap"]),
        (COLORADO, 89_999, ["over-state-cap"]),
        (COLORADO, 90_000, ["over-state-cap", "dispute-possible"]),
        (NEW_MEXICO, 89_999, []),
        (NEW_MEXICO, 90_000, ["dispute-possible"]),
    ],
)
async def test_every_border_to_the_cent(
    clinic: dict[str, Any], billed: int, expected: list[str], office: Office
) -> None:
    issued = await office.issue(ONE, clinic=clinic)
    stands = await office.record(issued["id"], billed=[session("2026-12-01", billed), FEE])
    assert warned(stands) == expected
    (drift,) = stands["so_far"]
    assert drift["billed_cents"] == billed + 5_000
    assert drift["over_cents"] == billed - 50_000


@pytest.mark.parametrize(
    ("cents", "expected"),
    [(57_999, []), (58_000, ["dispute-ahead"]), (58_001, ["state-cap-ahead", "dispute-ahead"])],
)
async def test_it_warns_of_what_is_planned_before_anything_was_billed_too_high(
    cents: int, expected: list[str], office: Office
) -> None:
    issued = await office.issue()
    planned = [session("2026-12-04", cents), session("2026-12-08", 58_000, 4)]
    stands = await office.record(issued["id"], billed=[session("2026-12-01"), FEE], planned=planned)
    assert stands["in_the_end"][0]["billed_cents"] == 345_000 + cents - 58_000
    assert (stands["so_far"][0]["billed_cents"], warned(stands)) == (55_000, expected)


async def test_without_a_plan_the_rest_of_the_estimate_is_still_to_come(office: Office) -> None:
    issued = await office.issue()
    stands = await office.record(issued["id"], billed=[session("2026-12-02", 60_000), session("2026-12-04", 60_000)])
    assert stands["in_the_end"][0]["billed_cents"] == 2 * 60_000 + 4 * 50_000 + 5_000
    assert [each["on"] for each in stands["planned"] if each["item"] == "session"] == [
        "2026-12-08",
        "2026-12-11",
        "2026-12-15",
        "2026-12-18",
    ]
    assert (warned(stands), stands["new_version"]) == ([], None)
    third = await office.record(issued["id"], billed=[session("2026-12-08", 60_000), session("2026-12-11", 60_000)])
    assert warned(third) == ["dispute-ahead"]
    assert "$3,450" in third["warnings"][0]["text"]


async def test_a_plan_is_used_up_by_what_is_billed_after_it(office: Office) -> None:
    issued = await office.issue()
    await office.record(issued["id"], planned=[session(f"2026-12-{day:02}", 51_000) for day in (1, 4, 8)])
    stands = await office.record(issued["id"], billed=[session("2026-12-01", 51_000)])
    assert [each["on"] for each in stands["planned"]] == ["2026-12-04", "2026-12-08"]
    assert stands["in_the_end"][0]["billed_cents"] == 3 * 51_000


async def test_a_credit_takes_back(office: Office) -> None:
    issued = await office.issue(ONE)
    await office.record(issued["id"], billed=[session("2026-12-01", 90_000), FEE])
    stands = await office.record(
        issued["id"], billed=[session("2026-12-01", 90_000, -1), session("2026-12-01", 50_000)]
    )
    assert (stands["so_far"][0]["over_cents"], warned(stands)) == (0, [])


async def test_a_provider_without_a_total_is_named(office: Office) -> None:
    issued = await office.issue(ONE)
    stranger = session("2026-12-01", 10_000) | {"npi": "1679576722", "item": "other"}
    stands = await office.record(issued["id"], billed=[stranger])
    assert stands["unlisted"] == [{"npi": "1679576722", "billed_cents": 10_000}]
    assert warned(stands) == ["unlisted-provider"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2027-10-30", []),
        ("2027-10-31", ["period-ends"]),
        ("2027-11-30", ["period-ends"]),
        ("2027-12-01", ["period-ended"]),
    ],
)
async def test_it_warns_before_the_period_ends(day: str, expected: list[str], office: Office, today: Today) -> None:
    issued = await office.issue()
    assert issued["valid_until"] == "2027-11-30"
    today.is_now(date.fromisoformat(day))
    stands = (await office.read(issued["id"], "/drift")).json()
    assert (stands["as_of"], warned(stands)) == (day, expected)


async def test_nothing_is_said_of_the_period_when_nothing_is_to_come(office: Office, today: Today) -> None:
    issued = await office.issue()
    await office.record(issued["id"], planned=[])
    today.is_now(date(2027, 12, 1))
    stands = (await office.read(issued["id"], "/drift")).json()
    assert (warned(stands), stands["new_version"]) == ([], None)


@pytest.mark.parametrize(
    ("planned", "reasons", "due_on"),
    [
        ([session("2026-12-04", 55_000)], ["charges", "schedule"], "2026-12-03"),
        # Monday: one business day before it is the Friday.
        ([session("2026-12-07") | {"item": "evaluation"}], ["services", "schedule"], "2026-12-04"),
        ([session("2026-12-04") | {"npi": "1679576722"}], ["providers", "schedule"], "2026-12-03"),
        # Thanksgiving is on November 26.
        ([session("2026-11-27", quantity=6), FEE], [], "2026-11-25"),
        ([session("2026-11-27", quantity=7), FEE], ["schedule"], "2026-11-25"),
        ([session("2026-12-04", quantity=5), session("2027-12-02"), FEE], ["renewal"], "2027-12-01"),
    ],
)
async def test_a_new_version_is_due_a_business_day_before_the_next_service(
    planned: list[dict[str, Any]], reasons: list[str], due_on: str, office: Office
) -> None:
    issued = await office.issue()
    new = (await office.record(issued["id"], planned=planned))["new_version"]
    if not reasons:
        assert new is None
        return
    assert (new["reasons"], new["due_on"], new["late"]) == (reasons, due_on, False)


async def test_a_new_version_may_be_late(office: Office, today: Today) -> None:
    issued = await office.issue()
    today.is_now(date(2026, 12, 4))
    new = (await office.record(issued["id"], planned=[session("2026-12-04", 55_000)]))["new_version"]
    assert (new["due_on"], new["late"]) == ("2026-12-03", True)


async def test_it_speaks_the_readers_language(office: Office) -> None:
    issued = await office.issue()
    await office.record(issued["id"], planned=[session("2027-12-02", 95_000, 6)])
    stands = (await office.read(issued["id"], "/drift", lang="es")).json()
    assert stands["warnings"][0]["text"].startswith("Según lo previsto, Mile High Ketamine habrá facturado $5,700")
    assert "La estimación nueva debe entregarse" in stands["new_version"]["text"]


async def test_the_same_record_counts_once(office: Office) -> None:
    first, other = await office.issue(), await office.issue()
    bill = {"billed": [session("2026-12-01")]}
    answers = [await office.bill(first["id"], bill, Idempotency_Key="bill-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json()["so_far"][0]["billed_cents"] == 50_000
    more = await office.bill(first["id"], {"billed": [session("2026-12-04")]}, Idempotency_Key="bill-1")
    elsewhere = await office.bill(other["id"], bill, Idempotency_Key="bill-1")
    assert [problem(answer)[0] for answer in (more, elsewhere)] == ["key-reused", "key-reused"]


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        ({}, ""),
        ({"billed": [session("2026-12-01") | {"on": None}]}, ""),
        ({"billed": [session("2026-12-01", quantity=0)]}, ""),
        ({"planned": [session("2026-12-01", quantity=-1)]}, ""),
        ({"billed": [session("2026-12-01") | {"npi": "1"}]}, "/billed/0/npi"),
        ({"billed": [session("2026-12-01") | {"item": "sessions"}]}, "/billed/0/item"),
        ({"billed": [session("2026-12-01", -1)]}, "/billed/0/each_cents"),
    ],
)
async def test_a_record_that_cannot_be_kept(record: dict[str, Any], pointer: str, office: Office) -> None:
    issued = await office.issue()
    assert problem(await office.bill(issued["id"], record)) == ("invalid-input", [pointer])
