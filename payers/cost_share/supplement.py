"""What other coverage pays of the share that the first payer left, from least to most."""

from collections.abc import Callable
from typing import NamedTuple

from payers.catalogue.model import MedigapPlan
from payers.cost_share.adjudicate import Share
from payers.cost_share.medigap import supplement


class Supplement(NamedTuple):
    """How a second payer treats the cost share. Two ways where its own state or a decision is not known."""

    least: Callable[[Share], int]
    most: Callable[[Share], int]

    def pays(self, share: Share) -> tuple[int, int]:
        """What it pays of one share, from least to most."""
        return self.least(share), self.most(share)


def _nothing(share: Share) -> int:
    return 0


def _everything(share: Share) -> int:
    return share.cost_share_cents


EVERYTHING = Supplement(_everything, _everything)
"""QMB: the patient owes no Medicare cost share, whoever bears it (42 U.S.C. 1396a(n)(3)). TRICARE For Life: both
programmes cover the service and nothing is left (10 U.S.C. 1086(d)(3))."""

SOMETHING = Supplement(_nothing, _everything)
"""A second payer whose own terms are not worked out here: it pays between nothing and the whole share."""


def medigap(plan: MedigapPlan) -> Supplement:
    """A Medicare supplement by its letter.

    Plans K and L pay their part until their yearly limit and everything after it; how near the limit is, is not
    known. A high-deductible form pays nothing until its deductible. Plan N's copay belongs to office visits; whether
    a session code counts as one is not settled, so both are held.
    """

    def least(share: Share) -> int:
        return supplement(plan, share, visit="office").pays_cents

    def most(share: Share) -> int:
        return supplement(plan, share, left_cents=0).pays_cents

    return Supplement(least, most)


def together(supplements: list[Supplement], share: Share) -> tuple[int, int]:
    """What several pay, never more than there is."""
    paid = [supplement.pays(share) for supplement in supplements]
    owed = share.cost_share_cents
    return min(owed, sum(least for least, _ in paid)), min(owed, sum(most for _, most in paid))
