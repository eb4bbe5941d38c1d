"""`filled` is a clinic's database with something of everything in it, made through the service."""

from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.catalogue.clinic import ClinicLayer
from service.settings import Settings
from service.store.catalogue import add_clinic_rows
from service.store.database import acquire, connect
from service.store.keys import create_key
from service.store.queue import enqueue
from service.uuid7 import uuid7
from tests.payers.good_faith.issued import EXAMPLE, IV, REQUEST
from tests.service.eligibility.conftest import app, connectors, office, settings
from tests.service.eligibility.questions import PAT, TODAY
from tests.service.eligibility.test_batches import finished

__all__ = ["app", "connectors", "filled", "office", "secret", "settings"]

PLANTED: tuple[str, ...] = ("nightingale", "1820-05-12", "18200512", "w987654321", "grp-5555", "lamp@example.org")
"""What must be readable nowhere."""
NIGHTINGALE = {"last_name": "Nightingale", "first_name": "Florence", "birth_date": "1820-05-12"}
SCHEDULE = f"""payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,dose_mg,sessions
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},Spravato,84,8
Aetna,W987654321,Nightingale,Florence,1820-05-12,{TODAY},,,
Aetna,W987654321,Nightingale,Florence,12.5.1820,{TODAY},,,
"""


@pytest.fixture
async def secret(database_url: str) -> str:
    """The office's key, in a clinic with prices."""
    connection = await connect(database_url)
    try:
        await add_clinic_rows(connection, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
        scopes = ("eligibility:write", "eligibility:read", "estimates:write", "estimates:read")
        return (await create_key(connection, name="office", scopes=scopes)).secret
    finally:
        await connection.close()


class Filled(NamedTuple):
    """The ids of what is on file."""

    settings: Settings
    secret: str
    estimate: str
    check: str
    """About Florence Nightingale."""
    other_check: str
    """About somebody else."""
    issue: str
    """A good-faith estimate for Florence Nightingale, with a bill."""
    other_issue: str


@pytest.fixture
async def filled(app: Litestar, office: httpx.AsyncClient, settings: Settings, secret: str) -> Filled:
    """The service runs on it until the test ends."""
    await office.post("/v1/webhooks", json={"url": "https://records.clinic.example/outlay"})
    question: dict[str, Any] = {
        "payer": "Aetna",
        "member_id": "W987654321",
        "group_number": "GRP-5555",
        "subscriber": NIGHTINGALE,
        "date_of_service": TODAY,
    }
    check = await made(office, "/v1/eligibility/checks", question)
    other_check = await made(office, "/v1/eligibility/checks", PAT)
    batch = await office.post("/v1/eligibility/batches", content=SCHEDULE, headers={"Content-Type": "text/csv"})
    await finished(office, batch.headers["location"])
    estimate = await made(office, "/v1/estimates", IV)
    patient = NIGHTINGALE | {"email": "lamp@example.org"}
    issue = await made(office, "/v1/good-faith-estimates", REQUEST | {"estimate": estimate, "patient": patient})
    other_issue = await made(office, "/v1/good-faith-estimates", REQUEST | {"estimate": estimate})
    bill = {"billed": [{"npi": REQUEST["clinic"]["npi"], "item": "session", "on": "2026-12-01", "each_cents": 50_000}]}
    recorded = await office.post(f"/v1/good-faith-estimates/{issue}/bills", json=bill)
    assert recorded.status_code == 201, recorded.text
    async with acquire(app.state.wiring.pool) as connection:
        await enqueue(connection, "eligibility.continue", str(uuid7()), after=timedelta(days=1))
    return Filled(settings, secret, estimate, check, other_check, issue, other_issue)


async def made(office: httpx.AsyncClient, path: str, body: dict[str, Any]) -> str:
    answer = await office.post(path, json=body)
    assert answer.status_code in (201, 202), answer.text
    return answer.json()["id"]
