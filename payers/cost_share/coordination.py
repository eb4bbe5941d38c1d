"""Two commercial plans on one claim: what the second pays, by the method its contract names.

A is the allowable expense (what the provider may collect for a covered service), P what the primary paid, N what the
secondary would pay alone, after its own deductible and yearly maximum. A secondary that denies for its own reasons has
N = 0. Together the plans never pay more than A, and the patient never owes less than nothing. A balance bill that the
secondary's contract does not forbid stands outside A.
Source: NAIC Coordination of Benefits Model Regulation (Model 120), sections 6 and 7; non-duplication, carve-out and
maintenance of benefits as in the American Dental Association's guidance on coordination.
"""

from typing import Literal, NamedTuple

from payers.cost_share.money import share_of

Method = Literal["standard", "non-duplication", "carve-out", "maintenance-of-benefits"]


class Coordinated(NamedTuple):
    """Who pays what of a claim that two plans share. `secondary_pays_cents` holds the draw from the bank."""

    primary_pays_cents: int
    secondary_pays_cents: int
    bank_draw_cents: int
    bank_cents: int
    patient_pays_cents: int


def coordinate(
    method: Method,
    allowable_cents: int,
    primary_paid_cents: int,
    secondary_normal_cents: int,
    *,
    bank_cents: int | None = None,
    balance_bill_cents: int = 0,
) -> Coordinated:
    """Settle one claim. With `maintenance-of-benefits` N is what `maintained_cents` says.

    `bank_cents` is a credit reserve: what the secondary saved on earlier claims of the year by not being primary. It
    fills what is left of A, and grows by what this claim saves. Absent, the plan keeps none.
    """
    left = max(0, allowable_cents - primary_paid_cents)
    match method:
        case "standard" | "maintenance-of-benefits":
            benefit = min(secondary_normal_cents, left)
        case "non-duplication" | "carve-out":
            benefit = min(max(0, secondary_normal_cents - primary_paid_cents), left)
    draw = min(bank_cents or 0, left - benefit)
    saved = 0 if bank_cents is None else secondary_normal_cents - benefit
    return Coordinated(
        primary_pays_cents=primary_paid_cents,
        secondary_pays_cents=benefit + draw,
        bank_draw_cents=draw,
        bank_cents=(bank_cents or 0) - draw + saved,
        patient_pays_cents=left - benefit - draw + balance_bill_cents,
    )


def maintained_cents(
    secondary_allowed_cents: int, primary_paid_cents: int, plan_share_bp: int, deductible_cents: int = 0
) -> int:
    """Maintenance of benefits: the secondary applies its deductible and its share to what the primary left open.

    `plan_share_bp` is the plan's part, not the patient's.
    """
    open_cents = max(0, secondary_allowed_cents - primary_paid_cents - deductible_cents)
    return share_of(open_cents, plan_share_bp)
