"""The plan of an estimate's question over HTTP: filled in from the check that it names, or refused."""

from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.estimate.question import Question
from service.api.asking_payers import means_of
from service.api.problems import InputError, Refused
from service.api.wiring import Wiring
from service.eligibility.plan_of_check import NoPlan, plan_of_check
from service.store.keys import Key


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
    found = await plan_of_check(means_of(wiring), catalogue, question, question.eligibility_check, today, key.id)
    if isinstance(found, NoPlan):
        raise Refused(found.kind, found.detail, *(InputError(pointer=at, detail=wrong) for at, wrong in found.faults))
    return found
