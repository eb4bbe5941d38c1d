"""TRICARE behind other insurance."""

from itertools import product
from typing import NamedTuple, Self

from payers.cost_share.line import OUT_OF_NETWORK
from payers.cost_share.money import WHOLE_BP, Range, hull, share_of, span
from payers.cost_share.plan import MAX_CENTS
from payers.cost_share.second_payer import Bill, Paid
from payers.cost_share.tricare_secondary import BALANCE_BP, behind_other
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone


class TricareSecond(NamedTuple):
    """TRICARE pays the least of what is unpaid, what it would pay alone, and what the patient still owes.

    `plans` are TRICARE's own terms, one for every beneficiary that the patient may be; none where that is too open, and
    TRICARE alone may then pay anything that it allows. `allowance` is what that is, absent where it is not known. A
    clinic in the other insurance's network is taken to participate; one outside may ask for no more than 115% of what
    TRICARE allows (10 U.S.C. 1079(h)(4)), and writes off the rest. What TRICARE credits to its own deductible and cap
    beside other insurance no source settles: all of its own cost share, or none.

    It is not monotone: TRICARE pays up to an amount for each service, so a share spread over several services may be
    paid where the same share of one service is not.
    """

    plans: tuple[Alone, ...]
    allowance: Allowance | None
    assists = False
    monotone = False
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """What TRICARE pays of one line, for every beneficiary that the patient may be."""
        line = bill.line
        allowable = self.allowance.of(line) if self.allowance else Range(low_cents=0, high_cents=MAX_CENTS)
        paid = [] if self.plans else [_paid(bill, allowable, Range(low_cents=0, high_cents=allowable.high_cents), self)]
        after: list[Alone] = []
        for plan in self.plans:
            before = plan.on(line.on)
            bounds, credited = before.settle(line, allowable)
            paid.append(_paid(bill, allowable, bounds.plan_pays, self))
            after.append(credited.joined(before))
        return Paid(
            pays=hull(each.pays for each in paid),
            after=self._replace(plans=tuple(after)),
            written_off=hull(each.written_off for each in paid),
            relieves=hull(each.relief for each in paid),
        )

    def any_time(self) -> Self:
        """With any part of its limits left before any session."""
        return self._replace(plans=tuple(plan.any_time() for plan in self.plans))

    def joined(self, other: Self) -> Self:
        """Whatever is left in either."""
        joined = tuple(one.joined(same) for one, same in zip(self.plans, other.plans, strict=True))
        return self._replace(plans=joined)


def _paid(bill: Bill, allowable: Range, alone: Range, after: TricareSecond) -> Paid:
    """What TRICARE pays of what is left, and what the clinic may not ask for."""
    participating = bill.line.pool != OUT_OF_NETWORK and bill.line.charge is None
    several: list[tuple[int, int, int]] = []
    for allowed_cents, alone_cents, (paid_cents, owed_cents) in product(
        allowable.ends,
        alone.ends,
        {(bill.paid.low_cents, bill.left.high_cents), (bill.paid.high_cents, bill.left.low_cents)},
    ):
        most_cents = bill.charge_cents
        if not participating:
            most_cents = min(most_cents, share_of(allowed_cents, BALANCE_BP))
        settled = behind_other(
            billed_cents=most_cents,
            allowable_cents=alone_cents,
            tricare_share_bp=WHOLE_BP,
            other_paid_cents=bill.first_paid_cents + paid_cents,
            patient_owes_cents=owed_cents,
        )
        takes_cents = owed_cents - settled.patient_pays_cents
        several.append((settled.tricare_pays_cents, takes_cents - settled.tricare_pays_cents, takes_cents))
    pays, written_off, takes = (span(each) for each in zip(*several, strict=True))
    return Paid(pays, after, written_off=written_off, relieves=takes)
