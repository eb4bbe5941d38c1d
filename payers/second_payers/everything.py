"""A public programme that leaves a Medicare patient no cost share."""

from dataclasses import dataclass
from typing import Self

from payers.cost_share.line import PHARMACY
from payers.cost_share.money import Range, share_of
from payers.cost_share.part_b import LIMITING_CHARGE_BP
from payers.cost_share.second_payer import Bill, Paid, perhaps_written_off
from payers.second_payers.ranges import clipped


@dataclass(frozen=True)
class Everything:
    """Takes the whole cost share and the excess charge, whoever bears them; that ends at 115% of what Medicare allows.

    QMB: the patient owes no Medicare cost share, from any provider that takes Medicare (42 U.S.C. 1396a(n)(3)), and a
    claim of a patient with Medicaid is paid on assignment alone, so there is no excess (42 U.S.C. 1395w-4(g)(3)(A)).
    TRICARE For Life: both programmes cover the service and nothing is left (10 U.S.C. 1086(d)(3)).

    What of it the state pays for a QMB follows the state's own rates (42 U.S.C. 1396a(n)(2)), which are not on file:
    with `may_write_off` it pays between nothing and all, and the clinic writes off the rest.

    Behind a group plan and Medicare what is left is Medicare's share of the patient, whatever the group plan's was:
    `after_medicare`.

    Neither is what pays a drug from the pharmacy; how much of that is left (Extra Help, TRICARE's pharmacies) is open.

    It is monotone: of any share nothing is left, and the excess charge does not depend on the share.
    """

    may_write_off: bool = False
    after_medicare: bool = False
    assists = False
    monotone = True
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """All that is left of the cost share and of the excess charge."""
        if bill.line.pool == PHARMACY:
            return Paid(Range(low_cents=0, high_cents=bill.left.high_cents), self)
        if self.after_medicare:
            return perhaps_written_off(bill.left, self) if self.may_write_off else Paid(bill.left, self)
        most_cents = share_of(bill.allowed_cents, LIMITING_CHARGE_BP)
        excess_cents = min(bill.charge_cents, most_cents) - bill.allowed_cents
        owed = bill.cost_share_left
        pays = Range(low_cents=owed.low_cents + excess_cents, high_cents=owed.high_cents + excess_cents)
        takes = clipped(pays, bill.left)
        return perhaps_written_off(takes, self) if self.may_write_off else Paid(takes, self)

    def any_time(self) -> Self:
        """No year matters to it."""
        return self

    def joined(self, other: Self) -> Self:
        """It has no limits."""
        return self
