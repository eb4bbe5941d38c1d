"""What somebody looks for among the estimates on file, as it stands in the address of the list."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, get_args
from urllib.parse import urlencode
from uuid import UUID

from payers.catalogue.identity import search
from payers.catalogue.vocabulary import Treatment
from service.store.estimates import Sought
from service.web.console.desk import Desk
from service.web.console.reading import Unreadable, day

HERE = "/console/estimates"
FIELDS = ("payer", "treatment", "from", "to", "by", "id")
MINE = "mine"
"""Who asked: whoever looks. Else it is the id of a key."""

_ID_DIGITS = 32


class Search(NamedTuple):
    """What was typed, by the field's name, where anything was."""

    typed: Mapping[str, str]

    def address(self, **more: str) -> str:
        """The list of what is looked for."""
        query = urlencode({**self.typed, **more})
        return f"{HERE}?{query}" if query else HERE


class Meant(NamedTuple):
    """What is looked for, and by which payers the typed name may be meant. What is wrong stands by its field."""

    sought: Sought
    payers: tuple[str, ...]
    wrong: Mapping[str, str]


def search_for(typed: Mapping[str, str]) -> Search:
    """The search that fields or an address hold; what is no field of it is left out."""
    return Search({name: typed[name].strip() for name in FIELDS if typed.get(name, "").strip()})


def meant(desk: Desk, looked_for: Search) -> Meant:
    """What the search means today: a payer by any of its names, days of the service's own time zone."""
    typed, speak = looked_for.typed, desk.visit.speak
    wrong: dict[str, str] = {}
    days: dict[str, date] = {}
    for name in ("from", "to"):
        try:
            days |= {name: day(typed[name])} if name in typed else {}
        except Unreadable as error:
            wrong[name] = speak(f"estimate.{error}")
    since, until = days.get("from"), days.get("to")
    if since and until and until < since:
        wrong["to"] = speak("estimates.wrong_order")
    digits = typed.get("id", "").replace("-", "").lower()
    if len(digits) > _ID_DIGITS or set(digits) - set("0123456789abcdef"):
        wrong["id"] = speak("estimates.wrong_id")
    if typed.get("treatment", "spravato") not in get_args(Treatment):
        wrong["treatment"] = speak("estimate.wrong_value")
    by = str(desk.key.id) if typed.get("by") == MINE else typed.get("by")
    if by and by not in {str(each) for each in desk.wiring.live.keys}:
        wrong["by"] = speak("estimate.wrong_value")
    if wrong:
        return Meant(Sought(), (), wrong)
    name = typed.get("payer")
    found = search(desk.catalogue, name, desk.today, limit=len(desk.catalogue.payers)) if name else []
    sought = Sought(
        # A payer that the catalogue does not know any more is still found by its slug.
        payers=(*(each.slug for each in found), name) if name else None,
        treatment=typed.get("treatment"),
        since=_midnight(desk, since) if since else None,
        before=_midnight(desk, until + timedelta(days=1)) if until else None,
        key_id=UUID(by) if by else None,
        id_begins=digits,
    )
    return Meant(sought, tuple(each.name for each in found), {})


def _midnight(desk: Desk, on: date) -> datetime:
    return datetime.combine(on, time.min, desk.wiring.clock().tzinfo)
