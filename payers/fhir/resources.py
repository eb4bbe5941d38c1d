"""FHIR R4 resources, as far as they are read here. Anything else in them is left alone, and never an error.

A resource inside another is kept as it was sent, until somebody follows a reference to it.
"""

from msgspec import Raw, field

from payers.fhir.elements import CodeableConcept, Element, HumanName, Identifier, Period, Reference

ABSENT = Raw()
"""No resource: a `Raw` can be empty, not null."""


class Resource(Element, tag_field="resourceType"):
    """What every resource has."""

    id: str | None = None
    language: str | None = None
    contained: tuple[Raw, ...] = ()


class Address(Element):
    """Where somebody lives."""

    state: str | None = None


class Patient(Resource, tag="Patient"):
    """A person with coverage."""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    gender: str | None = None
    birth_date: str | None = None
    address: tuple[Address, ...] = ()


class RelatedPerson(Patient, tag="RelatedPerson"):
    """A card holder who is nobody's patient."""


class Organization(Resource, tag="Organization"):
    """A payer, or a clinic."""

    identifier: tuple[Identifier, ...] = ()
    name: str | None = None


class Practitioner(Resource, tag="Practitioner"):
    """A person who gives care."""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()


class PractitionerRole(Resource, tag="PractitionerRole"):
    """A person in the service of an organization."""

    practitioner: Reference | None = None
    organization: Reference | None = None


class CoverageClass(Element):
    """A group, a plan, a tier that the coverage belongs to."""

    type: CodeableConcept
    value: str | None = None
    name: str | None = None


class Coverage(Resource, tag="Coverage"):
    """An insurance card. `payor` is how FHIR spells it."""

    identifier: tuple[Identifier, ...] = ()
    subscriber: Reference | None = None
    subscriber_id: str | None = None
    beneficiary: Reference | None = None
    relationship: CodeableConcept | None = None
    payor: tuple[Reference, ...] = ()
    classes: tuple[CoverageClass, ...] = field(default=(), name="class")


class RequestInsurance(Element):
    """A coverage that is asked about."""

    focal: bool | None = None
    coverage: Reference


class RequestItem(Element):
    """A service that is asked about."""

    category: CodeableConcept | None = None
    product_or_service: CodeableConcept | None = None


class CoverageEligibilityRequest(Resource, tag="CoverageEligibilityRequest"):
    """The question to the payer."""

    identifier: tuple[Identifier, ...] = ()
    status: str | None = None
    purpose: tuple[str | None, ...] = ()
    patient: Reference
    serviced_date: str | None = None
    serviced_period: Period | None = None
    provider: Reference | None = None
    insurer: Reference
    insurance: tuple[RequestInsurance, ...] = ()
    item: tuple[RequestItem, ...] = ()


class BundleEntry(Element):
    """One of the resources of a bundle."""

    full_url: str | None = None
    resource: Raw = ABSENT


class Bundle(Resource, tag="Bundle"):
    """Resources that came together."""

    type: str | None = None
    entry: tuple[BundleEntry, ...] = ()


class Parameter(Element):
    """One input of an operation."""

    name: str
    resource: Raw = ABSENT


class Parameters(Resource, tag="Parameters"):
    """The inputs of an operation."""

    parameter: tuple[Parameter, ...] = ()
