"""Estimates over HTTP: stored before they are answered, once for each Idempotency-Key, and the same years later."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer, SitePrice
from service.store.catalogue import add_clinic_rows
from service.store.database import acquire, connect

SELF_PAY: dict[str, Any] = {
    "payer": "Self-pay",
    "treatment": "iv-ketamine",
    "course": {"kind": "sessions", "count": 6},
}


async def test_an_estimate_is_the_same_bytes_whenever_it_is_read(desk: httpx.AsyncClient) -> None:
    made = await desk.post("/v1/estimates", json=SELF_PAY)
    assert made.status_code == 201
    assert made.json()["created_at"] == "2026-11-23T15:00:00Z"
    assert made.headers["location"] == f"/v1/estimates/{made.json()['id']}"
    read = await desk.get(made.headers["location"])
    assert read.content == made.content
    assert made.headers["cache-control"] == read.headers["cache-control"] == "no-store"


async def test_the_published_range_without_insurance(desk: httpx.AsyncClient) -> None:
    answer = (await desk.post("/v1/estimates", json=SELF_PAY)).json()
    assert answer["patient_pays"]["course"] == {"low_cents": 210_000, "high_cents": 480_000}
    assert "good-faith-estimate" in [notice["kind"] for notice in answer["notices"]]


async def test_a_content_type_may_name_its_character_set(desk: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    made = await desk.post("/v1/estimates", content=b'{"payer":"Self-pay","treatment":"im-ketamine"}', headers=headers)
    assert made.status_code == 201


async def test_a_repeated_question_is_answered_once(desk: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "desk-1"}
    first, second = await asyncio.gather(
        *(desk.post("/v1/estimates", json=SELF_PAY | {"lang": "es"}, headers=headers) for _ in range(2))
    )
    assert sorted((first.status_code, second.status_code)) == [200, 201]
    assert first.content == second.content
    other = await desk.post("/v1/estimates", json=SELF_PAY, headers=headers)
    assert other.json()["type"] == "/problems/key-reused"


async def test_nothing_is_stored_of_a_question_that_is_refused(app: Litestar, desk: httpx.AsyncClient) -> None:
    async def count() -> int:
        async with acquire(app.state.wiring.pool) as connection:
            return await connection.fetchval("SELECT count(*) FROM estimates")

    before = await count()
    assert (await desk.post("/v1/estimates", json=SELF_PAY | {"payer": "Zzyzx"})).status_code == 422
    assert await count() == before


@pytest.mark.parametrize(
    ("key", "create", "read"), [("reader", 403, 404), ("admin", 201, 404), ("desk", 201, 404), ("nobody", 401, 401)]
)
async def test_a_key_opens_what_its_scopes_say(
    key: str, create: int, read: int, client: httpx.AsyncClient, keys: dict[str, str]
) -> None:
    headers = {"Authorization": f"Bearer {keys.get(key, 'nobody')}"}
    unknown = "/v1/estimates/019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"
    assert (await client.post("/v1/estimates", json=SELF_PAY, headers=headers)).status_code == create
    assert (await client.get(unknown, headers=headers)).status_code == read
    assert (await client.post(f"{unknown}/replay", headers=headers)).status_code == read


async def test_a_replay_is_identical_and_tells_what_today_would_change(
    desk: httpx.AsyncClient, service_url: str
) -> None:
    made = (await desk.post("/v1/estimates", json=SELF_PAY | {"treatment": "im-ketamine"})).json()
    at_once = (await desk.post(f"/v1/estimates/{made['id']}/replay")).json()
    assert (at_once["identical"], at_once["differences"]) == (True, [])

    price = SitePrice(id="replayed", treatment="im-ketamine", price_cents=31_400)
    connection = await connect(service_url)
    try:
        await add_clinic_rows(connection, ClinicLayer(prices=(price,)))
    finally:
        await connection.close()
    for _ in range(100):
        await asyncio.sleep(0.02)
        if (await desk.get("/v1/treatments")).headers["x-outlay-catalogue-version"] != made["catalogue_version"]:
            break

    later = (await desk.post(f"/v1/estimates/{made['id']}/replay")).json()
    assert later["identical"]
    assert later["replayed"] == made
    assert later["today"]["answer"]["patient_pays"]["first_session"] == {"low_cents": 31_400, "high_cents": 31_400}
    changed = {difference["pointer"]: difference for difference in later["differences"]}
    assert changed["/patient_pays/first_session/low_cents"] == {
        "pointer": "/patient_pays/first_session/low_cents",
        "was": made["patient_pays"]["first_session"]["low_cents"],
        "now": 31_400,
    }
