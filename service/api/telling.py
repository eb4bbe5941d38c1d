"""What the catalogue knows, told in the shapes of the contract."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision
from payers.catalogue.identity import Possible, Resolution
from payers.catalogue.model import Cited, Rule, TreatmentInfo
from payers.catalogue.vocabulary import Confidence, LineOfBusiness
from payers.estimate.answer import (
    BillingCode,
    Citation,
    CoverageAnswer,
    LineageStep,
    PayerAnswer,
    PossiblePayer,
    Requirement,
)
from payers.estimate.question import Language


V = TypeVar("V", bound=msgspec.Struct)


def view(shape: type[V], value: msgspec.Struct, **told: Any) -> V:
    """The shape with the value's fields of the same name; the others are told."""
    same = {name: getattr(value, name) for name in shape.__struct_fields__ if name not in told}
    return shape(**same, **told)


def citations(catalogue: Catalogue, cited: Cited) -> tuple[Citation, ...]:
    """Where a value was read."""
    return tuple(
        Citation(title=source.title, url=source.url, confidence=cited.confidence) for source in catalogue.sources(cited)
    )


def possible(candidates: Iterable[Possible], lang: Language) -> tuple[PossiblePayer, ...]:
    """Payers that may be meant, with the reason in the reader's language."""
    return tuple(
        PossiblePayer(slug=each.slug, name=each.name, why=each.why_es if lang == "es" else each.why)
        for each in candidates
    )


def question(resolution: Resolution, lang: Language) -> str | None:
    """What must be asked to know which payer is meant."""
    return resolution.question_es if lang == "es" else resolution.question


def lineage(catalogue: Catalogue, resolution: Resolution) -> tuple[LineageStep, ...]:
    """The steps from the name on the card to the payer of the day."""
    return tuple(
        LineageStep(
            from_slug=step.from_slug,
            to_slug=step.to_slug,
            on=step.on,
            event=step.event,
            citations=_cited(catalogue, step.sources, step.confidence),
        )
        for step in resolution.via
    )


def treatment_name(treatment: TreatmentInfo, lang: Language) -> str:
    """The treatment's name in the reader's language."""
    return treatment.name_es if lang == "es" else treatment.name


def payer(
    catalogue: Catalogue, resolution: Resolution, slug: str, line: LineOfBusiness | None, lang: Language
) -> PayerAnswer:
    """The payer that answers, and how the name that was asked leads there."""
    found = catalogue.payers[slug]
    return PayerAnswer(
        slug=found.slug,
        name=found.name,
        asked=resolution.asked,
        line_of_business=line or found.lines_of_business[0],
        via=lineage(catalogue, resolution),
        also=possible(resolution.also, lang),
    )


def coverage(catalogue: Catalogue, decision: Decision, today: date, lang: Language) -> CoverageAnswer:
    """The decision with everything that its rule asks for."""
    rule = decision.rule
    return CoverageAnswer(
        status=decision.status,
        reason=decision.reason,
        sentence=decision.status,
        lane=decision.lane,
        lane_note=rule.lane_note if rule else None,
        policy=rule.policy.name if rule and rule.policy else None,
        requirements=requirements(rule, lang) if rule else (),
        authorization_months=rule.authorization.initial_months if rule else None,
        quantity_limits=rule.quantity_limits if rule else None,
        codes=codes(catalogue, rule.codes, decision.as_of, lang) if rule else (),
        citations=citations(catalogue, rule) if rule else (),
        confidence=rule.confidence if rule else None,
        verified_on=rule.verified_on if rule else None,
        stale=decision.stale_on(today),
        is_default=decision.is_default,
    )


def requirements(rule: Rule, lang: Language) -> tuple[Requirement, ...]:
    """What the payer asks before it pays."""
    criteria = rule.criteria
    given = ((name, getattr(criteria, name)) for name in criteria.__struct_fields__)
    return tuple(Requirement(kind=name, text=str(value)) for name, value in given if value not in (None, ()))


def codes(catalogue: Catalogue, wanted: Iterable[str], day: date, lang: Language) -> tuple[BillingCode, ...]:
    """Codes with our own plain words; a code that is not described on file has none."""
    found = ((code, catalogue.code(code, day)) for code in wanted)
    return tuple(
        BillingCode(code=code, label=(entry.label_es if lang == "es" else entry.label) if entry else "")
        for code, entry in found
    )


def _cited(catalogue: Catalogue, sources: Iterable[str], confidence: Confidence) -> tuple[Citation, ...]:
    by_id = {source.id: source for source in catalogue.release.sources}
    return tuple(
        Citation(title=by_id[each].title, url=by_id[each].url, confidence=confidence) for each in sources
    )
