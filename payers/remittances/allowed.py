"""What a payer allowed for a line: said, or reckoned from what was paid and what is left to the patient."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from payers.remittances.remittance import Adjustment, AllowedFrom, ClaimStatus

DEDUCTIBLE, COINSURANCE, COPAY = "1", "2", "3"
"""Claim adjustment reasons of what is left to the patient (X12 external code list 139)."""

_SHARES = frozenset({DEDUCTIBLE, COINSURANCE, COPAY, "66", "247", "248"})
"""The patient's share of the allowed amount. 66 is the blood deductible; 247 and 248 are deductible and coinsurance of
a professional's service in a facility. Any other amount left to the patient is beyond what is allowed."""
_PAID_LESS = frozenset({"104", "237", "253"})
"""Reasons that lower the payment and not what is allowed: withheld by the plan, a penalty by law, sequestration."""
_ANOTHER_PAYER = "23"
"""What payers before this one did: what this one paid and left over is then only a part of what is allowed."""
_NOTHING: frozenset[ClaimStatus] = frozenset({"denied", "reversal", "not-ours", "predetermination"})


class Allowed(NamedTuple):
    """Cents, and where they come from."""

    cents: int
    source: AllowedFrom


def allowed(
    said_cents: int | None, paid_cents: int | None, adjustments: Sequence[Adjustment], status: ClaimStatus
) -> Allowed | None:
    """The allowed amount; absent where the line was refused, or another payer came first and nothing is said.

    What a payer reckons beforehand (a predetermination) it has not allowed yet.
    """
    if status in _NOTHING:
        return None
    if said_cents is not None:
        return Allowed(said_cents, "AMT*B6") if said_cents > 0 else None
    if paid_cents is None or status != "primary" or any(each.reason == _ANOTHER_PAYER for each in adjustments):
        return None
    shares = sum(each.cents for each in adjustments if each.group == "PR" and each.reason in _SHARES)
    kept = sum(each.cents for each in adjustments if each.group != "PR" and each.reason in _PAID_LESS)
    cents = paid_cents + shares + kept
    return Allowed(cents, "paid-and-patient") if cents > 0 else None


def left_to_patient(adjustments: Iterable[Adjustment], reason: str | None = None) -> int:
    """Cents left to the patient, for one reason or all."""
    return sum(each.cents for each in adjustments if each.group == "PR" and reason in (None, each.reason))
