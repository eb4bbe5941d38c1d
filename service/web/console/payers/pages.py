"""The payers' pages: the list that is searched as one types, and everything known about one of them."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal, get_args

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from payers.catalogue.coverage import ended
from payers.catalogue.identity import resolve
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import STATES, PayerKind
from payers.estimate.story import ended_sentence
from payers.estimate.tell_catalogue import treatment_name
from payers.estimate.words import phrase, when
from service.api.payer_views import resolved
from service.api.problems import Refused
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.payers.listing import listed
from service.web.console.payers.one_payer import TREATMENTS, one_payer
from service.web.console.words import words

HERE = "/console/payers"

Query = Annotated[str, QueryParameter(max_length=120)]
Kind = Annotated[PayerKind | Literal[""], QueryParameter()]
State = Annotated[str, QueryParameter(name="state", pattern="^([A-Z]{2})?$")]
CardName = Annotated[str, QueryParameter(max_length=120)]
Day = Annotated[str, QueryParameter(max_length=20)]


@get(HERE, guards=[takes("estimates:read")])
async def payers(desk: NamedDependency[Desk], q: Query = "", kind: Kind = "", in_state: State = "") -> Response[str]:
    """The payers near what is typed; the script asks for the list alone."""
    visit, catalogue = desk.visit, desk.catalogue
    found = listed(catalogue, q, desk.today, in_state or None, kind or None, visit.lang)
    return visit.show(
        "payers_found.html" if visit.partial else "payers.html",
        found=found,
        typed={"q": q, "kind": kind, "state": in_state},
        kinds=get_args(PayerKind),
        states=sorted(STATES),
        treatments=_names(desk),
    )


@get(f"{HERE}/{{slug:str}}", guards=[takes("estimates:read")])
async def payer(
    desk: NamedDependency[Desk], slug: FromPath[str], name: CardName = "", as_of: Day = ""
) -> Response[str]:
    """One payer; with a name and a day, also whom that name meant on that day."""
    visit, catalogue = desk.visit, desk.catalogue
    if slug not in catalogue.payers:
        raise Refused("not-found", "No payer has this slug.")
    status, asked = _as_of(desk, catalogue.payers[slug], name, as_of)
    if visit.partial:
        return visit.show("payer_as_of.html", status=status, slug=slug, **asked)
    gone = ended(catalogue.payers[slug], desk.today)
    return visit.show(
        "payer.html",
        status=status,
        slug=slug,
        one=one_payer(catalogue, catalogue.payers[slug], desk.today, visit.lang),
        ended=ended_sentence(catalogue.payers[slug], gone, visit.lang) if gone else None,
        today=desk.today,
        treatments=_names(desk),
        may_estimate=may(desk.key, "estimates:write"),
        has_rates=slug in catalogue.rates.payers,
        networks={
            each.network: words(visit.lang).get(f"payers.network_{each.network}", each.network)
            for each in catalogue.payers[slug].identifiers
        },
        phrase=partial(phrase, visit.lang),
        **asked,
    )


PAGES = (payers, payer)


def _names(desk: Desk) -> dict[str, str]:
    return {slug: treatment_name(desk.catalogue.treatments[slug], desk.visit.lang) for slug in TREATMENTS}


def _as_of(desk: Desk, payer: Payer, name: str, as_of: str) -> tuple[int, dict[str, Any]]:
    """The small form's part of the page, and the status of the page with it."""
    visit, catalogue = desk.visit, desk.catalogue
    told: dict[str, Any] = {
        "typed": {"name": name or payer.name, "as_of": as_of or desk.today.isoformat()},
        "wrong": {},
        "meant": None,
        "names": {slug: each.name for slug, each in catalogue.payers.items()},
        "when": partial(when, visit.lang),
    }
    if not name and not as_of:
        return 200, told
    try:
        day = date.fromisoformat(told["typed"]["as_of"])
    except ValueError:
        return 422, told | {"wrong": {"as_of": visit.speak("payers.wrong_day")}}
    return 200, told | {"meant": resolved(catalogue, resolve(catalogue, told["typed"]["name"], day), visit.lang)}
