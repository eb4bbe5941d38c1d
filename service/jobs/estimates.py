"""Makes the estimate that a line of a schedule asks for, once its check has ended with an answer."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.estimate.answer import Answer
from payers.estimate.question import Question
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from service.eligibility.means import Means
from service.eligibility.plan_of_check import NoPlan, plan_of_check
from service.estimating import estimated
from service.metrics import observe_estimate
from service.store.batches import finish
from service.store.database import acquire
from service.store.estimates import KeyReused, StoredEstimate, store_estimate
from service.store.line_estimates import (
    GivenEstimate,
    LineRefusal,
    WantedEstimate,
    find_wanted,
    give_estimate,
    refuse_estimate,
    still_wanted,
)


async def estimate_line(means: Means, catalogue: Callable[[], Catalogue], wanted_id: UUID) -> None:
    """Make the estimate, or record why there is none. Done twice at once it has the effect of once."""
    async with acquire(means.pool) as connection:
        wanted = await find_wanted(connection, wanted_id)
    if wanted is None:
        return
    asked = msgspec.structs.replace(wanted.question, eligibility_check=wanted.check_id)
    found = await _found(means, catalogue(), asked, wanted)
    async with acquire(means.pool) as connection, connection.transaction():
        if not await still_wanted(connection, wanted_id):
            return
        if isinstance(found, StoredEstimate):
            stored = await store_estimate(connection, found, asked=msgspec.json.encode(asked))
            found = LineRefusal(kind="key-reused") if isinstance(stored, KeyReused) else stored
        if isinstance(found, LineRefusal):
            await refuse_estimate(connection, wanted_id, found)
        else:
            await give_estimate(connection, wanted_id, _given(found))
        await finish(connection, [wanted.batch_id], means.clock())
    if isinstance(found, StoredEstimate):
        observe_estimate("staff")


async def _found(
    means: Means, catalogue: Catalogue, asked: Question, wanted: WantedEstimate
) -> StoredEstimate | LineRefusal:
    now = means.clock().replace(microsecond=0)
    question = await plan_of_check(means, catalogue, asked, wanted.check_id, now.date(), wanted.key_id)
    if isinstance(question, NoPlan):
        return LineRefusal(kind=question.kind, detail=question.detail)
    key = f"eligibility-batch/{wanted.batch_id}/{wanted.line}"
    estimate = await estimated(catalogue, question, now, wanted.key_id, key)
    if isinstance(estimate, StoredEstimate):
        return estimate
    return LineRefusal(kind=estimate.kind, detail=estimate.detail)


def _given(stored: StoredEstimate) -> GivenEstimate:
    answer = msgspec.json.decode(stored.answer, type=Answer)
    return GivenEstimate(
        estimate_id=stored.id,
        first_session=answer.patient_pays.first_session,
        course=answer.patient_pays.course,
        open_questions=sum(each.worth_cents >= WORTH_TELLING_CENTS for each in answer.unknowns),
    )
