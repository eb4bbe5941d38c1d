"""Who pays one covered line: deductible, copay and coinsurance in the order the plan names, then the maximum."""

from typing import NamedTuple

from payers.cost_share.money import WHOLE_BP, share_of
from payers.cost_share.plan import CopayTiming, CostShare

UNLIMITED_CENTS = 10**15
"""Stands for "no such limit" so that arithmetic needs no special case; far above any sum of a course."""


class Terms(NamedTuple):
    """A cost share with nothing left open."""

    patient_share_bp: int = 0
    copay_cents: int = 0
    copay_timing: CopayTiming = "flat-no-deductible"
    coinsurance_on_gross: bool = False
    deductible_applies: bool = True
    coinsurance_min_cents: int = 0
    coinsurance_max_cents: int = UNLIMITED_CENTS
    covered: bool = True


class Share(NamedTuple):
    """The patient's part of one line. `not_covered_cents` counts toward nothing."""

    deductible_cents: int = 0
    copay_cents: int = 0
    coinsurance_cents: int = 0
    not_covered_cents: int = 0

    @property
    def cost_share_cents(self) -> int:
        """What counts toward the out-of-pocket maximum."""
        return self.deductible_cents + self.copay_cents + self.coinsurance_cents

    @property
    def patient_cents(self) -> int:
        """What the patient owes before anybody helps."""
        return self.cost_share_cents + self.not_covered_cents


NOTHING = Share()


def settled(cost_share: CostShare) -> list[Terms]:
    """The terms a cost share can mean: one when nothing is open, else every alternative the open words allow.

    An unknown share lies anywhere between nothing and everything, so both ends stand here. A copay whose timing is
    unknown stands before, after or apart from the deductible (the three orders of published benefit summaries). A copay
    of nothing is a copay: flat, it keeps the deductible away.
    """
    if not cost_share.covered:
        return [Terms(covered=False)]
    has_copay, copay_cents = cost_share.copay_cents is not None, cost_share.copay_cents or 0
    if cost_share.patient_share_bp is not None:
        shares = [cost_share.patient_share_bp]
    else:
        shares = [0] if has_copay else [0, WHOLE_BP]
    timings: list[CopayTiming]
    if cost_share.copay_timing is not None:
        timings = [cost_share.copay_timing]
    elif has_copay and cost_share.deductible_applies:
        timings = ["flat-no-deductible", "after-deductible", "before-deductible"]
    else:
        timings = ["flat-no-deductible"]
    return [
        Terms(
            patient_share_bp=share_bp,
            copay_cents=copay_cents,
            copay_timing=timing,
            coinsurance_on_gross=cost_share.coinsurance_base == "gross-of-copay",
            deductible_applies=cost_share.deductible_applies and not (has_copay and timing == "flat-no-deductible"),
            coinsurance_min_cents=cost_share.coinsurance_min_cents or 0,
            coinsurance_max_cents=UNLIMITED_CENTS
            if cost_share.coinsurance_max_cents is None
            else cost_share.coinsurance_max_cents,
        )
        for share_bp in shares
        for timing in timings
    ]


def adjudicate(
    allowed_cents: int, terms: Terms, deductible_remaining_cents: int, out_of_pocket_remaining_cents: int
) -> Share:
    """Split one allowed amount. Every percentage is rounded half up at the line, before the cap.

    What exceeds the remaining out-of-pocket maximum goes to the plan; coinsurance is trimmed first, then the copay,
    then the deductible. The order changes the labels, never the total.
    """
    if not terms.covered:
        return Share(not_covered_cents=allowed_cents)
    rest = allowed_cents
    copay = 0
    if terms.copay_timing == "before-deductible":
        copay = min(terms.copay_cents, rest)
        rest -= copay
    deductible = min(deductible_remaining_cents, rest) if terms.deductible_applies else 0
    rest -= deductible
    coinsurance_base = rest
    if terms.copay_timing != "before-deductible":
        copay = min(terms.copay_cents, rest)
        rest -= copay
        if not terms.coinsurance_on_gross:
            coinsurance_base = rest
    elif terms.coinsurance_on_gross:
        coinsurance_base = rest + copay
    coinsurance = share_of(coinsurance_base, terms.patient_share_bp)
    coinsurance = min(max(coinsurance, terms.coinsurance_min_cents), terms.coinsurance_max_cents, rest)

    room = out_of_pocket_remaining_cents
    deductible = min(deductible, room)
    copay = min(copay, room - deductible)
    coinsurance = min(coinsurance, room - deductible - copay)
    return Share(deductible, copay, coinsurance)
