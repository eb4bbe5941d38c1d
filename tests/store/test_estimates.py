"""An estimate is stored exactly once for each (key, Idempotency-Key), and comes back byte for byte."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from payers.cost_share.money import Range
from service.store.catalogue import current_catalogue
from service.store.database import Connection, connect
from service.store.estimates import (
    KeyReused,
    Sought,
    StoredEstimate,
    estimates_by_payer,
    find_estimate,
    search_estimates,
    store_estimate,
    store_estimates,
)
from service.store.keys import create_key
from service.uuid7 import uuid7


async def made(
    connection: Connection, idempotency_key: str | None = None, key_id: UUID | None = None
) -> StoredEstimate:
    return StoredEstimate(
        id=uuid7(),
        created_at=datetime(2026, 12, 1, 12, 0, 0, 123456, tzinfo=UTC),
        asked_on=date(2026, 12, 1),
        key_id=key_id or (await create_key(connection, name="front desk", scopes=["estimates"])).key.id,
        idempotency_key=idempotency_key,
        question=b'{"payer": "Aetna",  "treatment":"spravato"}',
        answer='{"b":1.50, "a": "seguro médico", "a": 2}'.encode(),
        catalogue_version=(await current_catalogue(connection)).version,
    )


async def test_a_stored_estimate_comes_back_byte_for_byte(conn: Connection) -> None:
    estimate = await made(conn)
    assert await store_estimate(conn, estimate) == estimate
    assert await find_estimate(conn, estimate.id) == estimate
    assert await find_estimate(conn, uuid7()) is None


async def test_the_same_question_under_the_same_key_is_answered_with_the_first_answer(conn: Connection) -> None:
    first = await made(conn, "retry-1")
    again = msgspec.structs.replace(
        first, id=uuid7(), answer=b"{}", question=b'{"treatment": "spravato", "payer": "Aetna"}'
    )
    assert await store_estimate(conn, first) == first
    assert await store_estimate(conn, again) == first
    assert await find_estimate(conn, again.id) is None


async def test_another_question_under_the_same_key_is_told_apart(conn: Connection) -> None:
    first = await made(conn, "retry-1")
    await store_estimate(conn, first)
    other = msgspec.structs.replace(first, id=uuid7(), question=b'{"payer": "Cigna"}')
    assert await store_estimate(conn, other) == KeyReused(estimate_id=first.id)


async def test_the_idempotency_key_belongs_to_its_staff_key(conn: Connection) -> None:
    first = await made(conn, "retry-1")
    other = await made(conn, "retry-1")
    assert await store_estimate(conn, first) == first
    assert await store_estimate(conn, other) == other


async def test_without_an_idempotency_key_each_is_stored(conn: Connection) -> None:
    first = await made(conn)
    second = msgspec.structs.replace(first, id=uuid7())
    assert await store_estimate(conn, first) == first
    assert await store_estimate(conn, second) == second


async def test_two_requests_at_once_store_one_estimate(database_url: str) -> None:
    one, two = await connect(database_url), await connect(database_url)
    first = await made(one, "retry-1")
    second = msgspec.structs.replace(first, id=uuid7())
    async with one.transaction():
        stored = await store_estimate(one, first)
        waiting = asyncio.create_task(store_estimate(two, second))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    assert await waiting == stored == first
    assert await one.fetchval("SELECT count(*) FROM estimates") == 1
    await one.close()
    await two.close()


async def test_each_estimate_is_on_record_once(conn: Connection) -> None:
    """Stored together or alone, and not again when the same question comes with the same Idempotency-Key."""
    first = msgspec.structs.replace(await made(conn), answer=b'{"payer": {"slug": "aetna"}}')
    several = [msgspec.structs.replace(first, id=uuid7(), idempotency_key=key) for key in ("one", "other", None)]
    await store_estimates(conn, [(each, each.question) for each in several])
    assert await store_estimate(conn, msgspec.structs.replace(several[0], id=uuid7())) == several[0]
    records = await conn.fetch(
        "SELECT key_id, subject_id, detail FROM audit WHERE action = 'estimate.create' AND key_id = $1 ORDER BY id",
        first.key_id,
    )
    assert sorted(record["subject_id"] for record in records) == sorted(str(each.id) for each in several)
    assert [record["detail"] for record in records] == [{"payer": "aetna"}] * 3


async def test_an_estimate_needs_a_catalogue_that_can_be_replayed(conn: Connection) -> None:
    estimate = msgspec.structs.replace(await made(conn), catalogue_version="0" * 64)
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await store_estimate(conn, estimate)
    assert refused.value.constraint_name == "estimates_catalogue_version_fkey"


async def test_a_release_that_an_estimate_needs_cannot_be_deleted(owner: Connection) -> None:
    await current_catalogue(owner)
    await owner.execute("DELETE FROM current_release")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute("DELETE FROM releases")


ANSWER: dict[str, Any] = {
    "payer": {"slug": "aetna", "name": "Aetna", "asked": "aetn", "via": []},
    "treatment": {"slug": "spravato", "name": "Spravato (esketamine)"},
    "coverage": {"status": "covered", "reason": None},
    "patient_pays": {
        name: {"low_cents": 0, "high_cents": 100} for name in ("first_session", "typical_session", "course")
    },
    "typical": {"sessions": 12},
    "unknowns": [{"name": "lane", "worth_cents": 100}],
    "sessions": [{"number": 1}],
}


async def several(connection: Connection, *differences: dict[str, Any]) -> list[StoredEstimate]:
    """Estimates on file, the oldest first, whose ids count up from 1; `answer` adds to an answer that is one."""
    base = await made(connection)
    stored: list[StoredEstimate] = []
    for number, difference in enumerate(differences, 1):
        answer = msgspec.json.encode(ANSWER | difference.pop("answer", {}))
        estimate = msgspec.structs.replace(base, id=UUID(int=number << 64), answer=answer, **difference)
        stored.append(estimate)
        await store_estimate(connection, estimate)
    return stored


async def found(connection: Connection, sought: Sought) -> list[int]:
    return [each.id.int >> 64 for each in await search_estimates(connection, sought)]


async def test_the_list_is_newest_first_and_goes_on_after_a_cursor(conn: Connection) -> None:
    await several(conn, *[dict[str, Any]()] * 5)
    page = await search_estimates(conn, limit=2)
    assert [each.id.int >> 64 for each in page] == [5, 4]
    page = await search_estimates(conn, after=page[-1].id, limit=10)
    assert [each.id.int >> 64 for each in page] == [3, 2, 1]


async def test_a_list_shows_what_was_answered_in_short(conn: Connection) -> None:
    (stored,) = await several(conn, {})
    (shown,) = await search_estimates(conn)
    assert (shown.id, shown.created_at, shown.key_id) == (stored.id, stored.created_at, stored.key_id)
    assert (shown.answer.payer.asked, shown.answer.coverage.status, shown.answer.typical.sessions) == (
        "aetn",
        "covered",
        12,
    )
    assert shown.answer.patient_pays.course == Range(low_cents=0, high_cents=100)


async def test_a_search_narrows_the_list_by_each_of_its_parts(conn: Connection) -> None:
    morning = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
    other = (await create_key(conn, name="night desk", scopes=["estimates"])).key.id
    await several(
        conn,
        {},
        {"answer": {"payer": ANSWER["payer"] | {"slug": "cigna"}}},
        {"answer": {"treatment": {"slug": "iv-ketamine", "name": "IV ketamine"}}},
        {"created_at": morning},
        {"key_id": other},
    )
    assert await found(conn, Sought()) == [5, 4, 3, 2, 1]
    assert await found(conn, Sought(payers=("cigna", "nobody"))) == [2]
    assert await found(conn, Sought(payers=())) == []
    assert await found(conn, Sought(treatment="iv-ketamine")) == [3]
    assert await found(conn, Sought(since=morning)) == [4]
    assert await found(conn, Sought(before=morning)) == [5, 3, 2, 1]
    assert await found(conn, Sought(key_id=other)) == [5]
    assert await found(conn, Sought(payers=("aetna",), treatment="spravato", before=morning)) == [5, 1]


async def test_an_id_is_found_by_its_beginning(conn: Connection) -> None:
    stored = await several(conn, *[dict[str, Any]()] * 20)
    assert await found(conn, Sought(id_begins="0000000000000001")) == [1]
    assert await found(conn, Sought(id_begins="000000000000001")) == [20, 19, 18, 17, 16]
    assert await found(conn, Sought(id_begins=stored[6].id.hex)) == [7]
    assert await found(conn, Sought(id_begins="f")) == []


async def test_the_program_of_before_tells_neither_payer_nor_treatment(conn: Connection) -> None:
    answer = b'{"payer": {"slug": "aetna"}, "treatment": {"slug": "spravato"}}'
    estimate = msgspec.structs.replace(await made(conn), answer=answer)
    await store_estimate(conn, estimate)
    told = "created_at, asked_on, key_id, question, question_hash, answer, catalogue_version"
    await conn.execute(
        f"INSERT INTO estimates (id, {told}) SELECT $2, {told} FROM estimates WHERE id = $1",  # noqa: S608  own names
        estimate.id,
        uuid7(),
    )
    found = await conn.fetch("SELECT DISTINCT payer, treatment FROM estimates WHERE key_id = $1", estimate.key_id)
    assert [tuple(each) for each in found] == [("aetna", "spravato")]


async def test_estimates_are_counted_by_payer_since_a_moment(conn: Connection) -> None:
    given = (("aetna", 1), ("aetna", 2), ("cigna", 1), ("uhc", 0))
    since = datetime(2031, 1, 1, tzinfo=UTC)
    for payer, days in given:
        answer = b'{"payer": {"slug": "%s"}}' % payer.encode()
        estimate = msgspec.structs.replace(
            await made(conn), created_at=since + timedelta(days=days, seconds=-1), answer=answer
        )
        await store_estimate(conn, estimate)
    assert await estimates_by_payer(conn, since) == {"aetna": 2, "cigna": 1}
