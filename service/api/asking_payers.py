"""What the endpoints about eligibility share: the means to ask, refusals, waiting for a check, and who saw what."""

import asyncio
from contextlib import suppress
from typing import NoReturn
from uuid import UUID

from litestar import Response
from litestar.openapi import ResponseSpec

from payers.catalogue.catalogue import Catalogue
from payers.estimate.question import Language
from payers.estimate.who_pays import Refusal
from service.api.eligibility_views import CheckView, whole
from service.api.keys import PRIVATE
from service.api.problems import InputError, Refused
from service.api.refusals import refuse
from service.api.wiring import Wiring
from service.clearinghouse.configuration import Configuration
from service.clearinghouse.routes import NoRoute
from service.eligibility.asking import Unaskable
from service.eligibility.means import Means
from service.store import audit
from service.store.database import acquire
from service.store.eligibility import SUBJECT, KeyReused, NewCheck, SealedCheck, find_check, insert_check
from service.store.keys import Key
from service.store.spending import attempts_of

POLL_SECONDS = 1.0
"""How often a waiting request looks at its check without having heard anything."""

CHECK_RESPONSES = {
    200: ResponseSpec(CheckView, generate_examples=False, description="It was on file and has ended"),
    201: ResponseSpec(CheckView, generate_examples=False, description="Asked now, and it has ended"),
    202: ResponseSpec(CheckView, generate_examples=False, description="It goes on in the background: see `Location`"),
}


def means_of(wiring: Wiring) -> Means:
    """What it takes to ask payers. Raises `Refused` without keys for member data."""
    if wiring.means is None:
        raise Refused("no-member-data-keys", "Without them nothing about a member is stored, and so nothing is asked.")
    return wiring.means


def configuration_of(means: Means) -> Configuration:
    """The clinic's connectors. Raises `Refused` where there are none."""
    if means.configuration is None:
        raise Refused("no-route", "No connectors are configured: whoever runs the service sets `OUTLAY_CONNECTORS`.")
    return means.configuration


def refuse_to_ask(unaskable: Unaskable, lang: Language) -> NoReturn:
    """End the request with why the question cannot be sent. Raises `Refused`."""
    if isinstance(unaskable, Refusal):
        refuse(unaskable, lang)
    if isinstance(unaskable, NoRoute):
        raise Refused("no-route", unaskable.detail, InputError(pointer="/payer", detail=unaskable.detail))
    raise Refused(
        "invalid-input",
        unaskable[0].detail,
        *(InputError(pointer=fault.pointer, detail=fault.detail) for fault in unaskable),
    )


async def stored_check(wiring: Wiring, check_id: UUID) -> SealedCheck:
    """The check with this id. Raises `Refused` where there is none."""
    async with acquire(wiring.pool) as connection:
        check = await find_check(connection, check_id)
    if check is None:
        raise Refused("not-found", "No check has this id.")
    return check


async def on_file(wiring: Wiring, new: NewCheck, *, recheck: bool = False) -> SealedCheck:
    """Put the question on file with its job, or find it there. Raises `Refused` for a key that stands for another."""
    async with acquire(wiring.pool) as connection, connection.transaction():
        check = await insert_check(connection, new, "eligibility.continue", recheck=recheck)
    if isinstance(check, KeyReused):
        raise Refused("key-reused", f"The key already stands for the check {check.check_id}.")
    return check


async def settled(wiring: Wiring, check: SealedCheck, seconds: float) -> SealedCheck:
    """The check when it has ended, or as it stands after so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    with wiring.news.of(check.id) as changed:
        check = await stored_check(wiring, check.id)
        while check.ended_at is None and (left := deadline - asyncio.get_running_loop().time()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), min(left, POLL_SECONDS))
            changed.clear()
            check = await stored_check(wiring, check.id)
    return check


async def shown(
    wiring: Wiring, catalogue: Catalogue, key: Key, check: SealedCheck, lang: Language, status: int = 200
) -> Response[CheckView]:
    """The whole check as an answer, and on record that this key saw it."""
    async with acquire(wiring.pool) as connection:
        attempts = await attempts_of(connection, check.id)
        await audit.append(connection, "eligibility.read", SUBJECT, str(check.id), key_id=key.id)
    told = whole(catalogue, means_of(wiring), check, attempts, wiring.clock(), lang)
    headers = {**PRIVATE, "Location": f"/v1/eligibility/checks/{check.id}"}
    return Response(told, status_code=status if check.ended_at else 202, headers=headers)
