"""A payment kept to what is left."""

from payers.cost_share.money import Range


def clipped(pays: Range, left: Range) -> Range:
    """A payment between nothing and what is left."""
    return Range(
        low_cents=min(max(0, pays.low_cents), left.low_cents), high_cents=min(max(0, pays.high_cents), left.high_cents)
    )
