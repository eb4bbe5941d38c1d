"""What the endpoints of good-faith estimates share: issuing one, finding one, and who saw it."""

from uuid import UUID

import msgspec
from litestar import Response

from payers.estimate.question import Language
from payers.good_faith.refusal import Refusal
from service.api.asking_payers import means_of
from service.api.good_faith_views import GoodFaithQuestion, GoodFaithView, ReplacementQuestion, whole
from service.api.keys import PRIVATE
from service.api.problems import InputError, Refused
from service.api.wiring import Wiring
from service.computing import computed
from service.documents.issuing import Before, Documents, make, open_documents, open_request, seal
from service.store import audit
from service.store.database import ConstraintViolated, acquire
from service.store.estimates import find_estimate
from service.store.good_faith import (
    SUBJECT,
    SealedIssue,
    earlier_issue,
    find_issue,
    insert_issue,
    replaced_by,
)
from service.store.keys import Key
from service.uuid7 import uuid7


async def issue(
    wiring: Wiring,
    key: Key,
    asked: GoodFaithQuestion,
    idempotency_key: str | None,
    replaced: SealedIssue | None = None,
    told_in: Language | None = None,
) -> Response[GoodFaithView]:
    """Put the estimate on file and give it out; once for each Idempotency-Key.

    Raises:
        Refused: there is none, as it is `told_in` a language: in the document's own where that is absent.
    """
    vault, now = means_of(wiring).vault, wiring.clock().replace(microsecond=0)
    sent = msgspec.json.encode(asked, order="deterministic")
    if earlier := await _earlier(wiring, key, idempotency_key, sent, replaced):
        return await _given_again(wiring, key, earlier)
    if replaced:
        await _refuse_replaced(wiring, replaced.id)
    async with acquire(wiring.pool) as connection:
        estimate = await find_estimate(connection, asked.estimate)
    if estimate is None:
        detail = "No estimate has this id."
        raise Refused("invalid-input", detail, InputError(pointer="/estimate", detail=detail))
    catalogue = await wiring.versions(estimate.catalogue_version)
    before = None
    if replaced and isinstance(asked, ReplacementQuestion):
        before = Before(open_documents(vault, replaced), asked.reason)
    made = await computed(
        make, catalogue, estimate, asked, id=uuid7(), issued_on=now.date(), before=before, told_in=told_in
    )
    if isinstance(made, Refusal):
        raise _refused(made)
    new = seal(vault, made, sent, lang=asked.lang, created_at=now, key_id=key.id, idempotency_key=idempotency_key)
    try:
        async with acquire(wiring.pool) as connection:
            is_new = await insert_issue(connection, new)
    except ConstraintViolated as violated:
        if replaced and violated.constraint == "good_faith_estimates_replaced_once":
            await _refuse_replaced(wiring, replaced.id)
        raise
    if not is_new and (earlier := await _earlier(wiring, key, idempotency_key, sent, replaced)):
        return await _given_again(wiring, key, earlier)
    return _given(new, None, open_documents(vault, new), 201)


async def stored_issue(wiring: Wiring, issue_id: UUID) -> SealedIssue:
    """The good-faith estimate with this id. Raises `Refused` where there is none."""
    async with acquire(wiring.pool) as connection:
        found = await find_issue(connection, issue_id)
    if found is None:
        raise Refused("not-found", "No good-faith estimate has this id.")
    return found


async def seen(wiring: Wiring, key: Key, found: SealedIssue, form: str) -> Documents:
    """The documents of an estimate, and on record that this key saw them in some form."""
    documents = open_documents(means_of(wiring).vault, found)
    await on_record(wiring, key, found, form)
    return documents


async def asked_for(wiring: Wiring, key: Key, found: SealedIssue) -> GoodFaithQuestion:
    """What was asked for an estimate, and on record that this key had it opened."""
    kind = ReplacementQuestion if found.replaces else GoodFaithQuestion
    asked = msgspec.json.decode(open_request(means_of(wiring).vault, found), type=kind)
    await on_record(wiring, key, found, "request")
    return asked


async def on_record(wiring: Wiring, key: Key, found: SealedIssue, form: str) -> None:
    """Record that this key saw what is known of an estimate's patient, in some form."""
    async with acquire(wiring.pool) as connection:
        await audit.append(connection, "good-faith.read", SUBJECT, str(found.id), key_id=key.id, detail={"form": form})


async def newer(wiring: Wiring, issue_id: UUID) -> UUID | None:
    """The estimate that replaced this one."""
    async with acquire(wiring.pool) as connection:
        return await replaced_by(connection, issue_id)


async def _earlier(
    wiring: Wiring, key: Key, idempotency_key: str | None, sent: bytes, replaced: SealedIssue | None
) -> SealedIssue | None:
    """What this Idempotency-Key stands for. Raises `Refused` where that is something else."""
    if idempotency_key is None:
        return None
    async with acquire(wiring.pool) as connection:
        found = await earlier_issue(connection, key.id, idempotency_key)
    if found is None:
        return None
    same = found.replaces == (replaced.id if replaced else None)
    if not same or open_request(means_of(wiring).vault, found) != sent:
        raise Refused("key-reused", f"The key already stands for the good-faith estimate {found.id}.")
    return found


async def _given_again(wiring: Wiring, key: Key, found: SealedIssue) -> Response[GoodFaithView]:
    return _given(found, await newer(wiring, found.id), await seen(wiring, key, found, "json"), 200)


def _given(found: SealedIssue, by: UUID | None, documents: Documents, status: int) -> Response[GoodFaithView]:
    headers = {**PRIVATE, "Location": f"/v1/good-faith-estimates/{found.id}"}
    return Response(whole(found, by, documents[found.lang]), status_code=status, headers=headers)


async def _refuse_replaced(wiring: Wiring, issue_id: UUID) -> None:
    if by := await newer(wiring, issue_id):
        raise Refused("already-replaced", f"The good-faith estimate {by} has taken its place.")


def _refused(refusal: Refusal) -> Refused:
    """The refusal as a problem; an open question points at the input of the stored estimate by its name."""
    kind = "invalid-input" if refusal.kind == "impossible-request" else refusal.kind
    pointer = f"{refusal.pointer}/{refusal.question}" if refusal.question else refusal.pointer
    return Refused(kind, refusal.detail, InputError(pointer=pointer, detail=refusal.detail))
