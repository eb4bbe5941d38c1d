"""Medicare's drug benefit: the deductible, then a share, until the yearly out-of-pocket threshold.

It is a plan year of its own pool, so a drug from the pharmacy and an infusion under Part B never meet each other's
limits. The yearly amounts are the asker's or the catalogue's. Source: 42 U.S.C. 1395w-102(b).
"""

from payers.cost_share.accumulators import YearlyLimit
from payers.cost_share.adjudicate import Terms
from payers.cost_share.plan_year import Book

POOL = "part-d"


def part_d(deductible_cents: int, threshold_cents: int) -> Book:
    """A new year of the standard benefit: after the threshold the patient pays nothing."""
    own = frozenset({POOL})
    return Book(
        limits=(
            YearlyLimit("deductible", deductible_cents, governs=own, credited_by=own),
            YearlyLimit("out-of-pocket-maximum", threshold_cents, governs=own, credited_by=own),
        )
    )


def part_d_terms(patient_share_bp: int = 2_500) -> Terms:
    """The standard benefit asks for a quarter after the deductible; an actual plan may ask otherwise."""
    return Terms(patient_share_bp=patient_share_bp)
