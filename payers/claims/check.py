"""The one entry: a claim and the catalogue give every finding, told in the reader's language."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import get_args

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.catalogue.model import Ndc, Payer, TreatmentInfo
from payers.catalogue.vocabulary import ClaimSeverity
from payers.claims.acceptance import acceptance
from payers.claims.beside import add_ons, bundle
from payers.claims.claim import Claim, ClaimCheck, ClaimFinding
from payers.claims.drug import drug
from payers.claims.rules import rules
from payers.claims.session import Found, Session, session
from payers.claims.span import span
from payers.claims.units import units
from payers.claims.validity import medicare, on_file, validity
from payers.estimate.citing import citations
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language
from payers.estimate.tell_catalogue import name_within, question
from payers.estimate.who_pays import of_another_state
from payers.estimate.words import day, say

_EDITS: tuple[Callable[[Session], Iterator[Found]], ...] = (
    on_file,
    validity,
    medicare,
    acceptance,
    drug,
    bundle,
    add_ons,
    span,
    rules,
    units,
)
_GRAVEST_FIRST: tuple[ClaimSeverity, ...] = get_args(ClaimSeverity)


def check(catalogue: Catalogue, claim: Claim, today: date) -> ClaimCheck | Refusal:
    """Every finding, by line. A name of several payers has an answer where the claim is the same to all of them."""
    resolution = resolve(catalogue, claim.payer, claim.date_of_service, claim.state)
    if of_another_state(resolution):
        name = resolution.candidates[0].name
        detail = say(claim.lang, "refusal", "medicaid-elsewhere", payer=name, state=claim.state)
        return Refusal(kind="unknown-payer", pointer="/state", detail=detail, resolution=resolution)
    meant = [resolution.payer] if resolution.payer else [each.slug for each in resolution.candidates]
    payers = [_of_line(catalogue, claim, slug) for slug in meant]
    checks = [
        _check(session(catalogue, claim, today, payer, payer.name if resolution.payer else claim.payer))
        for payer in payers
    ]
    if not (resolution.payer or resolution.question) or len({_gist(each) for each in checks}) != 1:
        kind = "ambiguous-payer" if resolution.question else "unknown-payer"
        unknown = "unknown-payer-near" if resolution.candidates else "unknown-payer"
        detail = question(resolution, claim.lang) or say(claim.lang, "refusal", unknown)
        return Refusal(kind=kind, pointer="/payer", detail=detail, resolution=resolution)
    return checks[0]


def _of_line(catalogue: Catalogue, claim: Claim, slug: str) -> Payer:
    """The entry of the same company that answers for the line of business asked."""
    payer = catalogue.payers[slug]
    elsewhere = payer.lines_elsewhere.get(claim.line_of_business) if claim.line_of_business else None
    return catalogue.payers[elsewhere] if elsewhere else payer


def _gist(check: ClaimCheck) -> tuple[tuple[int, str, str], ...]:
    return tuple((each.line, each.severity, each.kind) for each in check.findings)


def _check(asked: Session) -> ClaimCheck:
    found = [each for edit in _EDITS for each in edit(asked)]
    told = [_tell(asked, each) for each in sorted(found, key=_place)]
    return ClaimCheck(ok=all(each.severity != "error" for each in told), findings=tuple(dict.fromkeys(told)))


def _place(found: Found) -> tuple[int, int, str]:
    """By line, the gravest first."""
    return found.line.number, _GRAVEST_FIRST.index(found.severity), found.kind


def _tell(asked: Session, found: Found) -> ClaimFinding:
    claim, lang = asked.claim, asked.claim.lang
    values: dict[str, object] = {
        "code": found.line.code,
        "payer": asked.payer_name,
        "day": day(lang, asked.day),
        "place": claim.place_of_service,
        "units": found.line.asked.units,
    }
    for name, value in found.values.items():
        values[name] = _named(value, lang)
    return ClaimFinding(
        line=found.line.number,
        severity=found.severity,
        kind=found.kind,
        text=say(lang, "claim", found.kind, **values),
        remedy=_remedy(asked, found, values),
        citations=citations(asked.catalogue, found.cited),
    )


def _named(value: object, lang: Language) -> object:
    match value:
        case TreatmentInfo():
            return name_within(value, lang)
        case Ndc():
            return value.product_es if lang == "es" else value.product
        case _:
            return value


def _remedy(asked: Session, found: Found, values: dict[str, object]) -> str:
    lang = asked.claim.lang
    if found.notice:
        return found.notice.text_es if lang == "es" else found.notice.text
    return say(lang, "claim_remedy", found.kind, **values)
