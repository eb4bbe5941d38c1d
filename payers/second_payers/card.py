"""A manufacturer's savings card for the drug of a treatment."""

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import NamedTuple, Self

from payers.cost_share import assistance
from payers.cost_share.assistance import Policy
from payers.cost_share.money import ZERO, Range, span
from payers.cost_share.second_payer import Bill, Paid
from payers.second_payers.calendar_limit import CalendarLimit


class Fill(NamedTuple):
    """One treatment's drug, and what the card holds after it."""

    pays: Range
    forgiven: Range
    credited: Range
    left: Range
    relief: Range


def filled(card: "Card", day: date | None, owed: Range, share_cents: int) -> Fill:
    """The fill at every corner of what is open."""
    left_ends = card.limit.on(day).ends
    corners: list[tuple[int, ...]] = []
    for policy, left_cents, fill_limit_cents, floor_cents, owed_cents in product(
        card.policies, left_ends, card.fill_limit.ends, card.floor.ends, owed.ends
    ):
        for credits_own_money in card.own_money_counts if policy == "accumulator" else (True,):
            one = assistance.Card(policy, left_cents, fill_limit_cents, floor_cents, credits_own_money)
            pays_cents = one.pays_cents(owed_cents)
            credited_cents = one.counted_cents(share_cents, pays_cents)
            kept_cents = one.less(pays_cents).left_cents
            forgiven_cents = one.forgiven_cents(owed_cents)
            corners.append((pays_cents, forgiven_cents, credited_cents, kept_cents, pays_cents + forgiven_cents))
    if not card.sure:
        corners.extend((0, 0, share_cents, left_cents, 0) for left_cents in left_ends)
    return Fill(*(span(each) for each in zip(*corners, strict=True)))


class Card(NamedTuple):
    """What a card leaves to the patient (`floor`), may pay of one treatment (`fill_limit`) and still holds (`limit`).

    `policies` are all that the plan may do with its money. `sure` is false where the patient may be excluded. The
    programme's year is the calendar year. `filled` works out one treatment; many corners of what the plan leaves owe
    the same, and who settles a whole course may hand in one that remembers.

    Sources disagree on whether a plan that does not count the card credits the patient's own few dollars on a fill
    that the card touched: both are held, unless `own_money_counts` tells.

    It is not monotone: the more the card pays the sooner the limits are met, so a dearer drug may make a cheaper
    course, and under a plan that does not count it the patient starts the deductible when the card runs dry.
    """

    policies: tuple[Policy, ...]
    floor: Range
    fill_limit: Range
    limit: CalendarLimit
    sure: bool = True
    own_money_counts: tuple[bool, ...] = (True, False)
    filled: "Callable[[Card, date | None, Range, int], Fill]" = filled
    assists = True
    monotone = False

    @property
    def credits_own_money(self) -> bool:
        """Only where its money counts as the patient's is the patient's own money sure to count."""
        return self.policies == ("counts",)

    def settle(self, bill: Bill) -> Paid:
        """What it pays of the drug's cost share, and what the plan then forgives and credits."""
        if bill.line.component != "drug":
            return Paid(ZERO, self)
        fill = self.filled(self, bill.line.on, bill.cost_share_left, bill.share.cost_share_cents)
        return Paid(
            pays=fill.pays,
            after=self._replace(limit=self.limit.after(bill.line.on, fill.left)),
            forgiven=fill.forgiven,
            credited=None if self.credits_own_money else fill.credited,
            relieves=fill.relief,
        )

    def any_time(self) -> Self:
        """With any part of a year's money left before any session."""
        return self._replace(limit=self.limit.any_time())

    def joined(self, other: Self) -> Self:
        """Whatever either still holds."""
        return self._replace(limit=self.limit.joined(other.limit))
