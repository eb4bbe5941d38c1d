"""A batch knows how its lines stand, is finished once, and is told once."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from service.store.batches import LineFault, add_batch, add_row, find_batch, finish, lines_of
from service.store.database import Connection
from service.store.eligibility import answer_check, claim_check, fail_check, insert_check, list_checks, resume_checks
from service.store.webhooks import Endpoint, add_endpoint, list_deliveries
from service.uuid7 import uuid7
from tests.store.test_eligibility import NOW, asked, claimed, on_file, verdict

FAULT = LineFault(line=3, column="date_of_service", problem="It is not a day.", remedy="Write YYYY-MM-DD.")


async def batch_of(connection: Connection, *check_ids: UUID) -> UUID:
    batch_id = uuid7()
    await add_batch(connection, batch_id, NOW, None, [FAULT])
    for line, check_id in enumerate(check_ids, 2):
        await add_row(connection, batch_id, line, check_id)
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
    assert await lines_of(conn, batch_id) == {2: one.id, 3: two.id, 4: one.id}
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
