"""Whoever pays after the first payer: a second plan, a supplement, a public programme, a manufacturer's card.

A second payer that has paid is another second payer: what is left of its own limits travels in the value. Its payment
is a range that holds every payment possible for what it was shown; where everything is known both ends are equal.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self

from payers.cost_share.adjudicate import Share
from payers.cost_share.line import Line
from payers.cost_share.money import ZERO, Range, exactly, hull


class Bill(NamedTuple):
    """One line as it reaches a second payer.

    `allowed_cents`, `charge_cents` and `share` are the first payer's; `paid` is what second payers before this one took
    off the patient, and `written_off` the part of it that nobody paid.
    """

    line: Line
    allowed_cents: int
    charge_cents: int
    share: Share
    paid: Range = ZERO
    written_off: Range = ZERO

    @property
    def nothing(self) -> bool:
        """Whether nothing is billed: the drug of a session that is owed at one price, on the visit's line."""
        return self.charge_cents == self.line.allowed.high_cents == 0

    @property
    def first_paid_cents(self) -> int:
        """What the first payer pays."""
        return self.allowed_cents - self.share.patient_cents

    @property
    def owed_cents(self) -> int:
        """What the first payer leaves: cost share, what it does not cover, and the charge beyond what it allows."""
        return self.share.patient_cents + self.charge_cents - self.allowed_cents

    @property
    def cost_share_left(self) -> Range:
        """What is left of the cost share alone."""
        owed = self.share.cost_share_cents
        return Range(low_cents=max(0, owed - self.paid.high_cents), high_cents=max(0, owed - self.paid.low_cents))

    @property
    def left(self) -> Range:
        """What is left of everything owed."""
        owed = self.owed_cents
        return Range(low_cents=max(0, owed - self.paid.high_cents), high_cents=max(0, owed - self.paid.low_cents))


class Paid(NamedTuple):
    """What a second payer does with one bill.

    `forgiven` is what the first plan takes over because of it (a maximizer does). `written_off` is what the clinic may
    ask of nobody because of it. `credited` is how much of the cost share the first plan still counts toward its limits;
    absent, all of it. `relieves` is what all of these take off the patient together where that is known more closely
    than the parts; absent, their sum.
    """

    pays: Range
    after: "SecondPayer"
    forgiven: Range = ZERO
    written_off: Range = ZERO
    credited: Range | None = None
    relieves: Range | None = None

    @property
    def relief(self) -> Range:
        """What the patient is spared."""
        return self.pays + self.forgiven + self.written_off if self.relieves is None else self.relieves


class SecondPayer(Protocol):
    """What the bounds ask of a second payer."""

    @property
    def assists(self) -> bool:
        """Whether its money is a manufacturer's assistance and not another coverage's."""
        ...

    @property
    def monotone(self) -> bool:
        """Whether a higher share always leaves the patient as much or more, on this line and on all later ones.

        Only then do the cheapest and the dearest consistent course bound the sum over a plan year.
        """
        ...

    @property
    def credits_own_money(self) -> bool:
        """Whether the first plan credits at least what the patient pays beside it.

        Only then can the payer's help never make the whole course dearer than without it.
        """
        ...

    def settle(self, bill: Bill) -> Paid:
        """What it pays of one bill, never more than is left, and itself afterwards.

        A bill of a later year than the last finds its limits renewed.
        """
        ...

    def any_time(self) -> Self:
        """Itself with everything open that its own year decides, for a course whose days nobody knows."""
        ...

    def joined(self, other: Self) -> Self:
        """Itself or the other: whatever is left of its limits in either."""
        ...


def perhaps_written_off(takes: Range, after: SecondPayer) -> Paid:
    """So much is taken off the patient; how much of it is paid and how much written off nobody knows."""
    part = Range(low_cents=0, high_cents=takes.high_cents)
    return Paid(part, after, written_off=part, relieves=takes)


class Settled(NamedTuple):
    """What each second payer does with one bill, and what all of them together take off the patient."""

    paid: tuple[Paid, ...]
    relief: Range


def settle_in_turn(payers: Sequence[SecondPayer], bill: Bill) -> Settled:
    """Each payer in turn, each with what those before it left.

    Where it is not known what they paid, each end is settled by itself: whoever pays all that is left leaves nothing
    either way, which adding up ranges would not show. More paid before never leaves the patient more.
    """
    several: list[Paid] = []
    for payer in payers:
        before = {bill.paid.low_cents, bill.paid.high_cents}
        ways = [(exactly(cents), payer.settle(bill._replace(paid=exactly(cents)))) for cents in sorted(before)]
        several.append(_joined([paid for _, paid in ways]))
        bill = bill._replace(
            paid=hull(cents + paid.relief for cents, paid in ways),
            written_off=bill.written_off + several[-1].written_off,
        )
    return Settled(tuple(several), bill.paid)


def _joined(several: Sequence[Paid]) -> Paid:
    first, *rest = several
    for other in rest:
        credited = None
        if first.credited is not None and other.credited is not None:
            credited = hull((first.credited, other.credited))
        first = Paid(
            pays=hull((first.pays, other.pays)),
            after=first.after.joined(other.after),
            forgiven=hull((first.forgiven, other.forgiven)),
            written_off=hull((first.written_off, other.written_off)),
            credited=credited,
            relieves=hull((first.relief, other.relief)),
        )
    return first
