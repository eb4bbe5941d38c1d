"""The rules that stand in the catalogue as data: each names its codes, its conditions and how grave it is."""

from collections.abc import Iterator

from payers.catalogue.model import ClaimRule
from payers.claims.session import Found, Line, Session
from payers.estimate.words import money

_FACILITY = "facility"
"""The rule that is told with amounts."""


def rules(session: Session) -> Iterator[Found]:
    """Every line against every rule that holds on the date of service; a code that is not in force needs no more."""
    for rule in session.catalogue.release.claim_rules:
        if rule.holds_on(session.day) and _asked(session, rule):
            for line in session.lines:
                if line.code in rule.codes and (line.entry or not line.on_file) and _holds(session, rule, line):
                    yield _found(session, rule, line)


def _asked(session: Session, rule: ClaimRule) -> bool:
    """The conditions that a claim meets as a whole; what the claim does not say meets none."""
    claim = session.claim
    return (
        (not rule.places or claim.place_of_service in rule.places)
        and (not rule.lines_of_business or session.line_of_business in rule.lines_of_business)
        and (rule.drug_source is None or claim.drug_source == rule.drug_source)
        and (rule.new_patient is None or claim.new_patient == rule.new_patient)
    )


def _holds(session: Session, rule: ClaimRule, line: Line) -> bool:
    return (
        (not rule.beside or any(session.others(line, rule.beside)))
        and (not rule.modifiers or bool(line.modifiers.intersection(rule.modifiers)))
        and (not rule.lacking or all(_lacks(line, each) for each in rule.lacking))
        and (rule.units_above is None or (line.asked.units or 0) > rule.units_above)
    )


def _lacks(line: Line, what: str) -> bool:
    match what:
        case "ndc":
            return line.asked.ndc is None
        case "dose":
            return not any(each.isdigit() for each in line.asked.narrative or "")
        case _:
            return what not in line.modifiers


def _found(session: Session, rule: ClaimRule, line: Line) -> Found:
    if rule.id == _FACILITY:
        return _facility(session, rule, line)
    beside = ", ".join(sorted({each.code for each in session.others(line, rule.beside)}))
    return Found(line, rule.severity, rule.id, (rule,), {"other": beside})


def _facility(session: Session, rule: ClaimRule, line: Line) -> Found:
    """With the newest of Medicare's two amounts: their difference is what the place costs the clinic."""
    fee = session.catalogue.last_settled_fee(line.code, session.day)
    if fee is None or fee.facility_cents is None:
        return Found(line, rule.severity, "facility-unpriced", (rule,))
    amounts = {"facility": money(fee.facility_cents), "office": money(fee.nonfacility_cents)}
    return Found(line, rule.severity, rule.id, (rule, fee), amounts)
