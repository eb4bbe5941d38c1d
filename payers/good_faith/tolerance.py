"""How far a bill may go beyond a good-faith estimate: the federal threshold of a dispute, and a state's own cap.

Both are measured against the total of one provider.
"""

from payers.catalogue.model import Frozen
from payers.cost_share.money import WHOLE_BP
from payers.estimate.evidence import Citation

DISPUTE_CENTS = 40_000
"""A bill this much above the estimate, or more, may be disputed (45 CFR 149.620)."""

FEDERAL = Citation(
    title="45 CFR 149.610 and 149.620; CMS No Surprises: payment resolution with patients",
    url="https://cms.gov/nosurprises/providers-payment-resolution-with-patients",
    confidence="high",
)


class StateCap(Frozen):
    """A state's limit on the bill itself: the share of the estimate above it, or the amount, whichever is less."""

    state: str
    over_bp: int
    over_cents: int
    citation: Citation

    def over(self, estimated_cents: int) -> int:
        """The most that a bill may be above the estimate, in cents; a part of a cent is not billed."""
        return min(estimated_cents * self.over_bp // WHOLE_BP, self.over_cents)


CAPS: dict[str, StateCap] = {
    "CO": StateCap(
        state="CO",
        over_bp=1_500,
        over_cents=40_000,
        citation=Citation(
            title="C.R.S. 25-49-106(1)(b)(I)",
            url="https://colorado.public.law/statutes/crs_25-49-106",
            confidence="high",
        ),
    )
}


class Tolerance(Frozen):
    """What a patient may do about a bill above the estimate, and what the state forbids; absent: no cap on file."""

    dispute_from_cents: int
    cap: StateCap | None
    citations: tuple[Citation, ...]

    def disputable_from(self, estimated_cents: int) -> int:
        """The smallest bill that the patient may dispute."""
        return estimated_cents + self.dispute_from_cents

    def most_billable(self, estimated_cents: int) -> int | None:
        """The largest bill that the state allows."""
        return None if self.cap is None else estimated_cents + self.cap.over(estimated_cents)


def tolerance(state: str) -> Tolerance:
    """The tolerance for a provider in a state."""
    cap = CAPS.get(state)
    return Tolerance(
        dispute_from_cents=DISPUTE_CENTS, cap=cap, citations=(FEDERAL, cap.citation) if cap else (FEDERAL,)
    )
