"""From the form that was sent to the page that answers it. Every answer that is shown is on file."""

from typing import Any
from uuid import UUID

from litestar import Response
from msgspec.structs import replace

from service.api.estimates import given_out, stored_estimate
from service.api.problems import Refused
from service.api.wiring import Wiring
from service.web.console.desk import Desk
from service.web.console.estimate.case import Case, case_of, page
from service.web.console.estimate.form import Form, at_fault, question_of, typed
from service.web.console.visit import goes_to

HERE = "/console/estimate"
_ABOUT_THE_QUESTION = (409, 410, 422)


async def sent_case(wiring: Wiring, sent: Any) -> Case:
    """The case that the form belongs to, with what was typed since its last answer."""
    form = typed(sent)
    try:
        stored = await stored_estimate(wiring.pool, UUID(str(sent.get("estimate", ""))))
    except (ValueError, Refused):
        return Case(form=form)
    return replace(case_of(stored), form=form)


async def answered(desk: Desk, case: Case) -> Response[str]:
    """The answer to the case's form, at its own address, or what is wrong."""
    question = question_of(case.form, desk.visit.lang, desk.visit.speak)
    if isinstance(question, Form):
        return page(desk, replace(case, form=question), status=422)
    try:
        stored, _ = await given_out(desk.wiring, desk.catalogue, desk.key, question)
    except Refused as refused:
        if refused.kind.status not in _ABOUT_THE_QUESTION:
            raise
        return _refused(desk, case, refused, "member_id" if question.eligibility_check else "payer")
    if not desk.visit.partial:
        return goes_to(desk.visit, f"{HERE}/{stored.id}")
    return page(desk, replace(case_of(stored), check=case.check), at=stored.id)


def wrong(desk: Desk, case: Case, faults: dict[str, str]) -> Response[str]:
    """The case with what is wrong, by the name of the input."""
    return page(desk, replace(case, form=case.form._replace(wrong=faults)), status=422)


def _refused(desk: Desk, case: Case, refused: Refused, elsewhere: str) -> Response[str]:
    faults = {each.pointer: each.detail for each in refused.errors} or {"": refused.detail}
    candidates = refused.more.get("candidates") or refused.more.get("nearest") or ()
    told = replace(case, form=at_fault(case.form, faults, elsewhere), candidates=candidates)
    return page(desk, told, status=422)
