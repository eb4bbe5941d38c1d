"""Goes on with a check: asks the payer, or looks for the answer it owes, and decides what comes next."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from payers.eligibility.inquiry import PLAN, Inquiry
from payers.eligibility.response import NotX12
from service.clearinghouse.answers import read, rejections
from service.clearinghouse.connector import Answered, Failed, Outcome, Pending
from service.clearinghouse.retries import Again, AskChanged, Patience, after_answer, after_failure
from service.clearinghouse.routes import Route
from service.eligibility.means import Means
from service.eligibility.measures import observe_ended
from service.eligibility.sealing import open_inquiry, open_pending, seal_answer, seal_pending
from service.eligibility.verdict import TOLD, verdict
from service.store.database import acquire
from service.store.eligibility import (
    Change,
    SealedCheck,
    answer_check,
    claim_check,
    fail_check,
    postpone_check,
)

LEAST_WAIT = 1.0
"""Seconds before a network is asked again for an answer, whatever it says."""
LONGEST_WAIT = timedelta(days=4)
"""For an answer that a network owes: a batch handed in before a long weekend is answered after it."""


async def go_on(means: Means, patience: Patience, check_id: UUID) -> timedelta | None:
    """One step; how long to wait before the next, nothing when the check has ended.

    Done twice at once, or once more than was needed, it has the effect of once: the last claim alone counts.
    """
    async with acquire(means.pool) as connection:
        claimed = await claim_check(connection, check_id)
    if claimed is None:
        return None
    match await _exchange(means, claimed):
        case Answered() as answered:
            return await _answered(means, patience, claimed, answered)
        case Pending() as pending if means.clock() - claimed.created_at < LONGEST_WAIT:
            ticket = seal_pending(means.vault, check_id, pending)
            return await _postpone(means, claimed, max(pending.after_seconds, LEAST_WAIT), sealed_ticket=ticket)
        case Pending():
            return await _fail(means, claimed, "timeout")
        case Failed() as failed:
            step = after_failure(failed, claimed.attempts, patience)
            if isinstance(step, Again):
                return await _postpone(means, claimed, step.after_seconds)
            return await _fail(means, claimed, failed.fault)


async def _exchange(means: Means, claimed: SealedCheck) -> Outcome:
    inquiry = open_inquiry(means.vault, claimed)
    if inquiry is None or not means.reaches(claimed.connector):
        return Failed(fault="refused", detail="The connector is no longer configured.", asked=False)
    if owed := open_pending(means.vault, claimed):
        found = await means.desk.poll(claimed.id, claimed.connector, owed.ticket, claimed.attempts)
        # What comes back later belongs to what was sent then.
        return found if isinstance(found, Failed) or found.sent else msgspec.structs.replace(found, sent=owed.sent)
    asked = changed(inquiry, claimed.changes, means.clock().date())
    route = Route(connector=claimed.connector, payer=claimed.payer, address=asked.payer)
    return await means.desk.ask(claimed.id, route, asked, claimed.attempts)


def changed(inquiry: Inquiry, changes: Sequence[Change], today: date) -> Inquiry:
    """The question as it is asked after the payer did not answer it as it was."""
    if "today" in changes:
        inquiry = msgspec.structs.replace(inquiry, date_of_service=today)
    if "plan" in changes:
        inquiry = msgspec.structs.replace(inquiry, service_types=(PLAN,))
    return inquiry


async def _answered(means: Means, patience: Patience, claimed: SealedCheck, answered: Answered) -> timedelta | None:
    response = read(answered)
    if isinstance(response, NotX12) or not response.transactions:
        return await _fail(means, claimed, "garbled")
    now, refused = means.clock(), rejections(response)
    found = verdict(response, refused, now, means.fresh)
    if found.outcome not in TOLD:
        step = after_answer(refused, claimed.attempts, patience, claimed.changes)
        if isinstance(step, AskChanged):
            return await _postpone(means, claimed, 0, change=step.change)
        if isinstance(step, Again) and timedelta(seconds=step.after_seconds) < LONGEST_WAIT:
            return await _postpone(means, claimed, step.after_seconds)
    sealed = seal_answer(means.vault, claimed.id, answered)
    async with acquire(means.pool) as connection:
        if await answer_check(connection, claimed, now, found, sealed):
            observe_ended(claimed.connector, found.outcome)
    return None


async def _postpone(
    means: Means,
    claimed: SealedCheck,
    seconds: float,
    *,
    sealed_ticket: bytes | None = None,
    change: Change | None = None,
) -> timedelta | None:
    wait = timedelta(seconds=seconds)
    async with acquire(means.pool) as connection:
        postponed = await postpone_check(
            connection, claimed, means.clock() + wait, sealed_ticket=sealed_ticket, change=change
        )
    return wait if postponed else None


async def _fail(means: Means, claimed: SealedCheck, failure: str) -> None:
    async with acquire(means.pool) as connection:
        if await fail_check(connection, claimed, means.clock(), failure):
            observe_ended(claimed.connector, failure)
