"""Medicare behind a group health plan."""

from itertools import product
from typing import NamedTuple, Self

from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.medicare_secondary import Secondary, fee_schedule
from payers.cost_share.money import ZERO, Range
from payers.cost_share.part_b import part_b
from payers.cost_share.second_payer import Bill, Paid, perhaps_written_off
from payers.second_payers.allowance import Allowance
from payers.second_payers.calendar_limit import CalendarLimit
from payers.second_payers.ranges import clipped


class MedicareSecond(NamedTuple):
    """Medicare on assignment, line by line by the lowest of three amounts (42 CFR 411.33(a)).

    `approved` is what Medicare approves; absent where it is not on file, and Medicare may then take off anything.
    `deductible` is Part B's, which the group plan's payment meets too. A clinic that takes Medicare may ask the patient
    for no more than what is left of Medicare's own cost share (42 CFR 411.35); what Medicare does not pay of the rest
    is written off. In the network the clinic must accept what the group plan allows. A drug from a pharmacy belongs to
    Part D, whose terms are not told: Medicare may pay anything of it.

    It is not monotone: the dearer the service, the more the group plan pays, and the less is left of Medicare's own
    cost share. So the patient's part is held for every amount that the line may have.
    """

    approved: Allowance | None
    deductible: CalendarLimit
    assists = False
    monotone = False
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """What Medicare takes off one line, and the deductible afterwards."""
        day, left = bill.line.on, self.deductible.on(bill.line.on)
        if bill.nothing:
            return Paid(ZERO, self._replace(deductible=self.deductible.after(day, left)))
        if bill.line.pool == PHARMACY:
            return Paid(Range(low_cents=0, high_cents=bill.left.high_cents), self)
        if self.approved is None:
            any_of_it = self._replace(
                deductible=self.deductible.after(day, Range(low_cents=0, high_cents=left.high_cents))
            )
            return perhaps_written_off(Range(low_cents=0, high_cents=bill.left.high_cents), any_of_it)
        approved = self.approved.of(bill.line)
        pays, patient = _split(bill, approved, left)
        takes = Range(
            low_cents=max(0, bill.left.low_cents - patient.high_cents),
            high_cents=max(0, bill.left.high_cents - patient.low_cents),
        )
        kept = Range(
            low_cents=left.low_cents - part_b(approved.high_cents, left.low_cents).share.deductible_cents,
            high_cents=left.high_cents - part_b(approved.low_cents, left.high_cents).share.deductible_cents,
        )
        pays = clipped(pays, takes)
        written_off = Range(
            low_cents=max(0, takes.low_cents - pays.high_cents), high_cents=takes.high_cents - pays.low_cents
        )
        after = self._replace(deductible=self.deductible.after(day, kept))
        return Paid(pays, after, written_off=written_off, relieves=takes)

    def any_time(self) -> Self:
        """With any part of the deductible left before any session."""
        return self._replace(deductible=self.deductible.any_time())

    def joined(self, other: Self) -> Self:
        """Whatever is left of the deductible in either."""
        return self._replace(deductible=self.deductible.joined(other.deductible))


class Before(NamedTuple):
    """What the group plan and other payers before Medicare pay, and what the clinic writes off because of them."""

    paid_cents: int
    written_off_cents: int


def _split(bill: Bill, approved: Range, deductible: Range) -> tuple[Range, Range]:
    """What Medicare pays and what both payers leave, for every amount the line may have.

    Medicare's payment rises with its own amount and falls with the deductible and the group plan's payment. That one
    is never above the group plan's amount, so what is left of the dearer amount is least where the two are alike.

    What they leave rises with the deductible and falls with the group plan's payment, and it follows the group plan's
    amount one way or the other. With Medicare's amount it rises through Medicare's own cost share, then falls through
    its payment: its ends lie at the ends of that amount, its peak no higher than where the two meet.
    """
    few, most = _before(bill)
    amounts = _amounts(bill.line, bill.allowed_cents)

    def settled(allowed_cents: int, approved_cents: int, before: Before, deductible_cents: int) -> Secondary:
        obliged = bill.line.charge is None
        return fee_schedule(
            charge_cents=(allowed_cents if obliged else bill.charge_cents) - before.written_off_cents,
            approved_cents=approved_cents,
            primary_allowed_cents=allowed_cents,
            primary_paid_cents=min(before.paid_cents, allowed_cents),
            deductible_remaining_cents=deductible_cents,
            obligated_cents=allowed_cents if obliged else None,
        )

    alike_cents = min(max(amounts), max(min(amounts), approved.low_cents))
    least_cents = min(
        settled(allowed, approved.low_cents, most, deductible.high_cents).medicare_pays_cents
        for allowed in {*amounts, alike_cents}
    )
    dearest = settled(max(amounts), approved.high_cents, few, deductible.low_cents)
    pays = Range(low_cents=least_cents, high_cents=dearest.medicare_pays_cents)
    low_cents = min(
        settled(allowed, each, most, deductible.low_cents).patient_pays_cents
        for allowed, each in product(amounts, approved.ends)
    )
    if approved.exact:
        high_cents = max(
            settled(allowed, approved.high_cents, few, deductible.high_cents).patient_pays_cents for allowed in amounts
        )
    else:
        own_cents = part_b(approved.high_cents, deductible.high_cents).share.cost_share_cents
        high_cents = max(0, own_cents - few.paid_cents)
    return pays, Range(low_cents=low_cents, high_cents=high_cents)


def _amounts(line: Line, allowed_cents: int) -> set[int]:
    """The ends of what the group plan may allow."""
    if line.allowed.exact:
        return {allowed_cents}
    most_cents = (
        line.allowed.high_cents if line.charge is None else min(line.allowed.high_cents, line.charge.high_cents)
    )
    least_cents = line.allowed.low_cents if line.charge is None else min(line.allowed.low_cents, line.charge.low_cents)
    return {least_cents, most_cents}


def _before(bill: Bill) -> tuple[Before, Before]:
    """What happens before, from least to most.

    Of every cent of price the plan pays between nothing and all, so from its payment at one price follow the bounds of
    its payment at every other.
    """
    amounts = _amounts(bill.line, bill.allowed_cents)
    paid_cents, written_off = bill.first_paid_cents, bill.written_off
    few_cents = max(0, bill.paid.low_cents - written_off.high_cents)
    most_cents = bill.paid.high_cents - written_off.low_cents
    return (
        Before(max(0, paid_cents - (bill.allowed_cents - min(amounts))) + few_cents, written_off.low_cents),
        Before(paid_cents + max(amounts) - bill.allowed_cents + most_cents, written_off.high_cents),
    )
