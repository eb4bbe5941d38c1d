"""The question: what a clinic asks about one patient's course. Only payer and treatment are required."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, field

from payers.catalogue.clinic import CourseServices
from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import (
    Indication,
    Lane,
    Language,
    LineOfBusiness,
    Network,
    PlaceOfService,
    ServiceKind,
    Treatment,
)
from payers.cost_share.assistance import Policy
from payers.cost_share.coordination import Method
from payers.cost_share.money import Range
from payers.cost_share.order_of_benefits import Custody, Holder
from payers.cost_share.plan import Benefits, Cents
from payers.cost_share.plan_calendar import MonthDayText
from payers.cost_share.programmes import tricare
from payers.eligibility.plan.source import PlanSource

Assignment = Literal["accepted", "not-accepted", "opted-out"]
"""Whether the clinic takes what Medicare approves as full payment, or has left Medicare altogether."""
Name = Annotated[str, Meta(min_length=1, max_length=120)]
NetworkName = Annotated[str, Meta(min_length=1, max_length=300)]

MAX_WEEKS = 52
MAX_READINGS = 16
MAX_SESSIONS = 120
"""More sessions than a year of any schedule holds; a course is at most a year long."""


Days = Annotated[int, Meta(ge=1, le=92)]


class LabelCourse(Frozen, tag_field="kind", tag="label"):
    """The labelled schedule for so many weeks; `maintenance_every_days` where the label leaves the spacing open."""

    weeks: Annotated[int, Meta(ge=1, le=MAX_WEEKS)]
    maintenance_every_days: Days | None = None


class SessionsCourse(Frozen, tag_field="kind", tag="sessions"):
    """So many sessions, on the labelled schedule or every so many days."""

    count: Annotated[int, Meta(ge=1, le=MAX_SESSIONS)]
    every_days: Days | None = None
    maintenance_every_days: Days | None = None


class DatesCourse(Frozen, tag_field="kind", tag="dates"):
    """Sessions on these days, in order."""

    dates: Annotated[tuple[date, ...], Meta(min_length=1, max_length=MAX_SESSIONS)]

    def __post_init__(self) -> None:
        if any(later <= earlier for earlier, later in zip(self.dates, self.dates[1:], strict=False)):
            raise ValueError("dates must be in order, each day once")


Course = LabelCourse | SessionsCourse | DatesCourse


class PriceInput(Frozen):
    """A price that the asker knows, in cents per session; a single amount has both ends equal."""

    low_cents: Cents
    high_cents: Cents

    def __post_init__(self) -> None:
        if self.low_cents > self.high_cents:
            raise ValueError("low_cents is above high_cents")

    @property
    def range(self) -> Range:
        """The same as a range."""
        return Range(low_cents=self.low_cents, high_cents=self.high_cents)


class Prices(Frozen):
    """Prices that go before everything on file.

    `allowed_per_session` is what the plan allows for drug and visit together, `visit_allowed_per_session` the
    visit's part of it where drug and visit have different terms, `cash_per_session` what the clinic charges a
    patient who pays. `allowed_per_service` is what the plan allows for one of the services beside the sessions; a plan
    that allows an amount for it covers it.
    """

    allowed_per_session: PriceInput | None = None
    visit_allowed_per_session: PriceInput | None = None
    cash_per_session: PriceInput | None = None
    allowed_per_service: dict[ServiceKind, PriceInput] = field(default_factory=dict[ServiceKind, PriceInput])


class Medigap(Frozen, tag_field="kind", tag="medigap"):
    """A Medicare supplement by its letter.

    `met_cents` is what was credited this calendar year toward the yearly limit of K and L, or the high deductible.
    `office_visit` says whether a session counts as an office visit, of which plan N leaves a copay.
    """

    plan: Literal["A", "B", "C", "D", "F", "G", "K", "L", "M", "N"]
    high_deductible: bool = False
    met_cents: Cents | None = None
    office_visit: bool | None = None

    def __post_init__(self) -> None:
        if self.high_deductible and self.plan not in ("F", "G"):
            raise ValueError("only plans F and G have a high-deductible form")
        if self.met_cents is not None and not (self.high_deductible or self.plan in ("K", "L")):
            raise ValueError("met_cents belongs to plans K and L and to the high-deductible forms")
        if self.office_visit is not None and self.plan != "N":
            raise ValueError("office_visit belongs to plan N")


class Qmb(Frozen, tag_field="kind", tag="qmb"):
    """Qualified Medicare Beneficiary: Medicaid holds the Medicare cost share and nobody bills the patient."""


class Medicaid(Frozen, tag_field="kind", tag="medicaid"):
    """Medicaid behind another coverage, the payer of last resort.

    `group` is the dual-eligible group of a patient with Medicare. `accepts_medicaid` says whether the clinic takes
    Medicaid: one that does may ask for no more than Medicaid's own copay (42 CFR 447.15).
    """

    group: Literal["full", "slmb", "slmb-plus", "qi", "qdwi"] | None = None
    accepts_medicaid: bool | None = None


class TricareForLife(Frozen, tag_field="kind", tag="tricare-for-life"):
    """TRICARE behind Medicare."""


class TricareSecond(Frozen, tag_field="kind", tag="tricare"):
    """TRICARE behind other insurance, which always pays first (10 U.S.C. 1079(j)(1)).

    `deductible_met_cents` and `cap_met_cents` are what counts this calendar year toward TRICARE's own deductible and
    the family's catastrophic cap.
    """

    deductible_met_cents: Cents | None = None
    cap_met_cents: Cents | None = None


class MedicareSecond(Frozen, tag_field="kind", tag="medicare"):
    """Medicare behind a group health plan (42 CFR 411.33). `deductible_met_cents` is of Part B."""

    deductible_met_cents: Cents | None = None


class CoverageFacts(Frozen):
    """What decides which of two plans pays first (NAIC Model 120, section 6).

    `holder` is who holds the plan as the patient sees it. `holder_birthday` is `MM-DD`. `decreed`: a court made this
    parent's plan answer.
    """

    holder: Holder | None = None
    holder_birthday: MonthDayText | None = None
    covered_since: date | None = None
    active: bool = True
    continued: bool = False
    custody: Custody | None = None
    decreed: bool = False


class SecondCommercial(Frozen, tag_field="kind", tag="commercial"):
    """A second commercial plan and how it coordinates.

    It allows what the first one does unless `allowed_per_session` says otherwise. `facts` of this plan and `first_plan`
    of the payer asked about decide the order of benefits; without them the payer asked about pays first. `method`,
    `benefit_bank` (a credit reserve is kept) and `bank_cents` (what it holds; told, one is kept) are of whichever plan
    pays second.
    """

    method: Method | None = None
    benefits: Benefits | None = None
    allowed_per_session: PriceInput | None = None
    benefit_bank: bool = False
    bank_cents: Cents | None = None
    facts: CoverageFacts | None = None
    first_plan: CoverageFacts | None = None


OtherCoverage = Medigap | Qmb | Medicaid | TricareForLife | TricareSecond | MedicareSecond | SecondCommercial


class Assistance(Frozen):
    """A programme the patient uses, and what the plan does with its money (absent: not known).

    `remaining_cents` is what its year still holds, `yearly_limit_cents` what a new year brings, `per_fill_limit_cents`
    the most it pays of one treatment; absent, the catalogue's, or unknown.
    """

    program: Name
    policy: Policy | None = None
    remaining_cents: Cents | None = None
    yearly_limit_cents: Cents | None = None
    per_fill_limit_cents: Cents | None = None

    def __post_init__(self) -> None:
        held, yearly = self.remaining_cents, self.yearly_limit_cents
        if held is not None and yearly is not None and held > yearly:
            raise ValueError("remaining_cents is above yearly_limit_cents")


class TricareBeneficiary(Frozen):
    """Which TRICARE terms apply: plan, group by date of entry into service, and beneficiary category.

    `junior_enlisted` means pay grade E-4 and below (10 U.S.C. 1075 sets a lower deductible). `referral` says whether a
    Prime patient was referred to this clinic; without a referral the point-of-service terms apply.
    """

    plan: tricare.Plan | None = None
    group: tricare.Group | None = None
    category: tricare.Category | None = None
    junior_enlisted: bool | None = None
    referral: bool | None = None


class Veteran(Frozen):
    """Whether a veteran owes VA copays (38 CFR 17.36(b) and 17.108).

    `service_connected_treatment`: the treatment is for a condition that military service brought about.
    `mental_health_visits_used` counts the outpatient mental-health visits of this calendar year before the course.
    """

    priority_group: Annotated[int, Meta(ge=1, le=8)] | None = None
    service_connected_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    service_connected_treatment: bool | None = None
    mental_health_visits_used: Annotated[int, Meta(ge=0, le=366)] | None = None

    def __post_init__(self) -> None:
        group, percent = self.priority_group, self.service_connected_percent
        if group is not None and percent is not None and percent >= 10 and group > 3:
            raise ValueError("a service connection of 10 percent or more belongs to priority groups 1 to 3")


class SlidingScale(Frozen):
    """Where the patient stands on the clinic's sliding scale: the tier by its name, or the household's income.

    `poverty_percent` is that income in percent of the federal poverty guideline for the household.
    """

    tier: Name | None = None
    poverty_percent: Annotated[int, Meta(ge=0, le=10_000)] | None = None

    def __post_init__(self) -> None:
        if (self.tier is None) == (self.poverty_percent is None):
            raise ValueError("give either tier or poverty_percent")


class Question(Frozen):
    """One question. An absent input is unknown and widens the answer; an absent list is an empty list."""

    payer: Name
    treatment: Treatment
    state: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    county: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    line_of_business: LineOfBusiness | None = None
    plan: Name | None = None
    plan_network: NetworkName | None = None
    """The plan's network, or the plan, by the name that the payer's price file gives it: its rates are then used. A
    name that no file on record has changes nothing and is answered with those that are on record."""
    dose_mg: Literal[56, 84] | None = None
    indication: Indication | None = None
    start_on: date | None = None
    course: Course | None = None
    network: Network | None = None
    lane: Lane | None = None
    authorization: Literal["approved", "pending", "denied"] | None = None
    place_of_service: PlaceOfService | None = None
    benefits: Benefits | None = None
    alternative_benefits: Annotated[tuple[Benefits, ...], Meta(max_length=MAX_READINGS)] = ()
    """What `benefits` may be instead, where a payer said several things: every one of them is held."""
    eligibility_check: UUID | None = None
    """The check whose answer tells the plan. What is told here goes before what the payer said."""
    plan_source: PlanSource | None = None
    """Filled in from `eligibility_check` by the service, and kept with the question."""
    tricare: TricareBeneficiary | None = None
    va: Veteran | None = None
    medicare_assignment: Assignment | None = None
    other_coverage: tuple[OtherCoverage, ...] = ()
    assistance: tuple[Assistance, ...] = ()
    prices: Prices | None = None
    site: Name | None = None
    """Which of the clinic's sites, as its price list calls it."""
    session_minutes: Annotated[int, Meta(ge=1, le=720)] | None = None
    services: CourseServices | None = None
    """What the course has beside its sessions; what it uses up of the plan's limits the sessions no longer do."""
    discounts: Annotated[tuple[Name, ...], Meta(max_length=10)] = ()
    """The discounts of the clinic that the patient has, by their kind."""
    sliding_scale: SlidingScale | None = None
    lang: Language = "en"
