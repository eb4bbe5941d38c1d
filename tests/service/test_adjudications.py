"""Adjudications over HTTP: what the plan does with explicit services, strictly read."""

from typing import Any

import httpx
import pytest

VISIT: dict[str, Any] = {"label": "Visit", "allowed_cents": 20_000}
PLAN: dict[str, Any] = {
    "deductible": {"individual_cents": 50_000, "individual_met_cents": 45_000},
    "out_of_pocket_max": {"individual_cents": 300_000, "individual_met_cents": 45_000},
    "cost_shares": {"default": {"patient_share_bp": 2_000}},
}


async def test_services_through_a_plan(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/adjudications", json={"benefits": PLAN, "services": [VISIT, VISIT]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert [each["patient_pays"]["low_cents"] for each in told["services"]] == [8_000, 4_000]
    assert told["totals"]["patient_pays"] == {"low_cents": 12_000, "high_cents": 12_000}
    assert [each["key"] for each in told["services"][0]["because"]] == [
        "deductible",
        "coinsurance-net-of-copay",
        "plan-pays",
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"benefits": PLAN, "services": []}, "/services"),
        ({"benefits": PLAN}, "/services"),
        ({"services": [VISIT]}, "/benefits"),
        ({"benefits": PLAN, "services": [VISIT | {"allowed_cents": "20000"}]}, "/services/0/allowed_cents"),
        ({"benefits": PLAN, "services": [VISIT | {"allowed_cents": 200.5}]}, "/services/0/allowed_cents"),
        ({"benefits": PLAN, "services": [VISIT | {"kind": "surgery"}]}, "/services/0/kind"),
        ({"benefits": PLAN, "services": [VISIT | {"network": "out"}]}, "/services/0"),
        (
            {"benefits": {"deductible": {"individual_cents": 1, "individual_met_cents": 2}}, "services": [VISIT]},
            "/benefits/deductible",
        ),
    ],
)
async def test_a_body_that_cannot_be_adjudicated(body: Any, pointer: str, desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/adjudications", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_question_that_contradicts_itself(desk: httpx.AsyncClient) -> None:
    services = [VISIT | {"on": "2026-12-01", "member": "Ana"}]
    answer = await desk.post("/v1/adjudications", json={"benefits": PLAN, "services": services})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/impossible-question")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/benefits/plan_year_start"]


async def test_a_family_with_a_service_taken_back(desk: httpx.AsyncClient) -> None:
    family = PLAN["deductible"] | {"family_cents": 60_000}
    members = {"Ana": {"deductible_met_cents": 10_000, "out_of_pocket_max_met_cents": 10_000}}
    back = {"label": "Taken back", "reverses": "Visit"}
    answer = await desk.post(
        "/v1/adjudications",
        json={
            "benefits": PLAN | {"deductible": family},
            "members": members,
            "services": [VISIT | {"member": "Ana"}, back, VISIT | {"label": "Later"}],
        },
    )
    told = answer.json()
    assert [each["patient_pays"]["low_cents"] for each in told["services"]] == [8_000, -8_000, 8_000]
    assert [each["reversed"] for each in told["services"]] == [True, False, False]
    assert told["totals"]["patient_pays"] == {"low_cents": 8_000, "high_cents": 8_000}


async def test_it_needs_the_key_of_who_may_ask(client: httpx.AsyncClient, keys: dict[str, str]) -> None:
    body = {"benefits": PLAN, "services": [VISIT]}
    assert (await client.post("/v1/adjudications", json=body)).status_code == 401
    reader = {"Authorization": f"Bearer {keys['reader']}"}
    assert (await client.post("/v1/adjudications", json=body, headers=reader)).status_code == 403
