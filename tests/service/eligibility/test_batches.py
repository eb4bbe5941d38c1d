"""A schedule in a file: every good line is asked, every bad one is named, and the results are safe to open."""

import asyncio
import csv
import io
from typing import Any

import httpx
import pytest
from litestar import Litestar

from service.eligibility.schedule import COLUMNS, MAX_LINES
from service.store.database import acquire
from tests.service.eligibility.questions import TODAY

BATCHES = "/v1/eligibility/batches"
CSV = {"Content-Type": "text/csv"}
SCHEDULE = f"""payer,member_id,last_name,first_name,birth_date,date_of_service,service_types,dependent_last_name,dependent_first_name,dependent_birth_date,dependent_relationship,remark
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},30 MH,,,,,x
Aetna,SBX0105,Trouble,Wrongid,01/05/1980,{TODAY},,,,,,x

Nobody Health of Nowhere,SBX0001,Sample,Pat,1980-01-31,{TODAY},,,,,,x
Aetna,SBX0001,Sample,Pat,31.01.1980,{TODAY},,,,,,x
Aetna,,Sample,,,{TODAY},,,,,,x
Anthem Blue Cross and Blue Shield of Colorado,SBX0017,Sample,Jamie,1982-01-11,{TODAY},,Sample,Kim,2010-03-04,child,x
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},MH 30,,,,,x
"""  # noqa: E501  a table


async def finished(office: httpx.AsyncClient, location: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while not (batch := (await office.get(location)).json())["finished_at"]:  # noqa: ASYNC110  workers finish it
            await asyncio.sleep(0.1)
    return batch


async def test_every_good_line_is_asked_and_every_bad_one_is_named(app: Litestar, office: httpx.AsyncClient) -> None:
    made = await office.post(BATCHES, content=SCHEDULE.encode(), headers=CSV)
    assert made.status_code == 201, made.text
    faults = [(fault["line"], fault["column"]) for fault in made.json()["faults"]]
    assert faults == [(1, "remark"), (5, "payer"), (6, "birth_date"), (7, "member_id")]
    assert all(fault["problem"] and fault["remedy"] for fault in made.json()["faults"])
    assert not any(word in made.text for word in ("SBX", "Sample", "31.01.1980", "Nobody"))

    batch = await finished(office, made.headers["location"])
    assert batch["counts"] == {"done": 4}
    assert [(row["line"], row["outcome"], row["reasons"]) for row in batch["rows"]] == [
        (3, "rejected", ["72"]),
        (2, "active", []),
        (8, "active", []),
        (9, "active", []),
    ]
    checks = {row["line"]: row["check"] for row in batch["rows"]}
    assert checks[2] == checks[9]
    listed = (await office.get("/v1/eligibility/checks", params={"batch": batch["id"]})).json()["items"]
    assert {item["id"] for item in listed} == set(checks.values())
    async with acquire(app.state.wiring.pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM eligibility_attempts") == 3


async def test_the_results_are_a_table_with_every_line(office: httpx.AsyncClient) -> None:
    made = await office.post(f"{BATCHES}?lang=es", content=SCHEDULE.encode(), headers=CSV)
    await finished(office, made.headers["location"])
    results = await office.get(f"{made.headers['location']}/results.csv")
    assert results.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(results.text)))
    assert [row["line"] for row in rows] == ["1", "2", "3", "5", "6", "7", "8", "9"]
    by_line = {row["line"]: row for row in rows}
    assert (by_line["2"]["last_name"], by_line["2"]["outcome"]) == ("Sample", "active")
    assert by_line["2"]["plan_name"] == "SAMPLE CHOICE PPO"
    assert (by_line["3"]["reasons"], by_line["3"]["who_acts"]) == ("72", "front desk")
    assert (by_line["8"]["first_name"], by_line["8"]["birth_date"]) == ("Kim", "2010-03-04")
    assert by_line["6"]["status"] == "not asked"
    assert by_line["6"]["remedy"] == "Escriba la fecha como AAAA-MM-DD o MM/DD/AAAA."


async def test_a_cell_can_start_no_formula(office: httpx.AsyncClient) -> None:
    text = f"payer,member_id,last_name,first_name,date_of_service\nAetna,+SBX9,=1+1,@Pat,{TODAY}\n"
    made = await office.post(BATCHES, content=text.encode(), headers=CSV)
    (row,) = csv.DictReader(io.StringIO((await office.get(f"{made.headers['location']}/results.csv")).text))
    assert (row["last_name"], row["first_name"], row["member_id"]) == ("'=1+1", "'@Pat", "'+SBX9")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "empty"),
        (b"payer,last_name\nAetna,Sample\n", "date_of_service is missing"),
        ("payer,last_name,date_of_service\nAetna,Peña,2026-12-01\n".encode("latin-1"), "UTF-8"),
        (b'payer,last_name,date_of_service\nAetna,"Sample,2026-12-01\n', "quotation mark"),
        (b"payer,last_name,date_of_service\n" + b"a,b,c\n" * (MAX_LINES + 1), "split it"),
    ],
)
async def test_a_file_that_is_no_schedule_is_refused(body: bytes, told: str, office: httpx.AsyncClient) -> None:
    refused = await office.post(BATCHES, content=body, headers=CSV)
    assert refused.json()["type"] == "/problems/invalid-input"
    assert told in refused.json()["detail"]


async def test_a_file_of_another_kind_is_refused(office: httpx.AsyncClient) -> None:
    refused = await office.post(BATCHES, json={})
    assert (refused.json()["type"], "text/csv" in refused.json()["detail"]) == (
        "/problems/unsupported-media-type",
        True,
    )


async def test_a_spreadsheet_s_byte_order_mark_and_capitals_are_no_fault(office: httpx.AsyncClient) -> None:
    text = (
        f"\ufeffPayer , LAST_NAME,first_name,member_id,date_of_service,state\r\nAetna,Sample,Pat,SBX0001,{TODAY},co\r\n"
    )
    made = await office.post(BATCHES, content=text.encode(), headers=CSV)
    # It may be asked already when the answer is told.
    assert (made.json()["faults"], sum(made.json()["counts"].values())) == ([], 1)
    assert len(COLUMNS) == len({column.heading for column in COLUMNS})
