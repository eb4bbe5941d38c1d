"""What a CoverageEligibilityRequest asks: the facts of an inquiry, and what its answer must give back."""

from collections.abc import Mapping
from datetime import date

from msgspec import Raw

from payers.catalogue.model import Frozen
from payers.eligibility.inquiry import Dependent, Person, Provider
from payers.estimate.question import Language
from payers.fhir.elements import Period, Reference


class Echo(Frozen):
    """What the response repeats, so that the sender knows whose it is. `contained` is what its references lead to."""

    request: Reference
    patient: Reference
    insurer: Reference
    coverage: Reference
    requestor: Reference | None = None
    purpose: tuple[str, ...]
    serviced_date: str | None = None
    serviced_period: Period | None = None
    contained: tuple[Raw, ...] = ()


class Inquired(Frozen):
    """A request that was understood. What it does not say is absent: no day means today, no provider the clinic.

    `places` leads from a JSON pointer into the inquiry back to the FHIRPath of what it was read from.
    """

    payer: str
    """Its name, or a number that a network knows it by."""
    state: str | None = None
    """Where the patient lives."""
    provider: Provider | None = None
    member_id: str | None = None
    subscriber: Person
    dependent: Dependent | None = None
    group_number: str | None = None
    date_of_service: date | None = None
    service_types: tuple[str, ...]
    lang: Language = "en"
    places: Mapping[str, str]
    echo: Echo
