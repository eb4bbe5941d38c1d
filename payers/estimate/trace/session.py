"""One session of one world, with everything that its amounts were computed from."""

from functools import cached_property

from payers.cost_share.credit import LimitKind
from payers.cost_share.design import Design, Kind, YearAmount
from payers.cost_share.ledger import Opening
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.plan import Benefits, CostShare, CostShares
from payers.estimate.case import Case
from payers.estimate.course import Slot
from payers.estimate.evaluate import Outcome
from payers.estimate.prices import Price


class Session:
    """What the outcome of one world knows of one of its sessions."""

    def __init__(self, outcome: Outcome, position: int) -> None:
        self.outcome = outcome
        self.position = position
        self.case: Case = outcome.case
        """The question as its world asks it."""
        self.slot: Slot = outcome.slots[position]
        """Its day and number."""
        self.price: Price = outcome.session_prices[position]
        """What was found for it: what the plan allows, or without a plan what the clinic asks."""
        self.design: Design | None = outcome.design
        """The plan's design, absent where no plan shares the cost."""
        self.benefits: Benefits | None = self.design.benefits if self.design else None
        """The terms told, where the design was made of them; absent for a programme's own."""
        self.after: Opening = outcome.visits[position].after
        """What is left of the limits after it."""

    @cached_property
    def amounts(self) -> tuple[YearAmount, ...]:
        """The yearly amounts of its plan year; of every one it may fall into, where nobody knows."""
        if self.design is None:
            return ()
        starts = [year.starts_on for year in self.outcome.by_year]
        if self.outcome.reset_known:
            starts = [starts[self.outcome.years[self.position]]]
        return tuple(amount for start in starts for amount in self.design.amounts(start.year))

    @cached_property
    def before(self) -> Opening:
        """What was left of the limits before it; without a plan there are none."""
        if self.outcome.self_pay:
            return Opening()
        if not self.position:
            return self.outcome.first_opens
        period = self.outcome.period_of[self.position]
        if self.outcome.period_of[self.position - 1] == period:
            return self.outcome.visits[self.position - 1].after
        return self.outcome.openings[period]

    @property
    def first_opening(self) -> Opening | None:
        """How the course's first stretch opened, where it is the session's."""
        return self.outcome.openings[0] if self.outcome.period_of[self.position] == 0 else None

    def is_limited(self, kind: LimitKind, line: Line) -> bool:
        """Whether a limit of the kind governs the line."""
        return any(
            account.kind == kind and (account.governs is None or line.pool in account.governs)
            for account in self.before.least.accounts
        )

    def kind_of(self, line: Line) -> Kind:
        """The kind of service whose terms a line follows."""
        if line.component == "session":
            return self.case.treatment.cost_share_kind
        if line.component == "drug":
            return "pharmacy_drug" if line.pool == PHARMACY else "drug"
        return "visit"

    def told_share(self, line: Line) -> CostShare | None:
        """The cost share told for a line; a pharmacy drug follows its own terms alone."""
        return self._told(line)[0]

    def told_place(self, line: Line) -> str:
        """Where that cost share stands in the question."""
        return self._told(line)[1]

    def _told(self, line: Line) -> tuple[CostShare | None, str]:
        kind = self.kind_of(line)
        benefits = self.benefits
        if benefits is None and kind == "pharmacy_drug":
            benefits = self.case.question.benefits
        if benefits is None:
            return None, ""
        elsewhere = benefits.out_of_network if self.outcome.world.network == "out" else None
        shares = (elsewhere.cost_shares if elsewhere else benefits.cost_shares) or CostShares()
        place = "/benefits/out_of_network/cost_shares" if elsewhere else "/benefits/cost_shares"
        own: CostShare | None = getattr(shares, kind)
        if own or kind == "pharmacy_drug":
            return own, f"{place}/{kind}"
        return shares.default, f"{place}/default"

    def follows_programme(self, line: Line) -> bool:
        """Whether a programme's own terms decide the line, and not a plan's that somebody may tell."""
        return self.benefits is None and not (line.pool == PHARMACY and self.kind_of(line) == "pharmacy_drug")
