"""A payer's answer, row by row, before anybody interprets it.

What the payer did not say is absent, never zero. Money is integer cents, a share is basis points of what the patient
pays. Codes are X12's own, as sent; an unknown one is kept as it is.
"""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import field

from payers.catalogue.model import Frozen

Kind = Literal[
    "active",
    "inactive",
    "coinsurance",
    "copay",
    "deductible",
    "coverage_basis",
    "benefit_description",
    "exclusion",
    "limitation",
    "out_of_pocket_max",
    "unlimited",
    "non_covered",
    "cost_containment",
    "reserve",
    "primary_care_provider",
    "preexisting_condition",
    "managed_care_coordinator",
    "restricted_to_provider",
    "not_medically_necessary",
    "disclaimer",
    "second_opinion",
    "other_payer",
    "prior_year_history",
    "card_lost",
    "contact_entity",
    "cannot_process",
    "other_source",
    "facility",
    "spend_down",
    "unknown",
]
"""What a benefit row is about, from its EB01."""

Day: TypeAlias = date
"""A field called `date` hides the type of that name."""

Level = str
"""Whose benefit it is (EB02): `IND`, `FAM`, `EMP`, `ESP`, `ECH`, `CHD`, `DEP`, `SPC`, `SPO`, or what was sent."""

Measure = Literal["limit", "remaining", "accumulated", "exceeded"]
"""What an amount means, from the period it comes with (EB06)."""

NetworkScope = Literal["in", "out", "either", "unknown"]
"""For which providers a row holds (EB12); absent where the payer does not say."""

Status = Literal["active", "inactive", "rejected", "unknown", "conflict"]
MemberLevel = Literal["subscriber", "dependent"]


class DatedFact(Frozen):
    """A date or a range of dates with what it is of, as an X12 qualifier (`346` plan begin, `291` plan, ...)."""

    qualifier: str
    date: Day | None = None
    start: Day | None = None
    end: Day | None = None


class Party(Frozen):
    """Somebody by name and id: the payer, the provider, another payer."""

    name: str | None = None
    first: str | None = None
    id_qualifier: str | None = None
    id: str | None = None


class Related(Frozen):
    """Somebody named beside a benefit row. `entity` is X12's code: `PR` payer, `PRP` primary payer, `1P` provider."""

    entity: str
    name: str | None = None
    first: str | None = None
    id_qualifier: str | None = None
    id: str | None = None


class Quantity(Frozen):
    """So many of something: `VS` visits, `DY` days."""

    qualifier: str | None
    value: str


class Rejection(Frozen):
    """The payer's no (AAA), with who must act on it.

    `again` says what asking again would do: `later` and `changed` the service does by itself, the one unchanged and the
    other with another date or service; `corrected` waits for a person; `never` is as it says. `retry` is true where
    the same question may be sent again unchanged.
    """

    loop: str
    reason: str | None
    follow_up: str | None
    valid_request: str | None
    segment: int
    meaning: str
    who_acts: str
    again: str
    retry: bool
    after_benefit: int | None = None
    """The number of the row before it, for one that stands among benefits."""


class Benefit(Frozen, kw_only=False, gc=False):
    """One benefit row (EB) and everything that belongs to it; `n` counts within the member.

    Its fields have an order, so that a reader fills the many rows of an answer by position, which is ten times faster.
    """

    n: int
    segment: int
    eb01: str
    kind: Kind
    level: Level | None = None
    service_types: tuple[str, ...] = ()
    """Empty: the plan as a whole."""
    insurance_type: str | None = None
    plan: str | None = None
    period_code: str | None = None
    period: str | None = None
    measure: Measure | None = None
    amount_cents: int | None = None
    percent_bp: int | None = None
    """Of the patient for coinsurance; as sent for every other kind of row."""
    percent_note: str | None = None
    no_limit: bool = False
    """The amount is a filler (99999.99 and the like) by which some payers mean that there is no limit."""
    malformed: str | None = None
    """What is wrong with the row's amount or percent, which is then absent."""
    quantity: Quantity | None = None
    authorization_required: str | None = None
    """`Y`, `N`, or `U`: the payer cannot tell."""
    network: NetworkScope | None = None
    procedure: tuple[str, ...] | None = None
    """Qualifier, code, modifiers."""
    diagnosis_pointers: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    places_of_service: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    dates: tuple[DatedFact, ...] = ()
    deliveries: tuple[tuple[str, ...], ...] = ()
    """How much of it may be delivered when (HSD), as sent."""
    refs: tuple[tuple[str, ...], ...] = ()
    """Numbers (REF): qualifier, value, description."""
    entities: tuple[Related, ...] = ()


class Member(Frozen):
    """A person the answer is about. The patient is the dependent where the subscriber has one."""

    level: MemberLevel
    is_patient: bool
    segment: int
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    member_id: str | None = None
    member_id_qualifier: str | None = None
    birth_date: date | None = None
    gender: str | None = None
    relationship: str | None = None
    """To the subscriber (INS02): `18` self, `01` spouse, `19` child."""
    status: Status = "unknown"
    status_scope: str | None = None
    """`service types only` where the status is of some services and the plan as a whole is not told."""
    incomplete: bool = False
    """The payer answered and refused at once."""
    plan_name: str | None = None
    insurance_type: str | None = None
    coverage_start: date | None = None
    coverage_end: date | None = None
    dates: tuple[DatedFact, ...] = ()
    refs: tuple[tuple[str, ...], ...] = ()
    traces: tuple[tuple[str, ...], ...] = ()
    """Trace numbers (TRN): type, number, who gave it."""
    state: str | None = None
    rejections: tuple[Rejection, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    plan_cost_share: dict[str, str | tuple[str, ...]] = field(default_factory=dict[str, str | tuple[str, ...]])
    """The plan's limits and shares at a glance, by `kind / level / network / measure`; several where they differ."""


class Warned(Frozen):
    """Something odd in the message that did not stop the reading, and the segment it is about, counted from 1."""

    segment: int
    text: str


class Transaction(Frozen):
    """One answer (ST to SE)."""

    st02: str | None
    st03: str | None
    gs08: str | None
    payer: Party = Party()
    provider: Party = Party()
    reference: str | None = None
    """BHT03, the question's own number where the payer gives it back."""
    se01: str | None = None
    segments_counted: int = 0
    status: Status = "unknown"
    """Of the patient; of an answer without any member, `rejected` where the payer refused."""
    rejections: tuple[Rejection, ...] = ()
    """At the payer's or the provider's level: they are about everybody."""
    members: tuple[Member, ...] = ()

    @property
    def patients(self) -> tuple[Member, ...]:
        """Whom the answer is about."""
        return tuple(member for member in self.members if member.is_patient)


class Delimiters(Frozen):
    """The characters that the message is cut with, from its first segment."""

    element: str
    component: str
    segment: str
    repetition: str


class Response(Frozen):
    """A whole message. `gs08`, `st03` and the delimiters are the first ones; a file may hold several interchanges."""

    gs08: str | None
    st03: str | None
    isa_length: int
    delimiters: Delimiters
    transactions: tuple[Transaction, ...]
    warnings: tuple[Warned, ...] = ()


class NotX12(Frozen):
    """Why a message cannot be read at all: it does not begin as X12 does."""

    detail: str
