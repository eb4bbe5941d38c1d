"""A check is made once for a question, ends once, and loses its member data some time after that."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from service.store.database import Connection, connect
from service.store.eligibility import (
    KeyReused,
    NewCheck,
    SealedCheck,
    Verdict,
    answer_check,
    cancel_check,
    claim_check,
    fail_check,
    find_check,
    find_checks,
    insert_check,
    list_checks,
    postpone_check,
    purge_checks,
    resume_checks,
)
from service.store.keys import create_key
from service.uuid7 import uuid7

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def asked(connection: Connection, **told: Any) -> NewCheck:
    key = told.pop("key_id", None) or (await create_key(connection, name="desk", scopes=["eligibility:write"])).key.id
    new = NewCheck(
        id=uuid7(),
        created_at=NOW,
        key_id=key,
        idempotency_key=None,
        payer="aetna",
        connector="sandbox",
        date_of_service=date(2026, 12, 2),
        question=sha256(b"who").digest(),
        sealed_inquiry=b"sealed",
    )
    return msgspec.structs.replace(new, **told)


async def on_file(connection: Connection, new: NewCheck, **how: bool) -> SealedCheck:
    check = await insert_check(connection, new, "eligibility.continue", **how)
    assert isinstance(check, SealedCheck)
    return check


async def claimed(connection: Connection, new: NewCheck) -> SealedCheck:
    await on_file(connection, new)
    check = await claim_check(connection, new.id)
    assert check
    return check


def verdict(**told: Any) -> Verdict:
    active = Verdict(outcome="active", incomplete=False, reasons=(), expires_at=NOW + 24 * HOUR)
    return msgspec.structs.replace(active, **told)


async def jobs(connection: Connection) -> list[tuple[str, str]]:
    records = await connection.fetch("SELECT entrypoint, convert_from(payload, 'UTF8') AS subject FROM pgqueuer")
    return [(record["entrypoint"], record["subject"]) for record in records]


async def test_a_new_check_has_a_job_and_is_on_record(conn: Connection) -> None:
    new = await asked(conn)
    check = await on_file(conn, new)
    assert (check.id, check.status, check.attempts) == (new.id, "queued", 0)
    assert await find_check(conn, new.id) == check
    assert await jobs(conn) == [("eligibility.continue", str(new.id))]
    made = await conn.fetchrow("SELECT action, key_id, detail FROM audit WHERE subject_id = $1", str(new.id))
    assert made
    assert tuple(made) == ("eligibility.check", new.key_id, {"payer": "aetna"})


async def test_the_same_question_gets_the_check_that_is_under_way_or_fresh(conn: Connection) -> None:
    first = await claimed(conn, await asked(conn))
    assert (await on_file(conn, await asked(conn))).id == first.id
    assert (await on_file(conn, await asked(conn), recheck=True)).id == first.id

    assert await answer_check(conn, first, NOW, verdict(), b"answer")
    later = await asked(conn, created_at=NOW + 23 * HOUR)
    assert (await on_file(conn, later)).id == first.id
    assert len(await jobs(conn)) == 1
    other = await asked(conn, question=sha256(b"somebody else").digest())
    assert (await on_file(conn, other)).id == other.id


async def test_an_answer_that_expired_is_not_given_again(conn: Connection) -> None:
    first = await claimed(conn, await asked(conn))
    await answer_check(conn, first, NOW, verdict(), b"answer")
    later = await asked(conn, created_at=NOW + 24 * HOUR)
    assert (await on_file(conn, later)).id == later.id
    assert (await on_file(conn, await asked(conn))).id == later.id


async def test_a_recheck_is_a_new_check_and_the_one_that_is_given_from_then_on(conn: Connection) -> None:
    first = await claimed(conn, await asked(conn))
    await answer_check(conn, first, NOW, verdict(), b"answer")
    again = await asked(conn)
    assert (await on_file(conn, again, recheck=True)).id == again.id
    assert (await on_file(conn, await asked(conn))).id == again.id


@pytest.mark.parametrize("end", ["failed", "cancelled"])
async def test_a_check_without_an_answer_is_not_given_again(end: str, conn: Connection) -> None:
    first = await claimed(conn, await asked(conn))
    if end == "failed":
        assert await fail_check(conn, first, NOW, "timeout")
    else:
        assert first.key_id
        assert await cancel_check(conn, first.id, NOW, first.key_id)
    found = await find_check(conn, first.id)
    assert found
    assert (found.status, found.ended_at) == (end, NOW)
    second = await asked(conn)
    assert (await on_file(conn, second)).id == second.id


async def test_an_idempotency_key_stands_for_one_question(conn: Connection) -> None:
    first = await asked(conn, idempotency_key="k")
    check = await claimed(conn, first)
    await fail_check(conn, check, NOW, "timeout")
    again = await asked(conn, idempotency_key="k", key_id=first.key_id)
    assert (await on_file(conn, again)).id == first.id
    other = msgspec.structs.replace(again, question=sha256(b"other").digest())
    assert await insert_check(conn, other, "eligibility.continue") == KeyReused(check_id=first.id)
    elsewhere = await asked(conn, idempotency_key="k", question=sha256(b"other").digest())
    assert (await on_file(conn, elsewhere)).id == elsewhere.id


@pytest.mark.parametrize("idempotency_key", [None, "k"])
async def test_two_at_once_make_one_check(idempotency_key: str | None, database_url: str) -> None:
    one, two = await connect(database_url), await connect(database_url)
    first = await asked(one, idempotency_key=idempotency_key)
    second = msgspec.structs.replace(first, id=uuid7())
    async with one.transaction():
        await on_file(one, first)
        waiting = asyncio.create_task(on_file(two, second))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert (await waiting).id == first.id
    assert await one.fetchval("SELECT count(*) FROM eligibility_checks") == 1
    await one.close()
    await two.close()


async def test_a_claim_asks_once_more_and_a_look_for_a_pending_answer_is_not_asking(conn: Connection) -> None:
    first = await claimed(conn, await asked(conn))
    assert (first.status, first.claims, first.attempts) == ("running", 1, 1)
    assert await postpone_check(conn, first, NOW + HOUR, sealed_ticket=b"ticket")
    waiting = await find_check(conn, first.id)
    assert waiting
    assert (waiting.status, waiting.next_attempt_at, waiting.sealed_ticket) == ("waiting", NOW + HOUR, b"ticket")

    look = await claim_check(conn, first.id)
    assert look
    assert (look.claims, look.attempts, look.sealed_ticket) == (2, 1, b"ticket")
    assert await postpone_check(conn, look, NOW + HOUR, change="plan")
    again = await claim_check(conn, first.id)
    assert again
    assert (again.claims, again.attempts, again.changes, again.sealed_ticket) == (3, 2, ("plan",), None)


async def test_what_an_earlier_claim_brings_back_comes_too_late(conn: Connection) -> None:
    early = await claimed(conn, await asked(conn))
    late = await claim_check(conn, early.id)
    assert late
    assert not await answer_check(conn, early, NOW, verdict(outcome="inactive"), b"early")
    assert not await fail_check(conn, early, NOW, "timeout")
    assert not await postpone_check(conn, early, NOW)
    assert await answer_check(conn, late, NOW, verdict(), b"late")
    assert not await answer_check(conn, late, NOW, verdict(), b"again")
    assert await claim_check(conn, early.id) is None
    found = await find_check(conn, early.id)
    assert found
    assert (found.status, found.outcome, found.sealed_answer) == ("done", "active", b"late")


async def test_a_cancelled_check_keeps_no_answer(conn: Connection) -> None:
    check = await claimed(conn, await asked(conn))
    assert check.key_id
    assert await cancel_check(conn, check.id, NOW, check.key_id)
    assert not await cancel_check(conn, check.id, NOW, check.key_id)
    assert not await answer_check(conn, check, NOW, verdict(), b"answer")


async def test_the_list_goes_on_after_a_cursor_and_shows_one_status(conn: Connection) -> None:
    made = [
        await on_file(conn, await asked(conn, id=UUID(int=number), question=sha256(bytes([number])).digest()))
        for number in range(1, 6)
    ]
    await claim_check(conn, made[1].id)
    assert [check.id.int for check in await list_checks(conn, limit=2)] == [5, 4]
    assert [check.id.int for check in await list_checks(conn, after=UUID(int=4))] == [3, 2, 1]
    assert [check.id.int for check in await list_checks(conn, status="running")] == [2]
    assert set(await find_checks(conn, [UUID(int=1), UUID(int=3), UUID(int=9)])) == {UUID(int=1), UUID(int=3)}


async def test_member_data_is_taken_away_and_the_row_stays(conn: Connection) -> None:
    old = await claimed(conn, await asked(conn, idempotency_key="k"))
    await answer_check(conn, old, NOW, verdict(reasons=("72", "75")), b"answer")
    new = await claimed(conn, await asked(conn, question=sha256(b"new").digest()))
    await answer_check(conn, new, NOW + HOUR, verdict(), b"answer")
    open_ = await on_file(conn, await asked(conn, question=sha256(b"open").digest()))

    assert await purge_checks(conn, NOW + HOUR, NOW + 3 * HOUR) == 1
    assert await purge_checks(conn, NOW + HOUR, NOW + 3 * HOUR) == 0
    purged = await find_check(conn, old.id)
    assert purged
    assert purged.purged_at == NOW + 3 * HOUR
    assert (purged.outcome, purged.reasons) == ("active", ("72", "75"))
    assert (purged.question, purged.sealed_inquiry, purged.sealed_answer) == (None, None, None)
    assert [each.id for each in await list_checks(conn)] == [open_.id, new.id, old.id]
    under_the_key = await asked(conn, idempotency_key="k", key_id=old.key_id)
    assert (await on_file(conn, under_the_key)).id == under_the_key.id, "the key goes with the data that it led to"
    anew = await asked(conn, question=sha256(b"anew").digest())
    assert (await on_file(conn, anew)).id == anew.id


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'done'", "eligibility_checks_end"),
        ("status = 'failed', ended_at = now()", "eligibility_checks_failure_when_failed"),
        ("sealed_inquiry = NULL", "eligibility_checks_kept_or_purged"),
        ("status = 'lost'", "check_status_known"),
        ("changes = ARRAY['other']", "eligibility_checks_changes_known"),
    ],
)
async def test_a_check_that_contradicts_itself_is_refused(change: str, constraint: str, conn: Connection) -> None:
    check = await on_file(conn, await asked(conn))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await conn.execute(f"UPDATE eligibility_checks SET {change} WHERE id = $1", check.id)  # noqa: S608
    assert refused.value.constraint_name == constraint


async def test_a_check_that_lost_its_job_gets_one_again(conn: Connection) -> None:
    lost = await on_file(conn, await asked(conn))
    over = await claimed(conn, await asked(conn, question=sha256(b"over").digest()))
    await fail_check(conn, over, NOW, "timeout")
    await conn.execute("DELETE FROM pgqueuer")
    await resume_checks(conn)
    await resume_checks(conn)
    assert await jobs(conn) == [("eligibility.continue", str(lost.id))]
