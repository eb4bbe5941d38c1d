"""What the clinic's own price list adds to an answer: services, ways to pay less, fees, and paying over time."""

from typing import Literal

from payers.catalogue.clinic import CourseServices
from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import CoverageStatus, FeeKind, FeeUnit, ServiceKind
from payers.clinic_prices.payment_plan import Schedule
from payers.cost_share.money import Range
from payers.estimate.evidence import BillingCode, Citation


class CourseServiceAnswer(Frozen):
    """A service beside the sessions, with its own coverage.

    `price` is for one, absent where nobody knows it. `patient_pays` is for all of them; where the question does not
    say how many (`count` absent), for one.
    """

    service: ServiceKind
    when: Literal["before", "during", "after"]
    count: int | None
    codes: tuple[BillingCode, ...]
    basis: Literal["site-price", "published-range"] | None
    price: Range | None
    status: CoverageStatus
    patient_pays: Range | None
    sentence: str
    citations: tuple[Citation, ...]


class ReductionAnswer(Frozen):
    """What lowers the clinic's prices and for whom. `applied`: a price in this answer is lower for it."""

    kind: Literal["discount", "sliding-scale"]
    name: str
    site: str | None
    off_bp: int | None
    off_cents: int | None
    applied: bool
    sentence: str


class PackageAnswer(Frozen):
    """Sessions and services for one price. The totals elsewhere in the answer are without it.

    `saves` is what the same would cost by itself less the price, negative where the package is dearer; `total` is the
    whole course with it, sessions, services and membership. Both are absent where a plan shares the cost, where the
    length of the course is open, or where it is shorter than the package.
    """

    name: str
    site: str | None
    sessions: int
    included: CourseServices
    price_cents: int
    refundable: bool | None
    saves: Range | None
    total: Range | None
    sentence: str


class FeeAnswer(Frozen):
    """A fee of the clinic and its rules. `over_course` is what every patient pays of it during the course."""

    kind: FeeKind
    site: str | None
    amount_cents: int
    per: FeeUnit
    refundable: bool | None
    credited: bool | None
    notice_hours: int | None
    over_course: Range | None
    sentence: str


class PaymentPlanAnswer(Frozen):
    """What paying over time costs, for the least and for the most that the whole course may cost the patient."""

    name: str
    site: str | None
    least: Schedule
    most: Schedule
    sentence: str


class WayToPay(Frozen):
    """Whether the clinic does its part (`accepted`, absent where it does not say), and what holds for everybody."""

    kind: Literal["hsa-fsa", "superbill"]
    accepted: bool | None
    sentence: str
    text: str
    codes: tuple[BillingCode, ...]
    citations: tuple[Citation, ...]
