"""What other coverage pays of the share that the first payer left, from least to most."""

from typing import NamedTuple

from payers.catalogue.model import MedigapPlan
from payers.cost_share.adjudicate import Share
from payers.cost_share.money import WHOLE_BP, share_of


class Supplement(NamedTuple):
    """How a second payer treats the cost share. Two figures where its own state or a decision is not known."""

    pays_deductible_bp: tuple[int, int] = (0, 0)
    pays_coinsurance_bp: tuple[int, int] = (0, 0)
    visit_copay_max_cents: int = 0
    """Kept by the patient of the coinsurance of an office visit, where it applies at all."""

    def pays(self, share: Share) -> tuple[int, int]:
        """What it pays of one share, from least to most."""
        coinsurance = share.coinsurance_cents + share.copay_cents
        return (
            share_of(share.deductible_cents, self.pays_deductible_bp[0])
            + max(0, share_of(coinsurance, self.pays_coinsurance_bp[0]) - self.visit_copay_max_cents),
            share_of(share.deductible_cents, self.pays_deductible_bp[1])
            + share_of(coinsurance, self.pays_coinsurance_bp[1]),
        )


EVERYTHING = Supplement((WHOLE_BP, WHOLE_BP), (WHOLE_BP, WHOLE_BP))
"""QMB: the patient owes no Medicare cost share, whoever bears it (42 U.S.C. 1396a(n)(3)). TRICARE For Life: both
programmes cover the service and nothing is left (10 U.S.C. 1086(d)(3))."""

SOMETHING = Supplement((0, WHOLE_BP), (0, WHOLE_BP))
"""A second payer whose own terms are not worked out here: it pays between nothing and the whole share."""


def medigap(plan: MedigapPlan) -> Supplement:
    """A Medicare supplement by its letter.

    Plans K and L pay their part until their yearly limit and everything after it; how near the limit is, is not
    known. A high-deductible form pays nothing until its deductible. Plan N's copay belongs to office visits; whether
    a session code counts as one is not settled, so both are held.
    """
    deductible_bp = WHOLE_BP if plan.pays_part_b_deductible else 0
    if plan.high_deductible:
        return Supplement((0, deductible_bp), (0, plan.part_b_coinsurance_paid_bp))
    most_bp = WHOLE_BP if plan.limit_parameter else plan.part_b_coinsurance_paid_bp
    return Supplement(
        (deductible_bp, deductible_bp),
        (plan.part_b_coinsurance_paid_bp, most_bp),
        plan.office_visit_copay_max_cents,
    )


def together(supplements: list[Supplement], share: Share) -> tuple[int, int]:
    """What several pay, never more than there is."""
    paid = [supplement.pays(share) for supplement in supplements]
    owed = share.cost_share_cents
    return min(owed, sum(least for least, _ in paid)), min(owed, sum(most for _, most in paid))
