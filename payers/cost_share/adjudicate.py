"""Who pays one covered line: deductible, copay and coinsurance in the order the plan names, then the maximum."""

from typing import NamedTuple

from payers.cost_share.money import WHOLE_BP, share_of
from payers.cost_share.plan import CopayTiming, CostShare

UNLIMITED_CENTS = 10**15
"""Stands for "no such limit" so that arithmetic needs no special case; far above any sum of a course."""
ALMOST_UNLIMITED = UNLIMITED_CENTS // 2
"""Credits lower a limit that does not exist too; what is left of it is still no limit."""


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
    preventive: bool = False
    """A recommended preventive service: no cost share, no accumulator moves (45 CFR 147.130)."""
    copay_credits_deductible: bool = False
    """A copay uses up deductible: due before it, within the same line. Rare."""
    deductible_counts_to_maximum: bool = True
    copay_counts_to_maximum: bool = True
    """An older plan may leave deductible or copay out of its out-of-pocket limit; the maximum then does not end it."""
    copay_after_maximum: bool = False
    """An older plan's copay may go on after the maximum is reached."""


NOT_COVERED = Terms(covered=False)
"""Beside other terms of a line: it may be covered or not, as with the visits beyond a plan's yearly number."""


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

    An unknown share lies anywhere between nothing and everything, with the deductible or, where it is a flat copay,
    without: the ends stand here. A copay whose timing is unknown stands before, after or apart
    from the deductible (the three orders of published benefit summaries). A copay of nothing is a copay: flat, it keeps
    the deductible away. Beside a copay the coinsurance may be of the amount with it or without.
    """
    if not cost_share.covered:
        return [Terms(covered=False)]
    has_copay = cost_share.copay_cents is not None
    timings: list[CopayTiming] = ["flat-no-deductible"]
    if cost_share.copay_timing is not None:
        timings = [cost_share.copay_timing]
    elif has_copay and cost_share.deductible_applies:
        timings = ["flat-no-deductible", "after-deductible", "before-deductible"]
    bases = (False, True) if base_is_open(cost_share) else (cost_share.coinsurance_base == "gross-of-copay",)
    ceiling_cents = cost_share.coinsurance_max_cents
    several = [
        Terms(
            patient_share_bp=cost_share.patient_share_bp or 0,
            copay_cents=cost_share.copay_cents or 0,
            copay_timing=timing,
            coinsurance_on_gross=on_gross,
            deductible_applies=cost_share.deductible_applies and not (has_copay and timing == "flat-no-deductible"),
            coinsurance_min_cents=cost_share.coinsurance_min_cents or 0,
            coinsurance_max_cents=UNLIMITED_CENTS if ceiling_cents is None else ceiling_cents,
            preventive=cost_share.preventive,
            copay_credits_deductible=cost_share.copay_credits_deductible,
            copay_counts_to_maximum=cost_share.copay_counts_to_maximum,
            copay_after_maximum=cost_share.copay_after_maximum,
        )
        for timing in timings
        for on_gross in bases
    ]
    if share_is_open(cost_share):
        apart = several[0]._replace(deductible_applies=False)
        whole = [each._replace(patient_share_bp=WHOLE_BP) for each in (apart, several[0])]
        return [apart, *dict.fromkeys(whole)]
    return several


def base_is_open(cost_share: CostShare) -> bool:
    """Whether nobody told of which amount the coinsurance beside a copay is."""
    return bool(cost_share.coinsurance_base is None and cost_share.copay_cents and cost_share.patient_share_bp)


def share_is_open(cost_share: CostShare) -> bool:
    """Whether nobody told what the patient pays of a covered service."""
    return cost_share.covered and cost_share.patient_share_bp is None and cost_share.copay_cents is None


def adjudicate(
    allowed_cents: int,
    terms: Terms,
    deductible_remaining_cents: int,
    out_of_pocket_remaining_cents: int,
    coinsurance_remaining_cents: int = UNLIMITED_CENTS,
) -> Share:
    """Split one allowed amount. Every percentage is rounded half up at the line, before the cap.

    What exceeds the remaining out-of-pocket maximum goes to the plan; coinsurance is trimmed first, then the copay,
    then the deductible. The order changes the labels, never the total. `coinsurance_remaining_cents` is what is left
    of a yearly maximum on coinsurance alone.
    """
    if not terms.covered:
        return Share(not_covered_cents=allowed_cents)
    if terms.preventive:
        return NOTHING
    room = out_of_pocket_remaining_cents
    before = terms.copay_timing == "before-deductible"
    copay_capped = terms.copay_counts_to_maximum and not terms.copay_after_maximum

    rest = allowed_cents
    copay = min(terms.copay_cents, rest) if before else 0
    rest -= copay
    deductible_left = deductible_remaining_cents - (copay if before and terms.copay_credits_deductible else 0)
    if terms.deductible_counts_to_maximum:
        deductible_left = min(deductible_left, room)
    deductible = min(max(0, deductible_left), rest) if terms.deductible_applies else 0
    rest -= deductible
    if not before:
        copay = min(terms.copay_cents, rest)
        rest -= copay
    base = allowed_cents - deductible if terms.coinsurance_on_gross else rest
    coinsurance = share_of(base, terms.patient_share_bp)
    coinsurance = min(max(coinsurance, terms.coinsurance_min_cents), terms.coinsurance_max_cents, rest)

    room -= deductible if terms.deductible_counts_to_maximum else 0
    copay = min(copay, room) if copay_capped else copay
    room -= copay if terms.copay_counts_to_maximum else 0
    return Share(deductible, copay, min(coinsurance, coinsurance_remaining_cents, max(0, room)))
