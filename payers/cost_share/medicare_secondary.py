"""Medicare behind a group health plan or another primary payer, line by line (42 CFR 411.33; MSP Manual chapter 5).

The primary's payment meets the Part B deductible even where Medicare pays little. Where the supplier must accept less
than it charges, that amount stands in place of the charge; one that must accept the primary's payment as full gets
nothing more.
"""

from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.part_b import part_b


class Secondary(NamedTuple):
    """The amounts compared, the lowest of which Medicare pays, never less than nothing; and the patient's part."""

    legs_cents: tuple[int, ...]
    medicare_pays_cents: int
    patient_pays_cents: int
    deductible_credit_cents: int
    combined_cents: int
    """Both payers together."""


def fee_schedule(
    *,
    charge_cents: int,
    approved_cents: int,
    primary_allowed_cents: int,
    primary_paid_cents: int,
    deductible_remaining_cents: int = 0,
    obligated_cents: int | None = None,
) -> Secondary:
    """A service on a fee schedule: the lowest of three (411.33(a)).

    The charge less what the primary paid; what Medicare would pay alone; the higher of the two allowed amounts less
    what the primary paid.
    """
    alone = part_b(approved_cents, deductible_remaining_cents)
    due = _due(charge_cents, obligated_cents)
    legs = (
        due - primary_paid_cents,
        alone.medicare_pays_cents,
        max(approved_cents, primary_allowed_cents) - primary_paid_cents,
    )
    return _settled(legs, alone.share.cost_share_cents, alone.share.deductible_cents, primary_paid_cents, due)


def institutional(
    *,
    charge_cents: int,
    gross_cents: int,
    deductible_cents: int,
    coinsurance_cents: int,
    primary_paid_cents: int,
    obligated_cents: int | None = None,
) -> Secondary:
    """A provider paid otherwise than by fee schedule: the lowest of four (411.33(e)).

    The gross amount payable less deductible and coinsurance; the same less what the primary paid; the charge less what
    the primary paid; the charge less deductible and coinsurance.
    """
    share = deductible_cents + coinsurance_cents
    due = _due(charge_cents, obligated_cents)
    legs = (gross_cents - share, gross_cents - primary_paid_cents, due - primary_paid_cents, due - share)
    return _settled(legs, share, deductible_cents, primary_paid_cents, due)


def _due(charge_cents: int, obligated_cents: int | None) -> int:
    return min(charge_cents, UNLIMITED_CENTS if obligated_cents is None else obligated_cents)


def _settled(legs: tuple[int, ...], share: int, deductible: int, primary_paid: int, due: int) -> Secondary:
    pays = max(0, min(legs))
    combined = primary_paid + pays
    return Secondary(
        legs_cents=legs,
        medicare_pays_cents=pays,
        patient_pays_cents=max(0, min(share - primary_paid, due - combined)),
        deductible_credit_cents=deductible,
        combined_cents=combined,
    )
