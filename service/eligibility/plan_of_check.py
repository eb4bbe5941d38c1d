"""The plan of an estimate's question, filled in from the payer's answer to an eligibility check."""

from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.eligibility.response import NotX12, Transaction
from payers.estimate.estimate import out_of_time
from payers.estimate.from_payer.into_question import Answered, Open, into_question
from payers.estimate.question import Question
from service.clearinghouse.answers import read
from service.computing import computed
from service.eligibility.means import Means
from service.eligibility.sealing import open_answer
from service.store import audit
from service.store.database import acquire
from service.store.eligibility import SUBJECT, SealedCheck, find_check

POINTER = "/eligibility_check"


class NoPlan(NamedTuple):
    """Why the check tells no plan, and by the place in the question what is wrong or must be answered there."""

    kind: Literal["invalid-input", "check-unusable", "impossible-question", "open-question"]
    detail: str
    faults: tuple[tuple[str, str], ...]


async def plan_of_check(
    means: Means, catalogue: Catalogue, question: Question, check_id: UUID, today: date, key_id: UUID | None
) -> Question | NoPlan:
    """The question with the plan that the check tells. That it was read goes on record.

    Raises:
        Unopenable: the check's member data does not open.
    """
    if refusal := out_of_time(question, today):
        return NoPlan("impossible-question", refusal.detail, ((refusal.pointer, refusal.detail),))
    async with acquire(means.pool) as connection, connection.transaction():
        check = await find_check(connection, check_id)
        if check is None:
            return _unusable("No check has this id.", "invalid-input")
        await audit.append(connection, "eligibility.read", SUBJECT, str(check.id), key_id=key_id)
    transaction = _answer(means, check)
    if isinstance(transaction, NoPlan):
        return transaction
    payer = catalogue.payers.get(check.payer)
    if payer is None or check.ended_at is None:
        return _unusable("The payer that was asked is no longer on file.")
    named = resolve(catalogue, question.payer, check.date_of_service, question.state, question.county).payer
    if named not in (None, payer.slug):
        detail = f"The check asked {payer.name}: name that payer, or leave the check out."
        return NoPlan("impossible-question", detail, (("/payer", detail),))
    answered_on = check.ended_at.astimezone(means.clock().tzinfo).date()
    answered = Answered(check.id, payer, answered_on, transaction)
    found = await computed(into_question, catalogue, question, answered, today)
    if isinstance(found, Open):
        asked = tuple((each.pointer or POINTER, each.question) for each in found.questions)
        return NoPlan("open-question", found.questions[0].question, asked)
    return found


def _answer(means: Means, check: SealedCheck) -> Transaction | NoPlan:
    """The payer's answer, while it may be relied on."""
    if check.status != "done":
        return _unusable(f"The check has no answer: it is `{check.status}`.")
    if check.expires_at is None or check.expires_at <= means.clock():
        return _unusable("The answer has expired: ask the payer again.")
    answered = open_answer(means.vault, check)
    response = read(answered) if answered else None
    if response is None or isinstance(response, NotX12) or len(response.transactions) != 1:
        return _unusable("The member's data is no longer kept: ask the payer again.")
    return response.transactions[0]


def _unusable(detail: str, kind: Literal["invalid-input", "check-unusable"] = "check-unusable") -> NoPlan:
    return NoPlan(kind, detail, ((POINTER, detail),))
