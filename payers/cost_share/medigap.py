"""What a Medicare supplement pays of one line, by its letter. The letters' benefits are the catalogue's.

Medicare pays its part first, from the first claim on; a supplement sees only what is left (42 U.S.C. 1395ss(o), (p);
NAIC Medicare Supplement Model Regulation 651, sections 9 and 9.1).
"""

from typing import Literal, NamedTuple

from payers.catalogue.model import MedigapPlan
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share
from payers.cost_share.money import WHOLE_BP, share_of

Visit = Literal["office", "emergency"]

HOSPITAL_DEDUCTIBLE_BP = {
    "A": 0,
    "B": WHOLE_BP,
    "C": WHOLE_BP,
    "D": WHOLE_BP,
    "F": WHOLE_BP,
    "G": WHOLE_BP,
    "K": 5_000,
    "L": 7_500,
    "M": 5_000,
    "N": WHOLE_BP,
}
"""What each letter pays of the Part A deductible; every letter pays the whole Part A coinsurance (Model 651)."""


class Supplemented(NamedTuple):
    """What the supplement pays of one line, and what its patient still has before its limit or high deductible."""

    pays_cents: int
    left_cents: int


class HospitalStay(NamedTuple):
    """Who pays the Part A deductible and coinsurance of a stay."""

    medigap_pays_cents: int
    patient_pays_cents: int


def supplement(
    plan: MedigapPlan,
    share: Share,
    *,
    excess_cents: int = 0,
    visit: Visit | None = None,
    left_cents: int = UNLIMITED_CENTS,
) -> Supplemented:
    """One line through a letter.

    `left_cents` is what is left of the yearly limit of K and L, or of a high deductible; other letters have neither.
    A high deductible takes the whole leftover of Medicare until it is met, the Part B deductible first. K and L pay
    their part of the coinsurance until what the patient paid reaches the limit, and all of it afterwards; the Part B
    deductible counts toward the limit and stays the patient's, the excess charge stays outside. N leaves a copay of an
    office visit, or of an emergency visit without admission, never more than the coinsurance.
    """
    coinsurance = share.copay_cents + share.coinsurance_cents
    if plan.high_deductible:
        kept = min(left_cents, share.cost_share_cents + excess_cents)
        deductible_kept = min(kept, share.deductible_cents)
        rest = share.cost_share_cents + excess_cents - kept
        uncovered = 0 if plan.pays_part_b_deductible else share.deductible_cents - deductible_kept
        return Supplemented(rest - uncovered, left_cents - kept)

    deductible_pays = share.deductible_cents if plan.pays_part_b_deductible else 0
    excess_pays = excess_cents if plan.pays_excess_charge else 0
    if plan.limit_parameter:
        left = max(0, left_cents - share.deductible_cents)
        kept = min(coinsurance - share_of(coinsurance, plan.part_b_coinsurance_paid_bp), left)
        return Supplemented(deductible_pays + coinsurance - kept + excess_pays, left - kept)

    copays = {"office": plan.office_visit_copay_max_cents, "emergency": plan.emergency_visit_copay_max_cents, None: 0}
    pays = max(0, share_of(coinsurance, plan.part_b_coinsurance_paid_bp) - copays[visit])
    return Supplemented(deductible_pays + pays + excess_pays, left_cents)


def supplement_part_a(letter: str, deductible_cents: int, coinsurance_cents: int = 0) -> HospitalStay:
    """What a letter pays of a hospital stay's deductible and daily coinsurance."""
    covered = share_of(deductible_cents, HOSPITAL_DEDUCTIBLE_BP[letter.removesuffix("-HD")])
    return HospitalStay(covered + coinsurance_cents, deductible_cents - covered)
