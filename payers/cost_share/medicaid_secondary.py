"""Medicaid behind Medicare: the crossover claim of a Qualified Medicare Beneficiary or another dual eligible.

The patient owes nothing, whatever Medicaid pays, and from any provider that takes Medicare (42 U.S.C. 1396a(n)(3)).
"""

from typing import NamedTuple


class Crossover(NamedTuple):
    """What Medicaid adds, and what the provider has from both."""

    medicaid_pays_cents: int
    provider_total_cents: int
    patient_pays_cents: int


def lesser_of(
    *, cost_share_cents: int, medicare_paid_cents: int, medicaid_rate_cents: int, deductible_in_full_cents: int = 0
) -> Crossover:
    """A state that pays up to its own rate: the lesser of Medicare's cost share and what the rate leaves.

    A state that compares the claim instead of each line passes sums. One that pays the Part B deductible in full
    (Texas) gives it as `deductible_in_full_cents`, a part of the cost share.
    """
    compared = max(0, min(cost_share_cents, medicaid_rate_cents - medicare_paid_cents))
    pays = max(compared, deductible_in_full_cents)
    return Crossover(pays, medicare_paid_cents + pays, 0)


def full_payment(*, cost_share_cents: int, medicare_paid_cents: int) -> Crossover:
    """A state that pays Medicare's cost share whatever its own rate."""
    return Crossover(cost_share_cents, medicare_paid_cents + cost_share_cents, 0)
