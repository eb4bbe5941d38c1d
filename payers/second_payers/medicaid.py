"""Medicaid behind another coverage: the payer of last resort."""

from typing import NamedTuple, Self

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.money import Range
from payers.cost_share.second_payer import Bill, Paid, perhaps_written_off


class Medicaid(NamedTuple):
    """`covers` is absent where it is not known whether Medicaid answers for the share at all.

    A clinic that takes Medicaid may ask a patient with full benefits for no more than Medicaid's own copay, whatever
    Medicaid adds (42 CFR 447.15). From a clinic that does not, and for the groups whose premiums alone are paid (SLMB,
    QI, QDWI), it pays nothing (42 U.S.C. 1396a(a)(10)(E)). What the first payer does not cover Medicaid may not cover
    either. What Medicaid itself adds follows the state's own rates, which are not on file: it pays between nothing and
    all that it takes off the patient, and the clinic writes off the rest. `copay` is what Medicaid asks of a service.

    It is monotone where it leaves nothing or may leave anything. A copay alone is not: a share spread over several
    services owes it several times, so a dearer course that reaches the first payer's maximum sooner may be cheaper.
    """

    covers: bool | None
    copay: Range
    assists = False
    credits_own_money = True

    @property
    def monotone(self) -> bool:
        """See above."""
        if self.covers is False:
            return True
        least, most = self.copay.low_cents, self.copay.high_cents
        return least == 0 and (most == 0 or not self.covers or most >= UNLIMITED_CENTS)

    def settle(self, bill: Bill) -> Paid:
        """Everything but the copay, or nothing, or anything between."""
        if self.covers is False:
            return Paid(Range(low_cents=0, high_cents=0), self)
        kept_cents = self.copay.high_cents + bill.share.not_covered_cents
        least_cents = max(0, bill.left.low_cents - kept_cents) if self.covers else 0
        most_cents = max(0, bill.left.high_cents - self.copay.low_cents)
        return perhaps_written_off(Range(low_cents=least_cents, high_cents=most_cents), self)

    def any_time(self) -> Self:
        """No year matters to it."""
        return self

    def joined(self, other: Self) -> Self:
        """It has no limits."""
        return self
