"""The audit trail, for administrators: who did what, to what, and when.

Looking at it leaves no trace, so that the trail speaks of patients' data and not of itself; taking a copy away does.
"""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from service.api.problems import Refused
from service.store import audit
from service.store.audit import entries
from service.store.database import acquire
from service.web.console.access import takes
from service.web.console.audit.filters import Filters, wanted
from service.web.console.audit.sheet import AT_ONCE, sheet
from service.web.console.audit.telling import SUBJECTS, actions, people, row
from service.web.console.desk import Desk

HERE = "/console/audit"
PAGE = 50

Text = Annotated[str, QueryParameter(max_length=100)]
Day = Annotated[str, QueryParameter(max_length=10)]
After = Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1, description="The last entry of the page before.")]


@get(HERE, guards=[takes("admin")])
async def trail(
    desk: NamedDependency[Desk],
    who: Text = "",
    action: Text = "",
    kind: Text = "",
    subject: Text = "",
    since: Day = "",
    until: Day = "",
    after: After = None,
) -> Response[str]:
    """The newest first, a page at a time."""
    filters = Filters(who, action, kind, subject.strip(), since, until)
    now, speak = desk.wiring.clock(), desk.visit.speak
    asked = wanted(filters, now, speak)
    async with acquire(desk.wiring.pool) as connection:
        known = await people(connection)
        found = () if isinstance(asked, dict) else await entries(connection, asked, after=after, limit=PAGE + 1)
    shown = [row(entry, speak, known, now) for entry in found[:PAGE]]
    older = {**filters.query, "after": str(shown[-1].entry.id)} if len(found) > PAGE else None
    return desk.visit.show(
        "audit.html",
        status=422 if isinstance(asked, dict) else 200,
        wrong=asked if isinstance(asked, dict) else {},
        rows=shown,
        filters=filters,
        narrowed=bool(filters.query),
        after=after,
        people=known.keys,
        actions=actions(speak),
        subjects=[(kind, speak(f"audit.subject_{kind}")) for kind in SUBJECTS],
        csv=f"{HERE}.csv?{urlencode(filters.query)}".removesuffix("?"),
        older=f"{HERE}?{urlencode(older)}" if older else None,
        now=now,
        zone=_zone(now),
    )


@get(f"{HERE}.csv", guards=[takes("admin")])
async def as_sheet(
    desk: NamedDependency[Desk],
    who: Text = "",
    action: Text = "",
    kind: Text = "",
    subject: Text = "",
    since: Day = "",
    until: Day = "",
) -> Stream:
    """All that the filters let through, for a spreadsheet; that it was taken is an entry of its own."""
    filters = Filters(who, action, kind, subject.strip(), since, until)
    now, speak = desk.wiring.clock(), desk.visit.speak
    asked = wanted(filters, now, speak)
    if isinstance(asked, dict):
        raise Refused("invalid-input", " ".join(asked.values()))
    async with acquire(desk.wiring.pool) as connection:
        await audit.append(connection, "audit.export", "audit", "trail", key_id=desk.key.id, detail=filters.query)
        first = await entries(connection, asked, limit=AT_ONCE)
    name = f"audit-{now:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(sheet(desk, asked, speak, first), media_type="text/csv; charset=utf-8", headers=headers)


PAGES = (trail, as_sheet)


def _zone(now: datetime) -> str:
    """How far the clinic's clock is from the world's: `UTC-07:00`."""
    return f"UTC{now.isoformat()[-6:]}".removesuffix("+00:00")
