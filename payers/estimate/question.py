"""The question: what a clinic asks about one patient's course. Only payer and treatment are required."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Indication, Lane, LineOfBusiness, Network, PlaceOfService, Treatment
from payers.cost_share.money import Range
from payers.cost_share.plan import Benefits, Cents

Language = Literal["en", "es"]
Name = Annotated[str, Meta(min_length=1, max_length=120)]

MAX_WEEKS = 52
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
    patient who pays.
    """

    allowed_per_session: PriceInput | None = None
    visit_allowed_per_session: PriceInput | None = None
    cash_per_session: PriceInput | None = None


class Medigap(Frozen, tag_field="kind", tag="medigap"):
    """A Medicare supplement by its letter."""

    plan: Literal["A", "B", "C", "D", "F", "G", "K", "L", "M", "N"]
    high_deductible: bool = False

    def __post_init__(self) -> None:
        if self.high_deductible and self.plan not in ("F", "G"):
            raise ValueError("only plans F and G have a high-deductible form")


class Qmb(Frozen, tag_field="kind", tag="qmb"):
    """Qualified Medicare Beneficiary: Medicaid holds the Medicare cost share and nobody bills the patient."""


class Medicaid(Frozen, tag_field="kind", tag="medicaid"):
    """Medicaid behind another coverage."""


class TricareForLife(Frozen, tag_field="kind", tag="tricare-for-life"):
    """TRICARE behind Medicare."""


class SecondCommercial(Frozen, tag_field="kind", tag="commercial"):
    """A second commercial plan and how it coordinates."""

    method: Literal["standard", "non-duplication", "maintenance-of-benefits"] | None = None
    benefits: Benefits | None = None


OtherCoverage = Medigap | Qmb | Medicaid | TricareForLife | SecondCommercial


class Assistance(Frozen):
    """A programme the patient uses, and what the plan does with its money (absent: not known)."""

    program: Name
    policy: Literal["counts", "accumulator", "maximizer"] | None = None


class TricareBeneficiary(Frozen):
    """Which TRICARE terms apply: plan, group by date of entry into service, and beneficiary category.

    `junior_enlisted` means pay grade E-4 and below (10 U.S.C. 1075 sets a lower deductible).
    """

    plan: Literal["prime", "select"] | None = None
    group: Literal["a", "b"] | None = None
    category: Literal["active-duty", "active-duty-family", "retiree"] | None = None
    junior_enlisted: bool | None = None


class Question(Frozen):
    """One question. An absent input is unknown and widens the answer; an absent list is an empty list."""

    payer: Name
    treatment: Treatment
    state: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    county: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    line_of_business: LineOfBusiness | None = None
    plan: Name | None = None
    dose_mg: Literal[56, 84] | None = None
    indication: Indication | None = None
    start_on: date | None = None
    course: Course | None = None
    network: Network | None = None
    lane: Lane | None = None
    authorization: Literal["approved", "pending", "denied"] | None = None
    place_of_service: PlaceOfService | None = None
    benefits: Benefits | None = None
    tricare: TricareBeneficiary | None = None
    other_coverage: tuple[OtherCoverage, ...] = ()
    assistance: tuple[Assistance, ...] = ()
    prices: Prices | None = None
    lang: Language = "en"
