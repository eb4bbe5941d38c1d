"""TRICARE behind other insurance."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple, Self

from payers.cost_share.line import OUT_OF_NETWORK
from payers.cost_share.money import WHOLE_BP, Range, exactly, hull, share_of, span
from payers.cost_share.plan import MAX_CENTS
from payers.cost_share.second_payer import Bill, Paid
from payers.cost_share.tricare_secondary import BALANCE_BP, behind_other
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone

_ANY = Range(low_cents=0, high_cents=MAX_CENTS)


class TricareSecond(NamedTuple):
    """TRICARE pays the least of what is unpaid, what it would pay alone, and what the patient still owes.

    `plans` are TRICARE's own terms, one for every beneficiary that the patient may be; none where that is too open, and
    TRICARE alone may then pay anything that it allows. `allowance` is what that is, absent where it is not known. A
    clinic in the other insurance's network is taken to participate; one outside may ask for no more than 115% of what
    TRICARE allows (10 U.S.C. 1079(h)(4)), and writes off the rest. What TRICARE credits to its own deductible and cap
    beside other insurance no source settles: all of its own cost share, or none.

    Behind Medicare drug and visit are `one_service`: Medicare has one code for both. Where another payer sets them
    apart, TRICARE still asks for one deductible and one copay a session: what it would pay alone for both goes to the
    drug first, and what is then left of it, `spare` for each of its terms, to the visit.

    It is not monotone: TRICARE pays up to an amount for each service, so a share spread over several services may be
    paid where the same share of one service is not.
    """

    plans: tuple[Alone, ...]
    allowance: Allowance | None
    one_service: bool = False
    spare: tuple[Range, ...] = ()
    assists = False
    monotone = False
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """What TRICARE pays of one line, for every beneficiary that the patient may be."""
        line = bill.line
        if self.one_service and line.component != "session" and not line.service:
            return self._part(bill)
        allowable = self.allowance.of(line) if self.allowance else _ANY
        paid = [] if self.plans else [_paid(bill, allowable, Range(low_cents=0, high_cents=allowable.high_cents), self)]
        after: list[Alone] = []
        for plan in self.plans:
            before = plan.on(line.on)
            bounds, credited = before.settle(line, allowable)
            paid.append(_paid(bill, allowable, bounds.plan_pays, self))
            after.append(credited.joined(before))
        return _any_of(paid, self._replace(plans=tuple(after)))

    def _part(self, bill: Bill) -> Paid:
        """What it pays of the drug or of the visit, where the session is one service to it."""
        line = bill.line
        whole = self.allowance.session(line.on) if self.allowance else _ANY
        after, several = self.plans, [Range(low_cents=0, high_cents=whole.high_cents)]
        if line.component != "drug":
            several = list(self.spare) or several
        elif self.plans:
            before = [plan.on(line.on) for plan in self.plans]
            settled = [plan.settle(line._replace(component="session"), whole) for plan in before]
            several = [bounds.plan_pays for bounds, _ in settled]
            after = tuple(credited.joined(plan) for (_, credited), plan in zip(settled, before, strict=True))
        # what it allows for a part of the session is what Medicare approves for that part
        allowable = exactly(bill.allowed_cents)
        if bill.share.not_covered_cents:
            allowable = self.allowance.of(line) if self.allowance else _ANY
        paid = [_paid(bill, allowable, alone, self) for alone in several]
        spare = [
            Range(
                low_cents=max(0, alone.low_cents - each.pays.high_cents),
                high_cents=alone.high_cents - each.pays.low_cents,
            )
            for alone, each in zip(several, paid, strict=True)
        ]
        return _any_of(paid, self._replace(plans=after, spare=tuple(spare) if line.component == "drug" else ()))

    def any_time(self) -> Self:
        """With any part of its limits left before any session."""
        return self._replace(plans=tuple(plan.any_time() for plan in self.plans), spare=())

    def joined(self, other: Self) -> Self:
        """Whatever is left in either."""
        joined = tuple(one.joined(same) for one, same in zip(self.plans, other.plans, strict=True))
        spare = (
            tuple(hull(both) for both in zip(self.spare, other.spare, strict=True))
            if self.spare and other.spare
            else ()
        )
        return self._replace(plans=joined, spare=spare)


def _any_of(paid: Sequence[Paid], after: TricareSecond) -> Paid:
    return Paid(
        pays=hull(each.pays for each in paid),
        after=after,
        written_off=hull(each.written_off for each in paid),
        relieves=hull(each.relief for each in paid),
    )


def _paid(bill: Bill, allowable: Range, alone: Range, after: TricareSecond) -> Paid:
    """What TRICARE pays of what is left, and what the clinic may not ask for."""
    participating = bill.line.pool != OUT_OF_NETWORK and bill.line.charge is None
    several: list[tuple[int, int, int]] = []
    for allowed_cents, alone_cents, (taken_cents, owed_cents), written_off_cents in product(
        allowable.ends,
        alone.ends,
        {(bill.paid.low_cents, bill.left.high_cents), (bill.paid.high_cents, bill.left.low_cents)},
        bill.written_off.ends,
    ):
        most_cents = bill.charge_cents
        if not participating:
            most_cents = min(most_cents, share_of(allowed_cents, BALANCE_BP))
        settled = behind_other(
            billed_cents=most_cents,
            allowable_cents=alone_cents,
            tricare_share_bp=WHOLE_BP,
            other_paid_cents=bill.first_paid_cents + max(0, taken_cents - written_off_cents),
            patient_owes_cents=owed_cents,
        )
        takes_cents = owed_cents - settled.patient_pays_cents
        several.append((settled.tricare_pays_cents, takes_cents - settled.tricare_pays_cents, takes_cents))
    pays, written_off, takes = (span(each) for each in zip(*several, strict=True))
    return Paid(pays, after, written_off=written_off, relieves=takes)
