"""Which drug codes a payer takes for a treatment on a day, as far as any source says."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, get_args

from payers.catalogue.catalogue import ANY_PAYER, Catalogue
from payers.catalogue.coverage import Decision, decide
from payers.catalogue.model import Cited, Payer, TreatmentInfo
from payers.catalogue.vocabulary import Component, Indication, LineOfBusiness

_DRUG: frozenset[Component] = frozenset({"session", "drug"})


class Asked(NamedTuple):
    """Who is billed, and when."""

    catalogue: Catalogue
    payer: Payer
    line_of_business: LineOfBusiness
    plan: str | None
    day: date


class Taken(NamedTuple):
    """The drug codes a payer takes on the day, and where that was read; `sure` when a source says so outright."""

    codes: tuple[str, ...]
    cited: tuple[Cited, ...]
    sure: bool


def taken(asked: Asked, treatment: TreatmentInfo) -> Taken | None:
    """What a source says the payer takes, else what its coverage rules list; nothing when neither says."""
    outright = [
        each
        for each in asked.catalogue.release.accepted_codes
        if each.payer in (asked.payer.slug, ANY_PAYER)
        and each.treatment == treatment.slug
        and each.line_of_business in (None, asked.line_of_business)
        and each.plan in (None, asked.plan)
        and each.holds_on(asked.day)
    ]
    if outright:
        best = max(outright, key=lambda each: (each.payer != ANY_PAYER, each.plan is not None))
        return Taken(in_force(asked, best.codes), (best,), best.confidence == "high")
    rules = [decision.rule for decision in decisions(asked, treatment) if decision.rule and decision.rule.codes]
    drugs = drug_codes(treatment)
    listed = [code for rule in rules for code in rule.codes if code in drugs]
    return Taken(in_force(asked, listed), tuple(rules), sure=False) if listed else None


def drug_codes(treatment: TreatmentInfo) -> frozenset[str]:
    """The codes that bill the treatment's drug, alone or in a bundle."""
    return frozenset(
        code for bill in treatment.billing if bill.component in _DRUG for code in bill.codes_by_dose.values()
    )


def decisions(asked: Asked, treatment: TreatmentInfo) -> list[Decision]:
    """What the payer says for every use on the label; without a label, for every use."""
    indications: tuple[Indication, ...] = get_args(Indication)
    if treatment.approvals:
        indications = tuple(dict.fromkeys(each.indication for each in treatment.approvals))
    catalogue, payer, line, plan, day = asked
    return [decide(catalogue, payer, treatment.slug, indication, day, line, plan) for indication in indications]


def in_force(asked: Asked, codes: Iterable[str]) -> tuple[str, ...]:
    """The codes in force on the date of service, each once."""
    found = (asked.catalogue.code_in_force(code, asked.day) for code in codes)
    return tuple(sorted({code for code in found if code}))
