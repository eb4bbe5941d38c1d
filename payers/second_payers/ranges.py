"""Ends of ranges and back, for payers that settle a bill at every corner of what is open."""

from collections.abc import Iterable

from payers.cost_share.money import Range


def ends(amount: Range) -> tuple[int, ...]:
    """Both ends, one where the amount is known."""
    return (amount.low_cents,) if amount.exact else (amount.low_cents, amount.high_cents)


def span(cents: Iterable[int]) -> Range:
    """From the least of several amounts to the most. At least one is needed."""
    several = tuple(cents)
    return Range(low_cents=min(several), high_cents=max(several))


def clipped(pays: Range, left: Range) -> Range:
    """A payment between nothing and what is left."""
    return Range(
        low_cents=min(max(0, pays.low_cents), left.low_cents), high_cents=min(max(0, pays.high_cents), left.high_cents)
    )
