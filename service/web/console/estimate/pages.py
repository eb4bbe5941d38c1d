"""The estimate page: a new case, a case on file, and the answer to what was typed."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from service.api.estimates import stored_estimate
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimate import from_payer, views
from service.web.console.estimate.answering import HERE, answered, sent_case
from service.web.console.estimate.case import EMPTY, Case, case_of, page

Payer = Annotated[str, QueryParameter(max_length=120)]


@get(HERE, guards=[takes("estimates:write")])
async def blank(desk: NamedDependency[Desk], payer: Payer = "") -> Response[str]:
    """A new case, for a payer where the way here names one."""
    return page(desk, Case(form=EMPTY._replace(values={**EMPTY.values, "payer": payer})))


@get(f"{HERE}/{{estimate_id:uuid}}", guards=[takes("estimates:read")])
async def on_file(estimate_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """A case on file, with the answer as it was given out."""
    return page(desk, case_of(await stored_estimate(desk.wiring.pool, estimate_id)))


@post(HERE, guards=[takes("estimates:write")], status_code=200)
async def estimate(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """What the form asks."""
    return await answered(desk, await sent_case(desk.wiring, await request.form()))


@post(f"{HERE}/{{estimate_id:uuid}}/what-if", guards=[takes("estimates:write")], status_code=200)
async def what_if(
    request: Request[Any, Any, Any], estimate_id: FromPath[UUID], desk: NamedDependency[Desk]
) -> Response[str]:
    """The case with other sessions, another start, or more met of the deductible."""
    sent = await request.form()
    case = case_of(await stored_estimate(desk.wiring.pool, estimate_id))
    moved = {
        "sessions": str(sent.get("what_sessions", "")),
        "start_on": _days_from(desk.today, str(sent.get("what_days", ""))),
        "deductible_individual_met": str(sent.get("what_met", "")),
    }
    values = {**case.form.values, **{name: text for name, text in moved.items() if text}}
    return await answered(desk, replace(case, form=case.form._replace(values=values)))


PAGES = (blank, on_file, estimate, what_if, *views.PAGES, *from_payer.PAGES)


def _days_from(today: date, days: str) -> str:
    return (today + timedelta(days=int(days))).isoformat() if days.isdecimal() and len(days) < 4 else ""
