"""A row on file: what it says, another amount from a day on, its last day."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from payers.catalogue.clinic import ClinicRow
from service.api.problems import Refused
from service.store.catalogue import end_clinic_row
from service.store.database import acquire
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.prices.form import LAST_DAY, Form, change_inputs, change_of, form_of, last_day_of, typed
from service.web.console.prices.kinds import KINDS, Kind
from service.web.console.prices.saving import HERE, Objection, changed, layer_on_file
from service.web.console.prices.telling import teller
from service.web.console.visit import goes_to


@get([f"{HERE}/change/{{row_id:path}}", f"{HERE}/end/{{row_id:path}}"], guards=[takes("catalogue:write")])
async def row_page(row_id: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """A row, with the forms that change and end it."""
    kind, row = await _row(desk, row_id)
    return _page(desk, kind, row, form_of(kind, row))


@post(f"{HERE}/change/{{row_id:path}}", guards=[takes("catalogue:write")], status_code=200)
async def change_row(
    request: Request[Any, Any, Any], row_id: FromPath[str], desk: NamedDependency[Desk]
) -> Response[str]:
    """Let the row say something else from a day on."""
    (kind, row), speak = await _row(desk, row_id), desk.visit.speak
    form = form_of(kind, row).with_values(**typed(change_inputs(kind), await request.form()).values)
    change = change_of(kind, form, speak)
    if isinstance(change, Form):
        return _page(desk, kind, row, change)
    first_day = change.first_day
    if not (row.holds_on(first_day) and row.holds_on(first_day - timedelta(days=1))):
        days = teller(desk).span(_earliest(row), row.valid_until)
        return _page(desk, kind, row, form.with_wrong({"first_day": speak("prices.outside", days=days)}))
    if all(getattr(row, name) == value for name, value in change.terms.items()):
        return _page(desk, kind, row, form.with_wrong({kind.terms[0].name: speak("prices.same_as_now")}))
    saved = await changed(desk, kind, row, change)
    if isinstance(saved, Objection):
        return _page(desk, kind, row, form.with_wrong(saved.wrong), rival=saved.rival)
    return goes_to(desk.visit, f"{HERE}?saved={quote(saved.id)}")


@post(f"{HERE}/end/{{row_id:path}}", guards=[takes("catalogue:write")], status_code=200)
async def end_row(request: Request[Any, Any, Any], row_id: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """Let the row hold until a day."""
    (kind, row), speak = await _row(desk, row_id), desk.visit.speak
    form = form_of(kind, row).with_values(**typed((LAST_DAY,), await request.form()).values)
    last_day = last_day_of(form, speak)
    if isinstance(last_day, Form):
        return _page(desk, kind, row, last_day)
    async with acquire(desk.wiring.pool) as connection:
        if await end_clinic_row(connection, row.id, last_day, key_id=desk.key.id):
            return goes_to(desk.visit, f"{HERE}?ended={quote(row.id)}")
    days = teller(desk).days(row)
    return _page(desk, kind, row, form.with_wrong({"last_day": speak("prices.outside", days=days)}))


PAGES = (row_page, change_row, end_row)


async def _row(desk: Desk, path: str) -> tuple[Kind, ClinicRow]:
    """The row whose id stands at the end of the address. Raises `Refused`."""
    row_id = path.removeprefix("/")
    for table, row in (await layer_on_file(desk)).rows():
        if row.id == row_id and isinstance(row, ClinicRow):
            return KINDS[table], row
    raise Refused("not-found", "No row has this id.")


def _page(desk: Desk, kind: Kind, row: ClinicRow, form: Form, *, rival: ClinicRow | None = None) -> Response[str]:
    return desk.visit.show(
        "prices_row.html",
        status=422 if form.wrong else 200,
        kind=kind,
        row=row,
        form=form,
        change_inputs=change_inputs(kind),
        rival=rival,
        over=row.valid_until is not None and row.valid_until < desk.today,
        tell=teller(desk),
    )


def _earliest(row: ClinicRow) -> date | None:
    """The first day on which the row can say something else: it has held for a day before."""
    return row.valid_from + timedelta(days=1) if row.valid_from else None
