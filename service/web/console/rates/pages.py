"""The rates' pages: what an estimate takes for each code of each payer, and all that is on file for one of them."""

from datetime import date
from typing import Annotated, Any, NamedTuple

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from payers.catalogue.model import Code
from payers.estimate.case import OFFICE
from payers.estimate.trace.rates import chosen
from payers.estimate.trace.telling import sentence
from payers.rates.choose import Choice, Line, choose
from payers.rates.cited import said_on
from payers.rates.on_file import Candidate, OnFile
from payers.rates.rate import ANY_OTHER_CODE
from payers.rates.told import spread, unit_price
from service.api.problems import Refused
from service.store import rates as store
from service.store.database import acquire
from service.store.rates import NoSuchRate, Placed
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.reading import Unreadable
from service.web.console.reading import day as read_day
from service.web.console.visit import goes_to

HERE = "/console/rates"
_LONGEST_NOTE = 500

Query = Annotated[str, QueryParameter(max_length=40)]


class Row(NamedTuple):
    """One code of one payer as an estimate of today takes it."""

    payer: str
    code: str
    label: str
    choice: Choice
    on_file: int


class Shown(NamedTuple):
    """One rate of the page. `spread`: what eight in ten claims came to. `used`: it prices the code today."""

    place: str
    candidate: Candidate
    price: str
    spread: str
    said_on: date
    used: bool


@get(HERE, guards=[takes("estimates:read")])
async def rates(desk: NamedDependency[Desk], payer: Query = "", code: Query = "") -> Response[str]:
    """Every code of every payer that has rates; of one payer, or one code of all of them."""
    on_file = await _on_file(desk)
    rows = [
        _row(desk, on_file, each, its)
        for each in sorted(on_file.payers, key=lambda slug: _payer_name(desk, slug))
        if payer in ("", each)
        for its in on_file.codes(each)
        if its != ANY_OTHER_CODE and code.strip().upper() in ("", its)
    ]
    return desk.visit.show(
        "rates.html",
        rows=rows,
        typed={"payer": payer, "code": code},
        payers=[(slug, _payer_name(desk, slug)) for slug in sorted(on_file.payers)],
        names={slug: _payer_name(desk, slug) for slug in on_file.payers},
        networks=_networks,
        files=_files,
        today=desk.today,
    )


@get(f"{HERE}/{{payer:str}}/{{code:str}}", guards=[takes("estimates:read")])
async def code_page(desk: NamedDependency[Desk], payer: FromPath[str], code: FromPath[str]) -> Response[str]:
    """All rates of a code, which of them an estimate takes today, and why."""
    return _page(desk, await _on_file(desk), payer, code, {})


@post(f"{HERE}/{{payer:str}}/{{code:str}}", guards=[takes("catalogue:write")], status_code=200)
async def pin_rate(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], payer: FromPath[str], code: FromPath[str]
) -> Response[str]:
    """Let one rate price the code from a day on."""
    on_file = await _on_file(desk)
    _refuse_unknown(on_file, payer, code)
    form, speak = await request.form(), desk.visit.speak
    typed = {name: str(form.get(name, "")).strip() for name in ("rate", "first_day", "note")}
    wrong: dict[str, str] = {}
    place, first_day = Placed.read(typed["rate"]), _day(typed["first_day"])
    if place is None:
        wrong["rate"] = speak("rates.wrong_rate")
    if first_day is None:
        wrong["first_day"] = speak("rates.wrong_day")
    if len(typed["note"]) > _LONGEST_NOTE:
        wrong["note"] = speak("rates.wrong_note", most=_LONGEST_NOTE)
    if place and first_day and not wrong:
        async with acquire(desk.wiring.pool) as connection:
            note = typed["note"] or None
            found = await store.pin(connection, place, first_day, note=note, key_id=desk.key.id)
        if not isinstance(found, NoSuchRate):
            return goes_to(desk.visit, f"{HERE}/{found.payer}/{found.code}")
        wrong["rate"] = speak("rates.wrong_rate")
    return _page(desk, on_file, payer, code, typed, wrong)


@post(f"{HERE}/{{payer:str}}/{{code:str}}/unpin", guards=[takes("catalogue:write")], status_code=200)
async def unpin_rate(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], payer: FromPath[str], code: FromPath[str]
) -> Response[str]:
    """Let the rules choose again from a day on."""
    on_file = await _on_file(desk)
    _refuse_unknown(on_file, payer, code)
    until = str((await request.form()).get("until", "")).strip()
    day = _day(until)
    if day is None:
        return _page(desk, on_file, payer, code, {"until": until}, {"until": desk.visit.speak("rates.wrong_day")})
    async with acquire(desk.wiring.pool) as connection:
        await store.unpin(connection, payer, code, day, key_id=desk.key.id)
    return goes_to(desk.visit, f"{HERE}/{payer}/{code}")


PAGES = (rates, code_page, pin_rate, unpin_rate)


def _page(
    desk: Desk, on_file: OnFile, payer: str, code: str, typed: dict[str, str], wrong: dict[str, str] | None = None
) -> Response[str]:
    """The page of a code. Raises `Refused` where nothing is on file for it."""
    _refuse_unknown(on_file, payer, code)
    row, visit = _row(desk, on_file, payer, code), desk.visit
    used = {id(each.rate) for each in row.choice.left}
    listed = [
        Shown(
            place=f"{each.source.id}/{ordinal}",
            candidate=each,
            price=unit_price(each.rate),
            spread=spread(each.rate),
            said_on=said_on(each),
            used=id(each.rate) in used,
        )
        for ordinal, each in on_file.listed(payer, code)
    ]
    today = desk.today.isoformat()
    return visit.show(
        "rates_code.html",
        status=422 if wrong else 200,
        row=row,
        payer_name=_payer_name(desk, payer),
        reasons=[sentence(each, visit.lang) for each in chosen(row.choice)],
        listed=sorted(listed, key=lambda each: not each.used),
        networks=_networks,
        files=_files,
        typed={"rate": "", "first_day": today, "note": "", "until": today} | typed,
        wrong=wrong or {},
        may_pin=may(desk.key, "catalogue:write"),
        any_other=ANY_OTHER_CODE,
    )


def _refuse_unknown(on_file: OnFile, payer: str, code: str) -> None:
    """Raises `Refused` where no rate of the payer is on file for the code."""
    if code not in on_file.codes(payer):
        raise Refused("not-found", "No rate of this payer is on file for the code.")


def _row(desk: Desk, on_file: OnFile, payer: str, code: str) -> Row:
    """The code as an estimate of today takes it, for one unit in an office."""
    candidates = on_file.candidates(payer, code)
    choice = choose(Line(code, desk.today, 1, OFFICE), candidates, on_file.pinned(payer, code, desk.today))
    entry: Code | None = desk.catalogue.code(code, desk.today)
    label = (entry.label_es if desk.visit.lang == "es" else entry.label) if entry else ""
    return Row(payer, code, label, choice, len(candidates))


async def _on_file(desk: Desk) -> OnFile:
    """The rates as they are in the database, which the catalogue in memory follows."""
    async with acquire(desk.wiring.pool) as connection:
        return await store.on_file(connection, desk.catalogue.rates)


def _payer_name(desk: Desk, slug: str) -> str:
    known = desk.catalogue.payers.get(slug)
    return known.name if known else slug


def _networks(choice: Choice) -> list[str]:
    return list(dict.fromkeys(network for each in choice.left for network in each.rate.networks))


def _files(choice: Choice) -> list[tuple[str, date]]:
    """The files behind a choice with their days, each once."""
    return list(dict.fromkeys((each.source.name, said_on(each)) for each in choice.left))


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except Unreadable:
        return None
