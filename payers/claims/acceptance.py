"""Does the payer take this drug code, and does it cover the treatment at all?"""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from payers.catalogue.catalogue import ANY_PAYER
from payers.catalogue.coverage import Decision, decide
from payers.catalogue.model import Cited, TreatmentInfo
from payers.catalogue.vocabulary import Component, Indication, LineOfBusiness
from payers.claims.session import Found, Line, Session

_DRUG: frozenset[Component] = frozenset({"session", "drug"})
_GIVING: frozenset[Component] = frozenset({"infusion", "injection"})
_NOTICES: dict[LineOfBusiness, str] = {
    "medicare": "medicare-abn",
    "medicare-advantage": "medicare-advantage-organization-determination",
    "military": "tricare-waiver",
}
"""What the law wants before a service that is not covered may be charged."""


class Taken(NamedTuple):
    """The drug codes a payer takes on the day, and where that was read; `sure` when a source says so outright."""

    codes: tuple[str, ...]
    cited: tuple[Cited, ...]
    sure: bool


def treated_with(session: Session, line: Line) -> list[TreatmentInfo]:
    """The treatments whose drug the line bills. One that is also infused or injected needs that code beside it."""
    kinds = {each.entry.kind for each in session.lines if each.entry}
    found: list[TreatmentInfo] = []
    for treatment in session.catalogue.release.treatments:
        given = {bill.component for bill in treatment.billing} & _GIVING
        drugs = {code for bill in treatment.billing if bill.component in _DRUG for code in bill.codes_by_dose.values()}
        if line.code in _of_the_day(session, drugs) and given <= kinds:
            found.append(treatment)
    return found


def taken(session: Session, treatment: TreatmentInfo) -> Taken | None:
    """What a source says the payer takes, else what its coverage rules list; nothing when neither says."""
    outright = [
        each
        for each in session.catalogue.release.accepted_codes
        if each.payer in (session.payer.slug, ANY_PAYER)
        and each.treatment == treatment.slug
        and each.line_of_business in (None, session.line_of_business)
        and each.plan in (None, session.claim.plan)
        and each.holds_on(session.day)
    ]
    if outright:
        best = max(outright, key=lambda each: (each.payer != ANY_PAYER, each.plan is not None))
        return Taken(_of_the_day(session, best.codes), (best,), best.confidence == "high")
    rules = [decision.rule for decision in _decisions(session, treatment) if decision.rule and decision.rule.codes]
    drugs = {code for bill in treatment.billing if bill.component in _DRUG for code in bill.codes_by_dose.values()}
    listed = [code for rule in rules for code in rule.codes if code in drugs]
    return Taken(_of_the_day(session, listed), tuple(rules), sure=False) if listed else None


def acceptance(session: Session) -> Iterator[Found]:
    """Drug codes that the payer does not take for the treatment, and treatments that it does not cover."""
    for line in session.lines:
        if line.entry is None:
            continue
        for treatment in treated_with(session, line):
            yield from _not_taken(session, line, treatment)
            yield from _not_covered(session, line, treatment)


def _not_taken(session: Session, line: Line, treatment: TreatmentInfo) -> Iterator[Found]:
    accepted = taken(session, treatment)
    never = line.entry is not None and line.entry.medicare_payable is False
    if accepted is None or line.code in accepted.codes or (never and session.line_of_business.startswith("medicare")):
        return
    values = {"right": ", ".join(accepted.codes)}
    if accepted.sure:
        yield Found(line, "error", "payer-code", accepted.cited, values)
    else:
        yield Found(line, "warning", "payer-code-unconfirmed", accepted.cited, values)


def _not_covered(session: Session, line: Line, treatment: TreatmentInfo) -> Iterator[Found]:
    """A warning: a denial may be what the claim is sent for."""
    decisions = _decisions(session, treatment)
    if any(decision.status != "not-covered" for decision in decisions):
        return
    wanted = _NOTICES.get(session.line_of_business)
    notice = session.catalogue.notice(wanted) if wanted else None
    cited = tuple(decision.rule for decision in decisions if decision.rule)
    yield Found(line, "warning", "not-covered", (*cited, notice) if notice else cited, {"treatment": treatment}, notice)


def _decisions(session: Session, treatment: TreatmentInfo) -> list[Decision]:
    """For every use on the label; without a label, for every use."""
    indications: tuple[Indication, ...] = get_args(Indication)
    if treatment.approvals:
        indications = tuple(dict.fromkeys(each.indication for each in treatment.approvals))
    return [
        decide(
            session.catalogue,
            session.payer,
            treatment.slug,
            indication,
            session.day,
            session.line_of_business,
            session.claim.plan,
        )
        for indication in indications
    ]


def _of_the_day(session: Session, codes: tuple[str, ...] | list[str] | set[str]) -> tuple[str, ...]:
    """The codes in force on the date of service, each once."""
    in_force = (session.catalogue.code_in_force(code, session.day) for code in codes)
    return tuple(sorted({code for code in in_force if code}))
