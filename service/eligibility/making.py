"""A question that can be sent becomes a check on file, or the check that its like already has."""

from datetime import datetime
from uuid import UUID

from service.clearinghouse.duplicates import fingerprint
from service.eligibility.asking import Asked
from service.eligibility.means import Means
from service.eligibility.sealing import seal_inquiry
from service.store.eligibility import NewCheck


def new_check(
    means: Means,
    check_id: UUID,
    asked: Asked,
    now: datetime,
    *,
    key_id: UUID | None = None,
    idempotency_key: str | None = None,
) -> NewCheck:
    """The check as it goes on file, with its member data sealed."""
    return NewCheck(
        id=check_id,
        created_at=now,
        key_id=key_id,
        idempotency_key=idempotency_key,
        payer=asked.payer,
        connector=asked.connector,
        date_of_service=asked.inquiry.date_of_service,
        question=fingerprint(asked.inquiry, now.date(), means.vault.fingerprint),
        sealed_inquiry=seal_inquiry(means.vault, check_id, asked.inquiry),
    )
