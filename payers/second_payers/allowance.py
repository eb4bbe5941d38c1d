"""What a second payer itself allows for a line, where it does not take the first payer's amount."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from payers.cost_share.line import Line
from payers.cost_share.money import Range
from payers.cost_share.plan import MAX_CENTS


class Allowance(NamedTuple):
    """What it allows for a session on a day (absent: any day of the course), and the visit's part of that.

    Without `visit` nobody knows how drug and visit share the amount. What it allows for a service beside the sessions
    nobody knows.
    """

    session: Callable[[date | None], Range]
    visit: Range | None = None

    def of(self, line: Line) -> Range:
        """What it allows for one line, from least to most."""
        if line.service:
            return Range(low_cents=0, high_cents=MAX_CENTS)
        whole = self.session(line.on)
        if line.component == "session":
            return whole
        visit = self.visit or Range(low_cents=0, high_cents=whole.high_cents)
        if line.component != "drug":
            return visit
        return Range(
            low_cents=max(0, whole.low_cents - visit.high_cents), high_cents=max(0, whole.high_cents - visit.low_cents)
        )
