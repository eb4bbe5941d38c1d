"""The worklist's pages: schedules on file, a new one, and one with how its lines stand."""

import csv
import io
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from service.api.asking_payers import means_of
from service.api.eligibility_batches import prepared, results_of, seen, stored_batch, taken_up
from service.api.problems import Refused
from service.computing import computed
from service.eligibility.schedule import COLUMNS, ScheduleError
from service.store.batches import Batch, LineFault, list_batches
from service.store.database import acquire
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.rendering import html, sheet
from service.web.console.visit import goes_to
from service.web.console.worklist.entries import GROUPS, Entry, Group, counted, entries, passed_over
from service.web.console.worklist.line import line_page
from service.web.console.worklist.rows import fault_told, told

HERE = "/console/worklist"
BATCHES = 20
LINES = 100
"""How many stand on one page of a list."""
YOUNG = timedelta(minutes=2)
"""A schedule this old is looked at less often: what is still open waits for a payer."""

Show = Annotated[Group | None, QueryParameter(description="Only lines that stand so.")]
After = Annotated[int, QueryParameter(ge=0, description="How many lines come before.")]


@get(HERE, guards=[takes("eligibility:read")])
async def schedules(
    desk: NamedDependency[Desk], after: Annotated[UUID | None, QueryParameter()] = None
) -> Response[str]:
    """The schedules on file, and the way to a new one."""
    return await _page(desk, after=after)


@post(HERE, guards=[takes("eligibility:write")], status_code=200)
async def upload(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Take a schedule up, or say what is wrong with it. One of which no line can be used is not put on file."""
    sent = await request.form()
    pasted = str(sent.get("schedule", "")).strip()
    file = sent.get("file")
    text = pasted.encode() if pasted or not isinstance(file, UploadFile) else await file.read()
    field = "schedule" if pasted else "file"
    if not text.strip():
        return await _page(desk, wrong={"file": desk.visit.speak("worklist.missing_file")})
    try:
        ready = await prepared(desk.wiring, desk.catalogue, desk.key, text, desk.visit.lang)
    except ScheduleError as error:
        return await _page(desk, wrong={field: str(error)}, pasted=pasted)
    except Refused as refused:
        if refused.kind.slug != "not-allowed":
            raise
        return await _page(desk, wrong={field: desk.visit.speak("worklist.wrong_treatment")}, pasted=pasted)
    if not ready.lines:
        shown = pasted or text.decode("utf-8-sig")
        sentence = desk.visit.speak("worklist.wrong_all")
        return await _page(desk, wrong={"schedule": sentence}, pasted=shown, faults=ready.faults)
    batch_id = await taken_up(desk.wiring, desk.key, ready)
    return goes_to(desk.visit, f"{HERE}/{batch_id}")


@get(f"{HERE}/example.csv", guards=[takes("eligibility:read")])
async def example(desk: NamedDependency[Desk]) -> Response[str]:
    """The headings and a made-up line, as a spreadsheet opens it."""
    line = {
        "payer": "Aetna",
        "state": "CO",
        "member_id": "W123456789",
        "last_name": "Sample",
        "first_name": "Pat",
        "birth_date": "1980-01-31",
        "gender": "F",
        "date_of_service": (desk.today + timedelta(days=1)).isoformat(),
        "service_types": "30 MH",
        "treatment": "Spravato",
        "dose_mg": "84",
        "sessions": "12",
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.heading for column in COLUMNS], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(line)
    return sheet(text.getvalue(), "outlay-schedule.csv")


@get(f"{HERE}/{{batch_id:uuid}}", guards=[takes("eligibility:read")])
async def schedule(
    batch_id: FromPath[UUID], desk: NamedDependency[Desk], show: Show = None, after: After = 0
) -> Response[str]:
    """One schedule: how far it is, and its lines, what needs a person first. That they were seen goes on record."""
    batch, several = await _batch(desk, batch_id)
    if desk.wiring.means is None:
        return desk.visit.show("worklist_without.html", missing=_missing(desk))
    values = _state(desk, batch, several, show, after) | await _lines(desk, batch, several, show, after)
    return desk.visit.show(
        "worklist_batch.html", passed_over=[fault_told(each) for each in passed_over(batch)], **values
    )


@get(f"{HERE}/{{batch_id:uuid}}/state", guards=[takes("eligibility:read")])
async def state(
    batch_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    ended: Annotated[int, QueryParameter(ge=0, description="How many lines had ended the last time.")],
    listed: Annotated[int, QueryParameter(ge=0, description="How many had when the list was read.")],
    show: Show = None,
    after: After = 0,
) -> Response[str]:
    """How far the schedule is, without anything of a member; 204 where nothing has changed.

    The list is read again at each quarter, which is also announced, and when no more lines end: not at every line,
    because each reading goes on record.
    """
    if not desk.visit.partial:
        return goes_to(desk.visit, f"{HERE}/{batch_id}")
    batch, several = await _batch(desk, batch_id)
    values = _state(desk, batch, several, show, after)
    now, quarter = values["ended"], max(1, values["asked"]) / 4
    done, quiet = batch.finished_at is not None, now == ended
    if quiet and not done and listed == ended:
        return html("", status=204)
    announced = done or now // quarter > ended // quarter
    renew = announced or quiet
    values |= {"announced": announced, "renew": renew, "listed": now if renew else listed}
    return desk.visit.show("worklist_state.html", **values)


@get(f"{HERE}/{{batch_id:uuid}}/lines", guards=[takes("eligibility:read")])
async def lines(
    batch_id: FromPath[UUID], desk: NamedDependency[Desk], show: Show = None, after: After = 0
) -> Response[str]:
    """The lines alone, for the page that shows them. That they were seen goes on record."""
    if not desk.visit.partial:
        return goes_to(desk.visit, f"{HERE}/{batch_id}")
    batch, several = await _batch(desk, batch_id)
    return desk.visit.show("worklist_lines.html", **await _lines(desk, batch, several, show, after))


@get(f"{HERE}/{{batch_id:uuid}}/results.csv", guards=[takes("eligibility:read")])
async def results(batch_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """Everything as a table. It holds members' data: that it was seen goes on record."""
    text = await results_of(desk.wiring, means_of(desk.wiring), desk.key, batch_id, desk.visit.lang)
    return sheet(text, f"worklist-{batch_id}.csv")


PAGES = (schedules, upload, example, schedule, state, lines, results, line_page)


async def _page(
    desk: Desk,
    *,
    after: UUID | None = None,
    wrong: dict[str, str] | None = None,
    pasted: str = "",
    faults: tuple[LineFault, ...] = (),
) -> Response[str]:
    async with acquire(desk.wiring.pool) as connection:
        found = await list_batches(connection, after=after, limit=BATCHES + 1)
    zone = desk.wiring.clock().tzinfo
    return desk.visit.show(
        "worklist.html",
        status=422 if wrong else 200,
        missing=_missing(desk),
        may_upload=may(desk.key, "eligibility:write"),
        may_estimate=may(desk.key, "estimates:write"),
        batches=[(each, each.created_at.astimezone(zone)) for each in found[:BATCHES]],
        more=f"{HERE}?after={found[BATCHES - 1].id}" if len(found) > BATCHES else None,
        newest=after is None,
        columns=COLUMNS,
        wrong=wrong or {},
        pasted=pasted,
        faults=[(each.line, fault_told(each)) for each in faults],
    )


def _missing(desk: Desk) -> str | None:
    """What the administrator must set before payers can be asked."""
    if desk.wiring.means is None:
        return "keys"
    return "connectors" if desk.wiring.means.configuration is None else None


async def _batch(desk: Desk, batch_id: UUID) -> tuple[Batch, tuple[Entry, ...]]:
    batch, asked = await stored_batch(desk.wiring, batch_id)
    return batch, entries(batch, asked)


def _state(desk: Desk, batch: Batch, several: tuple[Entry, ...], show: Group | None, after: int) -> dict[str, Any]:
    """What the part that is asked for again and again tells."""
    counts, zone = counted(several), desk.wiring.clock().tzinfo
    days = [each.asked.date_of_service for each in several if each.asked]
    ended = sum(each.ended for each in several)
    return {
        "batch": batch,
        "show": show,
        "after": after,
        "groups": GROUPS,
        "counts": counts,
        "all": len(several),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "asked": len(days),
        "ended": ended,
        "listed": ended,
        "seconds": 2 if desk.wiring.clock() - batch.created_at < YOUNG else 10,
        "made_at": batch.created_at.astimezone(zone),
        "finished_at": batch.finished_at.astimezone(zone) if batch.finished_at else None,
        "announced": False,
        "renew": False,
    }


async def _lines(
    desk: Desk, batch: Batch, several: tuple[Entry, ...], show: Group | None, after: int
) -> dict[str, Any]:
    """The lines of the page with their patients, and on record that they were seen."""
    chosen = [each for each in several if show in (None, each.group)]
    page = chosen[after : after + LINES]
    asked = [each.asked for each in page if each.asked]
    checks = await seen(desk.wiring, desk.key, batch.id, asked) if asked else {}
    vault = means_of(desk.wiring).vault
    rows = await computed(told, vault, desk.catalogue, page, checks, desk.visit.lang, desk.visit.speak)
    following, narrowed = after + LINES, f"show={show}&" if show else ""
    return {
        "batch": batch,
        "rows": rows,
        "show": show,
        "first": after + 1,
        "of": len(chosen),
        "more": f"{HERE}/{batch.id}?{narrowed}after={following}" if following < len(chosen) else None,
        "may_read": may(desk.key, "estimates:read"),
        "may_estimate": may(desk.key, "estimates:write"),
    }
