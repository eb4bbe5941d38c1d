"""Good-faith estimates on their way to the file and back: made in every language at once, sealed, opened."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple, get_args
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.estimate.answer import Answer
from payers.estimate.question import Language, Question
from payers.good_faith.content import GoodFaithEstimate, ReplacementReason
from payers.good_faith.issue import good_faith_estimate
from payers.good_faith.refusal import Refusal
from payers.good_faith.request import GoodFaithRequest
from payers.good_faith.timing import due
from payers.good_faith.versions import replacing
from service.documents.federal_holidays import holidays_around
from service.store.estimates import StoredEstimate
from service.store.good_faith import SealedIssue
from service.store.vault import Vault

Documents = Mapping[Language, bytes]
"""The estimate in each language, as the exact JSON that is given out."""


class Before(NamedTuple):
    """The estimate that another one replaces."""

    documents: Documents
    reason: ReplacementReason


class Made(NamedTuple):
    """An estimate in every language, with the last day on which it is in time."""

    documents: Mapping[Language, GoodFaithEstimate]
    due_on: date | None


def make(
    catalogue: Catalogue,
    stored: StoredEstimate,
    request: GoodFaithRequest,
    *,
    id: UUID,
    issued_on: date,
    before: Before | None = None,
    told_in: Language | None = None,
) -> Made | Refusal:
    """The estimate for the request, or why there is none. `catalogue` is the one that `stored` was made with.

    A refusal is `told_in` a language, in that of the document where it is absent.
    """
    answer = msgspec.json.decode(stored.answer, type=Answer)
    question = msgspec.json.decode(stored.question, type=Question)
    holidays = holidays_around(
        issued_on, request.scheduled_on, request.requested_on, *(each.on for each in answer.sessions)
    )
    documents: dict[Language, GoodFaithEstimate] = {}
    for lang in sorted(get_args(Language), key=lambda each: each != (told_in or request.lang)):
        spoken = msgspec.structs.replace(request, lang=lang)
        found = good_faith_estimate(catalogue, answer, question, spoken, id=str(id), issued_on=issued_on)
        if before and isinstance(found, GoodFaithEstimate):
            found = replacing(document(before.documents[lang]), found, before.reason, holidays)
        if isinstance(found, Refusal):
            return found
        documents[lang] = found
    made = documents[request.lang]
    if made.replaces:
        return Made(documents, made.replaces.due_on)
    needed = due(
        scheduled_on=request.scheduled_on,
        service_on=made.primary_service.scheduled_for,
        requested_on=request.requested_on,
        holidays=holidays,
    )
    return Made(documents, needed.on if needed else None)


def seal(
    vault: Vault,
    made: Made,
    asked: bytes,
    *,
    lang: Language,
    created_at: datetime,
    key_id: UUID,
    idempotency_key: str | None,
) -> SealedIssue:
    """The estimate as it is put on file, with what was asked."""
    main = made.documents[lang]
    issue_id = UUID(main.id)
    documents = msgspec.json.encode(made.documents, order="deterministic")
    return SealedIssue(
        id=issue_id,
        created_at=created_at,
        issued_on=main.issued_on,
        valid_until=main.valid_until,
        due_on=made.due_on,
        key_id=key_id,
        idempotency_key=idempotency_key,
        estimate_id=UUID(main.estimate_id),
        lang=lang,
        replaces=UUID(main.replaces.id) if main.replaces else None,
        sealed_request=vault.seal(asked, place(issue_id, "sealed_request")),
        sealed_documents=vault.seal(documents, place(issue_id, "sealed_documents")),
    )


def place(issue_id: UUID, column: str) -> str:
    """The place that a value of an estimate is bound to."""
    return f"good_faith_estimates/{issue_id}/{column}"


def open_documents(vault: Vault, issue: SealedIssue) -> Documents:
    """The estimate as it was given out. Raises `Unopenable`."""
    opened = vault.open(issue.sealed_documents, place(issue.id, "sealed_documents"))
    return {lang: bytes(each) for lang, each in msgspec.json.decode(opened, type=dict[Language, msgspec.Raw]).items()}


def open_request(vault: Vault, issue: SealedIssue) -> bytes:
    """What was asked, as `seal` was told it. Raises `Unopenable`."""
    return vault.open(issue.sealed_request, place(issue.id, "sealed_request"))


def document(given_out: bytes) -> GoodFaithEstimate:
    """The value of an estimate's JSON."""
    return msgspec.json.decode(given_out, type=GoodFaithEstimate)
