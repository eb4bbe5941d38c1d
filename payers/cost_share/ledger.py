"""What is left of a plan year's limits, for the patient and the family."""

from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS


class Balance(NamedTuple):
    """What is left of one limit. With `aggregate` only the family's amount governs, otherwise the smaller."""

    individual_cents: int = UNLIMITED_CENTS
    family_cents: int = UNLIMITED_CENTS
    aggregate: bool = False

    @property
    def remaining_cents(self) -> int:
        """What the next service can still use up."""
        return self.family_cents if self.aggregate else min(self.individual_cents, self.family_cents)

    def less(self, credit_cents: int) -> "Balance":
        """After a credit toward both."""
        return Balance(
            max(0, self.individual_cents - credit_cents), max(0, self.family_cents - credit_cents), self.aggregate
        )


class Ledger(NamedTuple):
    """The two limits of one plan year."""

    deductible: Balance = Balance()
    out_of_pocket: Balance = Balance()

    def after(self, deductible_credit_cents: int, out_of_pocket_credit_cents: int) -> "Ledger":
        """After a line posted its credits."""
        return Ledger(
            self.deductible.less(deductible_credit_cents), self.out_of_pocket.less(out_of_pocket_credit_cents)
        )


class Opening(NamedTuple):
    """A plan year as it opens for the course: between the ledger with least left and the one with most left."""

    least: Ledger
    most: Ledger

    @property
    def exact(self) -> bool:
        """Whether what is left is known."""
        return self.least == self.most
