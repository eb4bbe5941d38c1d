"""How a clinic tests its own software against a real Outlay: the plugin brings the fixtures."""

import httpx


def test_an_estimate_tells_what_the_first_session_costs(outlay_client: httpx.Client) -> None:
    answer = outlay_client.post(
        "/v1/estimates",
        json={
            "payer": "Self-pay",
            "treatment": "iv-ketamine",
            "course": {"kind": "sessions", "count": 6},
            "prices": {"cash_per_session": {"low_cents": 45000, "high_cents": 45000}},
        },
    )

    assert answer.status_code == 201, answer.text
    pays = answer.json()["patient_pays"]
    assert pays["first_session"] == {"low_cents": 45000, "high_cents": 45000}
    assert pays["course"] == {"low_cents": 270000, "high_cents": 270000}


def test_a_name_nobody_knows_is_refused_with_a_problem_document(outlay_client: httpx.Client) -> None:
    refused = outlay_client.post("/v1/estimates", json={"payer": "Zzyzx Mutual", "treatment": "spravato"})

    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
