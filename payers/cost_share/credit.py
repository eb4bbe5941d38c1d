"""What one line adds to each kind of yearly limit."""

from typing import Literal, NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share, Terms

LimitKind = Literal["deductible", "coinsurance-maximum", "out-of-pocket-maximum"]


class Credit(NamedTuple):
    """What one line adds to each kind of limit."""

    deductible_cents: int = 0
    coinsurance_cents: int = 0
    out_of_pocket_cents: int = 0

    def toward(self, kind: LimitKind) -> int:
        """The part that counts toward one kind of limit."""
        match kind:
            case "deductible":
                return self.deductible_cents
            case "coinsurance-maximum":
                return self.coinsurance_cents
            case "out-of-pocket-maximum":
                return self.out_of_pocket_cents


def credit_for(
    share: Share,
    terms: Terms,
    counted_cents: int,
    deductible_remaining_cents: int,
    out_of_pocket_remaining_cents: int = UNLIMITED_CENTS,
) -> Credit:
    """What a share credits when `counted_cents` of it count: deductible first, then copay, then coinsurance.

    A copay that goes on after the maximum, or uses up deductible, never credits a limit beyond its amount.
    """
    deductible = min(share.deductible_cents, counted_cents)
    copay = min(share.copay_cents, counted_cents - deductible)
    coinsurance = counted_cents - deductible - copay
    by_copay = min(copay, deductible_remaining_cents - deductible) if terms.copay_credits_deductible else 0
    out_of_pocket = (
        coinsurance
        + (deductible if terms.deductible_counts_to_maximum else 0)
        + (copay if terms.copay_counts_to_maximum else 0)
    )
    return Credit(deductible + by_copay, coinsurance, min(out_of_pocket, out_of_pocket_remaining_cents))
