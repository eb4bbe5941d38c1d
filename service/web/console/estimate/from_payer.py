"""The plan of a case as a payer tells it: asked live, or read from its message."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from payers.catalogue.identity import resolve
from payers.eligibility.plan.visit import Visit as PlannedVisit
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12
from payers.estimate.from_payer.network_named import network_named
from service.api.asking_payers import (
    configuration_of,
    means_of,
    on_file,
    refuse_to_ask,
    settled,
    shown,
    stored_check,
)
from service.api.problems import Refused
from service.clearinghouse.connector import REAL_TIME_SECONDS
from service.computing import computed
from service.eligibility.asking import Asked, CheckQuestion, ask
from service.eligibility.making import new_check
from service.eligibility.reading import ParsedAnswer, parsed
from service.store.eligibility import SealedCheck
from service.uuid7 import uuid7
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimate.answering import HERE, answered, sent_case, wrong
from service.web.console.estimate.case import Case, page
from service.web.console.estimate.form import Form, filled, with_check
from service.web.console.estimate.members import card_of, check_question, faults_by_input

_UNUSABLE = ("rejected", "inactive")
"""What a payer may say of a member from which no estimate follows."""


@post(f"{HERE}/271", guards=[takes("eligibility:read"), takes("estimates:write")], status_code=200)
async def read_message(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """The plan of a message that was pasted or dropped; nothing of it is stored."""
    sent = await request.form()
    case, message = await sent_case(desk.wiring, sent), await _message(sent)
    response = await computed(read_271, message) if message else None
    if response is None or isinstance(response, NotX12):
        return wrong(desk, case, {"x12": desk.visit.speak(f"estimate.{'wrong' if message else 'missing'}_x12")})
    told = await computed(parsed, response, PlannedVisit(on=_starts(case.form, desk.today)), desk.visit.lang)
    more = {"network": told.network, "payer": _payer_name(told), "plan_network": _plan_network(desk, case.form, told)}
    form = filled(case.form, told.plan, told.alternatives, more)
    return page(desk, replace(case, form=form, parsed=told))


@post(f"{HERE}/check", guards=[takes("eligibility:write"), takes("estimates:write")], status_code=200)
async def ask_payer(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Ask the payer about the member, and estimate with what it answers."""
    sent = await request.form()
    case = replace(await sent_case(desk.wiring, sent), card=card_of(sent))
    values, on = case.form.values, _starts(case.form, desk.today)
    question = check_question(case.card, values["payer"], values["state"], on, desk.visit.lang, desk.visit.speak)
    if isinstance(question, dict):
        return wrong(desk, case, question)
    try:
        check = await _asked(desk, question)
    except Refused as refused:
        faults = {each.pointer: each.detail for each in refused.errors} or {"/member_id": refused.detail}
        return wrong(desk, case, faults_by_input(faults))
    return await _when_settled(desk, case, check)


@post(f"{HERE}/check/{{check_id:uuid}}", guards=[takes("eligibility:write"), takes("estimates:write")], status_code=200)
async def look_again(
    request: Request[Any, Any, Any], check_id: FromPath[UUID], desk: NamedDependency[Desk]
) -> Response[str]:
    """Whether the payer has answered by now."""
    sent = await request.form()
    case = replace(await sent_case(desk.wiring, sent), card=card_of(sent))
    return await _when_settled(desk, case, await stored_check(desk.wiring, check_id))


PAGES = (read_message, ask_payer, look_again)


async def _asked(desk: Desk, question: CheckQuestion) -> SealedCheck:
    """The check on file for the question. Raises `Refused`."""
    means, check_id = means_of(desk.wiring), uuid7()
    asked = ask(desk.catalogue, configuration_of(means), question, str(check_id))
    if not isinstance(asked, Asked):
        refuse_to_ask(asked, desk.visit.lang)
    new = new_check(means, check_id, asked, desk.wiring.clock(), key_id=desk.key.id)
    return await on_file(desk.wiring, new)


async def _when_settled(desk: Desk, case: Case, check: SealedCheck) -> Response[str]:
    """The estimate with what the payer said; without an answer that can be used, how the check stands."""
    check = await settled(desk.wiring, check, REAL_TIME_SECONDS)
    seen = (await shown(desk.wiring, desk.catalogue, desk.key, check, desk.visit.lang)).content
    told = replace(case, check=seen, form=with_check(case.form, check.id))
    if seen.status != "done" or seen.outcome in _UNUSABLE or not case.form.values["treatment"]:
        return page(desk, told)
    return await answered(desk, told)


async def _message(sent: Any) -> str:
    """The message that was pasted, or else the file."""
    pasted = str(sent.get("x12", "")).strip()
    file = sent.get("file")
    if pasted or not isinstance(file, UploadFile):
        return pasted
    return (await file.read()).decode("utf-8", "replace").strip()


def _payer_name(told: ParsedAnswer) -> str | None:
    return next((each.payer.name for each in told.transactions if each.payer and each.payer.name), None)


def _plan_network(desk: Desk, form: Form, told: ParsedAnswer) -> str | None:
    """The network or plan that the message names, where the payer's price files have it by that name."""
    payer = form.values["payer"] or _payer_name(told) or ""
    found = resolve(desk.catalogue, payer, _starts(form, desk.today), form.values["state"] or None, None).payer
    named = (network_named(desk.catalogue, found, each) for each in told.transactions) if found else ()
    return next((each for each in named if each), None)


def _starts(form: Form, today: date) -> date:
    try:
        return date.fromisoformat(form.values["start_on"])
    except ValueError:
        return today
