"""A public programme that leaves a Medicare patient no cost share."""

from typing import NamedTuple, Self

from payers.cost_share.line import PHARMACY
from payers.cost_share.money import Range, share_of
from payers.cost_share.part_b import LIMITING_CHARGE_BP
from payers.cost_share.second_payer import Bill, Paid
from payers.second_payers.ranges import clipped


class Everything(NamedTuple):
    """Takes the whole cost share, whoever bears it.

    QMB: the patient owes no Medicare cost share, from any provider that takes Medicare (42 U.S.C. 1396a(n)(3)).
    TRICARE For Life: both programmes cover the service and nothing is left, the excess charge included
    (10 U.S.C. 1086(d)(3)); nobody may ask more than 115% of what Medicare allows.

    Neither is what pays a drug from the pharmacy; how much of that is left (Extra Help, TRICARE's pharmacies) is open.

    It is monotone: of any share nothing is left, and the excess charge does not depend on the share.
    """

    pays_excess_charge: bool
    assists = False
    monotone = True
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """All that is left of the cost share, and of the excess charge where it pays that."""
        if bill.line.pool == PHARMACY:
            return Paid(Range(low_cents=0, high_cents=bill.left.high_cents), self)
        excess_cents = 0
        if self.pays_excess_charge:
            most_cents = share_of(bill.allowed_cents, LIMITING_CHARGE_BP)
            excess_cents = min(bill.charge_cents, most_cents) - bill.allowed_cents
        owed = bill.cost_share_left
        pays = Range(low_cents=owed.low_cents + excess_cents, high_cents=owed.high_cents + excess_cents)
        return Paid(clipped(pays, bill.left), self)

    def any_time(self) -> Self:
        """No year matters to it."""
        return self

    def joined(self, other: Self) -> Self:
        """It has no limits."""
        return self
