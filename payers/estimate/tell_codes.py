"""The teller of what to bill: codes with their labels, notes and citations, and what must not stand beside them."""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.memory import remembered
from payers.catalogue.model import ClaimRule
from payers.catalogue.vocabulary import Confidence
from payers.claims import ndc
from payers.estimate.billing_answer import BilledLine, BillingAnswer, Lacking
from payers.estimate.citing import citations
from payers.estimate.codes import Desk, Note, Piece, Proposal, desk_of, evaluation_codes, proposals
from payers.estimate.course import Slot
from payers.estimate.estimate import Estimate
from payers.estimate.question import Language
from payers.estimate.session_codes import session_codes
from payers.estimate.tell_catalogue import name_within
from payers.estimate.words import say

_LEAST_FIRST: tuple[Confidence, ...] = ("low", "medium", "high")
_NEEDS: dict[str, Lacking] = {"ndc": "ndc", "dose": "narrative"}
_FACILITY = "facility"
"""The rule that the claim check tells with amounts; here the amounts stand on the sessions themselves."""


def billing(estimate: Estimate, shown: Sequence[Slot]) -> tuple[BillingAnswer, ...]:
    """What to bill: a new patient's evaluation first, then each distinct set with the sessions it holds for."""
    case, lang = estimate.case, estimate.case.question.lang
    first = desk_of(case, estimate.decision, "medical", shown[0].on)
    sets = session_codes(estimate, shown)
    return (
        told_of(case.catalogue, first, None, lang),
        *(replace(told_of(case.catalogue, desk, place, lang), sessions=numbers) for desk, place, numbers in sets),
    )


@remembered
def told_of(catalogue: Catalogue, desk: Desk, place: int | None, lang: Language) -> BillingAnswer:
    """The desk's proposal at that place; without one the evaluation before the first session."""
    if place is None:
        return told(desk, evaluation_codes(desk), lang, evaluation=True)
    return told(desk, next(islice(proposals(desk), place, None)), lang)


def told(desk: Desk, proposal: Proposal, lang: Language, *, evaluation: bool = False) -> BillingAnswer:
    """One set in words, for no session yet."""
    pieces = [piece for group in (proposal.lines, *proposal.one_of) for piece in group]
    rules = [(rule, piece) for piece in pieces for rule in desk.rules_of(piece.code) if _open(rule, piece)]
    notes = [*proposal.notes, *(Note(rule.id, piece.code) for rule, piece in rules)]
    impossible = any(rule.places and rule.severity == "error" for rule, _ in rules)
    cited = (*proposal.cited, *(rule for rule, _ in rules))
    return BillingAnswer(
        visit="evaluation" if evaluation else "session",
        sessions=(),
        dose_mg=proposal.dose_mg,
        lane=proposal.lane,
        basis=proposal.basis,
        place_of_service=None if impossible or evaluation else desk.place_of_service,
        lines=tuple(_line(desk, piece, lang) for piece in proposal.lines),
        one_of=tuple(tuple(_line(desk, piece, lang) for piece in group) for group in proposal.one_of),
        never_with=_never(desk, {piece.code for piece in pieces}),
        sentence=say(lang, "billing", "evaluation" if evaluation else proposal.basis, payer=desk.payer_name),
        notes=tuple(dict.fromkeys(_note(desk, each, lang) for each in notes)),
        citations=citations(desk.catalogue, cited),
        confidence=next(each for each in _LEAST_FIRST if any(value.confidence == each for value in cited)),
    )


def _open(rule: ClaimRule, piece: Piece) -> bool:
    """Whether the rule asks for something that the line does not have yet."""
    return not (piece.ndc and "ndc" in rule.lacking)


def _line(desk: Desk, piece: Piece, lang: Language) -> BilledLine:
    entry = desk.entry(piece.code)
    product = ndc.known(desk.catalogue, piece.ndc) if piece.ndc else None
    lacking = [each for rule in desk.rules_of(piece.code) if _open(rule, piece) for each in rule.lacking]
    return BilledLine(
        component=piece.component,
        code=piece.code,
        label="" if entry is None else entry.label_es if lang == "es" else entry.label,
        units=piece.units,
        ndc=product.ndc if product else None,
        ndc_11=product.ndc11 if product else None,
        product=None if product is None else product.product_es if lang == "es" else product.product,
        optional_modifiers=tuple(each for each in lacking if each not in _NEEDS),
        needs=tuple(_NEEDS[each] for each in lacking if each in _NEEDS),
    )


def _never(desk: Desk, own: set[str]) -> tuple[str, ...]:
    """Codes of the day that a bundle holds already or that a rule refuses beside these."""
    found = {code for each in own if (entry := desk.entry(each)) for code in entry.never_with}
    found |= {each.code for each in desk.catalogue.release.codes if own.intersection(each.never_with)}
    for rule in desk.rules():
        if rule.severity != "error" or rule.lacking or rule.places or rule.new_patient is not None or rule.units_above:
            continue
        found |= {*_refused(rule, own)}
    known = {each.code for each in desk.catalogue.release.codes}
    return tuple(sorted(code for code in found - own if code not in known or desk.catalogue.code(code, desk.day)))


def _refused(rule: ClaimRule, own: set[str]) -> Iterator[str]:
    if own.intersection(rule.beside):
        yield from rule.codes
    if own.intersection(rule.codes):
        yield from rule.beside
    if rule.drug_source or (rule.lines_of_business and not rule.beside):
        yield from rule.codes


def _note(desk: Desk, note: Note, lang: Language) -> str:
    values = {
        "code": note.code,
        "payer": desk.payer_name,
        "place": desk.place_of_service,
        "treatment": name_within(desk.info, lang),
    }
    if note.key in ("pharmacy", "prolonged", "prolonged-unknown", "visit-unlisted"):
        return say(lang, "billing", note.key, **values)
    key = "facility-unpriced" if note.key == _FACILITY else note.key
    return f"{say(lang, 'claim', key, **values)} {say(lang, 'claim_remedy', key, **values)}"
