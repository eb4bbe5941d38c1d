"""What is asked of a payer: who the member is, who asks, about which services, for which day."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen

Gender = Literal["F", "M", "U"]
Relationship = Literal["spouse", "child", "other"]
ServiceType = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,2}$")]

PLAN = "30"
"""The service type that asks about the plan as a whole."""


class Person(Frozen):
    """A person as the card has the name."""

    last_name: Annotated[str, Meta(min_length=1, max_length=60)]
    first_name: Annotated[str, Meta(min_length=1, max_length=35)] | None = None
    middle_name: Annotated[str, Meta(min_length=1, max_length=25)] | None = None
    suffix: Annotated[str, Meta(min_length=1, max_length=10)] | None = None
    birth_date: date | None = None
    gender: Gender | None = None


class Dependent(Person):
    """The patient, where the patient is not the subscriber."""

    relationship: Relationship | None = None


class Provider(Frozen):
    """The clinic that asks: a person where there is a `first_name`, otherwise an organization."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    npi: Annotated[str, Meta(pattern=r"^[0-9]{10}$")]
    first_name: Annotated[str, Meta(min_length=1, max_length=35)] | None = None
    taxonomy: Annotated[str, Meta(pattern=r"^[0-9A-Z]{10}$")] | None = None


class PayerAddress(Frozen):
    """The payer as a network knows it: its id there, and its name."""

    id: Annotated[str, Meta(min_length=2, max_length=80)]
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    id_qualifier: Literal["PI", "XV", "FI", "NI"] = "PI"


class Inquiry(Frozen):
    """One question to one payer about one patient. `trace` comes back with the answer and tells whose it is."""

    trace: Annotated[str, Meta(min_length=1, max_length=50)]
    payer: PayerAddress
    provider: Provider
    member_id: Annotated[str, Meta(min_length=2, max_length=80)] | None = None
    subscriber: Person
    dependent: Dependent | None = None
    group_number: Annotated[str, Meta(min_length=1, max_length=50)] | None = None
    date_of_service: date
    service_types: Annotated[tuple[ServiceType, ...], Meta(min_length=1, max_length=99)] = (PLAN,)

    @property
    def patient(self) -> Person:
        """Whom it is about."""
        return self.dependent or self.subscriber
