"""TRICARE behind other insurance, and TRICARE For Life behind Medicare.

A service that TRICARE does not allow is left out on both sides, with what the other insurance paid for it.
Source: TRICARE Reimbursement Manual chapter 4; 10 U.S.C. 1079(j)(1) and 1086(d)(3).
"""

from typing import NamedTuple

from payers.cost_share.money import share_of

BALANCE_BP = 11_500
"""A non-participating provider may ask up to 115% of the TRICARE allowable (10 U.S.C. 1079(h)(4))."""
MEDICARE_SHARE_BP = 8_000
"""What TRICARE takes Medicare to have paid where the provider opted out of Medicare."""


class BehindOther(NamedTuple):
    """TRICARE's part behind other insurance."""

    alone_cents: int
    """What TRICARE would pay were it the only cover."""
    unpaid_cents: int
    """What the provider may still collect after the other insurance."""
    tricare_pays_cents: int
    patient_pays_cents: int


def behind_other(
    *,
    billed_cents: int,
    allowable_cents: int,
    tricare_share_bp: int,
    other_paid_cents: int,
    participating: bool = True,
    deductible_cents: int = 0,
    patient_owes_cents: int | None = None,
) -> BehindOther:
    """The least of what is unpaid, what TRICARE would pay alone, and what the patient still owes after the other.

    `tricare_share_bp` is TRICARE's part. A non-participating provider can collect no more than 115% of the allowable.
    `patient_owes_cents`, where the other insurer's statement tells it, is less than the unpaid balance when its
    contract wrote a part off.
    """
    alone = share_of(max(0, allowable_cents - deductible_cents), tricare_share_bp)
    most = billed_cents if participating else min(billed_cents, share_of(allowable_cents, BALANCE_BP))
    unpaid = max(0, most - other_paid_cents)
    owed = unpaid if patient_owes_cents is None else min(unpaid, patient_owes_cents)
    pays = min(owed, alone)
    return BehindOther(alone, unpaid, pays, owed - pays)


class ForLife(NamedTuple):
    """TRICARE For Life's part behind Medicare."""

    tricare_pays_cents: int
    patient_pays_cents: int


def for_life(
    *,
    billed_cents: int,
    paid_before_cents: int,
    allowable_cents: int,
    tricare_share_bp: int,
    deductible_cents: int = 0,
) -> ForLife:
    """What is left after Medicare and any other cover, at most what TRICARE alone would pay.

    `billed_cents` is what the provider may collect: Medicare's approved amount, with the excess charge where there is
    one. Where TRICARE does not cover the service its share is nothing; where Medicare does not, nothing was paid
    before and TRICARE pays as the only cover.
    """
    owed = max(0, billed_cents - paid_before_cents)
    alone = share_of(max(0, allowable_cents - deductible_cents), tricare_share_bp)
    pays = min(owed, alone)
    return ForLife(pays, owed - pays)


def for_life_opted_out(charge_cents: int, allowable_cents: int) -> ForLife:
    """A provider who opted out of Medicare: TRICARE pays as if Medicare had paid, the patient owes the rest."""
    allowed = min(charge_cents, allowable_cents)
    pays = allowed - share_of(allowed, MEDICARE_SHARE_BP)
    return ForLife(pays, charge_cents - pays)
