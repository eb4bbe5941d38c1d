"""Other coverage of which nobody knows what it pays: everything, nothing, or anything between."""

from dataclasses import dataclass
from typing import Self

from payers.cost_share.money import Range
from payers.cost_share.second_payer import Bill, Paid


@dataclass(frozen=True)
class Anything:
    """May pay any part of what is left.

    `counts` says whether the first payer counts what it pays as if the patient had paid, as Medicare does of a group
    plan's payment (42 CFR 411.33); otherwise nobody knows what counts beside the patient's own money.

    It is monotone where it counts: nothing may be left of any share, and at most all of it. Otherwise the more it pays
    the later the limits may be met.
    """

    counts: bool = True
    assists = False
    credits_own_money = True

    @property
    def monotone(self) -> bool:
        """See above."""
        return self.counts

    def settle(self, bill: Bill) -> Paid:
        """Between nothing and all that is left."""
        credited = None if self.counts else Range(low_cents=0, high_cents=bill.share.cost_share_cents)
        return Paid(Range(low_cents=0, high_cents=bill.left.high_cents), self, credited=credited)

    def any_time(self) -> Self:
        """No year matters to it."""
        return self

    def joined(self, other: Self) -> Self:
        """It has no limits."""
        return self
