"""Who pays: from the name on the card to the payer that answers for the line of business."""

from collections.abc import Callable, Sequence
from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision
from payers.catalogue.identity import Resolution, resolve
from payers.catalogue.model import Frozen, Payer
from payers.catalogue.vocabulary import LineOfBusiness
from payers.estimate.question import Language
from payers.estimate.words import say


class Refusal(Frozen):
    """Why a question has no answer: a value, not an exception. `pointer` is the JSON pointer of the input."""

    kind: str
    """`unknown-payer`, `ambiguous-payer`, `impossible-question`."""
    pointer: str
    detail: str
    resolution: Resolution | None = None


def who_pays(
    catalogue: Catalogue,
    name: str,
    as_of: date,
    state: str | None,
    county: str | None,
    line: LineOfBusiness | None,
    ask: Callable[[Payer], Sequence[Decision]],
    lang: Language,
) -> tuple[Payer, Resolution] | Refusal:
    """The payer behind the name, and the entry of the same company that answers for the line of business asked.

    A name that means several payers still has an answer when all of them decide (`ask`) and share alike; its
    question is then worth nothing and stays in the resolution.
    """
    resolution = resolve(catalogue, name, as_of, state, county)
    slugs = [resolution.payer] if resolution.payer else [each.slug for each in resolution.candidates]
    if not resolution.payer and (resolution.question is None or not slugs):
        detail = say(lang, "refusal", "unknown-payer-near" if slugs else "unknown-payer")
        return Refusal(kind="unknown-payer", pointer="/payer", detail=detail, resolution=resolution)
    meant = [_of_line(catalogue, catalogue.payers[slug], line) for slug in slugs]
    if len({_answers(payer, ask(payer)) for payer in meant}) > 1:
        detail = (resolution.question_es if lang == "es" else resolution.question) or ""
        return Refusal(kind="ambiguous-payer", pointer="/payer", detail=detail, resolution=resolution)
    return meant[0], resolution


def _answers(payer: Payer, decisions: Sequence[Decision]) -> tuple[object, ...]:
    said = tuple((each.line_of_business, each.status, each.reason, each.lane) for each in decisions)
    return payer.programme, payer.lines_of_business, said


def _of_line(catalogue: Catalogue, payer: Payer, line: LineOfBusiness | None) -> Payer:
    elsewhere = payer.lines_elsewhere.get(line) if line else None
    return catalogue.payers[elsewhere] if elsewhere else payer
