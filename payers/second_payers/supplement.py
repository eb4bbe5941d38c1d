"""A Medicare supplement behind Original Medicare, by its letter."""

from typing import NamedTuple, Self

from payers.catalogue.model import MedigapPlan
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.line import PHARMACY
from payers.cost_share.medigap import Visit, supplement
from payers.cost_share.money import ZERO, span
from payers.cost_share.second_payer import Bill, Paid
from payers.second_payers.calendar_limit import CalendarLimit
from payers.second_payers.ranges import clipped


class Supplement(NamedTuple):
    """A letter, and what is left of the yearly limit of K and L or of the high deductible; other letters have none.

    Plan N's copay belongs to office visits. `office_visit` says whether a session counts as one; where nobody told it,
    both are held.

    It is monotone: Part B has no maximum that a higher share would reach sooner, and each letter leaves the patient a
    part of the share that grows with it, up to the limit that counts everything kept so far.
    """

    plan: MedigapPlan
    limit: CalendarLimit | None = None
    office_visit: bool | None = None
    assists = False
    monotone = True
    credits_own_money = True

    def settle(self, bill: Bill) -> Paid:
        """What the letter pays of one line of Part B's cost share and of the excess charge; nothing of Part D's."""
        if bill.line.pool == PHARMACY:
            return Paid(ZERO, self)
        day = bill.line.on
        left_ends = (UNLIMITED_CENTS,) if self.limit is None else self.limit.on(day).ends
        has_copay = self.plan.office_visit_copay_max_cents > 0 and bill.line.component != "drug"
        visits: tuple[Visit | None, ...] = ("office", None)
        if not has_copay or self.office_visit is not None:
            visits = ("office",) if has_copay and self.office_visit else (None,)
        settled = [
            supplement(
                self.plan,
                bill.share,
                excess_cents=bill.charge_cents - bill.allowed_cents,
                visit=visit,
                left_cents=left_cents,
            )
            for visit in visits
            for left_cents in left_ends
        ]
        pays = span(each.pays_cents for each in settled)
        after = self
        if self.limit is not None:
            after = self._replace(limit=self.limit.after(day, span(each.left_cents for each in settled)))
        return Paid(clipped(pays, bill.left), after)

    def any_time(self) -> Self:
        """With any part of a year's limit left before any session."""
        return self if self.limit is None else self._replace(limit=self.limit.any_time())

    def joined(self, other: Self) -> Self:
        """Whatever is left of the limit in either."""
        if self.limit is None or other.limit is None:
            return self
        return self._replace(limit=self.limit.joined(other.limit))
