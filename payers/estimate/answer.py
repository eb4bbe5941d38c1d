"""The answer as the contract promises it: amounts from the estimate, sentences from the teller."""

from datetime import date

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import (
    Component,
    Confidence,
    CoverageReason,
    CoverageStatus,
    Lane,
    LineOfBusiness,
    Treatment,
)
from payers.cost_share.money import Range


class Citation(Frozen):
    """Where a value was read and how sure it is. `url` is absent for memory and for what was computed here."""

    title: str
    url: str | None
    confidence: Confidence


class LineageStep(Frozen, rename={"from_slug": "from", "to_slug": "to"}):
    """One step from the name on the card to the payer of today; `on` is a date as precise as the source."""

    from_slug: str
    to_slug: str
    on: str
    event: str
    citations: tuple[Citation, ...]


class PossiblePayer(Frozen):
    """A payer that may be meant or that stands behind the same card."""

    slug: str
    name: str
    why: str


class PayerAnswer(Frozen):
    """Who pays, and how the name that was asked leads there."""

    slug: str
    name: str
    asked: str
    line_of_business: LineOfBusiness
    via: tuple[LineageStep, ...]
    also: tuple[PossiblePayer, ...]
    candidates: tuple[PossiblePayer, ...]
    """Who else may be meant by the name, where that does not change the answer or another card would look the same."""
    question: str | None
    """What tells them apart."""


class TreatmentAnswer(Frozen):
    """The treatment that was asked about."""

    slug: Treatment
    name: str


class Requirement(Frozen):
    """Something the payer asks before it pays."""

    kind: str
    text: str


class BillingCode(Frozen):
    """A code the payer takes, in our own words."""

    code: str
    label: str


class CoverageAnswer(Frozen):
    """What the payer says, in one of six words, and where that was read."""

    status: CoverageStatus
    reason: CoverageReason | None
    sentence: str
    lane: Lane | None
    lane_note: str | None
    policy: str | None
    requirements: tuple[Requirement, ...]
    authorization_months: int | None
    quantity_limits: str | None
    codes: tuple[BillingCode, ...]
    citations: tuple[Citation, ...]
    confidence: Confidence | None
    verified_on: date | None
    stale: bool
    is_default: bool
    """True when the payer's own text was not found and a rule for its whole line of business answers."""


class LineAnswer(Frozen):
    """One line of a session. `allowed = plan_pays + other_payers_pay + assistance + patient_pays` to the cent.

    Out of network the part of the charge above the allowed amount is `balance_bill`, inside `patient_pays`.
    """

    component: Component
    code: str | None
    units: int | None
    allowed: Range
    deductible: Range
    copay: Range
    coinsurance: Range
    balance_bill: Range
    plan_pays: Range
    other_payers_pay: Range
    assistance: Range
    patient_pays: Range


class SessionAnswer(Frozen):
    """One visit, what the patient pays for it, and what is left of the limits after it (absent: no such limit)."""

    number: int
    on: date
    phase: str
    plan_year: int
    lines: tuple[LineAnswer, ...]
    patient_pays: Range
    deductible_remaining: Range | None
    out_of_pocket_remaining: Range | None


class PlanYearTotal(Frozen):
    """What the patient pays in one plan year of the course."""

    starts_on: date
    patient_pays: Range


class PatientPays(Frozen):
    """The headline. `typical_session` is the median session of the course."""

    first_session: Range
    typical_session: Range
    course: Range
    by_plan_year: tuple[PlanYearTotal, ...]


class ForkPays(Frozen):
    """The headline in one of two worlds."""

    first_session: Range
    typical_session: Range
    course: Range


class Fork(Frozen):
    """A world that may come true: `authorization-approved`, `authorization-denied`, `lane-medical`, ..."""

    when: str
    sentence: str
    patient_pays: ForkPays


class Typical(Frozen):
    """One scenario inside the ranges: every unknown at its typical value. An orientation, never a promise."""

    first_session_cents: int
    session_cents: int
    course_cents: int
    sessions: int
    assumptions: tuple[str, ...]


class Milestone(Frozen):
    """Something that happens during the course. With an uncertain answer the first and last possible session."""

    kind: str
    """`deductible-met`, `out-of-pocket-max-reached`, `plan-year-reset`, `authorization-ends`."""
    session: int | None
    earliest_session: int
    latest_session: int | None
    sentence: str


class UnknownAnswer(Frozen):
    """An input nobody gave: the question to ask, and by how much its answer would narrow the course's range."""

    name: str
    question: str
    typical: str | None
    worth_cents: int


class NoticeAnswer(Frozen):
    """Something the law or the payer requires to be said."""

    kind: str
    text: str
    citations: tuple[Citation, ...]


class PriceAnswer(Frozen):
    """Where the price came from: `request`, `contracted-rate`, `site-price`, `medicare-fee`, `published-range`."""

    basis: str
    per_session: Range
    sentence: str
    citations: tuple[Citation, ...]


class Answer(Frozen):
    """The whole answer."""

    id: str
    created_at: str
    catalogue_version: str
    as_of: date
    lang: str
    payer: PayerAnswer
    treatment: TreatmentAnswer
    coverage: CoverageAnswer
    price: PriceAnswer
    sessions: tuple[SessionAnswer, ...]
    patient_pays: PatientPays
    typical: Typical
    milestones: tuple[Milestone, ...]
    unknowns: tuple[UnknownAnswer, ...]
    forks: tuple[Fork, ...]
    notices: tuple[NoticeAnswer, ...]
    explanation: tuple[str, ...]
    disclaimer: str
