"""What cannot be asked is said before anybody is asked, with the place that is wrong."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from service.app import create_app
from service.eligibility.means import check_files
from service.settings import Settings, SettingsError
from service.store.database import acquire, connect
from service.store.keys import create_key
from service.store.vault import ensure_keys
from tests.conftest import alive
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import PAT

CHECKS = "/v1/eligibility/checks"
UNKNOWN = "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"


@pytest.mark.parametrize(
    ("more", "kind", "pointers"),
    [
        ({"payer": "Etnna Helth Plann of Nowhere"}, "unknown-payer", ["/payer"]),
        ({"payer": "Colorado Health Partnerships"}, "ambiguous-payer", ["/payer"]),
        ({"payer": "Self-pay"}, "no-route", ["/payer"]),
        ({"connector": "nobody"}, "no-route", ["/payer"]),
        ({"member_id": None, "subscriber": {"last_name": "Sample"}}, "invalid-input", ["/member_id"]),
        ({"subscriber": {"last_name": "Sam~ple", "first_name": "Pat"}}, "invalid-input", ["/subscriber/last_name"]),
        ({"provider": {"name": "Clinic", "npi": "1234567890"}}, "invalid-input", ["/provider/npi"]),
        ({"service_types": []}, "invalid-input", ["/service_types"]),
        ({"wait_seconds": 21}, "invalid-input", ["/wait_seconds"]),
        ({"date_of_service": "tomorrow"}, "invalid-input", ["/date_of_service"]),
        ({"ssn": "078-05-1120"}, "invalid-input", ["/ssn"]),
    ],
)
async def test_a_question_that_cannot_be_sent(
    more: dict[str, Any], kind: str, pointers: list[str], app: Litestar, office: httpx.AsyncClient
) -> None:
    refused = await office.post(CHECKS, json=PAT | more)
    problem = refused.json()
    assert problem["type"] == f"/problems/{kind}", problem
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert not any(word in refused.text for word in ("SBX0001", "Pat", "1980-01-31"))
    async with acquire(app.state.wiring.pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM eligibility_checks") == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{CHECKS}/{UNKNOWN}"),
        ("POST", f"{CHECKS}/{UNKNOWN}/cancel"),
        ("POST", f"{CHECKS}/{UNKNOWN}/recheck"),
        ("GET", f"/v1/eligibility/batches/{UNKNOWN}"),
        ("GET", f"/v1/eligibility/batches/{UNKNOWN}/results.csv"),
        ("GET", f"/v1/webhooks/{UNKNOWN}/deliveries"),
        ("POST", f"/v1/webhooks/{UNKNOWN}/test"),
        ("DELETE", f"/v1/webhooks/{UNKNOWN}"),
    ],
)
async def test_what_is_not_on_file(method: str, path: str, office: httpx.AsyncClient) -> None:
    assert (await office.request(method, path)).json()["type"] == "/problems/not-found"


async def until_known(app: Litestar, key_id: UUID) -> None:
    async with asyncio.timeout(60):
        while key_id not in app.state.wiring.live.keys:  # noqa: ASYNC110  the database tells it
            await asyncio.sleep(0.02)


async def test_a_key_for_estimates_opens_nothing_here(app: Litestar, database_url: str) -> None:
    connection = await connect(database_url)
    key = await create_key(connection, name="desk", scopes=("estimates:read", "estimates:write"))
    await connection.close()
    await until_known(app, key.key.id)
    async with calling(app, key.secret) as desk:
        for path in (CHECKS, "/v1/webhooks", f"/v1/eligibility/batches/{UNKNOWN}"):
            refused = await desk.get(path)
            assert (refused.status_code, "eligibility:read" in refused.json()["detail"]) == (403, True)
            assert (await desk.get(path, headers={"Authorization": ""})).status_code == 401


async def test_without_keys_for_member_data_nothing_is_asked_and_the_rest_works(
    settings: Settings, secret: str
) -> None:
    app = create_app(msgspec.structs.replace(settings, member_data_keys=None))
    async with alive(app), calling(app, secret) as office:
        for path, body in ((CHECKS, PAT), ("/v1/webhooks", {"url": "https://clinic.example/"})):
            refused = await office.post(path, json=body)
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems/no-member-data-keys")
        assert (await office.get(CHECKS)).json() == {"items": [], "next": None}
        assert (await office.get("/health/ready")).status_code == 200


async def test_a_check_whose_key_is_gone_is_not_shown(settings: Settings, secret: str, tmp_path: Path) -> None:
    app = create_app(settings)
    async with alive(app), calling(app, secret) as office:
        made = await office.post(CHECKS, json=PAT)
    others = tmp_path / "other-keys"
    ensure_keys(others)
    app = create_app(msgspec.structs.replace(settings, member_data_keys=others))
    async with alive(app), calling(app, secret) as office:
        refused = await office.get(made.headers["location"])
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/no-member-data-keys")
        assert (await office.get(CHECKS)).json()["items"][0]["outcome"] == "active"


async def test_without_connectors_nobody_is_asked(settings: Settings, secret: str) -> None:
    app = create_app(msgspec.structs.replace(settings, connectors=None))
    async with alive(app), calling(app, secret) as office:
        refused = await office.post(CHECKS, json=PAT)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/no-route")
        assert "OUTLAY_CONNECTORS" in refused.json()["detail"]


@pytest.mark.parametrize("field", ["member_data_keys", "connectors"])
def test_a_file_that_cannot_be_used_stops_the_start(field: str, settings: Settings, tmp_path: Path) -> None:
    check_files(settings)
    with pytest.raises(SettingsError, match=rf"^OUTLAY_{field.upper()}: .*none.*\. .+\.$"):
        check_files(msgspec.structs.replace(settings, **{field: tmp_path / "none"}))
