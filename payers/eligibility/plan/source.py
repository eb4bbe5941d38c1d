"""Where the plan of an estimate's question was read: the check, and for each term the rows that say it."""

from datetime import date
from uuid import UUID

from payers.catalogue.model import Frozen
from payers.eligibility.plan.reading import PlanQuestion, Term


class PlanSource(Frozen):
    """An eligibility check whose answer filled in the plan, on the day the payer gave it.

    `questions` are those that the answer left when it was read.
    """

    check: UUID
    answered_on: date
    terms: tuple[Term, ...] = ()
    questions: tuple[PlanQuestion, ...] = ()

    def term_at(self, pointer: str) -> Term | None:
        """The term that was read at a place of the question, or that it lies in."""
        return next((each for each in self.terms if f"{pointer}/".startswith(f"{each.pointer}/")), None)
