"""An estimate as it goes on file, whoever asked for it: a person, a program, or a line of a schedule."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.estimate import answer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from service.computing import computed
from service.store.estimates import StoredEstimate
from service.uuid7 import uuid7


async def estimated(
    catalogue: Catalogue, question: Question, now: datetime, key_id: UUID | None, idempotency_key: str | None
) -> StoredEstimate | Refusal:
    """The estimate that answers the question as of now, which is not on file yet. `now` is in whole seconds."""
    estimate_id = uuid7()
    found = await computed(answer, catalogue, question, now.date(), id=str(estimate_id), created_at=created_at(now))
    if isinstance(found, Refusal):
        return found
    return StoredEstimate(
        id=estimate_id,
        created_at=now,
        asked_on=now.date(),
        key_id=key_id,
        idempotency_key=idempotency_key,
        question=msgspec.json.encode(question),
        answer=msgspec.json.encode(found),
        catalogue_version=catalogue.version,
    )


def created_at(moment: datetime) -> str:
    """The moment as answers tell it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
