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
    question is then worth nothing and stays in the resolution. A payer without the line of business, and the Medicaid
    of another state than the member's, answer for nobody.
    """
    resolution = resolve(catalogue, name, as_of, state, county)
    slugs = [resolution.payer] if resolution.payer else [each.slug for each in resolution.candidates]
    if of_another_state(resolution):
        detail = say(lang, "refusal", "medicaid-elsewhere", payer=resolution.candidates[0].name, state=state)
        return Refusal(kind="unknown-payer", pointer="/state", detail=detail, resolution=resolution)
    if not resolution.payer and (resolution.question is None or not slugs):
        detail = say(lang, "refusal", "unknown-payer-near" if slugs else "unknown-payer")
        return Refusal(kind="unknown-payer", pointer="/payer", detail=detail, resolution=resolution)
    named = [catalogue.payers[slug] for slug in slugs]
    meant = [_of_line(catalogue, payer, line) for payer in named]
    if line and not any(line in payer.lines_of_business for payer in meant):
        had = sorted({had for payer in named for had in (*payer.lines_of_business, *payer.lines_elsewhere)})
        detail = say(lang, "refusal", "line-not-had", payer=named[0].name, lines=", ".join(had))
        return Refusal(kind="impossible-question", pointer="/line_of_business", detail=detail)
    if len({_answers(payer, ask(payer)) for payer in meant}) > 1:
        detail = (resolution.question_es if lang == "es" else resolution.question) or ""
        return Refusal(kind="ambiguous-payer", pointer="/payer", detail=detail, resolution=resolution)
    return meant[0], resolution


def of_another_state(resolution: Resolution) -> bool:
    """Whether the one payer of the name is ruled out by the member's state, so that nobody is left to answer."""
    return resolution.payer is None and resolution.question is not None and len(resolution.candidates) == 1


def _answers(payer: Payer, decisions: Sequence[Decision]) -> tuple[object, ...]:
    said = tuple((each.line_of_business, each.status, each.reason, each.lane) for each in decisions)
    return payer.programme, payer.lines_of_business, said


def _of_line(catalogue: Catalogue, payer: Payer, line: LineOfBusiness | None) -> Payer:
    elsewhere = payer.lines_elsewhere.get(line) if line else None
    return catalogue.payers[elsewhere] if elsewhere else payer
