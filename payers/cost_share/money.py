"""Money is integer US cents; a share is basis points of what the patient pays; an uncertain amount is a range."""

from collections.abc import Iterable

from payers.catalogue.model import Frozen

WHOLE_BP = 10_000


class Range(Frozen):
    """An amount known to lie between two ends, both inclusive, in cents."""

    low_cents: int
    high_cents: int

    @property
    def exact(self) -> bool:
        """Whether the amount is known."""
        return self.low_cents == self.high_cents

    @property
    def width_cents(self) -> int:
        """How much is unknown."""
        return self.high_cents - self.low_cents

    @property
    def ends(self) -> tuple[int, ...]:
        """Both ends, one where the amount is known."""
        return (self.low_cents,) if self.exact else (self.low_cents, self.high_cents)

    def at_most(self, cents: int) -> "Range":
        """The same with its ends no higher than `cents`."""
        return Range(low_cents=min(self.low_cents, cents), high_cents=min(self.high_cents, cents))

    def __add__(self, other: "Range") -> "Range":
        return Range(low_cents=self.low_cents + other.low_cents, high_cents=self.high_cents + other.high_cents)


ZERO = Range(low_cents=0, high_cents=0)


def exactly(cents: int) -> Range:
    """A known amount."""
    return ZERO if cents == 0 else Range(low_cents=cents, high_cents=cents)


def span(cents: Iterable[int]) -> Range:
    """From the least of several amounts to the most. At least one is needed."""
    several = tuple(cents)
    return Range(low_cents=min(several), high_cents=max(several))


def hull(ranges: Iterable[Range]) -> Range:
    """The narrowest range that holds them all. At least one is needed."""
    several = tuple(ranges)
    if len(several) == 1:
        return several[0]
    return Range(
        low_cents=min([each.low_cents for each in several]), high_cents=max([each.high_cents for each in several])
    )


def share_of(amount_cents: int, share_bp: int) -> int:
    """The share of an amount, rounded half up to the cent, as claims are at the line."""
    return (amount_cents * share_bp + WHOLE_BP // 2) // WHOLE_BP
