"""A second commercial plan: what it adds after the first one, by the method of its contract."""

from itertools import product
from typing import NamedTuple, Self

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.coordination import Method, coordinate
from payers.cost_share.line import OUT_OF_NETWORK, Line
from payers.cost_share.money import ZERO, Range, exactly, hull, span
from payers.cost_share.second_payer import Bill, Paid
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone
from payers.second_payers.ranges import clipped

METHODS: tuple[Method, ...] = ("standard", "non-duplication", "carve-out", "maintenance-of-benefits")


class SecondPlan(NamedTuple):
    """A second plan. `methods` are those it may follow, `alone` its own terms and limits (absent: nothing is known).

    `allowance` is absent where it allows what the first plan does. `bank` is what its credit reserve holds, absent
    where it keeps none; a new plan year starts the reserve again.

    It is not monotone: where the first plan leaves its deductible and the second one pays a share, a dearer service
    may leave the patient less. So what the second plan would pay alone is held for every amount the line may have,
    and not for the amount at hand only: its payment then holds every possible one, whichever end of the line it is
    shown (as a difference of what the first plan leaves and what the second would leave, each of which is monotone).

    A line that the first plan does not cover the clinic bills under the second plan's contract alone: what is beyond an
    amount of its own it may ask of nobody. A clinic outside the first plan's network may be outside this one's too.
    """

    methods: tuple[Method, ...]
    alone: Alone | None
    allowance: Allowance | None = None
    bank: Range | None = None
    assists = False
    monotone = False
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """What it pays by each method that it may follow."""
        current = self._on(bill)
        if bill.nothing:
            return Paid(ZERO, current)
        several = [current.by_method(method, bill) for method in self.methods]
        after = several[0][1]
        for _, other in several[1:]:
            after = after.joined(other)
        pays = clipped(hull(pays for pays, _ in several), bill.left)
        contract = current.contract(bill)
        if contract is None:
            return Paid(pays, after)
        before = _first_paid(bill)
        beyond = Range(
            low_cents=max(0, bill.left.low_cents - max(0, contract.high_cents - before.low_cents)),
            high_cents=max(0, bill.left.high_cents - max(0, contract.low_cents - before.high_cents)),
        )
        return Paid(pays, after, written_off=beyond, relieves=clipped(pays + beyond, bill.left))

    def any_time(self) -> Self:
        """With any part of its limits and of its reserve left before any session."""
        return self._replace(
            alone=self.alone and self.alone.any_time(),
            bank=self.bank and Range(low_cents=0, high_cents=UNLIMITED_CENTS),
        )

    def joined(self, other: Self) -> Self:
        """Whatever is left in either."""
        return self._replace(
            alone=self.alone and other.alone and self.alone.joined(other.alone),
            bank=self.bank and other.bank and hull((self.bank, other.bank)),
        )

    def _on(self, bill: Bill) -> Self:
        """As it stands when the day of the bill begins."""
        if self.alone is None:
            return self.any_time()
        current = self.alone.on(bill.line.on)
        bank = ZERO if self.bank and self.alone.renewed(current) else self.bank
        return self.any_time() if current.days_open else self._replace(alone=current, bank=bank)

    def by_method(self, method: Method, bill: Bill) -> tuple[Range, Self]:
        """What it pays by one method, and itself afterwards."""
        first = _first_paid(bill)
        normal, alone = self._normal(method, bill, first)
        # beyond the first plan's amount only a plan with an amount of its own may see anything
        asked = {bill.allowed_cents, bill.charge_cents if self.allowance else bill.allowed_cents}
        contract = self.contract(bill)
        # nor anything that the clinic writes off because of a plan before this one
        collected = {
            min(cents, bill.charge_cents - written_off_cents)
            for cents in (contract.ends if contract else asked)
            for written_off_cents in bill.written_off.ends
        }
        several = [
            coordinate(method, allowable_cents, paid_cents, normal_cents, bank_cents=bank_cents)
            for allowable_cents, paid_cents, normal_cents, bank_cents in product(
                collected, first.ends, normal.ends, (None,) if self.bank is None else self.bank.ends
            )
        ]
        bank = self.bank
        if bank is not None:
            held = span(each.bank_cents for each in several)
            if not (self.alone and bill.line.allowed.exact):
                # between the ends of the amount a claim may draw more, or save more, than at either of them
                least_cents = max(0, bank.low_cents - bill.left.high_cents)
                held = Range(low_cents=least_cents, high_cents=held.high_cents + normal.high_cents)
            bank = held
        return span(each.secondary_pays_cents for each in several), self._replace(alone=alone, bank=bank)

    def contract(self, bill: Bill) -> Range | None:
        """What its contract lets the clinic collect of a line that is left to it alone; absent where none is known."""
        if self.alone is None or self.allowance is None or not _left_to_it(bill):
            return None
        covers = {terms.covered for terms in self.alone.terms(bill.line)}
        if True not in covers:
            return None
        own = self.allowance.of(bill.line).at_most(bill.charge_cents)
        bound = False not in covers and bill.line.pool != OUT_OF_NETWORK
        return own if bound else Range(low_cents=own.low_cents, high_cents=bill.charge_cents)

    def _normal(self, method: Method, bill: Bill, first: Range) -> tuple[Range, Alone | None]:
        """What it would pay alone, from least to most, and its own limits afterwards."""
        line = bill.line
        if self.alone is None:
            return Range(low_cents=0, high_cents=max(bill.allowed_cents, bill.charge_cents)), None
        own = self.allowance.of(line) if self.allowance else None
        if own and _left_to_it(bill):
            own = own.at_most(bill.charge_cents)
        if method == "maintenance-of-benefits":
            # its terms stand on what the first plan left of its own amount
            base = own or exactly(bill.allowed_cents)
            bounds, alone = self.alone.settle(
                line,
                Range(
                    low_cents=max(0, base.low_cents - first.high_cents),
                    high_cents=max(0, base.high_cents - first.low_cents),
                ),
            )
            return bounds.plan_pays, alone
        allowed = _allowed(line)
        bounds, alone = self.alone.settle(line, own or allowed)
        if method == "standard" or (own and _left_to_it(bill)):
            return bounds.plan_pays, alone
        # of the same amount it leaves a share that is known more closely than the difference of two ranges
        pays, leaves = bounds.plan_pays, bounds.patient_pays
        if own:
            leaves = Range(
                low_cents=allowed.low_cents - pays.high_cents, high_cents=allowed.high_cents - pays.low_cents
            )
        return (
            Range(
                low_cents=max(0, bill.allowed_cents - leaves.high_cents),
                high_cents=max(0, bill.allowed_cents - leaves.low_cents),
            ),
            alone,
        )


def _first_paid(bill: Bill) -> Range:
    """What the first plan and other payers before this one pay; what is written off nobody paid."""
    return exactly(bill.first_paid_cents) + Range(
        low_cents=max(0, bill.paid.low_cents - bill.written_off.high_cents),
        high_cents=max(0, bill.paid.high_cents - bill.written_off.low_cents),
    )


def _left_to_it(bill: Bill) -> bool:
    """Whether the first plan does not cover the line, so that nothing is to coordinate."""
    return bill.share.not_covered_cents > 0


def _allowed(line: Line) -> Range:
    """What the first plan may allow for the line, never more than the charge."""
    if line.charge is None:
        return line.allowed
    return Range(
        low_cents=min(line.allowed.low_cents, line.charge.low_cents),
        high_cents=min(line.allowed.high_cents, line.charge.high_cents),
    )
