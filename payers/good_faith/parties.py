"""Who a good-faith estimate is for, and who takes part in the care.

Name, NPI, TIN and state of every provider are required (45 CFR 149.610(c)(1)(i) and (v)).
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import PlaceOfService
from payers.cost_share.plan import Cents
from payers.estimate.case import OFFICE

Text = Annotated[str, Meta(min_length=1, max_length=120)]
State = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
Phone = Annotated[str, Meta(min_length=7, max_length=30, pattern=r"^[0-9+(). x-]+$")]
Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Npi = Annotated[str, Meta(pattern=r"^[0-9]{10}$")]
Tin = Annotated[str, Meta(pattern=r"^([0-9]{2}-?[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4})$")]
"""An employer's number, or the social security number of a provider who has none."""
Taxonomy = Annotated[str, Meta(pattern=r"^[0-9A-Z]{10}$")]
"""What kind of provider it is, as NUCC numbers them."""
ServiceCodeText = Annotated[str, Meta(pattern=r"^[0-9A-Z]{5}$")]
Times = Annotated[int, Meta(ge=1, le=366)]


class Address(Frozen):
    """A postal address in the United States."""

    line: Text
    city: Annotated[str, Meta(min_length=1, max_length=60)]
    state: State
    postal_code: Annotated[str, Meta(pattern=r"^[0-9]{5}(-[0-9]{4})?$")]


class Patient(Frozen):
    """The patient. How to reach them is optional, and `prefers` says which way they asked for."""

    first_name: Annotated[str, Meta(min_length=1, max_length=60)]
    last_name: Annotated[str, Meta(min_length=1, max_length=60)]
    birth_date: date
    address: Address | None = None
    phone: Phone | None = None
    email: Email | None = None
    prefers: Literal["mail", "email", "phone"] | None = None


class Diagnosis(Frozen):
    """What the treatment is for, as ICD-10-CM codes it (45 CFR 149.610(a)(2)(iv)) and in plain words."""

    code: Annotated[str, Meta(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
    text: Text


class ClinicParty(Frozen):
    """The clinic that convenes the care, at the address where it is given."""

    name: Text
    npi: Npi
    tin: Tin
    address: Address
    phone: Phone
    email: Email | None = None
    taxonomy: Taxonomy | None = None


class CoService(Frozen):
    """A service of a co-provider: `charge_cents` is its expected charge for one, after any discount."""

    description: Text
    code: ServiceCodeText | None = None
    quantity: Times = 1
    charge_cents: Cents
    on: date | None = None
    place_of_service: PlaceOfService = OFFICE


class CoProvider(Frozen):
    """Another provider of the same care: a person where there is a `first_name`, otherwise an organization.

    `part` says in plain words what it does here. Without `services` it has not told its charges, and the estimate says
    that they are not in it.
    """

    name: Text
    npi: Npi
    tin: Tin
    state: State
    part: Text
    services: Annotated[tuple[CoService, ...], Meta(max_length=20)] = ()
    first_name: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    address: Address | None = None
    phone: Phone | None = None
    taxonomy: Taxonomy | None = None
