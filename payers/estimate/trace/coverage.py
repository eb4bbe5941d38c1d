"""Why a plan pays a line, why it does not, and why the clinic may ask for more than the plan allows."""

from collections.abc import Iterator

from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.line import Line
from payers.estimate.charges import outside_medicare
from payers.estimate.trace.prices import cash, is_cash
from payers.estimate.trace.reason import Reason, assumed, by_law, on_file, told, unknown
from payers.estimate.trace.session import Session


def decision(at: Session) -> Iterator[Reason]:
    """What the payer says of the treatment, and what was taken for granted in asking.

    What another plan that pays first says nobody asked.
    """
    if at.outcome.world.other_first:
        yield assumed("other-plan-first")
        return
    case, decided = at.case, at.outcome.world.decision
    key, payer = f"coverage-{decided.status}", case.catalogue.payers[decided.payer].name
    if decided.rule is None:
        yield unknown(key, payer=payer)
    else:
        yield on_file(key, (decided.rule,), payer=payer)
    if decided.status == "self-pay":
        return
    if case.question.indication is None:
        yield assumed("assumed-indication")
    if case.question.line_of_business is None and len(case.payer.lines_of_business) > 1:
        yield assumed("assumed-line")


def not_covered(at: Session, line: Line) -> Iterator[Reason]:
    """Why the patient pays a line that no plan shares."""
    world = at.outcome.world
    if not at.outcome.self_pay:
        share = at.told_share(line)
        by_terms = share is not None and not share.covered
        limited = is_cash(at, line) or NOT_COVERED in line.terms[1:]
        if at.benefits and at.benefits.visit_limit and limited and not by_terms:
            yield told("visits-used-up", visits=at.benefits.visit_limit.visits)
        else:
            yield told("not-covered-by-plan")
    elif outside_medicare(at.case, world.decision):
        yield by_law("opted-out", "42 U.S.C. 1395a(b)")
    elif world.approval == "denied":
        key = "authorization-denied"
        yield told(key) if at.case.question.authorization == "denied" else unknown(key)
        yield from decision(at)
    else:
        yield from decision(at)


def balance(at: Session) -> Iterator[Reason]:
    """Why the clinic may ask for more than the payer allows."""
    case, line = at.case, at.outcome.world.decision.line_of_business
    if line == "medicare":
        yield by_law("limiting-charge", "42 U.S.C. 1395w-4(g)(2)")
    elif case.payer.programme == "tricare-for-life":
        yield by_law("opted-out", "42 U.S.C. 1395a(b)")
    elif line == "military":
        yield by_law("balance-tricare", "10 U.S.C. 1079(h)(4)")
    else:
        yield told("out-of-network") if case.question.network else unknown("out-of-network")
    yield from cash(at)
