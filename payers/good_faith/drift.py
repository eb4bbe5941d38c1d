"""What was billed against what was estimated, provider by provider."""

from collections import Counter
from collections.abc import Iterable

from payers.catalogue.model import Frozen
from payers.cost_share.plan import Cents
from payers.good_faith.content import GoodFaithEstimate, ProviderCharges
from payers.good_faith.parties import Npi


class Bill(Frozen):
    """What a provider billed for services of the estimate."""

    npi: Npi
    billed_cents: Cents


class Drift(Frozen):
    """One provider's bills against its total in the estimate; `over_cents` is negative below it.

    `dispute_possible` at $400 above it or more (45 CFR 149.620), `over_state_cap` above what the state allows. The
    amounts left are those that may still be billed before that: absent where the state has no cap, negative beyond it.
    """

    npi: str
    estimated_cents: int
    billed_cents: int
    over_cents: int
    dispute_possible: bool
    over_state_cap: bool
    left_before_dispute_cents: int
    left_before_cap_cents: int | None

    @property
    def within(self) -> bool:
        """Whether nothing comes of it."""
        return not (self.dispute_possible or self.over_state_cap)


class Unlisted(Frozen):
    """Bills of a provider for whom the estimate has no total: nothing to measure them against."""

    npi: str
    billed_cents: int


def drift(estimate: GoodFaithEstimate, bills: Iterable[Bill]) -> tuple[Drift | Unlisted, ...]:
    """Everyone who billed, in the order of their first bill. Who has not billed yet is not in it."""
    billed: Counter[str] = Counter()
    for bill in bills:
        billed[bill.npi] += bill.billed_cents
    listed = {each.provider.npi: each for each in estimate.providers}
    return tuple(
        _drift(listed[npi], cents) if npi in listed else Unlisted(npi=npi, billed_cents=cents)
        for npi, cents in billed.items()
    )


def _drift(charges: ProviderCharges, billed_cents: int) -> Drift:
    most = charges.most_billable_cents
    return Drift(
        npi=charges.provider.npi,
        estimated_cents=charges.total_cents,
        billed_cents=billed_cents,
        over_cents=billed_cents - charges.total_cents,
        dispute_possible=billed_cents >= charges.disputable_from_cents,
        over_state_cap=most is not None and billed_cents > most,
        left_before_dispute_cents=charges.disputable_from_cents - 1 - billed_cents,
        left_before_cap_cents=None if most is None else most - billed_cents,
    )
