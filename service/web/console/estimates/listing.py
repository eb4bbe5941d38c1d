"""The list of estimates on file, the newest first."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.estimate.tell_catalogue import treatment_name
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from payers.estimate.words import day
from service.store.database import acquire
from service.store.estimates import FoundEstimate, search_estimates
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.estimates.searching import HERE, MINE, Search, meant, search_for

PAGE = 50

Text = Annotated[str, QueryParameter(max_length=120)]
After = Annotated[UUID | None, QueryParameter()]


class Row(NamedTuple):
    """An estimate in the list. `asked` is the payer as somebody typed it, where that is another name."""

    estimate: FoundEstimate
    made_at: datetime
    treatment: str
    asked: str | None
    open: int
    by: str


@get(HERE, guards=[takes("estimates:read")])
async def listed(
    desk: NamedDependency[Desk],
    payer: Text = "",
    treatment: Text = "",
    since: Annotated[str, QueryParameter(name="from", max_length=120)] = "",
    to: Text = "",
    by: Text = "",
    estimate_id: Annotated[str, QueryParameter(name="id", max_length=120)] = "",
    after: After = None,
) -> Response[str]:
    """The estimates that the search finds, or all of them."""
    typed = {"payer": payer, "treatment": treatment, "from": since, "to": to, "by": by, "id": estimate_id}
    return await list_page(desk, search_for(typed), after)


async def list_page(
    desk: Desk, looked_for: Search, after: UUID | None, *, ticked: frozenset[UUID] = frozenset(), wrong_ticks: str = ""
) -> Response[str]:
    """The page of the list from below `after`, with what is wrong with the search or with what was ticked."""
    sought, payers, wrong = meant(desk, looked_for)
    found: list[FoundEstimate] = []
    if not wrong:
        async with acquire(desk.wiring.pool) as connection:
            found = list(await search_estimates(connection, sought, after=after, limit=PAGE + 1))
    shown = found[:PAGE]
    further = {"after": str(after)} if after else {}
    return desk.visit.show(
        "estimates.html",
        status=422 if wrong or wrong_ticks else 200,
        typed=looked_for.typed,
        wrong=wrong,
        wrong_ticks=wrong_ticks,
        ticked=ticked,
        payers=payers,
        looked_for=list(_told(desk, looked_for, payers)) if not wrong else [],
        treatments=_treatments(desk),
        people=_people(desk),
        rows=[_row(desk, each) for each in shown],
        next_page=looked_for.address(after=str(shown[-1].id)) if len(found) > PAGE else None,
        first_page=looked_for.address() if after else None,
        here=looked_for.address(**further).partition("?")[2],
        may_estimate=may(desk.key, "estimates:write"),
    )


def _told(desk: Desk, looked_for: Search, payers: tuple[str, ...]) -> Iterator[str]:
    """What was looked for, in words."""
    visit, choices = desk.visit, {"treatment": dict(_treatments(desk)), "by": dict(_people(desk))}
    for name, text in looked_for.typed.items():
        match name:
            case "payer":
                yield visit.speak("estimates.looked_payer", name=", ".join(payers) or text)
            case "from" | "to":
                yield visit.speak(f"estimates.looked_{name}", day=day(visit.lang, date.fromisoformat(text)))
            case "id":
                yield visit.speak("estimates.looked_id", id=text)
            case _:
                yield visit.speak(f"estimates.looked_{name}", name=choices[name][text])


def _row(desk: Desk, found: FoundEstimate) -> Row:
    answer = found.answer
    known = {answer.payer.slug, answer.payer.name.casefold()}
    treatment = desk.catalogue.treatments.get(answer.treatment.slug)
    key = desk.wiring.live.keys.get(found.key_id) if found.key_id else None
    return Row(
        estimate=found,
        made_at=found.created_at.astimezone(desk.wiring.clock().tzinfo),
        treatment=treatment_name(treatment, desk.visit.lang) if treatment else answer.treatment.name,
        asked=None if answer.payer.asked.casefold() in known else answer.payer.asked,
        open=sum(each.worth_cents >= WORTH_TELLING_CENTS for each in answer.unknowns),
        by=key.name if key else "",
    )


def _treatments(desk: Desk) -> list[tuple[str, str]]:
    return [(slug, treatment_name(each, desk.visit.lang)) for slug, each in desk.catalogue.treatments.items()]


def _people(desk: Desk) -> list[tuple[str, str]]:
    """Who may have asked: whoever looks first, then everybody by name; keys of one name are told apart by their end."""
    keys = sorted(desk.wiring.live.keys.values(), key=lambda key: (key.name.casefold(), key.id))
    names = [key.name for key in keys]
    others: list[tuple[str, str]] = [
        (str(key.id), key.name if names.count(key.name) == 1 else f"{key.name} …{key.last4}") for key in keys
    ]
    return [(MINE, desk.visit.speak("estimates.by_me")), *others]
