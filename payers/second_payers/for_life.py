"""TRICARE For Life where the clinician opted out of Medicare."""

from typing import NamedTuple, Self

from payers.cost_share.money import Range
from payers.cost_share.second_payer import Bill, Paid
from payers.cost_share.tricare_secondary import for_life_opted_out
from payers.second_payers.allowance import Allowance
from payers.second_payers.ranges import clipped


class ForLifeOptedOut(NamedTuple):
    """Pays as if Medicare had paid; `allowance` is what TRICARE allows, absent where nobody knows.

    It is monotone: of a dearer charge it pays a fifth more at most.
    """

    allowance: Allowance | None
    assists = False
    monotone = True
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """A fifth of what it allows of the charge."""
        charge_cents = bill.charge_cents
        if self.allowance is None:
            allowed = Range(low_cents=0, high_cents=charge_cents)
        else:
            allowed = self.allowance.of(bill.line)
        least = for_life_opted_out(charge_cents, allowed.low_cents)
        most = for_life_opted_out(charge_cents, allowed.high_cents)
        pays = Range(low_cents=least.tricare_pays_cents, high_cents=most.tricare_pays_cents)
        return Paid(clipped(pays, bill.left), self)

    def any_time(self) -> Self:
        """No year matters to it."""
        return self

    def joined(self, other: Self) -> Self:
        """It has no limits."""
        return self
