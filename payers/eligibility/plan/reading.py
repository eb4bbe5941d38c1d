"""What is told of a plan: its terms, where each was said, what else may be meant, and what must be asked."""

from typing import Literal

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Network
from payers.cost_share.plan import Benefits

AskedPayer = Literal["medicare", "medicaid", "programme", "other"]
"""What kind of payer answered, as far as it changes how rows are read. The terms of all but `other` are the law's."""

Relation = Literal[
    "medicare-advantage",  # the member has a Medicare Advantage plan instead of Original Medicare
    "managed-care",  # a plan that runs this member's Medicaid
    "behavioral",  # somebody else answers for mental health
    "drug-plan",  # somebody else answers for drugs
    "qmb",  # Medicaid holds the Medicare cost share, and nobody bills the patient
    "primary",  # pays before the payer that was asked
    "injury",  # pays before Medicare, for one injury or illness alone
    "secondary",  # pays after it
    "other",  # another coverage; the answer does not say which of them pays first
]


class OtherPayer(Frozen):
    """Another payer of the answer. `n` is the row that names it; `name` is as the payer prints it.

    `insurance_type` (EB04) is the row's: a payer without a name may be known by it.
    """

    relation: Relation
    name: str | None
    id: str | None
    service_types: tuple[str, ...]
    n: int
    segment: int
    insurance_type: str | None = None


class Term(Frozen):
    """One term of the plan, as a JSON pointer into an estimate's question, with what says it.

    `segments` are of the message and `rows` the member's (`n`). `step` is how exactly the rows speak of the visit:
    `procedure`, `psychiatric`, `mental-health`, `office`, `plan`, `brand-drug`, `pharmacy`; absent for what is not of a
    visit. `network_stated` is false where the payer does not say for which network the rows hold.
    """

    pointer: str
    segments: tuple[int, ...]
    rows: tuple[int, ...]
    step: str | None = None
    network_stated: bool = True


class PlanQuestion(Frozen):
    """What must be asked before the plan can be trusted. `pointer` is the input of an estimate that answers it.

    A question that `blocks` has no estimate until somebody has answered it.
    """

    kind: str
    question: str
    pointer: str | None = None
    blocks: bool = False
    segments: tuple[int, ...] = ()


class PlanReading(Frozen):
    """A plan as an answer tells it, ready for an estimate's question.

    What the payer did not say is absent. `alternatives` are what `benefits` may be instead: an estimate holds all of
    them. `network` is where a message puts the clinic. `deductible_remaining_cents` is what is left of a deductible
    whose whole amount the payer does not say. `not_used` are rows of cost sharing that no term was read from.
    """

    benefits: Benefits | None = None
    alternatives: tuple[Benefits, ...] = ()
    network: Network | None = None
    authorization_required: str | None = None
    deductible_remaining_cents: int | None = None
    other_payers: tuple[OtherPayer, ...] = ()
    terms: tuple[Term, ...] = ()
    questions: tuple[PlanQuestion, ...] = ()
    not_used: tuple[int, ...] = ()

    @property
    def blocked(self) -> tuple[PlanQuestion, ...]:
        """The questions without whose answer there is no estimate."""
        return tuple(each for each in self.questions if each.blocks)
