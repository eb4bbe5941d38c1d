"""Nothing of a member is anywhere but in what was asked for and in sealed columns."""

import json
import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from service.store.database import acquire
from tests.service.eligibility.questions import TODAY
from tests.service.eligibility.receiver import receiving
from tests.service.eligibility.test_webhooks import until_received

PERSON = {"last_name": "Nightingale", "first_name": "Florence", "birth_date": "1820-05-12"}
PLANTED = ("nightingale", "florence", "1820-05-12", "18200512", "w987654321", "grp-5555")
QUESTION: dict[str, Any] = {
    "payer": "Aetna",
    "member_id": "W987654321",
    "group_number": "GRP-5555",
    "subscriber": PERSON,
    "date_of_service": TODAY,
}
CSV = f"""payer,member_id,last_name,first_name,birth_date,date_of_service
Aetna,W987654321,Nightingale,Florence,1820-05-12,{TODAY}
Aetna,W987654321,Nightingale,Florence,12.5.1820,{TODAY}
"""


async def everything(app: Litestar) -> str:
    """Every row of every table that a catalogue does not fill."""
    async with acquire(app.state.wiring.pool) as connection:
        tables = await connection.fetch(
            """
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND (relname ~ '^(eligibility|webhook|pgqueuer|connector)' OR relname = 'audit')
            """
        )
        assert len(tables) > 8
        told = [
            await connection.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table['relname']} AS t")  # noqa: S608
            for table in tables
        ]
    return " ".join(text for text in told if text)


async def test_a_whole_check_leaves_no_word_of_the_member(
    app: Litestar, office: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    with receiving() as receiver:
        await office.post("/v1/webhooks", json={"url": receiver.url})
        for more in (
            {},
            {"connector": "availity", "recheck": True, "wait_seconds": 1},
            {"payer": "Nobody at all"},
            {"member_id": "W987654321~"},
        ):
            await office.post("/v1/eligibility/checks", json=QUESTION | more)
        batch = await office.post("/v1/eligibility/batches", content=CSV, headers={"Content-Type": "text/csv"})
        listed = await office.get("/v1/eligibility/checks")
        metrics = await office.get("/metrics")
        stored = await everything(app)
        await until_received(receiver, 1)
        told = "".join(received.body.decode() for received in receiver.received)
    logged = capfd.readouterr()
    assert [item["outcome"] for item in listed.json()["items"]].count("rejected")
    measured = set(re.findall(r"^# TYPE (outlay_\w+)", metrics.text, re.MULTILINE))
    assert {"outlay_jobs", "outlay_unfinished_checks", "outlay_ended_checks_total"} <= measured
    assert "eligibility.continue" in stored
    assert "eligibility.check.ended" in told
    for text in (logged.out, logged.err, listed.text, batch.text, metrics.text, stored, told):
        assert [word for word in PLANTED if word in text.lower()] == []


async def test_the_log_of_a_check_names_its_route_and_nothing_else(
    office: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    made = await office.post("/v1/eligibility/checks", json=QUESTION)
    await office.get(made.headers["location"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/v1/eligibility/checks",
        "/v1/eligibility/checks/{check_id}",
    ]
