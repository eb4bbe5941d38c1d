"""Good-faith estimates on file: each issued once, replaced once, changed never, and sealed anew when keys rotate."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from payers.good_faith.account import Charged, Recorded
from service.documents.rotation import rotate_issues
from service.store.catalogue import current_catalogue
from service.store.database import Connection
from service.store.estimates import StoredEstimate, store_estimate
from service.store.good_faith import (
    BillsKeyReused,
    SealedIssue,
    account_of,
    earlier_issue,
    find_issue,
    insert_issue,
    last_issue,
    list_issues,
    list_watched,
    record_bills,
    replaced_by,
    reseal_issue,
)
from service.store.keys import create_key
from service.store.vault import KEY_BYTES, Unopenable, Vault
from service.uuid7 import uuid7

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OLD, NEW = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
VAULT = Vault([OLD])
BILL = Charged(npi="1234567893", item="session", on=date(2026, 12, 1), each_cents=50_000)


def place(issue_id: UUID, column: str) -> str:
    return f"good_faith_estimates/{issue_id}/{column}"


async def an_issue(conn: Connection, **more: Any) -> SealedIssue:
    """An estimate to be put on file, from a stored estimate and a key."""
    key = (await create_key(conn, name="desk", scopes=("estimates:write",))).key
    estimate = StoredEstimate(
        id=uuid7(),
        created_at=AT,
        asked_on=AT.date(),
        key_id=key.id,
        idempotency_key=None,
        question=b"{}",
        answer=b'{"treatment": {"slug": "iv-ketamine"}}',
        catalogue_version=(await current_catalogue(conn)).version,
    )
    await store_estimate(conn, estimate)
    issue_id = uuid7()
    issue = SealedIssue(
        id=issue_id,
        created_at=AT,
        issued_on=AT.date(),
        valid_until=date(2027, 11, 30),
        due_on=None,
        key_id=key.id,
        idempotency_key=None,
        estimate_id=estimate.id,
        lang="en",
        replaces=None,
        sealed_request=VAULT.seal(b"asked", place(issue_id, "sealed_request")),
        sealed_documents=VAULT.seal(b"given", place(issue_id, "sealed_documents")),
    )
    return msgspec.structs.replace(issue, **more)


async def test_it_is_kept_as_it_was(conn: Connection) -> None:
    issue = await an_issue(conn)
    assert await insert_issue(conn, issue)
    assert await find_issue(conn, issue.id) == issue
    assert await find_issue(conn, uuid7()) is None


async def test_once_for_each_idempotency_key(conn: Connection) -> None:
    issue = await an_issue(conn, idempotency_key="one")
    assert await insert_issue(conn, issue)
    assert not await insert_issue(conn, msgspec.structs.replace(issue, id=uuid7()))
    assert await earlier_issue(conn, issue.key_id, "one") == issue
    assert await earlier_issue(conn, issue.key_id, "two") is None
    audited = await conn.fetch("SELECT action FROM audit WHERE subject_id = $1", str(issue.id))
    assert [row["action"] for row in audited] == ["good-faith.issue"]


async def test_it_is_replaced_once(conn: Connection) -> None:
    before = await an_issue(conn)
    await insert_issue(conn, before)
    after = await an_issue(conn, replaces=before.id)
    await insert_issue(conn, after)
    assert await replaced_by(conn, before.id) == after.id
    assert [(each.id, each.replaced_by) for each in (await list_issues(conn))[:2]] == [
        (after.id, None),
        (before.id, after.id),
    ]
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await insert_issue(conn, await an_issue(conn, replaces=before.id))
    assert refused.value.constraint_name == "good_faith_estimates_replaced_once"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE good_faith_estimates SET issued_on = issued_on - 1, valid_until = valid_until",
        "UPDATE good_faith_estimates SET lang = 'es'",
        "UPDATE good_faith_estimates SET due_on = '2026-11-27'",
        "UPDATE good_faith_estimates SET sealed_documents = sealed_documents || '\\x00'",
        "UPDATE good_faith_estimates SET sealed_documents = sealed_request",
        "UPDATE good_faith_estimates SET sealed_request = substr(sealed_request, 1, 70)",
        "DELETE FROM good_faith_estimates",
        "TRUNCATE good_faith_estimates CASCADE",
        "UPDATE good_faith_bills SET billed = '[]'",
        "DELETE FROM good_faith_bills",
        "TRUNCATE good_faith_bills",
    ],
)
async def test_the_database_lets_nobody_change_it(change: str, owner: Connection) -> None:
    issue = await an_issue(owner)
    await insert_issue(owner, issue)
    await record_bills(owner, issue.id, Recorded(billed=(BILL,)), at=AT, key_id=issue.key_id, idempotency_key=None)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with owner.transaction():
            await owner.execute(change)
    assert await find_issue(owner, issue.id) == issue


async def test_bills_add_up_and_the_last_plan_holds(conn: Connection) -> None:
    issue = await an_issue(conn)
    await insert_issue(conn, issue)
    assert (await account_of(conn, issue.id))[1] is None
    for recorded in (Recorded(billed=(BILL,)), Recorded(planned=(BILL, BILL)), Recorded(planned=())):
        made = await record_bills(conn, issue.id, recorded, at=AT, key_id=issue.key_id, idempotency_key=None)
        assert made is True
    account, last = await account_of(conn, issue.id)
    assert (account.billed, last) == ((BILL,), AT)
    assert [record.planned for record in account.records] == [None, (BILL, BILL), ()]


async def test_bills_are_recorded_once_for_each_idempotency_key(conn: Connection) -> None:
    issue, other = await an_issue(conn), await an_issue(conn)
    for each in (issue, other):
        await insert_issue(conn, each)
    told = [
        await record_bills(conn, to, what, at=AT, key_id=issue.key_id, idempotency_key="bill")
        for to, what in (
            (issue.id, Recorded(billed=(BILL,))),
            (issue.id, Recorded(billed=(BILL,))),
            (issue.id, Recorded(billed=(BILL, BILL))),
            (other.id, Recorded(billed=(BILL,))),
        )
    ]
    assert told == [True, False, BillsKeyReused(), BillsKeyReused()]


async def test_keys_rotate_and_the_documents_stay(conn: Connection) -> None:
    issue, lost = await an_issue(conn), await an_issue(conn)
    await insert_issue(conn, issue)
    await insert_issue(conn, msgspec.structs.replace(lost, sealed_request=b"\x01" * 100))
    rotated = await rotate_issues(conn, Vault([NEW, OLD]), None)
    assert (rotated.looked_at, rotated.last, rotated.unopenable) == (2, lost.id, (lost.id,))
    assert (await rotate_issues(conn, Vault([NEW, OLD]), rotated.last)).looked_at == 0
    resealed = await find_issue(conn, issue.id)
    assert resealed is not None
    opened = Vault([NEW]).open(resealed.sealed_documents, place(issue.id, "sealed_documents"))
    assert opened == b"given"
    with pytest.raises(Unopenable):
        VAULT.open(resealed.sealed_documents, place(issue.id, "sealed_documents"))


async def test_a_new_seal_is_not_a_new_document(conn: Connection) -> None:
    issue = await an_issue(conn)
    await insert_issue(conn, issue)
    forged = VAULT.seal(b"other", place(issue.id, "sealed_documents"))
    with pytest.raises(asyncpg.RestrictViolationError):
        await reseal_issue(conn, msgspec.structs.replace(issue, sealed_documents=forged))


async def test_the_last_one_is_found_of_all_and_of_one_estimate(conn: Connection) -> None:
    first, second = await an_issue(conn), await an_issue(conn)
    await insert_issue(conn, first)
    await insert_issue(conn, second)
    assert await last_issue(conn) == second
    assert await last_issue(conn, of_estimate=first.estimate_id) == first
    assert await last_issue(conn, of_estimate=uuid7()) is None


async def test_those_that_may_need_somebody_end_soon_or_were_billed_lately_and_are_in_force(conn: Connection) -> None:
    ends = date(2027, 1, 1), date(2027, 2, 1)
    ending, billed, replaced, quiet = [await an_issue(conn) for _ in range(4)]
    ending = msgspec.structs.replace(ending, valid_until=date(2027, 2, 1))
    replaced = msgspec.structs.replace(replaced, valid_until=date(2027, 1, 15))
    newer = await an_issue(conn, replaces=replaced.id)
    for issue in (ending, billed, replaced, quiet, newer):
        await insert_issue(conn, issue)
    for cents in (1, 2):
        record = Recorded(billed=(msgspec.structs.replace(BILL, each_cents=cents),))
        await record_bills(conn, billed.id, record, at=AT, key_id=billed.key_id, idempotency_key=None)
    found = await list_watched(conn, ends=ends, recorded_since=AT)
    assert [(issue.id, treatment) for issue, treatment, _ in found] == [
        (billed.id, "iv-ketamine"),
        (ending.id, "iv-ketamine"),
    ]
    assert [each.each_cents for each in found[0][2].billed] == [1, 2]
    later = await list_watched(conn, ends=ends, recorded_since=AT + timedelta(seconds=1))
    assert [issue.id for issue, *_ in later] == [ending.id]
