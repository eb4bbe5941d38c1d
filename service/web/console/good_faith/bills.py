"""What becomes of a good-faith estimate: bills put on record as they are sent, and the plan as it changes."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from payers.good_faith.account import Recorded
from service.api.good_faith_accounts import account, recorded
from service.api.good_faith_issues import seen, stored_issue
from service.api.problems import Refused
from service.documents.issuing import document
from service.store.good_faith import SealedIssue
from service.uuid7 import uuid7
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.good_faith.form import Form, form_of, typed
from service.web.console.good_faith.issuing import ONCE
from service.web.console.good_faith.one import HERE, items, names, page
from service.web.console.good_faith.value import value_of
from service.web.console.visit import goes_to

BILL = "billed__0__"
OTHER_NPI = f"{BILL}other_npi"
"""The number of a provider who is not in the list."""


@post(f"{HERE}/{{issue_id:uuid}}/bills", guards=[takes("estimates:write")], status_code=200)
async def bill(request: Request[Any, Any, Any], issue_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """Put a bill on record, once."""
    sent = await request.form()
    found = await stored_issue(desk.wiring, issue_id)
    form = typed(sent)
    record = _bill(desk, form)
    if isinstance(record, Recorded):
        record = await _put(desk, found, form, record, str(sent.get(ONCE, "")))
    if isinstance(record, Form):
        return await page(desk, found, record, once=str(sent.get(ONCE, "")))
    return goes_to(desk.visit, f"{HERE}/{found.id}#stands")


@get(f"{HERE}/{{issue_id:uuid}}/plan", guards=[takes("estimates:write")])
async def plan(issue_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """What is still to come, to be changed."""
    found = await stored_issue(desk.wiring, issue_id)
    stands = await account(desk.wiring, found, desk.visit.lang)
    return await _plan_page(desk, found, form_of({"planned": msgspec.to_builtins(stands.planned)}))


@post(f"{HERE}/{{issue_id:uuid}}/plan", guards=[takes("estimates:write")], status_code=200)
async def change_plan(
    request: Request[Any, Any, Any], issue_id: FromPath[UUID], desk: NamedDependency[Desk]
) -> Response[str]:
    """Put on record what is planned from now on, once."""
    sent = await request.form()
    found = await stored_issue(desk.wiring, issue_id)
    form, once = typed(sent), str(sent.get(ONCE, ""))
    if "rows" in sent:
        return await _plan_page(desk, found, form, once=once)
    record = _planned(desk, form)
    if isinstance(record, Recorded):
        record = await _put(desk, found, form, record, once)
    if isinstance(record, Form):
        return await _plan_page(desk, found, record, once=once)
    return goes_to(desk.visit, f"{HERE}/{found.id}#stands")


PAGES = (bill, plan, change_plan)


async def _put(desk: Desk, found: SealedIssue, form: Form, record: Recorded, once: str) -> Form | None:
    """Nothing where it is on record now, or was since this form was sent before."""
    try:
        await recorded(desk.wiring, desk.key, found, record, once or None)
    except Refused as refused:
        if refused.kind.slug != "key-reused":
            raise
        return form._replace(wrong={"": desk.visit.speak("good_faith.bill_sent")})
    return None


def _bill(desk: Desk, form: Form) -> Recorded | Form:
    """The bill, or the form with what is wrong beside each input."""
    other = form.values.get(OTHER_NPI, "")
    values = {f"{BILL}quantity": "1", **form.values} | ({f"{BILL}npi": other} if other else {})
    values.pop(OTHER_NPI, None)
    read = value_of(Form(values), Recorded, desk.visit.speak)
    wrong = dict(read.wrong) if isinstance(read, Form) else {}
    if not values.get(f"{BILL}on"):
        wrong = {f"{BILL}on": desk.visit.speak("good_faith.missing", name=desk.visit.speak("good_faith.in_on"))} | wrong
        wrong.pop("", None)
    if other and f"{BILL}npi" in wrong:
        wrong[OTHER_NPI] = wrong.pop(f"{BILL}npi")
    return read if isinstance(read, Recorded) and not wrong else form._replace(wrong=wrong)


def _planned(desk: Desk, form: Form) -> Recorded | Form:
    """The plan, which may be that nothing comes any more."""
    if not form.rows("planned"):
        return Recorded(planned=())
    return value_of(form, Recorded, desk.visit.speak)


async def _plan_page(desk: Desk, found: SealedIssue, form: Form, *, once: str = "") -> Response[str]:
    estimate = document((await seen(desk.wiring, desk.key, found, "plan"))[found.lang])
    stands = await account(desk.wiring, found, desk.visit.lang)
    return desk.visit.show(
        "good_faith_plan.html",
        status=422 if form.wrong else 200,
        form=form,
        issue_id=found.id,
        names=names(estimate, stands),
        item_options=items(desk),
        once=once or str(uuid7()),
    )
