"""The teller of what the catalogue knows: who pays, what is covered, which codes; it computes nothing."""

from collections.abc import Iterable
from datetime import date

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision
from payers.catalogue.identity import Possible, Resolution
from payers.catalogue.model import Payer, Rule, TreatmentInfo
from payers.catalogue.vocabulary import LineOfBusiness
from payers.estimate.answer import (
    BillingCode,
    Citation,
    CoverageAnswer,
    LineageStep,
    PayerAnswer,
    PossiblePayer,
    Requirement,
)
from payers.estimate.citing import citations
from payers.estimate.question import Language
from payers.estimate.words import phrase, requirements, say


def possible(candidates: Iterable[Possible], lang: Language) -> tuple[PossiblePayer, ...]:
    """Payers that may be meant, with the reason in the reader's language."""
    return tuple(
        PossiblePayer(slug=each.slug, name=each.name, why=each.why_es if lang == "es" else each.why)
        for each in candidates
    )


def question(resolution: Resolution, lang: Language) -> str | None:
    """What must be asked to know which payer is meant."""
    return resolution.question_es if lang == "es" else resolution.question


def lineage(catalogue: Catalogue, resolution: Resolution, lang: Language) -> tuple[LineageStep, ...]:
    """The steps from the name on the card to the payer of the day."""
    return tuple(
        LineageStep(
            from_slug=step.from_slug,
            to_slug=step.to_slug,
            on=step.on,
            event=step.event_es if lang == "es" else step.event,
            citations=tuple(
                Citation(title=source.title, url=source.url, confidence=step.confidence)
                for source in catalogue.sources_by_id(step.sources)
            ),
        )
        for step in resolution.via
    )


def treatment_name(treatment: TreatmentInfo, lang: Language) -> str:
    """The treatment's name in the reader's language."""
    return treatment.name_es if lang == "es" else treatment.name


def name_within(treatment: TreatmentInfo, lang: Language) -> str:
    """The treatment's name within a sentence: a brand and initials (`IV`) keep their capitals."""
    name = treatment_name(treatment, lang)
    if treatment.is_brand or name[:2].isupper():
        return name
    return name[0].lower() + name[1:]


def payer(
    catalogue: Catalogue, resolution: Resolution, found: Payer, line: LineOfBusiness, lang: Language
) -> PayerAnswer:
    """The payer that answers, and how the name that was asked leads there."""
    return PayerAnswer(
        slug=found.slug,
        name=found.name,
        asked=resolution.asked,
        line_of_business=line,
        via=lineage(catalogue, resolution, lang),
        also=possible(resolution.also, lang),
        candidates=possible(resolution.candidates, lang),
        question=question(resolution, lang),
    )


def coverage(catalogue: Catalogue, decision: Decision, today: date, lang: Language) -> CoverageAnswer:
    """The decision in words, with everything that its rule asks for."""
    rule = decision.rule
    named = name_within(catalogue.treatments[decision.treatment], lang)
    sentences = [say(lang, "status", decision.status, payer=catalogue.payers[decision.payer].name, treatment=named)]
    if decision.reason:
        sentences.append(say(lang, "reason", decision.reason))
    if decision.is_default:
        sentences.append(say(lang, "default", "rule"))
    policy = rule.policy if rule else None
    return CoverageAnswer(
        status=decision.status,
        reason=decision.reason,
        sentence=" ".join(sentences),
        lane=decision.lane,
        lane_note=phrase(lang, rule.lane_note) if rule and rule.lane_note else None,
        policy=" ".join(part for part in (policy.name, policy.number) if part) or None if policy else None,
        requirements=asked_for(rule, lang) if rule else (),
        authorization_months=rule.authorization.initial_months if rule else None,
        quantity_limits=phrase(lang, rule.quantity_limits) if rule and rule.quantity_limits else None,
        codes=codes(catalogue, rule.codes, decision.as_of, lang) if rule else (),
        citations=citations(catalogue, (rule,)) if rule else (),
        confidence=rule.confidence if rule else None,
        verified_on=rule.verified_on if rule else None,
        stale=decision.stale_on(today),
        is_default=decision.is_default,
    )


def asked_for(rule: Rule, lang: Language) -> tuple[Requirement, ...]:
    """What the payer asks before it pays."""
    return tuple(Requirement(kind=kind, text=text) for kind, text in requirements(rule, lang))


def codes(catalogue: Catalogue, wanted: Iterable[str], day: date, lang: Language) -> tuple[BillingCode, ...]:
    """The codes in force on `day`, or what they replaced, with our own plain words."""
    in_force = dict.fromkeys(catalogue.code_in_force(code, day) for code in wanted)
    valid = (catalogue.code(code, day) for code in in_force if code)
    return tuple(
        BillingCode(code=each.code, label=each.label_es if lang == "es" else each.label) for each in valid if each
    )
