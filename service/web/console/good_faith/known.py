"""What is known before anybody types: the clinic, who usually takes part, and the patient whose plan was checked."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from payers.estimate.question import Question
from service.api.asking_payers import means_of
from service.api.good_faith_issues import asked_for
from service.eligibility.sealing import open_inquiry
from service.store import audit
from service.store.database import acquire
from service.store.eligibility import SUBJECT as CHECK
from service.store.eligibility import find_check
from service.store.good_faith import last_issue
from service.web.console.access import may
from service.web.console.desk import Desk

_OF_THE_DAY = ("on",)


class Known(NamedTuple):
    """The request as far as it is known, and whether others took part in the estimate that the clinic is read from."""

    request: Mapping[str, Any]
    carried_over: bool


async def known(desk: Desk, question: Question) -> Known:
    """What nobody has to type again. That something was opened for it goes on record."""
    clinic, others = await _parties(desk)
    request: dict[str, Any] = {"clinic": clinic, "co_providers": others, "lang": question.lang}
    if question.eligibility_check and may(desk.key, "eligibility:read"):
        request["patient"] = await _patient(desk, question.eligibility_check)
    return Known(request, bool(others))


async def _parties(desk: Desk) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """The clinic and the others of the estimate that was issued last; before the first one who asks payers."""
    async with acquire(desk.wiring.pool) as connection:
        last = await last_issue(connection)
    if last is not None:
        asked = await asked_for(desk.wiring, desk.key, last)
        return msgspec.to_builtins(asked.clinic), [_undated(msgspec.to_builtins(each)) for each in asked.co_providers]
    configuration = means_of(desk.wiring).configuration
    if configuration is None:
        return {}, []
    asks = configuration.clinic
    name = " ".join(filter(None, (asks.first_name, asks.name)))
    return {"name": name, "npi": asks.npi, "taxonomy": asks.taxonomy}, []


def _undated(provider: dict[str, Any]) -> dict[str, Any]:
    """The other provider without the days of the patient before."""
    services = [{name: part for name, part in each.items() if name not in _OF_THE_DAY} for each in provider["services"]]
    return provider | {"services": services}


async def _patient(desk: Desk, check_id: UUID) -> Mapping[str, Any]:
    """The patient as the payer was asked about; nothing once the member's data was purged."""
    async with acquire(desk.wiring.pool) as connection:
        check = await find_check(connection, check_id)
        if check is None:
            return {}
        await audit.append(connection, "eligibility.read", CHECK, str(check_id), key_id=desk.key.id)
    inquiry = open_inquiry(means_of(desk.wiring).vault, check)
    if inquiry is None:
        return {}
    person = inquiry.dependent or inquiry.subscriber
    told = msgspec.to_builtins(person)
    return {name: told[name] for name in ("first_name", "last_name", "birth_date")}
