"""The answer as the contract promises it: amounts from the estimate, sentences from the teller."""

from datetime import date
from uuid import UUID

from msgspec import UNSET, UnsetType

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
from payers.eligibility.plan.reading import PlanQuestion
from payers.estimate.billing_answer import BillingAnswer
from payers.estimate.clinic_answer import (
    CourseServiceAnswer,
    FeeAnswer,
    PackageAnswer,
    PaymentPlanAnswer,
    ReductionAnswer,
    WayToPay,
)
from payers.estimate.evidence import BillingCode, Citation


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
    """One line of a session.

    To the cent, `allowed = plan_pays + other_payers_pay + assistance + patient_pays + write_off`. Out of network the
    charge stands in place of the allowed amount, and its part above that is the `balance_bill`. `write_off` is what the
    clinic may ask of nobody because of a coverage behind the plan.
    """

    component: Component
    code: str | None
    units: int | None
    allowed: Range
    deductible: Range
    copay: Range
    coinsurance: Range
    not_covered: Range
    balance_bill: Range
    plan_pays: Range
    other_payers_pay: Range
    assistance: Range
    write_off: Range
    patient_pays: Range
    because: dict[str, tuple[str, ...]]
    """The ids of the reasons behind each amount that may be other than nothing, or is nothing for a reason."""


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
    drug_deductible_remaining: Range | None
    drug_out_of_pocket_remaining: Range | None
    """What is left of a drug benefit's own limits; absent where it shares the medical ones."""


class PlanYearTotal(Frozen):
    """What the patient pays in one plan year, for its sessions and for the services named that stand next to them.

    A service whose price nobody knows is not in it, and no fee of the clinic is: the membership is in `with_services`
    alone, and so the plan years add up to `with_services` less the membership. Where either of two plans may pay first
    and their years start on other days, a year holds up to all that may fall into it.
    """

    starts_on: date
    patient_pays: Range


class PatientPays(Frozen):
    """The headline. `typical_session` is the median session of the course.

    `first_session`, `typical_session` and `course` are the sessions alone. `by_plan_year` holds the sessions and the
    services that the question names. `with_services` is the course, those services and the clinic's membership fee;
    absent where the question names none. A service whose price nobody knows is in no total: a notice names it.
    """

    first_session: Range
    typical_session: Range
    course: Range
    by_plan_year: tuple[PlanYearTotal, ...]
    with_services: Range | None


class ForkPays(Frozen):
    """The headline in one of two worlds."""

    first_session: Range
    typical_session: Range
    course: Range


class Milestone(Frozen):
    """Something that happens during the course. With an uncertain answer the first and last possible session."""

    kind: str
    """`deductible-met`, `out-of-pocket-max-reached`, the same with `drug-` for a drug benefit with limits of its own,
    `plan-year-reset`, `visits-used-up`, `card-dry`, `authorization-ends`."""
    session: int | None
    earliest_session: int
    latest_session: int | None
    on: date | None
    """The day it happens, where that is known: the session's, the new plan year's, the end of the authorization."""
    sentence: str


class Fork(Frozen):
    """A world that may come true: `authorization-approved`, `authorization-denied`, `lane-medical`, ..."""

    when: str
    sentence: str
    patient_pays: ForkPays
    milestones: tuple[Milestone, ...]


class Typical(Frozen):
    """One scenario inside the ranges: every unknown at its typical value. An orientation, never a promise.

    Its milestones are those of a plan year that begins on January 1, where nobody said another day.
    """

    first_session_cents: int
    session_cents: int
    course_cents: int
    sessions: int
    assumptions: tuple[str, ...]
    milestones: tuple[Milestone, ...] = ()


class UnknownAnswer(Frozen, rename={"origin": "from"}):
    """An input nobody gave: the question to ask, and by how much its answer would narrow the course's range.

    `typical` is what it usually is, and `from` who says so: the `catalogue`, the `clinic`'s own lists, the `law`;
    `assumed` where no source does. `range` is what it may be, where it is an amount and something bounds it.
    """

    name: str
    question: str
    typical: str | None
    origin: str | None
    citations: tuple[Citation, ...]
    range: Range | None
    worth_cents: int


class NoticeAnswer(Frozen):
    """Something the law or the payer requires to be said."""

    kind: str
    text: str
    citations: tuple[Citation, ...]


class PriceAnswer(Frozen):
    """Where the price came from, strongest first.

    `request`, `contracted-rate`, `own-remittances`, `payer-file`, `hospital-file`, `site-price`, `medicare-fee`,
    `medicare-multiple`, `published-range`.
    """

    basis: str
    per_session: Range
    sentence: str
    citations: tuple[Citation, ...]


class SaidBy(Frozen):
    """Where the payer said it: the segments of its answer, and the member's benefit rows by their number."""

    check: UUID
    segments: tuple[int, ...]
    rows: tuple[int, ...]


class ReasonAnswer(Frozen, rename={"origin": "from"}):
    """The term or rule behind an amount.

    `from` is who says so: `told` with the question; the `payer` in its answer about the member (`said_by` is where), or
    in its price file or remittances (cited), with their age; the `clinic`'s own lists, the `catalogue`, the `law`;
    `assumed` as usual until somebody says otherwise; `unknown` where every possibility is held. `verified_on` is the
    day somebody last checked the catalogue's value, `age_days` how long ago that was when the estimate was made;
    `stale` past its day of review.
    """

    id: str
    sentence: str
    origin: str
    citations: tuple[Citation, ...]
    verified_on: date | None
    age_days: int | None
    stale: bool
    said_by: SaidBy | UnsetType = UNSET


class PlanSourceAnswer(Frozen):
    """The payer's answer that told the plan: the check, its age when the estimate was made, and what it left to ask."""

    check: UUID
    answered_on: date
    age_days: int
    questions: tuple[PlanQuestion, ...]


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
    billing: tuple[BillingAnswer, ...]
    """What to bill; where dose, lane or the payer's codes are open, the alternatives."""
    patient_pays: PatientPays
    services: tuple[CourseServiceAnswer, ...]
    reductions: tuple[ReductionAnswer, ...]
    packages: tuple[PackageAnswer, ...]
    clinic_fees: tuple[FeeAnswer, ...]
    payment_plans: tuple[PaymentPlanAnswer, ...]
    ways_to_pay: tuple[WayToPay, ...]
    typical: Typical
    milestones: tuple[Milestone, ...]
    unknowns: tuple[UnknownAnswer, ...]
    forks: tuple[Fork, ...]
    notices: tuple[NoticeAnswer, ...]
    explanation: tuple[str, ...]
    reasons: tuple[ReasonAnswer, ...]
    """Every reason of `because` once, in order of first use."""
    disclaimer: str
    eligibility: PlanSourceAnswer | UnsetType = UNSET
    """Absent where the plan was not read from a payer's answer."""
