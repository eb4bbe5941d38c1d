"""A CoverageEligibilityResponse (FHIR R4), as far as it is written or read here, and the parts of it."""

from typing import Literal

from payers.fhir.elements import CodeableConcept, Extensible, Identifier, Money, Period, Reference
from payers.fhir.resources import Resource

Outcome = Literal["queued", "complete", "error", "partial"]


class ItemBenefit(Extensible):
    """A limit, a share, or whatever else the payer says of a service; what is used of it, where it can be used up."""

    type: CodeableConcept
    allowed_unsigned_int: int | None = None
    allowed_string: str | None = None
    allowed_money: Money | None = None
    used_unsigned_int: int | None = None
    used_string: str | None = None
    used_money: Money | None = None


class Item(Extensible):
    """What the payer says of one service: a `category` or a `product_or_service`, never both (R4, ces-1)."""

    category: CodeableConcept | None = None
    product_or_service: CodeableConcept | None = None
    modifier: tuple[CodeableConcept, ...] = ()
    excluded: bool | None = None
    name: str | None = None
    description: str | None = None
    network: CodeableConcept | None = None
    unit: CodeableConcept | None = None
    term: CodeableConcept | None = None
    benefit: tuple[ItemBenefit, ...] = ()
    authorization_required: bool | None = None


class Insurance(Extensible):
    """What the payer says of one coverage. Without `inforce` it does not say whether there is any."""

    coverage: Reference
    inforce: bool | None = None
    benefit_period: Period | None = None
    item: tuple[Item, ...] = ()


class ResponseError(Extensible):
    """Why the payer does not answer."""

    code: CodeableConcept


class CoverageEligibilityResponse(Resource, tag="CoverageEligibilityResponse"):
    """The payer's answer."""

    identifier: tuple[Identifier, ...] = ()
    status: str
    purpose: tuple[str | None, ...]
    patient: Reference
    serviced_date: str | None = None
    serviced_period: Period | None = None
    created: str
    requestor: Reference | None = None
    request: Reference
    outcome: str
    disposition: str | None = None
    insurer: Reference
    insurance: tuple[Insurance, ...] = ()
    error: tuple[ResponseError, ...] = ()
