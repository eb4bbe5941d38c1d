"""What becomes of a good-faith estimate, as the clinic records it: what was billed, and what is still planned."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.cost_share.plan import Cents
from payers.good_faith.content import GoodFaithEstimate, LineKind
from payers.good_faith.drift import Bill
from payers.good_faith.parties import Npi

Item = LineKind | Literal["other"]
"""What a service is in the estimate; `other` is in none of its lines."""


class Charged(Frozen):
    """A service of a provider, `quantity` times at one charge each.

    A credit takes back what was billed: its quantity is below zero.
    """

    npi: Npi
    item: Item
    on: date | None = None
    quantity: Annotated[int, Meta(ge=-366, le=366)] = 1
    each_cents: Cents

    @property
    def total_cents(self) -> int:
        """All of it."""
        return self.quantity * self.each_cents


class Recorded(Frozen):
    """What was billed, each with its day of service, and everything that is still to come after that.

    `planned` takes the place of what was planned before, and is absent where that still holds.
    """

    billed: Annotated[tuple[Charged, ...], Meta(max_length=200)] = ()
    planned: Annotated[tuple[Charged, ...], Meta(max_length=400)] | None = None

    def __post_init__(self) -> None:
        if not self.billed and self.planned is None:
            raise ValueError("Tell what was billed or what is planned")
        if any(each.on is None or not each.quantity for each in self.billed):
            raise ValueError("What was billed needs its day, and a quantity: a credit one below zero")
        if any(each.quantity < 1 for each in self.planned or ()):
            raise ValueError("What is planned needs a quantity of at least one")


class Account(Frozen):
    """Everything recorded for an estimate, the oldest first."""

    records: tuple[Recorded, ...]

    @property
    def billed(self) -> tuple[Charged, ...]:
        """Everything that was billed."""
        return tuple(each for record in self.records for each in record.billed)

    def ahead(self, estimate: GoodFaithEstimate) -> tuple[Charged, ...]:
        """What is still to come: what was planned last, else what was estimated, without what was billed since."""
        plan, billed = tuple(_estimated(estimate)), list[Charged]()
        for record in self.records:
            billed += record.billed
            if record.planned is not None:
                plan, billed = record.planned, []
        return tuple(_without(plan, billed))


def bills(charged: Iterable[Charged]) -> Iterator[Bill]:
    """The same as amounts by provider."""
    return (Bill(npi=each.npi, billed_cents=each.total_cents) for each in charged)


def _estimated(estimate: GoodFaithEstimate) -> Iterator[Charged]:
    for charges in estimate.providers:
        npi = charges.provider.npi
        for line in charges.lines:
            for on in line.dates:
                yield Charged(npi=npi, item=line.kind, on=on, each_cents=line.each_cents)
            if undated := line.quantity - len(line.dates):
                yield Charged(npi=npi, item=line.kind, quantity=undated, each_cents=line.each_cents)


def _without(plan: Sequence[Charged], billed: Iterable[Charged]) -> Iterator[Charged]:
    """The plan less as many of each service as were billed, the first ones first, on whatever day they were given."""
    gone: Counter[tuple[str, str]] = Counter()
    for each in billed:
        gone[each.npi, each.item] += each.quantity
    for each in plan:
        taken = min(max(gone[each.npi, each.item], 0), each.quantity)
        gone[each.npi, each.item] -= taken
        if left := each.quantity - taken:
            yield Charged(npi=each.npi, item=each.item, on=each.on, quantity=left, each_cents=each.each_cents)
