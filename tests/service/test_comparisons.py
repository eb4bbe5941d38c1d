"""Comparisons over HTTP: a refused question is an item with its problem, and nothing is stored."""

from typing import Any

import httpx
import pytest
from litestar import Litestar

from service.store.database import acquire

CASH: dict[str, Any] = {"payer": "Self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 6}}
SPRAVATO: dict[str, Any] = {"payer": "Aetna", "treatment": "spravato", "course": {"kind": "sessions", "count": 12}}


async def test_treatments_side_by_side(app: Litestar, desk: httpx.AsyncClient) -> None:
    async def stored() -> int:
        async with acquire(app.state.wiring.pool) as connection:
            return await connection.fetchval("SELECT count(*) FROM estimates")

    before = await stored()
    answer = await desk.post(
        "/v1/estimates/compare", json={"questions": [SPRAVATO, CASH], "labels": ["Spravato", "IV ketamine"]}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert [item["label"] for item in told["items"]] == ["Spravato", "IV ketamine"]
    assert [item["answer"]["coverage"]["status"] for item in told["items"]] == ["prior-authorization", "self-pay"]
    assert {"first_session", "typical_session", "course", "by_plan_year"} <= set(
        told["items"][1]["answer"]["patient_pays"]
    )
    (difference,) = told["differences"]
    assert difference["sentences"][0].startswith("IV ketamine may cost less or more than Spravato")
    assert told["catalogue_version"] == answer.headers["x-outlay-catalogue-version"]
    assert await stored() == before


async def test_an_answer_is_the_one_that_the_question_gets_alone(desk: httpx.AsyncClient) -> None:
    alone = (await desk.post("/v1/estimates", json=SPRAVATO)).json()
    beside = (await desk.post("/v1/estimates/compare", json={"questions": [CASH, SPRAVATO]})).json()
    item = beside["items"][1]["answer"]
    assert item == {name: alone[name] for name in item}


async def test_a_refused_question_does_not_fail_the_others(desk: httpx.AsyncClient) -> None:
    questions = [CASH | {"payer": "Cygna Helth"}, CASH, CASH | {"start_on": "1900-01-01"}, CASH]
    answer = await desk.post("/v1/estimates/compare", json={"questions": questions})
    unknown, first, impossible, _ = answer.json()["items"]
    assert first["problem"] is unknown["answer"] is impossible["answer"] is None
    assert unknown["problem"]["type"] == "/problems/unknown-payer"
    assert unknown["problem"]["nearest"][0]["slug"] == "cigna"
    assert unknown["problem"]["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert unknown["problem"]["errors"][0]["pointer"] == "/questions/0/payer"
    assert impossible["problem"]["errors"][0]["pointer"] == "/questions/2/start_on"
    assert [difference["against"] for difference in answer.json()["differences"]] == ["Question 2"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"questions": [CASH]}, "/questions"),
        ({"questions": [CASH] * 7}, "/questions"),
        ({"questions": [CASH, CASH | {"dose_mg": "84"}]}, "/questions/1/dose_mg"),
        ({"questions": [CASH, CASH], "labels": ["A"]}, ""),
        ({"questions": [CASH, CASH], "label": ["A", "B"]}, "/label"),
    ],
)
async def test_a_body_that_cannot_be_compared(body: Any, pointer: str, desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates/compare", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_it_needs_the_key_of_who_may_ask(client: httpx.AsyncClient, keys: dict[str, str]) -> None:
    body = {"questions": [CASH, CASH]}
    assert (await client.post("/v1/estimates/compare", json=body)).status_code == 401
    reader = {"Authorization": f"Bearer {keys['reader']}"}
    assert (await client.post("/v1/estimates/compare", json=body, headers=reader)).status_code == 403
