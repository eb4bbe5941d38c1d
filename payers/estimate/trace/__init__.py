"""The trace: for every amount of every line the terms and rules that made it. It computes no amount.

Reasons are found from what an outcome was computed with. Where several worlds are held in one line's range, the
reasons of each of them stand beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from payers.cost_share.bounds import LineBounds
from payers.estimate.evaluate import Outcome
from payers.estimate.trace.coverage import balance, decision, not_covered
from payers.estimate.trace.limits import coinsurance_maximum, deductible, maximum
from payers.estimate.trace.others import assistance, other_coverage, write_off
from payers.estimate.trace.prices import allowed
from payers.estimate.trace.reason import Reason, distinct
from payers.estimate.trace.session import Session
from payers.estimate.trace.terms import coinsurance, copay, nothing_asked

Amount = Literal[
    "allowed",
    "deductible",
    "copay",
    "coinsurance",
    "not_covered",
    "balance_bill",
    "plan_pays",
    "other_payers_pay",
    "assistance",
    "write_off",
    "patient_pays",
]
Because = Mapping[Amount, tuple[Reason, ...]]
"""The reasons of each amount of one line that may be other than nothing, or is nothing for a reason."""


def because(outcomes: Sequence[Outcome], position: int, number: int) -> Because:
    """Why one line of a session is what it is in these worlds, its number being the same in each."""
    found: dict[Amount, list[Reason]] = {}
    for outcome in outcomes:
        at = Session(outcome, position)
        for amount, reasons in _of_line(at, outcome.visits[position].lines[number]).items():
            found.setdefault(amount, []).extend(reasons)
    return {amount: distinct(reasons) for amount, reasons in found.items() if reasons}


def _of_line(at: Session, bounds: LineBounds) -> dict[Amount, list[Reason]]:
    line = bounds.line
    found: dict[Amount, list[Reason]] = {"allowed": list(allowed(at, line))}
    found["deductible"] = list(deductible(at, line, takes=bounds.deductible.high_cents > 0))
    if bounds.copay.high_cents:
        found["copay"] = list(copay(at, line))
    if bounds.coinsurance.high_cents:
        found["coinsurance"] = [*coinsurance(at, line), *coinsurance_maximum(at, line)]
    if bounds.not_covered.high_cents:
        found["not_covered"] = list(not_covered(at, line))
    if bounds.balance_bill.high_cents:
        found["balance_bill"] = list(balance(at))
    if bounds.plan_pays.high_cents:
        found["plan_pays"] = list(decision(at))
    if bounds.other_payers_pay.high_cents:
        found["other_payers_pay"] = list(other_coverage(at))
    if bounds.assistance.high_cents:
        found["assistance"] = list(assistance(at))
    if bounds.write_off.high_cents:
        found["write_off"] = list(write_off(at))
    whole = [reason for amount in _PATIENTS for reason in found.get(amount, ())]
    whole += maximum(at, line)
    if not (bounds.copay.high_cents or bounds.coinsurance.high_cents):
        whole += nothing_asked(at, line)
    found["patient_pays"] = whole
    return found


_PATIENTS: tuple[Amount, ...] = (
    "deductible",
    "copay",
    "coinsurance",
    "not_covered",
    "balance_bill",
    "other_payers_pay",
    "assistance",
    "write_off",
)
"""The parts that the patient's is made of, and what others take off it."""
