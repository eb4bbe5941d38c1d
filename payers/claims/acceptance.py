"""Does the payer take this drug code, and does it cover the treatment at all?"""

from collections.abc import Iterator

from payers.catalogue.model import TreatmentInfo
from payers.catalogue.vocabulary import Component, LineOfBusiness
from payers.claims.accepted import decisions, drug_codes, in_force, taken
from payers.claims.session import Found, Line, Session

_GIVING: frozenset[Component] = frozenset({"infusion", "injection"})
_NOTICES: dict[LineOfBusiness, str] = {
    "medicare": "medicare-abn",
    "medicare-advantage": "medicare-advantage-organization-determination",
    "military": "tricare-waiver",
}
"""What the law wants before a service that is not covered may be charged."""


def treated_with(session: Session, line: Line) -> list[TreatmentInfo]:
    """The treatments whose drug the line bills. One that is also infused or injected needs that code beside it."""
    kinds = {each.entry.kind for each in session.lines if each.entry}
    found: list[TreatmentInfo] = []
    for treatment in session.catalogue.release.treatments:
        given = {bill.component for bill in treatment.billing} & _GIVING
        if line.code in in_force(session.asked, drug_codes(treatment)) and given <= kinds:
            found.append(treatment)
    return found


def acceptance(session: Session) -> Iterator[Found]:
    """Drug codes that the payer does not take for the treatment, and treatments that it does not cover."""
    for line in session.lines:
        if line.entry is None:
            continue
        for treatment in treated_with(session, line):
            yield from _not_taken(session, line, treatment)
            yield from _not_covered(session, line, treatment)


def _not_taken(session: Session, line: Line, treatment: TreatmentInfo) -> Iterator[Found]:
    accepted = taken(session.asked, treatment)
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
    found = decisions(session.asked, treatment)
    if any(decision.status != "not-covered" for decision in found):
        return
    wanted = _NOTICES.get(session.line_of_business)
    notice = session.catalogue.notice(wanted) if wanted else None
    cited = tuple(decision.rule for decision in found if decision.rule)
    yield Found(line, "warning", "not-covered", (*cited, notice) if notice else cited, {"treatment": treatment}, notice)
