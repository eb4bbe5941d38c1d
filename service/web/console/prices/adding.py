"""A new row: its kind, its form, its payer by any name, the row on file or what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from payers.catalogue.clinic import ClinicLayer, ClinicRow, ContractedRate
from payers.catalogue.identity import resolve
from payers.estimate import tell_catalogue
from payers.estimate.answer import PossiblePayer
from payers.estimate.words import say
from service.api.problems import Refused
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.prices.form import Form, blank, row_of, typed
from service.web.console.prices.kinds import KINDS, Input, Kind
from service.web.console.prices.saving import HERE, Objection, added, layer_on_file
from service.web.console.prices.telling import DISCOUNTS
from service.web.console.visit import goes_to

_CANDIDATE = "candidate"


@get(f"{HERE}/new", guards=[takes("catalogue:write")])
async def choose_kind(desk: NamedDependency[Desk]) -> Response[str]:
    """Which kind of row it shall be."""
    return desk.visit.show("prices_kinds.html", tables=tuple(KINDS))


@get(f"{HERE}/new/{{table:str}}", guards=[takes("catalogue:write")])
async def new_row(
    table: FromPath[str], desk: NamedDependency[Desk], site: Annotated[str, QueryParameter(max_length=120)] = ""
) -> Response[str]:
    """The form of a new row."""
    kind = _kind(table)
    return _page(desk, kind, blank(kind, site), await layer_on_file(desk))


@post(f"{HERE}/new/{{table:str}}", guards=[takes("catalogue:write")], status_code=200)
async def add_row(request: Request[Any, Any, Any], table: FromPath[str], desk: NamedDependency[Desk]) -> Response[str]:
    """Put a row on file, or show the form with what is wrong."""
    kind, sent, layer = _kind(table), await request.form(), await layer_on_file(desk)
    form = _as_spelled_before(typed(kind.inputs, sent), layer)
    if chosen := str(sent.get(_CANDIDATE, "")):
        form = form.with_values(payer=chosen)
    row = row_of(kind, form, desk.visit.speak)
    if isinstance(row, Form):
        return _page(desk, kind, row, layer)
    if isinstance(row, ContractedRate):
        payer = _payer(desk, row)
        if isinstance(payer, _Unsettled):
            return _page(desk, kind, form.with_wrong({"payer": payer.told}), layer, candidates=payer.candidates)
        row = msgspec.structs.replace(row, payer=payer)
    saved = await added(desk, kind, row)
    if isinstance(saved, Objection):
        return _page(desk, kind, form.with_wrong(saved.wrong), layer, rival=saved.rival)
    return goes_to(desk.visit, f"{HERE}?saved={quote(saved.id)}")


PAGES = (choose_kind, new_row, add_row)


def _kind(table: str) -> Kind:
    if table not in KINDS:
        raise Refused("not-found", "No kind of prices has this name.")
    return KINDS[table]


def _page(
    desk: Desk,
    kind: Kind,
    form: Form,
    layer: ClinicLayer,
    *,
    rival: ClinicRow | None = None,
    candidates: Sequence[PossiblePayer] = (),
) -> Response[str]:
    return desk.visit.show(
        "prices_new.html",
        status=422 if form.wrong else 200,
        kind=kind,
        form=form,
        rival=rival,
        candidates=candidates,
        options={each.name: _options(desk, each) for each in kind.inputs},
        suggestions=_suggestions(desk, layer),
    )


class _Unsettled(NamedTuple):
    """A payer's name that leads to none or to several."""

    told: str
    candidates: tuple[PossiblePayer, ...]


def _payer(desk: Desk, rate: ContractedRate) -> str | _Unsettled:
    """The slug of the payer that was named, as of the first day of the rate."""
    found = resolve(desk.catalogue, rate.payer, rate.valid_from or desk.today)
    if found.payer is not None:
        return found.payer
    lang = desk.visit.lang
    asked = tell_catalogue.question(found, lang) or desk.visit.speak("prices.payer_unknown")
    return _Unsettled(asked, tell_catalogue.possible(found.candidates, lang))


def _as_spelled_before(form: Form, layer: ClinicLayer) -> Form:
    """The form with the site spelled as on file: `denver` and `Denver` are one site."""
    site = form.values.get("site", "")
    known = next((each for each in layer.sites if each.casefold() == site.casefold()), site)
    return form.with_values(site=known) if site else form


def _options(desk: Desk, each: Input) -> list[tuple[str, str]]:
    """The values of a choice with their names."""
    lang, speak = desk.visit.lang, desk.visit.speak
    match each.name:
        case "treatment":
            return [
                (slug, tell_catalogue.treatment_name(named, lang)) for slug, named in desk.catalogue.treatments.items()
            ]
        case "dose_mg":
            return [(dose, speak("prices.dose", count=dose)) for dose in each.options]
        case "service" | "applies_to":
            return [(service, say(lang, "service", service)) for service in each.options]
        case "per":
            return [(unit, say(lang, "fee_unit", unit)) for unit in each.options]
        case "line_of_business":
            return [(line, speak(f"estimate.line_of_business_{line}")) for line in each.options]
        case _:
            return [(value, speak(f"prices.{each.name}_{value}")) for value in each.options]


def _suggestions(desk: Desk, layer: ClinicLayer) -> Mapping[str, Iterable[str]]:
    """What is offered as one types, by the input's name."""
    kinds = dict.fromkeys((*DISCOUNTS, *(row.kind for row in layer.discounts)))
    payers = sorted(payer.name for payer in desk.catalogue.release.payers)
    return {"site": layer.sites, "for_whom": tuple(kinds), "payer": payers}
