"""What an 835 says of payments, without anybody's name or member number: those are never read.

Money is integer cents. What was not said is absent, never zero.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from payers.catalogue.model import Frozen
from payers.eligibility.response import Party, Warned

ClaimStatus = Literal["primary", "secondary", "tertiary", "denied", "reversal", "not-ours", "predetermination", "other"]
"""What became of the claim (CLP02): paid by the first, second or third payer, denied, a payment taken back, forwarded
without payment, or only reckoned beforehand."""

AllowedFrom = Literal["AMT*B6", "paid-and-patient"]
"""Where an allowed amount comes from: the payer says it, or it is what was paid and what is left to the patient."""


class Adjustment(Frozen):
    """Why less was paid than charged (CAS): a group (`CO`, `PR`, `OA`, `PI`), a reason code, cents."""

    group: str
    reason: str
    cents: int


class Line(Frozen):
    """One service of a claim (SVC)."""

    code_type: str
    """`HC` for CPT and HCPCS, `NU` for revenue codes, `N4` for NDCs, or what was sent."""
    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    serviced_on: date | None = None
    serviced_until: date | None = None
    billed_cents: int | None = None
    paid_cents: int | None = None
    allowed_cents: int | None = None
    """Absent where nothing was allowed, and where another payer's payment hides what was."""
    allowed_from: AllowedFrom | None = None
    deductible_cents: int = 0
    coinsurance_cents: int = 0
    copay_cents: int = 0
    patient_responsibility_cents: int = 0
    """All that is left to the patient (group `PR`), what is beyond the allowed amount included."""
    adjustments: tuple[Adjustment, ...] = ()
    balanced: bool = True
    """Whether what was paid is what was billed less all adjustments."""


class Claim(Frozen):
    """One claim of a remittance (CLP).

    `reference` and `cancels` are digests: they tell the same claim again in a later file, and are nobody's number.
    """

    reference: str
    cancels: tuple[str, ...] = ()
    """Of a reversal: the claims that it may take back."""
    status: ClaimStatus
    billed_cents: int | None = None
    paid_cents: int | None = None
    patient_responsibility_cents: int | None = None
    lines: tuple[Line, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    """Of the claim as a whole; those of its lines are theirs."""
    balanced: bool = True


class ProviderAdjustment(Frozen):
    """Money that belongs to no claim (PLB): interest, a recoupment. What is above zero lowers the payment."""

    reason: str
    cents: int


class Remittance(Frozen):
    """One transaction: one payment of one payer."""

    payer: Party
    payee_npi: str | None = None
    payee_tin: str | None = None
    """Nine digits."""
    paid_on: date | None = None
    total_paid_cents: int | None = None
    claims: tuple[Claim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    balanced: bool = True
    """Whether the claims less the provider's adjustments are what was paid."""
    whole: bool = True
    """Whether it ends, and has as many segments as it says. What breaks off is no evidence."""


class Remittances(Frozen):
    """A file. `is_test`: its sender says that it is about nobody's money."""

    remittances: tuple[Remittance, ...]
    is_test: bool = False
    warnings: tuple[Warned, ...] = ()
