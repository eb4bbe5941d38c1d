"""A CoverageEligibilityRequest, alone or in a Bundle with what it refers to, read as a question to a payer."""

import re
from datetime import date

import msgspec

from payers.eligibility.inquiry import PLAN, Provider
from payers.fhir.body import the_one
from payers.fhir.dates import day
from payers.fhir.elements import Reference, name_on_a_card
from payers.fhir.inquired import Echo, Inquired
from payers.fhir.outcome import Fault
from payers.fhir.read_card import read_card
from payers.fhir.reading import Reading
from payers.fhir.references import Located, contained_by
from payers.fhir.resources import (
    Coverage,
    CoverageEligibilityRequest,
    Organization,
    Practitioner,
    PractitionerRole,
    RequestInsurance,
)
from payers.fhir.systems import EXAMPLE_CATEGORY, NPI, X12_SERVICE_TYPE, code_in

REQUEST = "CoverageEligibilityRequest"
PURPOSES = ("auth-requirements", "benefits", "discovery", "validation")
"""HL7's eligibility purposes. One is required of a request; where it is missing, the benefits are what is asked."""

_UNSAID = "benefits"
_SERVICE_TYPE = re.compile("[A-Z0-9]{1,2}")
_MOST_SERVICE_TYPES = 99
"""As many as a 270 holds (005010X279A1, 2110C EQ)."""


def read_request(body: bytes) -> Inquired | tuple[Fault, ...]:
    """The question, or everything that was found to keep it from being one."""
    found = the_one(body, REQUEST)
    if isinstance(found, Fault):
        return (found,)
    reading = Reading(*found)
    request = reading.resource(reading.request, CoverageEligibilityRequest)
    inquired = request and _inquired(reading, request)
    return inquired if inquired and not reading.faults else tuple(reading.faults)


def _inquired(reading: Reading, request: CoverageEligibilityRequest) -> Inquired | None:
    at = reading.request
    if request.status not in (None, "active"):
        reading.fault("business-rule", f"{at.expression}.status", "Only an active request is sent to a payer.")
    patient_at = reading.needed(request.patient, f"{at.expression}.patient", "the Patient")
    insurance = _insurance(reading, request)
    card_at = insurance and reading.needed(insurance.coverage, f"{at.expression}.insurance.coverage", "the Coverage")
    coverage = card_at and reading.resource(card_at, Coverage)
    card = read_card(reading, patient_at, coverage, card_at) if patient_at and coverage and card_at else None
    payer = _payer(reading, request, coverage.payor if coverage else (), card_at or at)
    provider = _provider(reading, request.provider) if request.provider else None
    day_of_service = _day_of_service(reading, request)
    service_types = _service_types(reading, request)
    if insurance is None or card is None or payer is None:
        return None
    return Inquired(
        payer=payer,
        state=card.state,
        provider=provider,
        member_id=card.member_id,
        subscriber=card.subscriber,
        dependent=card.dependent,
        group_number=card.group_number,
        date_of_service=day_of_service,
        service_types=service_types or (PLAN,),
        lang="es" if (request.language or "").lower().startswith("es") else "en",
        places={
            "/payer": f"{at.expression}.insurer",
            "/provider": f"{at.expression}.provider",
            "/date_of_service": f"{at.expression}.serviced",
            "/service_types": f"{at.expression}.item",
            **card.places,
        },
        echo=_echo(at, request, insurance, payer),
    )


def _insurance(reading: Reading, request: CoverageEligibilityRequest) -> RequestInsurance | None:
    """The coverage that is asked about: the focal one, or the only one."""
    chosen = [each for each in request.insurance if each.focal] or request.insurance
    if len(chosen) == 1:
        return chosen[0]
    told = "One coverage is asked about at a time: mark it as `focal`." if chosen else "A coverage is needed."
    reading.fault("business-rule" if chosen else "required", f"{reading.request.expression}.insurance", told)
    return None


def _payer(
    reading: Reading, request: CoverageEligibilityRequest, payors: tuple[Reference, ...], card_at: Located
) -> str | None:
    """Whom to ask: the insurer, else who pays on the card. A name or a number in the reference itself will do."""
    for reference, within in ((request.insurer, reading.request), *((each, card_at) for each in payors)):
        name, identifiers = reference.display, (reference.identifier,)
        found = reading.followed(reference, within)
        if found is not None and found.type == "Organization" and (read := reading.resource(found, Organization)):
            name, identifiers = read.name, read.identifier
        numbers = (each.value for each in identifiers if each)
        if payer := name or next(filter(None, numbers), None):
            return payer
    reading.missing(f"{reading.request.expression}.insurer", "the payer's Organization, or its name as `display`,")
    return None


def _provider(reading: Reading, reference: Reference) -> Provider | None:
    """Who asks: the organization of a role before the person in it. A reference may say it all by itself."""
    found = reading.followed(reference, reading.request)
    if found is not None and found.type == "PractitionerRole":
        role = reading.resource(found, PractitionerRole)
        found = role and (reading.followed(role.organization, found) or reading.followed(role.practitioner, found))
    name, first_name, identifiers = reference.display, None, (reference.identifier,)
    if found is not None and found.type == "Practitioner":
        if person := reading.resource(found, Practitioner):
            human, identifiers = name_on_a_card(person.name), person.identifier
            name, first_name = human.family, next((each for each in human.given if each), None)
    elif found is not None and (organization := reading.resource(found, Organization)):
        name, identifiers = organization.name, organization.identifier
    npi = next((each.value for each in identifiers if each and each.system == NPI and each.value), None)
    if name and npi:
        return Provider(name=name, npi=npi, first_name=first_name)
    told = f"It needs a name, and an identifier of the system {NPI}."
    reading.fault("required", f"{reading.request.expression}.provider", told)
    return None


def _day_of_service(reading: Reading, request: CoverageEligibilityRequest) -> date | None:
    """The day itself, or the first one of a period; none means today."""
    name, told = "servicedDate", request.serviced_date
    if request.serviced_period:
        name, told = "servicedPeriod.start", request.serviced_period.start or ""
    found = day(told)
    if told is not None and found is None:
        reading.fault("value", f"{reading.request.expression}.{name}", "A whole day is needed, as YYYY-MM-DD.")
    return found


def _service_types(reading: Reading, request: CoverageEligibilityRequest) -> tuple[str, ...]:
    """X12's service types. A payer is asked for these, and answers no question about a procedure."""
    place = f"{reading.request.expression}.item"
    found: list[str] = []
    for number, item in enumerate(request.item):
        code = code_in(item.category, X12_SERVICE_TYPE, EXAMPLE_CATEGORY, None)
        if code and _SERVICE_TYPE.fullmatch(code):
            found.append(code)
        elif item.category is None and item.product_or_service is not None:
            told = "A payer is asked by service type: send a category in place of the procedure."
            reading.fault("not-supported", f"{place}[{number}].productOrService", told)
        else:
            told = f"A service type of the system {X12_SERVICE_TYPE} is needed."
            reading.fault("code-invalid", f"{place}[{number}].category", told)
    if len(found) > _MOST_SERVICE_TYPES:
        reading.fault("too-long", place, f"At most {_MOST_SERVICE_TYPES} service types fit into a question.")
    return tuple(dict.fromkeys(found))


def _echo(at: Located, request: CoverageEligibilityRequest, insurance: RequestInsurance, payer: str) -> Echo:
    address = at.address or (request.id and f"{REQUEST}/{request.id}")
    identifier = next(iter(request.identifier), None)
    insurer = _kept(request.insurer, at) or Reference(display=payer)
    requestor = request.provider and _kept(request.provider, at)
    return Echo(
        request=Reference(
            reference=address or None,
            type=REQUEST,
            identifier=identifier,
            display=None if address or identifier else "The request that this answers",
        ),
        patient=request.patient,
        insurer=insurer,
        coverage=insurance.coverage,
        requestor=requestor,
        purpose=tuple(each for each in PURPOSES if each in request.purpose) or (_UNSAID,),
        serviced_date=request.serviced_date,
        serviced_period=request.serviced_period,
        contained=contained_by(at, (request.patient, insurer, insurance.coverage, requestor)),
    )


def _kept(reference: Reference, at: Located) -> Reference | None:
    """The reference without an address that leads to nothing inside the request, if anything is left of it."""
    address = reference.reference or ""
    if address.startswith("#") and address not in at.contained:
        reference = msgspec.structs.replace(reference, reference=None)
    return reference if reference != Reference() else None
