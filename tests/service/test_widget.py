"""The widget: a range for a visitor of whom nothing is known, readable by the clinic's pages alone."""

from typing import Any

import httpx
import pytest

ASKED = "/widget/v1/estimate?payer=aetna&treatment=spravato"


async def asked(client: httpx.AsyncClient, more: str = "") -> dict[str, Any]:
    answer = await client.get(ASKED + more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_options_lead_to_answers(client: httpx.AsyncClient) -> None:
    options = (await client.get("/widget/v1/options?lang=es")).json()
    assert {each["value"] for each in options["deductibles"]} == {"met", "partly", "not-met", "unknown"}
    for treatment in options["treatments"]:
        answer = await client.get("/widget/v1/estimate", params={"payer": "self-pay", "treatment": treatment["value"]})
        assert answer.status_code == 200
    assert all(each["label"] for name in ("payers", "treatments", "plan_types") for each in options[name])


async def test_self_pay_is_the_published_range(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/widget/v1/estimate?payer=self-pay&treatment=iv-ketamine")).json()
    assert answer["per_session"] == {"low_cents": 35_000, "high_cents": 80_000}
    assert answer["course"] == {"low_cents": 210_000, "high_cents": 480_000}
    assert answer["sessions"] == 6


async def test_a_hint_never_widens(client: httpx.AsyncClient) -> None:
    unknown = (await asked(client))["course"]
    for bucket in ("met", "partly", "not-met"):
        hinted = (await asked(client, f"&deductible={bucket}"))["course"]
        assert unknown["low_cents"] <= hinted["low_cents"] <= hinted["high_cents"] <= unknown["high_cents"]


async def test_both_languages_tell_the_same_amounts(client: httpx.AsyncClient) -> None:
    english, spanish = await asked(client), await asked(client, "&lang=es")
    amounts = ("per_session", "course", "sessions", "typical_per_session_cents")
    assert [english[name] for name in amounts] == [spanish[name] for name in amounts]
    assert english["assumptions"] != spanish["assumptions"]
    assert english["disclaimer"] != spanish["disclaimer"]


@pytest.mark.parametrize(
    ("origin", "path", "allowed"),
    [
        ("https://clinic.example", ASKED, "https://clinic.example"),
        ("https://clinic.example", "/widget/v1/estimate?payer=zzyzx&treatment=spravato", "https://clinic.example"),
        ("https://clinic.example.evil.example", ASKED, None),
        ("null", ASKED, None),
        ("https://clinic.example", "/v1/treatments", None),
    ],
)
async def test_only_named_websites_may_read_and_only_the_widget(
    origin: str, path: str, allowed: str | None, client: httpx.AsyncClient
) -> None:
    answer = await client.get(path, headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert "access-control-allow-credentials" not in answer.headers
    assert ("Origin" in answer.headers.get("vary", "")) == path.startswith("/widget/")
