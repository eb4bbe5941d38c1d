"""The claim check over HTTP: the contract's own example, who may ask, and every way to ask wrongly."""

from typing import Any

import httpx
import pytest

LINE: dict[str, Any] = {"code": "J0013", "units": 84, "ndc": "50458-028-03", "modifiers": []}
CLAIM: dict[str, Any] = {
    "payer": "Aetna",
    "date_of_service": "2026-03-02",
    "place_of_service": "11",
    "lines": [LINE],
}


async def test_a_claim_with_a_fault(desk: httpx.AsyncClient) -> None:
    answered = await desk.post("/v1/claims/check", json=CLAIM | {"lines": [LINE | {"units": 56}]})
    assert answered.status_code == 200
    assert answered.headers["cache-control"] == "no-store"
    checked = answered.json()
    assert checked.keys() == {"ok", "findings"}
    assert checked["ok"] is False
    finding = checked["findings"][0]
    assert finding.keys() == {"line", "severity", "kind", "text", "remedy", "citations"}
    assert (finding["line"], finding["severity"], finding["kind"]) == (1, "error", "units-ndc")
    assert finding["citations"][0].keys() == {"title", "url", "confidence"}


async def test_a_claim_without_one_in_spanish(desk: httpx.AsyncClient) -> None:
    checked = (await desk.post("/v1/claims/check", json=CLAIM | {"lang": "es"})).json()
    assert checked["ok"] is True
    assert [each["text"] for each in checked["findings"]] == [
        "Algunos planes piden el modificador JZ (sin desperdicio) en J0013."
    ]


async def test_units_that_are_not_known_yet(desk: httpx.AsyncClient) -> None:
    checked = (await desk.post("/v1/claims/check", json=CLAIM | {"lines": [LINE | {"units": None}]})).json()
    assert checked["ok"] is True
    assert "units-open" in [each["kind"] for each in checked["findings"]]


@pytest.mark.parametrize(("key", "status"), [("reader", 403), ("nobody", 401), ("admin", 200)])
async def test_who_may_ask(key: str, status: int, client: httpx.AsyncClient, keys: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {keys.get(key, 'nobody')}"}
    assert (await client.post("/v1/claims/check", json=CLAIM, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("change", "kind", "pointer"),
    [
        ({"payer": "Zzyzx Mutual"}, "unknown-payer", "/payer"),
        ({"payer": "Humana"}, "ambiguous-payer", "/payer"),
        ({"lines": []}, "invalid-input", "/lines"),
        ({"lines": [LINE] * 51}, "invalid-input", "/lines"),
        ({"lines": [LINE | {"units": "84"}]}, "invalid-input", "/lines/0/units"),
        ({"lines": [LINE | {"units": 0}]}, "invalid-input", "/lines/0/units"),
        ({"lines": [LINE | {"modifiers": ["JZ1"]}]}, "invalid-input", "/lines/0/modifiers/0"),
        ({"lines": [LINE | {"minutes": -1}]}, "invalid-input", "/lines/0/minutes"),
        ({"lines": [LINE | {"charge": 1}]}, "invalid-input", "/lines/0/charge"),
        ({"date_of_service": "2026-02-30"}, "invalid-input", "/date_of_service"),
        ({"place_of_service": "office"}, "invalid-input", "/place_of_service"),
        ({"drug_source": "patient"}, "invalid-input", "/drug_source"),
        ({"dose_mg": 28}, "invalid-input", "/dose_mg"),
        ({"member_id": "W1"}, "invalid-input", "/member_id"),
    ],
)
async def test_what_cannot_be_checked_is_a_problem(
    change: dict[str, Any], kind: str, pointer: str, desk: httpx.AsyncClient
) -> None:
    refused = await desk.post("/v1/claims/check", json=CLAIM | change)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["type"] == f"/problems/{kind}"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
