"""The clinic's own layer above a release: its prices, contracted rates, overrides of rules, and where its sites are.

It survives a new release. Rows are dated and never changed in place, so that an old estimate can be replayed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from payers.catalogue.model import Frozen, Rule
from payers.catalogue.vocabulary import FeeKind, FeeUnit, LineOfBusiness, ServiceKind, Treatment

Count = Annotated[int, Meta(ge=0, le=120)]


class ClinicRow(Frozen):
    """A row that the clinic entered, holding from `valid_from` to `valid_until`, both inclusive."""

    id: str
    valid_from: date | None = None
    valid_until: date | None = None
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class SiteRow(ClinicRow):
    """A row of a price list. Without a `site` it holds at every site that has no row of its own for the same thing."""

    site: str | None = None


class SitePrice(SiteRow):
    """What the clinic asks of a patient who pays for one session, of any dose or length where none is named."""

    treatment: Treatment
    dose_mg: int | None = None
    minutes: int | None = None
    price_cents: int


class CourseServices(Frozen):
    """How many of each service stand beside the sessions of a course."""

    evaluation: bool = False
    preparation_sessions: Count = 0
    monitoring_sessions: Count = 0
    follow_ups: Count = 0
    integration_sessions: Count = 0

    def counts(self) -> dict[ServiceKind, int]:
        """The number of each, in the order in which they are given."""
        return {
            "evaluation": int(self.evaluation),
            "preparation": self.preparation_sessions,
            "monitoring": self.monitoring_sessions,
            "follow-up": self.follow_ups,
            "integration": self.integration_sessions,
        }


class ServicePrice(SiteRow):
    """What the clinic asks for one service beside the sessions; `codes` where it bills others than the usual."""

    service: ServiceKind
    codes: tuple[str, ...] = ()
    price_cents: int


class Package(SiteRow):
    """So many sessions, and the services in them, for one price that no reduction lowers.

    `refundable`: what was not used is paid back.
    """

    name: str
    treatment: Treatment
    sessions: int
    included: CourseServices = CourseServices()
    price_cents: int
    refundable: bool | None = None


class Reduction(SiteRow):
    """What is taken off a price: a part of it, or an amount. `applies_to` is empty where it holds for everything."""

    off_bp: int | None = None
    off_cents: int | None = None
    applies_to: tuple[Literal["treatment"] | ServiceKind, ...] = ()


class Discount(Reduction):
    """A reduction for those of a kind: `veteran`, `first-responder`, or a word of the clinic's own."""

    kind: str


class SlidingBand(Reduction):
    """A reduction by income: a tier by its name, up to a household income in percent of the poverty guideline."""

    tier: str
    poverty_percent_max: int | None = None


class ClinicFee(SiteRow):
    """A fee beside the treatment. `credited`: it counts toward the bill.

    `notice_hours` is how long before an appointment it can be cancelled without the fee, or the deposit lost.
    """

    kind: FeeKind
    amount_cents: int
    per: FeeUnit = "once"
    refundable: bool | None = None
    credited: bool | None = None
    notice_hours: int | None = None


class PaymentPlan(SiteRow):
    """Monthly instalments at a nominal yearly rate.

    `fee_cents` is due at the start, beside the down payment. Where there is a smallest instalment, there may be fewer
    than `instalments`.
    """

    name: str
    instalments: int
    down_payment_bp: int = 0
    fee_cents: int = 0
    annual_rate_bp: int = 0
    minimum_instalment_cents: int | None = None


class PaymentPolicy(SiteRow):
    """Whether the clinic takes HSA and FSA cards, and gives a superbill; absent where it does not say."""

    takes_hsa_fsa: bool | None = None
    gives_superbill: bool | None = None


class SiteLocality(SiteRow):
    """The locality of Medicare's physician fee schedule that a site is in: the contractor's five digits, and two."""

    carrier: str
    locality: str


class MedicareFee(Frozen):
    """What a file of Medicare's allows a professional for a code in a locality, outside a hospital and in one.

    It was imported, not entered. `source` is the file's name, `imported_on` the day when somebody did.
    """

    carrier: str
    locality: str
    code: str
    modifier: str | None = None
    nonfacility_cents: int | None = None
    facility_cents: int | None = None
    valid_from: date
    valid_until: date
    source: str
    imported_on: date


class ContractedRate(ClinicRow):
    """What a payer allows this clinic for one session, drug and visit together."""

    payer: str
    line_of_business: LineOfBusiness | None = None
    plan: str | None = None
    treatment: Treatment
    dose_mg: int | None = None
    allowed_cents: int


class ClinicLayer(Frozen, dict=True):
    """All of the clinic's own rows. A rule here answers before the release's rule for the same question."""

    prices: tuple[SitePrice, ...] = ()
    services: tuple[ServicePrice, ...] = ()
    packages: tuple[Package, ...] = ()
    discounts: tuple[Discount, ...] = ()
    sliding_scale: tuple[SlidingBand, ...] = ()
    fees: tuple[ClinicFee, ...] = ()
    payment_plans: tuple[PaymentPlan, ...] = ()
    payment_policies: tuple[PaymentPolicy, ...] = ()
    localities: tuple[SiteLocality, ...] = ()
    rates: tuple[ContractedRate, ...] = ()
    rules: tuple[Rule, ...] = ()
    medicare_fees: tuple[MedicareFee, ...] = ()

    def rows(self) -> Iterator[tuple[str, ClinicRow | Rule]]:
        """Every row that the clinic entered, with the table it stands in."""
        for table in ENTERED:
            for row in getattr(self, table):
                yield table, row

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """Every day on which a price, a reduction, a rate or a locality begins to hold, or no longer does."""
        rows = (*self.prices, *self.services, *self.discounts, *self.sliding_scale, *self.localities, *self.rates)
        began = {row.valid_from for row in rows if row.valid_from}
        ended = {row.valid_until + timedelta(days=1) for row in rows if row.valid_until and row.valid_until < date.max}
        return tuple(sorted(began | ended))

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Every site that a row names."""
        return tuple(sorted({row.site for _, row in self.rows() if isinstance(row, SiteRow) and row.site}))


EMPTY = ClinicLayer()
ENTERED = tuple(table for table in ClinicLayer.__struct_fields__ if table != "medicare_fees")
"""The tables whose rows the clinic enters; Medicare's fees are imported."""


def layer_of(table: str, row: ClinicRow) -> ClinicLayer:
    """A layer that has nothing but this row."""
    return replace(EMPTY, **{table: (row,)})
