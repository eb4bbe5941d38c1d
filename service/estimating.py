"""An estimate as it goes on file, whoever asked for it: a person, a program, or a line of a schedule."""

from datetime import UTC, date, datetime
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
    estimate_id, asked = uuid7(), msgspec.json.encode(question)
    found = KEPT.find(catalogue, now.date(), asked)
    if found is None:
        found = await computed(_unsigned, catalogue, question, now.date())
        if isinstance(found, Refusal):
            return found
        if question.eligibility_check is None:  # what a payer said of a member is kept under seal alone
            KEPT.keep(catalogue, now.date(), asked, found)
    return StoredEstimate(
        id=estimate_id,
        created_at=now,
        asked_on=now.date(),
        key_id=key_id,
        idempotency_key=idempotency_key,
        question=asked,
        answer=_signed(found, str(estimate_id), created_at(now)),
        catalogue_version=catalogue.version,
    )


class Kept:
    """Answers given today, as far as they fit: the same question to the same catalogue has the same answer all day.

    An answer says nothing about who asked; it gets its id and its time anew.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._of: tuple[str, date] | None = None
        self._answers: dict[bytes, bytes] = {}

    def find(self, catalogue: Catalogue, today: date, asked: bytes) -> bytes | None:
        """The answer to this question, if it was kept."""
        return self._answers.get(asked) if self._of == (catalogue.version, today) else None

    def keep(self, catalogue: Catalogue, today: date, asked: bytes, answer: bytes) -> None:
        """Keep it in the place of the oldest ones; those of yesterday and of another catalogue are let go."""
        if self._of != (catalogue.version, today):
            self._of, self._bytes = (catalogue.version, today), 0
            self._answers.clear()
        if asked not in self._answers:
            self._answers[asked] = answer
            self._bytes += len(asked) + len(answer)
        while self._bytes > self._most_bytes:
            oldest = next(iter(self._answers))
            self._bytes -= len(oldest) + len(self._answers.pop(oldest))


KEPT = Kept(4_000_000)
"""Of this process: some hundred answers."""

_NO_ID = b'{"id":"","created_at":"",'


def _unsigned(catalogue: Catalogue, question: Question, today: date) -> bytes | Refusal:
    """The answer without an id and a time."""
    found = answer(catalogue, question, today, id="", created_at="")
    return found if isinstance(found, Refusal) else msgspec.json.encode(found)


def _signed(unsigned: bytes, id: str, moment: str) -> bytes:
    """The same bytes as if it had been encoded with them, which need no escaping."""
    if not unsigned.startswith(_NO_ID):
        raise ValueError("an answer begins with its id and its time")
    return f'{{"id":"{id}","created_at":"{moment}",'.encode() + unsigned[len(_NO_ID) :]


def created_at(moment: datetime) -> str:
    """The moment as answers tell it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
