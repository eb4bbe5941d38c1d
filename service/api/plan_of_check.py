"""The plan of an estimate's question, filled in from the eligibility check that it names."""

from datetime import date
from uuid import UUID

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.eligibility.response import NotX12, Transaction
from payers.estimate.from_payer.into_question import Answered, Open, into_question
from payers.estimate.question import Question
from service.api.asking_payers import means_of
from service.api.computing import computed
from service.api.problems import InputError, Refused
from service.api.wiring import Wiring
from service.clearinghouse.answers import read
from service.eligibility.sealing import open_answer
from service.store import audit
from service.store.database import acquire
from service.store.eligibility import SUBJECT, SealedCheck, find_check
from service.store.keys import Key

POINTER = "/eligibility_check"


async def with_plan(wiring: Wiring, catalogue: Catalogue, key: Key, question: Question, today: date) -> Question:
    """The question with the plan that its check tells; as it is where it names none. That it was read goes on record.

    Raises:
        Refused: there is no such check, it has no answer or no longer one, it has expired, it asked another payer, or
            somebody must answer something first.
    """
    if question.plan_source is not None:
        detail = "It is filled in from `eligibility_check`."
        raise Refused("invalid-input", detail, InputError(pointer="/plan_source", detail=detail))
    if question.eligibility_check is None:
        return question
    if not {"eligibility:read", "admin"} & set(key.scopes):
        raise Refused("not-allowed", "The key lacks the scope `eligibility:read`, which reading a check takes.")
    check = await _check(wiring, question.eligibility_check, key)
    transaction = _answer(wiring, check)
    payer = catalogue.payers.get(check.payer)
    if payer is None or check.ended_at is None:
        raise _unusable("check-unusable", "The payer that was asked is no longer on file.")
    named = resolve(catalogue, question.payer, check.date_of_service, question.state, question.county).payer
    if named not in (None, payer.slug):
        detail = f"The check asked {payer.name}: name that payer, or leave the check out."
        raise Refused("impossible-question", detail, InputError(pointer="/payer", detail=detail))
    answered_on = check.ended_at.astimezone(wiring.clock().tzinfo).date()
    answered = Answered(check.id, payer, answered_on, transaction)
    found = await computed(into_question, catalogue, question, answered, today)
    if isinstance(found, Open):
        faults = (InputError(pointer=each.pointer or POINTER, detail=each.question) for each in found.questions)
        raise Refused("open-question", found.questions[0].question, *faults)
    return found


async def _check(wiring: Wiring, check_id: UUID, key: Key) -> SealedCheck:
    async with acquire(wiring.pool) as connection, connection.transaction():
        check = await find_check(connection, check_id)
        if check is None:
            raise _unusable("invalid-input", "No check has this id.")
        await audit.append(connection, "eligibility.read", SUBJECT, str(check.id), key_id=key.id)
    return check


def _answer(wiring: Wiring, check: SealedCheck) -> Transaction:
    """The payer's answer, while it may be relied on."""
    if check.status != "done":
        raise _unusable("check-unusable", f"The check has no answer: it is `{check.status}`.")
    if check.expires_at is None or check.expires_at <= wiring.clock():
        raise _unusable("check-unusable", "The answer has expired: ask the payer again.")
    answered = open_answer(means_of(wiring).vault, check)
    response = read(answered) if answered else None
    if response is None or isinstance(response, NotX12) or len(response.transactions) != 1:
        raise _unusable("check-unusable", "The member's data is no longer kept: ask the payer again.")
    return response.transactions[0]


def _unusable(kind: str, detail: str) -> Refused:
    return Refused(kind, detail, InputError(pointer=POINTER, detail=detail))
