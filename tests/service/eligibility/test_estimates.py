"""From a member id to an estimate: the payer is asked over a real socket, and its answer is the plan."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from service.store.database import acquire, connect
from service.store.eligibility import purge_checks
from service.store.keys import create_key
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import PAT, TODAY, about

COURSE: dict[str, Any] = {
    "payer": "Aetna",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "state": "CO",
    "start_on": TODAY,
    "course": {"kind": "sessions", "count": 12},
    "network": "in",
    "lane": "medical",
    "authorization": "approved",
    "place_of_service": "11",
    "prices": {
        "allowed_per_session": {"low_cents": 124_000, "high_cents": 124_000},
        "visit_allowed_per_session": {"low_cents": 20_000, "high_cents": 20_000},
    },
}
TIMED = {"cost_shares": {"visit": {"copay_timing": "flat-no-deductible"}}}
"""What the answer leaves open, as the desk learned it on the phone."""


async def checked(office: httpx.AsyncClient, question: dict[str, Any]) -> dict[str, Any]:
    answered = await office.post("/v1/eligibility/checks", json=question)
    assert answered.status_code in (200, 201), answered.text
    return answered.json()


def by_hand(days: Iterable[str]) -> list[int]:
    """$40 for the visit; of the drug's $1,040 what is left of the deductible, and 20% of the rest.

    $800 of the deductible is left this year, all of its $2,000 in the next; the maximum is never reached.
    """
    left_cents = {int(TODAY[:4]): 80_000, int(TODAY[:4]) + 1: 200_000}
    paid: list[int] = []
    for day in days:
        year = int(day[:4])
        deductible_cents = min(left_cents[year], 104_000)
        left_cents[year] -= deductible_cents
        paid.append(4_000 + deductible_cents + (104_000 - deductible_cents) // 5)
    return paid


async def test_member_to_270_to_271_to_plan_to_a_course_of_twelve(office: httpx.AsyncClient) -> None:
    check = await checked(office, PAT)
    asked = {**COURSE, "eligibility_check": check["id"], "benefits": TIMED}
    answered = await office.post("/v1/estimates", json=asked)
    assert answered.status_code == 201, answered.text
    estimate = answered.json()

    dollars = [session["patient_pays"] for session in estimate["sessions"]]
    assert all(each["low_cents"] == each["high_cents"] for each in dollars)
    assert [each["low_cents"] for each in dollars] == by_hand(session["on"] for session in estimate["sessions"])

    told = estimate["eligibility"]
    assert (told["check"], told["age_days"]) == (check["id"], 0)
    assert "drug-terms" in {each["kind"] for each in told["questions"]}
    (member,) = check["answer"]["transactions"][0]["members"]
    rows = {row["n"]: row for row in member["benefits"]}
    by_id = {reason["id"]: reason for reason in estimate["reasons"]}
    first = estimate["sessions"][0]["lines"][0]
    said = [by_id[id] for id in first["because"]["deductible"] if by_id[id]["from"] == "payer"]
    assert said
    assert all(each["said_by"]["check"] == check["id"] for each in said)
    assert {rows[n]["eb01"] for each in said for n in each["said_by"]["rows"]} == {"C"}
    assert {rows[n]["segment"] for each in said for n in each["said_by"]["rows"]} == {
        segment for each in said for segment in each["said_by"]["segments"]
    }
    copay = next(each for each in estimate["reasons"] if each["id"].startswith("copay"))
    assert copay["from"] == "payer", "the amount is the payer's; the desk only said where it stands"


async def test_the_stored_question_has_the_plan_and_is_replayed_after_the_members_data_is_gone(
    app: Litestar, office: httpx.AsyncClient
) -> None:
    check = await checked(office, PAT)
    key = {"Idempotency-Key": uuid4().hex}
    asked = {**COURSE, "eligibility_check": check["id"]}
    first = await office.post("/v1/estimates", json=asked, headers=key)
    later = datetime.now().astimezone() + timedelta(days=60)
    async with acquire(app.state.wiring.pool) as connection:
        assert await purge_checks(connection, later, later) == 1
        text = await connection.fetchval("SELECT question::text FROM estimates")
    assert "SBX0001" not in text
    assert "SAMPLE" not in text.upper()
    again = await office.post("/v1/estimates", json=asked, headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    refused = await office.post("/v1/estimates", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/check-unusable")


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        (about("SBX0020", "Quinn", "1986-06-07", "Sample", payer="Cigna"), "/network"),
        (about("SBX0016", "Taylor", "1992-02-29", "Sample", payer="Oscar"), "/eligibility_check"),
        (about("SBX0104", "Stranger", "1980-01-04"), "/eligibility_check"),
    ],
    ids=["a contradiction about the network", "coverage that has ended", "no such member"],
)
async def test_an_answer_that_must_be_asked_about_makes_no_estimate(
    question: dict[str, Any], pointer: str, office: httpx.AsyncClient
) -> None:
    check = await checked(office, question)
    asked = {**COURSE, "payer": question["payer"], "network": None, "eligibility_check": check["id"]}
    refused = await office.post("/v1/estimates", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/open-question"), refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_two_values_are_both_held_and_cost_their_difference(office: httpx.AsyncClient) -> None:
    check = await checked(office, about("SBX0019", "Avery", "1985-05-06", "Sample"))
    answered = await office.post("/v1/estimates", json={**COURSE, "eligibility_check": check["id"]})
    assert answered.status_code == 201, answered.text
    open_inputs = {each["name"]: each["worth_cents"] for each in answered.json()["unknowns"]}
    assert open_inputs["plan_reading"] > 0


async def test_a_medicare_advantage_plan_is_asked_instead_of_medicare(office: httpx.AsyncClient) -> None:
    check = await checked(office, about("SBX0005", "Walter", "1949-02-20", "Sample", payer="Medicare"))
    asked = {**COURSE, "payer": "Medicare", "eligibility_check": check["id"]}
    answered = await office.post("/v1/estimates", json=asked)
    assert answered.status_code == 201, answered.text
    payer = answered.json()["payer"]
    assert payer["line_of_business"] == "medicare-advantage"
    assert "medicare-advantage" in {each["kind"] for each in answered.json()["eligibility"]["questions"]}


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"eligibility_check": str(uuid4())}, 422, "/eligibility_check"),
        ({"plan_source": {"check": str(uuid4()), "answered_on": "2026-01-01"}}, 422, "/plan_source"),
    ],
)
async def test_a_check_that_is_not_there(
    change: dict[str, Any], status: int, pointer: str, office: httpx.AsyncClient
) -> None:
    refused = await office.post("/v1/estimates", json={**COURSE, **change})
    assert refused.status_code == status
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_an_estimate_of_another_payer_than_was_asked_is_refused(office: httpx.AsyncClient) -> None:
    check = await checked(office, PAT)
    refused = await office.post("/v1/estimates", json={**COURSE, "payer": "Cigna", "eligibility_check": check["id"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/payer")


async def test_reading_a_check_takes_its_scope(app: Litestar, database_url: str, office: httpx.AsyncClient) -> None:
    check = await checked(office, PAT)
    connection = await connect(database_url)
    try:
        made = await create_key(connection, name="estimates alone", scopes=("estimates:write",))
    finally:
        await connection.close()
    async with calling(app, made.secret) as lesser, asyncio.timeout(10):
        asked = {**COURSE, "eligibility_check": check["id"]}
        while (refused := await lesser.post("/v1/estimates", json=asked)).status_code == 401:  # noqa: ASYNC110  a key
            await asyncio.sleep(0.05)  # reaches the process by NOTIFY
    assert refused.status_code == 403
