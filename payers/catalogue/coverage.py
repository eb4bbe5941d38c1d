"""The coverage decision: what one payer says of one treatment for one indication on one day."""

from datetime import date
from typing import get_args

from payers.catalogue.catalogue import ANY_PAYER, Catalogue
from payers.catalogue.identity import first_day
from payers.catalogue.model import Frozen, LineageEvent, Payer, Rule
from payers.catalogue.vocabulary import (
    CoverageReason,
    CoverageStatus,
    Indication,
    Lane,
    LineOfBusiness,
    PublicProgramme,
    Treatment,
)


class Decision(Frozen):
    """The rule that answers, or silence. Silence is `policy-silent`, which is not `not-covered`."""

    payer: str
    programme: PublicProgramme | None
    line_of_business: LineOfBusiness
    plan: str | None
    treatment: Treatment
    indication: Indication
    as_of: date
    status: CoverageStatus
    reason: CoverageReason | None
    lane: Lane | None
    rule: Rule | None
    """Absent when nothing on file answers the question."""
    is_default: bool
    """The payer's own text was not found: a rule for its whole line of business answers."""

    def stale_on(self, today: date) -> bool:
        """Whether the rule is past the day it should have been checked again."""
        return self.rule is not None and self.rule.stale_on(today)


def ended(payer: Payer, as_of: date) -> LineageEvent | None:
    """The event with which the payer ended, if it has by `as_of` and nobody took its place."""
    if payer.status != "defunct" or any(event.to for event in payer.lineage):
        return None
    last = max(payer.lineage, key=lambda event: first_day(event.on), default=None)
    return last if last and first_day(last.on) <= as_of else None


def decide(
    catalogue: Catalogue,
    payer: Payer,
    treatment: Treatment,
    indication: Indication,
    as_of: date,
    line_of_business: LineOfBusiness | None = None,
    plan: str | None = None,
) -> Decision:
    """Answer from the most particular rule that holds on `as_of`.

    Order: the payer's rule for the plan or formulary, its rule for the line of business, its rule for any line, then
    the default for the line, then the default for any line. The clinic's own rule goes before the release's at each
    step. Nothing found is `policy-silent`. A payer that has ended covers nothing.
    """
    line = line_of_business or payer.lines_of_business[0]

    def answered(status: CoverageStatus, rule: Rule | None = None, *, is_default: bool = False) -> Decision:
        return Decision(
            payer=payer.slug,
            programme=payer.programme,
            line_of_business=line,
            plan=plan,
            treatment=treatment,
            indication=indication,
            as_of=as_of,
            status=status,
            reason=rule.reason if rule else None,
            lane=rule.lane if rule else None,
            rule=rule,
            is_default=is_default,
        )

    if ended(payer, as_of):
        return answered("not-covered")
    for rules, is_default in (
        (catalogue.rules(payer.slug, treatment, indication), False),
        (catalogue.rules(ANY_PAYER, treatment, indication), True),
    ):
        holding = [
            rule
            for rule in rules
            if rule.holds_on(as_of) and rule.line_of_business in (None, line) and rule.plan in (None, plan)
        ]
        if holding:
            rule = max(holding, key=lambda rule: (rule.plan is not None, rule.line_of_business is not None))
            return answered(rule.status, rule, is_default=is_default)
    return answered("policy-silent")


def decide_all(
    catalogue: Catalogue,
    payer: Payer,
    as_of: date,
    line_of_business: LineOfBusiness | None = None,
    plan: str | None = None,
) -> list[Decision]:
    """The decision for every treatment and indication: by treatment, then by indication."""
    indications: tuple[Indication, ...] = get_args(Indication)
    return [
        decide(catalogue, payer, treatment.slug, indication, as_of, line_of_business, plan)
        for treatment in catalogue.release.treatments
        for indication in indications
    ]
