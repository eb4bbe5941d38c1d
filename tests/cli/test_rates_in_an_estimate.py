"""From a payer's file to the answer: it names file, date, network and rule, is narrower, and can be replayed."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from service.app import create_app
from service.settings import Settings
from service.store.database import connect
from service.store.keys import create_key
from tests.cli.command import outlay
from tests.conftest import alive
from tests.console.conftest import browsing

SESSION = {
    "payer": "uhc",
    "treatment": "spravato",
    "dose_mg": 84,
    "indication": "trd",
    "authorization": "approved",
    "network": "in",
    "lane": "medical",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 4},
}


def price(dollars: float, **more: Any) -> dict[str, Any]:
    plain = {
        "negotiated_type": "negotiated",
        "negotiated_rate": dollars,
        "expiration_date": "9999-12-31",
        "service_code": ["11"],
        "billing_class": "professional",
        "setting": "outpatient",
    }
    return plain | more


def payers_file(*prices: dict[str, Any]) -> str:
    """What a payer pays a made-up clinic for one code."""
    group = {"npi": [1669999991], "tin": {"type": "ein", "value": "84-5556670", "business_name": "Clinic"}}
    return json.dumps(
        {
            "reporting_entity_name": "A payer",
            "last_updated_on": "2026-11-01",
            "version": "2.0.0",
            "provider_references": [{"provider_group_id": 7, "network_name": ["Choice"], "provider_groups": [group]}],
            "in_network": [
                {
                    "negotiation_arrangement": "ffs",
                    "name": "a session",
                    "billing_code_type": "HCPCS",
                    "billing_code_type_version": "2026",
                    "billing_code": "G2083",
                    "description": "a session",
                    "negotiated_rates": [{"provider_references": [7], "negotiated_prices": list(prices)}],
                }
            ],
        }
    )


@asynccontextmanager
async def calling(url: str, secret: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A service that has just started, so that it has whatever was imported."""
    app = create_app(Settings(database_url=url), clock=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    async with alive(app), browsing(app, authorization=f"Bearer {secret}") as person:
        yield person.client


async def test_the_answer_rests_on_the_payers_own_file(database_url: str, tmp_path: Path) -> None:
    connection = await connect(database_url)
    secret = (await create_key(connection, name="desk", scopes=("estimates:write", "estimates:read"))).secret
    await connection.close()
    file = tmp_path / "2026-11-01_choice.json"

    async def asked(*prices: dict[str, Any]) -> dict[str, Any]:
        """The answer after these prices were imported."""
        if prices:
            file.write_text(payers_file(*prices))
            ours = ("--payer", "uhc", "--tin", "845556670")
            done = outlay("rates", "import", file, *ours, OUTLAY_DATABASE_URL=database_url)
            assert done.returncode == 0, done.stderr
        async with calling(database_url, secret) as client:
            return (await client.post("/v1/estimates", json=SESSION)).json()

    first = await asked()
    second = await asked(price(1400.5), price(1, setting="inpatient"))
    third = await asked(price(1300))

    assert first["price"]["basis"] == "published-range"
    assert second["price"]["basis"] == "payer-file"
    assert second["price"]["per_session"] == {"low_cents": 140_050, "high_cents": 140_050}
    assert third["price"]["per_session"]["low_cents"] == 130_000
    assert width(second) < width(first)
    titles = [each["title"] for each in second["price"]["citations"]]
    assert titles == ["2026-11-01_choice.json, 2026-11-01; A payer; Choice; G2083 negotiated"]
    said = {each["id"]: each["sentence"] for each in second["reasons"]}
    assert "(2026-11-01_choice.json, November 1, 2026; network: Choice)" in said["rate-payer-file"]
    assert said["rate-rule-place-fits"].endswith("1 of 2 are left.")
    assert "rate-payer-file" in second["sessions"][0]["lines"][0]["because"]["allowed"]
    async with calling(database_url, secret) as client:
        for answer in (first, second, third):
            assert (await client.post(f"/v1/estimates/{answer['id']}/replay", json={})).json()["identical"]


def width(answer: dict[str, Any]) -> int:
    course: dict[str, int] = answer["patient_pays"]["course"]
    return course["high_cents"] - course["low_cents"]
