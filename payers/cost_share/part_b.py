"""One line of Original Medicare's Part B: deductible, coinsurance, the provider's excess charge, sequestration."""

from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share, Terms, adjudicate
from payers.cost_share.money import share_of

COINSURANCE_BP = 2_000
"""The patient's part of the approved amount after the deductible (42 U.S.C. 1395l(a)(1))."""
NON_PARTICIPATING_BP = 9_500
"""What Medicare approves for a provider who does not participate, of the fee schedule (42 U.S.C. 1395u(h)(3))."""
LIMITING_CHARGE_BP = 11_500
"""The most such a provider may ask, of that approved amount (42 U.S.C. 1395w-4(g)(2))."""


class PartB(NamedTuple):
    """Who pays one line. The excess charge is the patient's and counts toward nothing of Medicare's."""

    share: Share
    excess_cents: int
    sequestration_cents: int
    medicare_pays_cents: int

    @property
    def patient_cents(self) -> int:
        """What the patient owes before a supplement pays."""
        return self.share.patient_cents + self.excess_cents


def part_b(
    approved_cents: int,
    deductible_remaining_cents: int,
    *,
    charge_cents: int | None = None,
    accepts_assignment: bool = True,
    opted_out: bool = False,
    preventive: bool = False,
    coinsurance_max_cents: int = UNLIMITED_CENTS,
    sequestration_bp: int = 0,
) -> PartB:
    """Settle one line; `approved_cents` is what Medicare approves of this provider's claim.

    Without assignment the provider may ask up to the limiting charge, and asks that much where no charge is told. One
    who opted out is outside Medicare: the whole charge is the patient's (42 U.S.C. 1395a(b)). A hospital outpatient
    service's coinsurance stops at the Part A deductible (42 CFR 419.41), given as `coinsurance_max_cents`.
    Sequestration lowers the payment alone, never the patient's share (2 U.S.C. 901a(6)). A fifth is never half a cent,
    so the patient's share rounded half up is what Medicare's rounded payment leaves.
    """
    if opted_out:
        charge = approved_cents if charge_cents is None else charge_cents
        return PartB(Share(not_covered_cents=charge), 0, 0, 0)
    terms = Terms(patient_share_bp=COINSURANCE_BP, coinsurance_max_cents=coinsurance_max_cents, preventive=preventive)
    share = adjudicate(approved_cents, terms, deductible_remaining_cents, UNLIMITED_CENTS)
    payment = approved_cents - share.patient_cents
    withheld = share_of(payment, sequestration_bp)
    excess = 0
    if not accepts_assignment:
        most = share_of(approved_cents, LIMITING_CHARGE_BP)
        excess = max(0, (most if charge_cents is None else min(charge_cents, most)) - approved_cents)
    return PartB(share, excess, withheld, payment - withheld)


def non_participating_cents(fee_schedule_cents: int) -> int:
    """What Medicare approves for a provider who does not participate."""
    return share_of(fee_schedule_cents, NON_PARTICIPATING_BP)
