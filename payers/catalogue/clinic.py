"""The clinic's own layer above a release: its prices, its contracted rates, its overrides of rules.

It survives a new release. Rows are dated and never changed in place, so that an old estimate can be replayed.
"""

from datetime import date

from payers.catalogue.model import Frozen, Rule
from payers.catalogue.vocabulary import LineOfBusiness, Treatment


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


class SitePrice(ClinicRow):
    """What the clinic asks of a patient who pays for one session."""

    treatment: Treatment
    dose_mg: int | None = None
    price_cents: int


class ContractedRate(ClinicRow):
    """What a payer allows this clinic for one session, drug and visit together."""

    payer: str
    line_of_business: LineOfBusiness | None = None
    plan: str | None = None
    treatment: Treatment
    dose_mg: int | None = None
    allowed_cents: int


class ClinicLayer(Frozen):
    """All of the clinic's own rows. A rule here answers before the release's rule for the same question."""

    prices: tuple[SitePrice, ...] = ()
    rates: tuple[ContractedRate, ...] = ()
    rules: tuple[Rule, ...] = ()


EMPTY = ClinicLayer()
