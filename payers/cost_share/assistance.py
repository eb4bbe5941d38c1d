"""A manufacturer's savings card: what it pays of a share, and what the plan then credits.

Three worlds. `counts`: the card's money counts as the patient's. `accumulator`: only the patient's own money counts.
`maximizer`: the plan asks for what the card holds and bears the rest, and nothing counts (the drug stands outside the
essential benefits, 45 CFR 156.130(h)). Government coverage excludes a card (42 U.S.C. 1320a-7b(b)); whoever calls here
has settled that.
"""

from typing import Literal, NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS

Policy = Literal["counts", "accumulator", "maximizer"]
POLICIES: tuple[Policy, ...] = ("counts", "accumulator", "maximizer")


class Card(NamedTuple):
    """A savings card. `left_cents` is what its programme year still holds; the floor is what a fill costs the patient.

    `credits_own_money`: under an accumulator the patient's own few dollars on a fill that the card touched count; some
    plans credit nothing of such a fill.
    """

    policy: Policy
    left_cents: int = UNLIMITED_CENTS
    fill_limit_cents: int = UNLIMITED_CENTS
    patient_floor_cents: int = 0
    credits_own_money: bool = True

    def pays_cents(self, owed_cents: int) -> int:
        """What it pays of one fill."""
        return min(max(0, owed_cents - self.patient_floor_cents), self.fill_limit_cents, self.left_cents)

    def forgiven_cents(self, owed_cents: int) -> int:
        """What a maximizer plan bears itself, beyond the card and the patient's floor."""
        if self.policy != "maximizer":
            return 0
        return max(0, owed_cents - self.patient_floor_cents - self.pays_cents(owed_cents))

    def counted_cents(self, share_cents: int, paid_cents: int) -> int:
        """How much of a share counts toward the limits after the card paid `paid_cents` of it."""
        match self.policy:
            case "counts":
                return share_cents
            case "accumulator":
                return share_cents - paid_cents if self.credits_own_money or not paid_cents else 0
            case "maximizer":
                return 0

    def less(self, paid_cents: int) -> "Card":
        """After a fill."""
        return self._replace(left_cents=self.left_cents - paid_cents)
