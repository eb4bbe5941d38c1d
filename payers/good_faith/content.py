"""A good-faith estimate: everything that 45 CFR 149.610(c)(1) requires of it, in the language it was given in.

It never changes once it is issued; another one replaces it.
"""

import hashlib
from datetime import date
from typing import Literal

import msgspec

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import PlaceOfService, ServiceKind
from payers.estimate.evidence import Citation
from payers.estimate.question import Language
from payers.good_faith.parties import Address, Diagnosis, Patient

LineKind = Literal["session", "membership", "co-provider"] | ServiceKind
Standing = Literal["uninsured", "self-pay"]
"""Without benefits for this care, or with benefits that are not used for it (45 CFR 149.610(a)(2))."""
ReplacementReason = Literal["services", "charges", "schedule", "providers", "correction", "renewal"]
DisclaimerKind = Literal[
    "estimate-only",
    "additional-services",
    "dispute-right",
    "dispute-how",
    "not-a-contract",
    "recurring",
    "state-cap",
    "record",
]


ChangedWhat = Literal["total_cents", "quantity", "dates"]
ChangedValue = int | tuple[date, ...] | None


class ServiceCode(Frozen):
    """A code that a service is expected to be billed with, in our own words, and how many units each time."""

    code: str
    label: str
    units: int | None
    ndc: str | None = None


class ChargeLine(Frozen):
    """One service of a provider, `quantity` times at one expected charge each.

    `codes` stand for the charge together. `dates` are the days it is expected on; empty where no day is set.
    """

    kind: LineKind
    description: str
    codes: tuple[ServiceCode, ...]
    diagnoses: tuple[str, ...]
    quantity: int
    each_cents: int
    total_cents: int
    dates: tuple[date, ...]
    place_of_service: PlaceOfService | None


class Provider(Frozen):
    """A provider as the document names it: a person where there is a `first_name`, otherwise an organization."""

    role: Literal["convening", "co-provider"]
    name: str
    first_name: str | None
    npi: str
    tin: str
    state: str
    address: Address | None
    phone: str | None
    email: str | None
    taxonomy: str | None

    @property
    def full_name(self) -> str:
        """The name as people say it."""
        return f"{self.first_name} {self.name}" if self.first_name else self.name


class ProviderCharges(Frozen):
    """One provider with everything it is expected to charge.

    `disputable_from_cents` is the smallest bill that may be disputed, `most_billable_cents` the largest that the state
    allows; absent where it sets no limit.
    """

    provider: Provider
    lines: tuple[ChargeLine, ...]
    total_cents: int
    disputable_from_cents: int
    most_billable_cents: int | None


class PrimaryService(Frozen):
    """What the care is for the most part, in plain words, and the day it is scheduled for."""

    description: str
    scheduled_for: date | None


class Frequency(Frozen):
    """Sessions that follow each other in one rhythm. `days_between` are the shortest and the longest gap."""

    sessions: int
    first_on: date | None
    last_on: date | None
    days_between: tuple[int, int] | None
    sentence: str


class Recurrence(Frozen):
    """The scope of a recurring service: how many, and how often."""

    sessions: int
    frequency: tuple[Frequency, ...]


class SeparateServices(Frozen):
    """What must be scheduled by itself, under the words that the law puts above the list."""

    disclaimer: str
    services: tuple[str, ...]


class NotIncluded(Frozen):
    """A co-provider that has not told its charges."""

    provider: Provider
    sentence: str


class Disclaimer(Frozen):
    """Something the law requires to be said."""

    kind: DisclaimerKind
    text: str


class Change(Frozen):
    """One difference from the estimate before: a total in cents, a number of times, or days; absent: there is none."""

    npi: str
    item: str
    """The kind of the line, or what a co-provider calls it."""
    what: ChangedWhat
    before: ChangedValue
    after: ChangedValue


class Replaced(Frozen):
    """The estimate before, why there is a new one, and the last day for it; absent where no day is set."""

    id: str
    reason: ReplacementReason
    sentence: str
    changed: tuple[Change, ...]
    due_on: date | None


class GoodFaithEstimate(Frozen):
    """The document as a value. `providers` begins with the clinic that convenes the care."""

    id: str
    estimate_id: str
    catalogue_version: str
    lang: Language
    issued_on: date
    valid_until: date
    standing: Standing
    standing_sentence: str
    patient: Patient
    primary_service: PrimaryService
    recurrence: Recurrence | None
    """Absent for a single session."""
    diagnoses: tuple[Diagnosis, ...]
    providers: tuple[ProviderCharges, ...]
    total_cents: int
    reductions: tuple[str, ...]
    """What the charges are already lower for."""
    separate_services: SeparateServices
    not_included: tuple[NotIncluded, ...]
    disclaimers: tuple[Disclaimer, ...]
    citations: tuple[Citation, ...]
    replaces: Replaced | None = None

    @property
    def dates(self) -> tuple[date, ...]:
        """Every day on which a service is expected, each once, in order."""
        return tuple(sorted({on for each in self.providers for line in each.lines for on in line.dates}))


def content_hash(estimate: GoodFaithEstimate) -> str:
    """SHA-256 of its canonical JSON, 64 hexadecimal digits: what was given out, provably."""
    return hashlib.sha256(msgspec.json.encode(estimate, order="deterministic")).hexdigest()
