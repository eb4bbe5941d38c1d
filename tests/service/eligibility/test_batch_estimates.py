"""A schedule that names treatments: each line gets its estimate once, after its check, whoever dies in between."""

import asyncio
import csv
import io
from pathlib import Path

import httpx
from litestar import Litestar

from service.app import create_app
from service.settings import Settings
from service.store.database import acquire, connect, connect_as_owner
from service.store.keys import create_key
from tests.conftest import alive
from tests.service.eligibility.conftest import calling
from tests.service.eligibility.questions import PAT, TODAY
from tests.service.eligibility.test_batches import BATCHES, CSV, finished
from tests.service.eligibility.test_checks import CHECKS
from tests.service.eligibility.test_worker import serving, until

HEADINGS = "payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,dose_mg,sessions\n"
ONE = f"{HEADINGS}Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},Spravato,84 mg,8\n"
SCHEDULE = f"""{ONE}Aetna,SBX0105,Trouble,Wrongid,1980-01-05,{TODAY},ketamina IV,,6
Cigna,SBX0020,Sample,Quinn,1986-06-07,{TODAY},spravato,,
Oscar,SBX0016,Sample,Taylor,1992-02-29,{TODAY},spravato,,
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},,,
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},iv-ketamine,,6
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},TMS,,
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},,84,
Aetna,SBX0001,Sample,Pat,1980-01-31,{TODAY},Spravato,40,
"""


async def test_a_line_with_a_treatment_gets_its_estimate(app: Litestar, office: httpx.AsyncClient) -> None:
    made = await office.post(BATCHES, content=SCHEDULE.encode(), headers=CSV)
    faults = [(fault["line"], fault["column"]) for fault in made.json()["faults"]]
    assert faults == [(8, "treatment"), (9, "treatment"), (10, "dose_mg")]
    batch = await finished(office, made.headers["location"])
    assert batch["estimates"] == {"open": 0, "given": 2, "refused": 3}
    rows = {row["line"]: row for row in batch["rows"]}
    refused = {line: row["refusal"]["kind"] for line, row in rows.items() if row["refusal"]}
    assert refused == {3: "rejected", 4: "open-question", 5: "inactive"}
    assert rows[4]["refusal"]["detail"]
    assert (rows[6]["estimate"], rows[6]["refusal"], rows[6]["first_session"]) == (None, None, None)

    estimate = (await office.get(f"/v1/estimates/{rows[2]['estimate']}")).json()
    assert (estimate["treatment"]["slug"], len(estimate["sessions"])) == ("spravato", 8)
    assert (estimate["eligibility"]["check"], estimate["as_of"]) == (rows[2]["check"], TODAY)
    assert rows[2]["first_session"] == estimate["patient_pays"]["first_session"]
    assert rows[2]["course"] == estimate["patient_pays"]["course"]
    async with acquire(app.state.wiring.pool) as connection:
        made_for = await connection.fetch("SELECT idempotency_key FROM estimates ORDER BY 1")
    assert [key for (key,) in made_for] == [f"eligibility-batch/{batch['id']}/{line}" for line in (2, 7)]

    results = await office.get(f"{made.headers['location']}/results.csv")
    told = {row["line"]: row for row in csv.DictReader(io.StringIO(results.text))}
    assert told["2"]["estimate"] == rows[2]["estimate"]
    assert told["2"]["course_high"] == f"{rows[2]['course']['high_cents'] / 100:.2f}"
    assert told["4"]["refusal"].startswith("open-question: ")
    assert (told["6"]["treatment"], told["6"]["estimate"]) == ("", "")


async def test_a_check_that_is_on_file_and_fresh_is_estimated_too(office: httpx.AsyncClient) -> None:
    check = (await office.post(CHECKS, json=PAT)).json()
    made = await office.post(BATCHES, content=ONE.encode(), headers=CSV)
    assert made.json()["counts"] == {"done": 1}
    (row,) = (await finished(office, made.headers["location"]))["rows"]
    assert row["check"] == check["id"]
    assert row["estimate"]


async def test_an_estimate_whose_worker_is_killed_is_made_once_by_another(
    settings: Settings, secret: str, connectors: Path
) -> None:
    assert settings.database_url
    watching, holding = await connect(settings.database_url), await connect_as_owner(settings.database_url)
    async with serving(settings, connectors) as (process, url), holding.transaction():
        # The worker that has asked the payer gets as far as here with its estimate.
        await holding.execute("LOCK TABLE estimates IN SHARE ROW EXCLUSIVE MODE")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {secret}"}) as desk:
            made = await desk.post(url + BATCHES, content=ONE.encode(), headers=CSV)
        await until(
            watching,
            # The question to the payer leaves the queue a moment after its answer is on file.
            "EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'estimates'::regclass)"
            " AND (SELECT count(*) FROM pgqueuer) = 1",
        )
        process.kill()
        await process.wait()
    waiting = await watching.fetchval("SELECT entrypoint FROM pgqueuer")
    assert (waiting, await watching.fetchval("SELECT status FROM eligibility_checks")) == (
        "eligibility.estimate",
        "done",
    )
    # So long has nobody heard of it.
    await watching.execute("UPDATE pgqueuer SET heartbeat = now() - interval '1 minute'")
    app = create_app(settings)
    async with alive(app), calling(app, secret) as office:
        (row,) = (await finished(office, made.headers["location"]))["rows"]
    estimates = await watching.fetch("SELECT id FROM estimates")
    assert [str(each["id"]) for each in estimates] == [row["estimate"]]
    assert await watching.fetchval("SELECT count(*) FROM pgqueuer") == 0
    await watching.close()
    await holding.close()


async def test_who_may_not_estimate_uploads_no_treatments(app: Litestar, database_url: str) -> None:
    connection = await connect(database_url)
    made = await create_key(connection, name="checks alone", scopes=("eligibility:write", "eligibility:read"))
    await connection.close()
    async with calling(app, made.secret) as lesser:
        while (refused := await lesser.post(BATCHES, content=ONE.encode(), headers=CSV)).status_code == 401:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the key reaches the process by NOTIFY
        assert (refused.status_code, "estimates:write" in refused.json()["detail"]) == (403, True)
        plain = ONE.replace("Spravato,84 mg,8", ",,")
        assert (await lesser.post(BATCHES, content=plain.encode(), headers=CSV)).status_code == 201
