"""Payers in a list: why each was found, where its name leads today, and what it says of the two main treatments."""

from datetime import date
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision, decide
from payers.catalogue.identity import Possible, known_as, resolve, search
from payers.catalogue.model import Payer
from payers.catalogue.vocabulary import Treatment
from payers.estimate import tell_catalogue
from payers.estimate.question import Language

IN_SHORT: tuple[Treatment, ...] = ("spravato", "iv-ketamine")
"""The treatments whose coverage stands in the list."""


class Listed(NamedTuple):
    """A payer in the list. `why` is there when another name than its own was found."""

    payer: Payer
    why: str | None
    leads_to: tuple[Payer, ...]
    decisions: tuple[Decision, ...]


def listed(
    catalogue: Catalogue, query: str, today: date, state: str | None, kind: str | None, lang: Language
) -> list[Listed]:
    """The payers whose names are near the query, nearest first; all of them without one."""
    found = search(catalogue, query, today, state, kind, limit=len(catalogue.payers))
    return [_listed(catalogue, each, today, lang) for each in found]


def leads_to(catalogue: Catalogue, payer: Payer, today: date) -> tuple[Payer, ...]:
    """The payers to which a card with this payer's name leads today; none when it still answers itself."""
    found = resolve(catalogue, payer.slug, today)
    if found.payer == payer.slug:
        return ()
    slugs = [found.payer] if found.payer else []
    return tuple(catalogue.payers[slug] for slug in (*slugs, *(each.slug for each in found.candidates)))


def _listed(catalogue: Catalogue, found: Possible, today: date, lang: Language) -> Listed:
    payer = catalogue.payers[found.slug]
    heirs = leads_to(catalogue, payer, today)
    named = () if heirs else tuple(catalogue.treatments[each] for each in IN_SHORT)
    (told,) = tell_catalogue.possible([found], lang)
    return Listed(
        payer=payer,
        why=None if found == known_as(payer, payer.name) else told.why,
        leads_to=heirs,
        decisions=tuple(decide(catalogue, payer, each.slug, each.usual_indication, today) for each in named),
    )
