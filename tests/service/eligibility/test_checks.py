"""Checks over HTTP against the sandbox payer: every outcome, and what becomes of a check that nobody waits for."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar

from service.store.database import acquire
from tests.service.eligibility.questions import PAT, about

CHECKS = "/v1/eligibility/checks"


async def ended(office: httpx.AsyncClient, location: str, seconds: float = 60) -> dict[str, Any]:
    """The check when it has ended."""
    async with asyncio.timeout(seconds):
        while (answer := await office.get(location)).status_code == 202:  # noqa: ASYNC110  another process may end it
            await asyncio.sleep(0.05)
    return answer.json()


async def waiting(office: httpx.AsyncClient, location: str, attempts: int) -> dict[str, Any]:
    """The check when it waits after so many attempts."""
    async with asyncio.timeout(60):
        while True:
            check = (await office.get(location)).json()
            if check["status"] == "waiting" and len(check["attempts"]) >= attempts:
                return check
            await asyncio.sleep(0.05)


async def count(app: Litestar, sql: str) -> int:
    async with acquire(app.state.wiring.pool) as connection:
        return await connection.fetchval(sql)


async def test_a_member_with_active_coverage(office: httpx.AsyncClient) -> None:
    made = await office.post(CHECKS, json=PAT)
    assert made.status_code == 201, made.text
    check = made.json()
    assert made.headers["location"] == f"{CHECKS}/{check['id']}"
    assert made.headers["cache-control"] == "no-store"
    assert (check["status"], check["outcome"], check["incomplete"]) == ("done", "active", False)
    assert check["payer"] == {"slug": "aetna", "name": "Aetna"}
    assert (check["connector"], check["inquiry"]["member_id"]) == ("sandbox", "SBX0001")
    assert (check["expired"], check["age_seconds"] >= 0, check["rejections"]) == (False, True, [])
    assert [(each["kind"], each["outcome"], each["number"]) for each in check["attempts"]] == [
        ("submit", "answered", 1)
    ]
    (member,) = check["answer"]["transactions"][0]["members"]
    assert (member["status"], member["last_name"]) == ("active", "SAMPLE")
    assert any(row["kind"] == "deductible" for row in member["benefits"])
    assert (await office.get(made.headers["location"])).json()["answer"] == check["answer"]


@pytest.mark.parametrize(
    ("question", "outcome", "reasons", "who", "retry"),
    [
        (about("SBX0104", "Stranger", "1980-01-04"), "rejected", ["75"], "front desk", False),
        (about("SBX0105", "Wrongid", "1980-01-05"), "rejected", ["72"], "front desk", False),
        (about("SBX0106", "Nobirthday", "1980-01-06"), "rejected", ["58"], "front desk", False),
        (about("SBX0107", "Notenrolled", "1980-01-07"), "rejected", ["50"], "clinic administrator", False),
        (about("SBX0001", "Pat", "1980-01-30", "Sample"), "rejected", ["71"], "front desk", False),
        (about("SBX0115", "Both", "1980-01-15"), "active", ["42"], "system", True),
    ],
)
async def test_a_payer_that_refuses(
    question: dict[str, Any], outcome: str, reasons: list[str], who: str, retry: bool, office: httpx.AsyncClient
) -> None:
    made = await office.post(CHECKS, json=question)
    check = made.json()
    assert (made.status_code, check["status"], check["outcome"]) == (201, "done", outcome), check
    assert check["reasons"] == [each["reason"] for each in check["rejections"]] == reasons
    assert [(each["who_acts"], each["retry"]) for each in check["rejections"]] == [(who, retry)]
    assert check["incomplete"] == (outcome == "active")
    told = (await office.get(f"{CHECKS}/{check['id']}?lang=es")).json()["rejections"][0]["meaning"]
    assert told != check["rejections"][0]["meaning"]


async def test_coverage_that_has_ended(office: httpx.AsyncClient) -> None:
    question = about("SBX0016", "Taylor", "1992-02-29", "Sample", payer="Oscar")
    assert (await office.post(CHECKS, json=question)).json()["outcome"] == "inactive"


@pytest.mark.parametrize(
    ("question", "faults"),
    [
        (about("SBX0108", "Garbled", "1980-01-08"), ["garbled", "garbled"]),
        (about("SBX0109", "Half", "1980-01-09"), ["garbled", "garbled"]),
        (about("SBX0111", "Crash", "1980-01-11"), ["payer-down", "payer-down"]),
        (about("SBX0112", "Hangup", "1980-01-12"), ["unreachable", "unreachable"]),
        (about("SBX0114", "Busy", "1980-01-14"), ["busy"]),
        (about("SBX0102", "Down", "1980-01-02"), [None, None]),
    ],
)
async def test_what_may_pass_is_tried_again_at_once_and_then_in_the_background(
    question: dict[str, Any], faults: list[str | None], office: httpx.AsyncClient
) -> None:
    made = await office.post(CHECKS, json=question | {"wait_seconds": 0})
    assert made.status_code == 202
    check = await waiting(office, made.headers["location"], len(faults))
    assert check["outcome"] is None
    assert [attempt["fault"] for attempt in check["attempts"]] == faults
    assert check["next_attempt_at"] > check["created_at"]


async def test_a_payer_that_is_back_at_the_second_try_has_answered(office: httpx.AsyncClient) -> None:
    made = await office.post(CHECKS, json=about("SBX0113", "Twice", "1980-01-13"))
    check = made.json()
    assert (made.status_code, check["outcome"], len(check["attempts"])) == (201, "active", 2)


async def test_an_answer_that_comes_later_is_looked_for_in_the_background(office: httpx.AsyncClient) -> None:
    made = await office.post(CHECKS, json=PAT | {"connector": "availity", "wait_seconds": 0})
    assert made.status_code == 202
    assert made.json()["outcome"] is None
    check = await ended(office, made.headers["location"])
    assert (check["outcome"], check["answer"]["transactions"][0]["members"][0]["status"]) == ("active", "active")
    assert [attempt["kind"] for attempt in check["attempts"]][:2] == ["submit", "poll"]
    assert {attempt["number"] for attempt in check["attempts"]} == {1}


async def test_a_request_that_is_given_up_loses_nothing(app: Litestar, office: httpx.AsyncClient) -> None:
    asking = asyncio.create_task(office.post(CHECKS, json=PAT | {"connector": "availity"}))
    while not await count(app, "SELECT count(*) FROM eligibility_checks"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    asking.cancel()
    (left,) = (await office.get(CHECKS)).json()["items"]
    assert (await ended(office, f"{CHECKS}/{left['id']}"))["outcome"] == "active"


async def test_the_same_question_is_asked_once(app: Litestar, office: httpx.AsyncClient) -> None:
    first, second = await asyncio.gather(*(office.post(CHECKS, json=PAT) for _ in range(2)))
    assert sorted((first.status_code, second.status_code)) == [200, 201]
    shouted = PAT | {"subscriber": {"last_name": "SAMPLE", "first_name": "PAT", "birth_date": "1980-01-31"}}
    third = await office.post(CHECKS, json=shouted)
    assert third.status_code == 200
    assert first.json()["id"] == second.json()["id"] == third.json()["id"]
    assert await count(app, "SELECT count(*) FROM eligibility_attempts") == 1


async def test_a_recheck_asks_again(app: Litestar, office: httpx.AsyncClient) -> None:
    first = (await office.post(CHECKS, json=PAT)).json()
    again = await office.post(f"{CHECKS}/{first['id']}/recheck")
    asked = await office.post(CHECKS, json=PAT | {"recheck": True})
    assert (again.status_code, asked.status_code) == (201, 201)
    assert len({first["id"], again.json()["id"], asked.json()["id"]}) == 3
    assert again.json()["inquiry"] == first["inquiry"] | {"trace": again.json()["id"]}
    assert await count(app, "SELECT count(*) FROM eligibility_attempts") == 3


async def test_an_idempotency_key_stands_for_one_question(office: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "visit-7"}
    first = await office.post(CHECKS, json=PAT | {"recheck": True}, headers=headers)
    again = await office.post(CHECKS, json=PAT | {"recheck": True}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = await office.post(CHECKS, json=about("SBX0105", "Wrongid", "1980-01-05"), headers=headers)
    assert other.json()["type"] == "/problems/key-reused"


async def test_a_cancelled_check_drops_what_comes_back(office: httpx.AsyncClient) -> None:
    made = await office.post(CHECKS, json=about("SBX0101", "Slow", "1980-01-01", wait_seconds=0))
    cancelled = await office.post(f"{made.headers['location']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["answer"] is None
    again = await office.post(f"{made.headers['location']}/cancel")
    assert again.json()["ended_at"] == cancelled.json()["ended_at"]


async def test_a_network_is_told_that_nobody_waits(office: httpx.AsyncClient) -> None:
    made = await office.post(CHECKS, json=PAT | {"connector": "availity", "wait_seconds": 0})
    await waiting(office, made.headers["location"], 1)
    assert (await office.post(f"{made.headers['location']}/cancel")).json()["status"] == "cancelled"
    done = await office.post(CHECKS, json=PAT)
    assert (await office.post(f"{done.headers['location']}/cancel")).json()["status"] == "done"


async def test_the_list_has_no_member_in_it_and_can_be_narrowed(office: httpx.AsyncClient) -> None:
    await office.post(CHECKS, json=PAT)
    await office.post(CHECKS, json=about("SBX0105", "Wrongid", "1980-01-05"))
    busy = await office.post(CHECKS, json=about("SBX0114", "Busy", "1980-01-14", wait_seconds=0))
    await waiting(office, busy.headers["location"], 1)
    everything = await office.get(CHECKS)
    items = everything.json()["items"]
    assert [item["status"] for item in items] == ["waiting", "done", "done"]
    assert not any(word in everything.text.lower() for word in ("sbx0", "sample", "trouble", "1980-01"))
    assert [item["reasons"] for item in (await office.get(CHECKS, params={"status": "done"})).json()["items"]] == [
        ["72"],
        [],
    ]
    after = await office.get(CHECKS, params={"after": items[1]["id"]})
    assert [item["id"] for item in after.json()["items"]] == [items[2]["id"]]


async def test_every_check_and_every_sight_of_it_is_on_record(app: Litestar, office: httpx.AsyncClient) -> None:
    made = (await office.post(CHECKS, json=PAT)).json()
    await office.get(f"{CHECKS}/{made['id']}")
    async with acquire(app.state.wiring.pool) as connection:
        records = await connection.fetch(
            "SELECT action, key_id IS NOT NULL AS by_key FROM audit WHERE subject_id = $1 ORDER BY id", made["id"]
        )
    assert [tuple(record) for record in records] == [
        ("eligibility.check", True),
        ("eligibility.read", True),
        ("eligibility.read", True),
    ]
