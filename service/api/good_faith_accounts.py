"""How a good-faith estimate stands against what was billed and planned after it, and what is put on record of that."""

from datetime import date

from payers.estimate.question import Language
from payers.good_faith.account import Account, Recorded
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.guard import Guard, guard
from service.api.asking_payers import means_of
from service.api.good_faith_issues import newer
from service.api.good_faith_views import GoodFaithAccount
from service.api.problems import Refused
from service.api.view import view
from service.api.wiring import Wiring
from service.computing import computed
from service.documents.federal_holidays import holidays_around
from service.documents.issuing import document, open_documents
from service.store.database import acquire
from service.store.good_faith import BillsKeyReused, SealedIssue, account_of, record_bills
from service.store.keys import Key


async def recorded(wiring: Wiring, key: Key, found: SealedIssue, record: Recorded, idempotency_key: str | None) -> bool:
    """Put on record what was billed and planned; false where it was there under this key. Raises `Refused`."""
    async with acquire(wiring.pool) as connection:
        made = await record_bills(
            connection,
            found.id,
            record,
            at=wiring.clock().replace(microsecond=0),
            key_id=key.id,
            idempotency_key=idempotency_key,
        )
    if isinstance(made, BillsKeyReused):
        raise Refused("key-reused", "The key already stands for other bills.")
    return made


async def account(wiring: Wiring, found: SealedIssue, lang: Language) -> GoodFaithAccount:
    """How the estimate stands today. Nothing in it is of the patient."""
    async with acquire(wiring.pool) as connection:
        so_far, _ = await account_of(connection, found.id)
    estimate = document(open_documents(means_of(wiring).vault, found)[found.lang])
    today = wiring.clock().date()
    told = await computed(stands, estimate, so_far, today, lang)
    return view(
        GoodFaithAccount,
        told,
        id=found.id,
        as_of=today,
        valid_until=found.valid_until,
        replaced_by=await newer(wiring, found.id),
        billed=so_far.billed,
        planned=so_far.ahead(estimate),
    )


def stands(estimate: GoodFaithEstimate, so_far: Account, today: date, lang: Language) -> Guard:
    """What the drift guard says of the estimate on a day."""
    days = (each.on for each in so_far.ahead(estimate))
    return guard(estimate, so_far, today, holidays_around(today, *days), lang)
