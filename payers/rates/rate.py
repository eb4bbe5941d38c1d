"""One amount as a source has it, and the source: a payer's or a hospital's price file, or a remittance."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from payers.catalogue.model import Frozen

FileKind = Literal["payer-file", "hospital-file", "medicare-pfs", "medicare-asp"]
"""Files that are published anew."""
SourceKind = FileKind | Literal["remittance"]
Arrangement = Literal["ffs", "bundle", "capitation"]
RateKind = Literal["negotiated", "fee schedule", "derived", "percentage", "per diem", "allowed", "median"]
"""`negotiated_type` of a payer's file in its own words; `allowed` is what a remittance says was really allowed, and
`median` what a hospital's file says of its remittances. Source: CMSgov/price-transparency-guide and
CMSgov/hospital-price-transparency 3.0."""
BillingClass = Literal["professional", "institutional", "both"]
RateSetting = Literal["inpatient", "outpatient", "both"]
MatchedBy = Literal["tin", "npi"]

ANY_OTHER_CODE = "CSTM-00"
"""Stands for all other codes, and in a list of places for every place."""

_A_DATE = re.compile(r"(?<!\d)20\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")


class Source(Frozen):
    """Where rates were read.

    `name` is the file's name, or the path of its address without what signs it. `payer` is its slug in the catalogue,
    absent for Medicare's own files. `entity` is who published it: the reporting entity, or the hospital.
    """

    id: str
    kind: SourceKind
    payer: str | None = None
    name: str
    last_updated_on: date | None = None
    entity: str | None = None
    content_sha256: str
    imported_at: datetime

    @property
    def identity(self) -> str:
        """What a newer file of the same has in common with it: its name without the date in it.

        Every remittance is one of its own: a later one replaces none.
        """
        return self.content_sha256 if self.kind == "remittance" else _A_DATE.sub("*", self.name)


class Rate(Frozen):
    """One amount for one code.

    `amount_cents` pays for `units` of the code, so that a fraction of a cent is kept exactly. It is absent where the
    kind is `percentage`: then `percent_bp` of the billed charge is paid. `places_of_service` is empty where the source
    names none, `tin` has nine digits, `matched_by` tells whether the clinic was found by it or by an NPI alone, and
    `serviced_on` is the day of a remittance's line.

    Of a `median` the hospital's file also tells, for as many units, which amounts a tenth and nine tenths of the
    remittances did not exceed, and how many remittances there were: a number, or `1 through 10`.
    """

    source_id: str
    code_type: str
    code: str
    modifiers: tuple[str, ...] = ()
    arrangement: Arrangement = "ffs"
    kind: RateKind
    amount_cents: int | None = None
    units: int = 1
    percent_bp: int | None = None
    expires_on: date | None = None
    places_of_service: tuple[str, ...] = ()
    billing_class: BillingClass = "both"
    setting: RateSetting | None = None
    networks: tuple[str, ...] = ()
    group: str | None = None
    tin: str | None = None
    matched_by: MatchedBy = "tin"
    serviced_on: date | None = None
    percentile_10_cents: int | None = None
    percentile_90_cents: int | None = None
    remittances: str | None = None


class Amount(NamedTuple):
    """Cents for so many units of a code."""

    cents: int
    units: int


def amount_of(dollars: Decimal) -> Amount:
    """The dollars that a source asks for one unit, exactly: 13.3744 is 133744 cents for 100 units.

    Whatever stands beyond a ten-thousandth of a cent is rounded half up.
    """
    cents = (dollars * 100).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
    exponent = cents.as_tuple().exponent
    units = 10 ** max(0, -exponent) if isinstance(exponent, int) else 1
    return Amount(int(cents * units), units)


def basis_points_of(percent: Decimal) -> int:
    """A percentage of a `percentage` rate in hundredths of a percent, rounded half up: 40.5 is 4050."""
    return int((percent * 100).quantize(Decimal(1), ROUND_HALF_UP))
