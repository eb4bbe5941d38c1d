"""A batch knows how its lines stand, is finished once with its estimates, and is told once."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from payers.estimate.question import Question
from service.store.batch_lines import lines_of
from service.store.batches import (
    LineFault,
    add_batch,
    add_row,
    find_batch,
    finish,
    list_batches,
    resume_estimates,
)
from service.store.database import Connection, connect
from service.store.eligibility import (
    answer_check,
    cancel_check,
    claim_check,
    fail_check,
    insert_check,
    list_checks,
    resume_checks,
)
from service.store.line_estimates import (
    LineRefusal,
    WantedEstimate,
    begin_estimates,
    find_wanted,
    refuse_estimate,
    still_wanted,
)
from service.store.webhooks import Endpoint, add_endpoint, list_deliveries
from service.uuid7 import uuid7
from tests.store.test_eligibility import NOW, asked, claimed, jobs, on_file, verdict

FAULT = LineFault(line=3, column="date_of_service", problem="It is not a day.", remedy="Write YYYY-MM-DD.")
SPRAVATO = Question(payer="Aetna", treatment="spravato")


async def batch_of(connection: Connection, *check_ids: UUID, question: Question | None = None) -> UUID:
    batch_id = uuid7()
    await add_batch(connection, batch_id, NOW, None, [FAULT])
    for line, check_id in enumerate(check_ids, 2):
        await add_row(connection, batch_id, line, check_id, question)
    await begin_estimates(connection, check_ids)
    await finish(connection, [batch_id], NOW)
    return batch_id


async def test_a_batch_counts_its_lines_and_is_finished_with_its_last_check(conn: Connection) -> None:
    key_id = (await asked(conn)).key_id
    assert key_id
    endpoint = Endpoint(id=uuid7(), created_at=NOW, key_id=key_id, url="https://x.example", sealed_secret=b"s")
    await add_endpoint(conn, endpoint)
    one = await on_file(conn, await asked(conn))
    two = await on_file(conn, await asked(conn, question=sha256(b"two").digest()))
    batch_id = await batch_of(conn, one.id, two.id, one.id)

    batch = await find_batch(conn, batch_id)
    assert batch
    assert (batch.counts, batch.faults, batch.finished_at) == ({"queued": 3}, (FAULT,), None)
    lines = await lines_of(conn, batch_id)
    assert [(line.line, line.check_id) for line in lines] == [(2, one.id), (3, two.id), (4, one.id)]
    assert {check.id for check in await list_checks(conn, batch_id=batch_id)} == {one.id, two.id}

    first, second = await claim_check(conn, one.id), await claim_check(conn, two.id)
    assert first
    assert second
    await answer_check(conn, first, NOW, verdict(), b"answer")
    await fail_check(conn, second, NOW + timedelta(minutes=1), "timeout")
    batch = await find_batch(conn, batch_id)
    assert batch
    assert (batch.counts, batch.finished_at) == ({"done": 2, "failed": 1}, NOW + timedelta(minutes=1))
    told = [delivery.type for delivery in await list_deliveries(conn, endpoint.id)]
    assert sorted(told) == ["eligibility.batch.finished", "eligibility.check.ended", "eligibility.check.ended"]


async def test_a_batch_of_checks_that_have_ended_is_finished_at_once(conn: Connection) -> None:
    check = await claimed(conn, await asked(conn))
    await answer_check(conn, check, NOW, verdict(), b"answer")
    for batch_id in (await batch_of(conn, check.id), await batch_of(conn)):
        batch = await find_batch(conn, batch_id)
        assert batch
        assert batch.finished_at == NOW
    assert await find_batch(conn, uuid7()) is None


async def test_a_check_of_a_batch_that_lost_its_job_goes_on_as_one(conn: Connection) -> None:
    new = await asked(conn)
    await insert_check(conn, new, "eligibility.batch")
    await batch_of(conn, new.id)
    await conn.execute("DELETE FROM pgqueuer")
    await resume_checks(conn)
    assert await conn.fetchval("SELECT entrypoint FROM pgqueuer") == "eligibility.batch"


async def test_a_batch_waits_for_its_estimates(conn: Connection) -> None:
    batch_id, wanted = await estimating(conn)
    assert await jobs(conn) == [("eligibility.estimate", str(wanted.id))]
    assert (wanted.batch_id, wanted.line, wanted.question) == (batch_id, 2, SPRAVATO)
    batch = await find_batch(conn, batch_id)
    assert batch
    assert (batch.finished_at, batch.estimates) == (None, {"open": 1, "given": 0, "refused": 0})

    assert await still_wanted(conn, wanted.id)
    await refuse_estimate(conn, wanted.id, LineRefusal(kind="open-question", detail="Which?"))
    await finish(conn, [batch_id], NOW)
    assert not await still_wanted(conn, wanted.id)
    assert await find_wanted(conn, wanted.id) is None
    batch = await find_batch(conn, batch_id)
    assert batch
    assert (batch.finished_at, batch.estimates) == (NOW, {"open": 0, "given": 0, "refused": 1})
    (line,) = await lines_of(conn, batch_id)
    assert (line.treatment, line.refusal) == ("spravato", LineRefusal(kind="open-question", detail="Which?"))


@pytest.mark.parametrize("end", ["inactive", "rejected", "failed", "cancelled"])
async def test_no_estimate_follows_from_a_check_without_coverage(end: str, conn: Connection) -> None:
    check = await claimed(conn, await asked(conn))
    batch_id = await batch_of(conn, check.id, question=SPRAVATO)
    if end == "failed":
        await fail_check(conn, check, NOW, "timeout")
    elif end == "cancelled":
        assert check.key_id
        await cancel_check(conn, check.id, NOW, check.key_id)
    else:
        await answer_check(conn, check, NOW, verdict(outcome=end), b"answer")
    (line,) = await lines_of(conn, batch_id)
    assert line.refusal == LineRefusal(kind=end)
    (listed,) = await list_batches(conn)
    assert (listed.id, listed.finished_at) == (batch_id, NOW)
    assert (listed.lines, listed.ended, listed.troubled, listed.not_asked) == (1, 1, 1, 1)
    assert listed.first_day == listed.last_day == line.date_of_service


async def test_an_estimate_that_lost_its_job_gets_one_again(conn: Connection) -> None:
    _, wanted = await estimating(conn)
    await conn.execute("DELETE FROM pgqueuer")
    await resume_estimates(conn, NOW)
    await resume_estimates(conn, NOW)
    assert await jobs(conn) == [("eligibility.estimate", str(wanted.id))]


async def test_two_who_make_the_same_estimate_wait_for_each_other(database_url: str) -> None:
    one, two = await connect(database_url), await connect(database_url)
    _, wanted = await estimating(one)
    async with one.transaction():
        assert await still_wanted(one, wanted.id)
        waiting = asyncio.create_task(still_wanted(two, wanted.id))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await refuse_estimate(one, wanted.id, LineRefusal(kind="open-question"))
    assert not await waiting
    await one.close()
    await two.close()


async def test_an_estimate_is_given_or_refused_and_told_whole(conn: Connection) -> None:
    _, wanted = await estimating(conn)
    for change in ("course = '{}'", "refusal = '{}', estimate_id = id"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with conn.transaction():
                await conn.execute(f"UPDATE eligibility_batch_estimates SET {change} WHERE id = $1", wanted.id)  # noqa: S608


async def estimating(connection: Connection) -> tuple[UUID, WantedEstimate]:
    """A batch whose only check has ended, and the estimate that its line waits for."""
    check = await claimed(connection, await asked(connection))
    await connection.execute("DELETE FROM pgqueuer")
    batch_id = await batch_of(connection, check.id, question=SPRAVATO)
    assert await jobs(connection) == []
    await answer_check(connection, check, NOW, verdict(), b"answer")
    wanted = await find_wanted(
        connection,
        await connection.fetchval("SELECT id FROM eligibility_batch_estimates WHERE batch_id = $1", batch_id),
    )
    assert wanted
    return batch_id, wanted
