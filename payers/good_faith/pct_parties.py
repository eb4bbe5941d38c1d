"""The people and organizations of a good-faith estimate as FHIR resources, and the coverage of who pays alone."""

from collections.abc import Iterator

from payers.good_faith.content import GoodFaithEstimate, Provider
from payers.good_faith.parties import Address, Patient
from payers.good_faith.pct_elements import (
    IDENTIFIER_TYPE,
    PCT,
    TERMINOLOGY,
    Json,
    absent,
    concept,
    extension,
    refer,
    resource,
    urn,
)

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
TIN_SYSTEM = "urn:oid:2.16.840.1.113883.4.4"
US_CORE_PATIENT = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"
COVERAGE_KIND = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Coverage.kind"


def patient_at(estimate: GoodFaithEstimate) -> str:
    """Where the patient stands in the bundle."""
    return urn(estimate.id, "patient")


def provider_at(estimate: GoodFaithEstimate, party: Provider) -> str:
    """Where a provider stands in the bundle."""
    return urn(estimate.id, f"provider/{party.npi}")


def coverage_at(estimate: GoodFaithEstimate) -> str:
    """Where the coverage stands in the bundle."""
    return urn(estimate.id, "coverage")


def patient(estimate: GoodFaithEstimate) -> Json:
    """The patient, whose record number and gender this service does not keep."""
    person = estimate.patient
    return resource(
        "Patient",
        patient_at(estimate),
        US_CORE_PATIENT,
        identifier=[{"extension": absent("unknown")}],
        name=[{"family": person.last_name, "given": [person.first_name]}],
        telecom=list(_telecom(person.phone, person.email)),
        gender="unknown",
        birthDate=person.birth_date.isoformat(),
        address=_addresses(person),
        communication=[
            {"language": concept("urn:ietf:bcp:47", {"en": "en-US", "es": "es-US"}[estimate.lang]), "preferred": True}
        ],
    )


def provider(estimate: GoodFaithEstimate, party: Provider) -> Json:
    """A person or an organization with NPI and TIN."""
    at = provider_at(estimate, party)
    common = {
        "identifier": [
            {"system": NPI_SYSTEM, "value": party.npi},
            {"type": concept(IDENTIFIER_TYPE, "TAX"), "system": TIN_SYSTEM, "value": party.tin},
        ],
        "active": True,
        "telecom": list(_telecom(party.phone, party.email)),
        "address": [_address(party.address)] if party.address else [{"state": party.state, "country": "US"}],
    }
    if party.first_name:
        name = {"family": party.name, "given": [party.first_name]}
        return resource("Practitioner", at, f"{PCT}davinci-pct-practitioner", **common, name=[name])
    kind = concept(f"{TERMINOLOGY}organization-type", "prov", "Healthcare Provider")
    return resource("Organization", at, f"{PCT}davinci-pct-organization", **common, type=[kind], name=party.name)


def self_pay_coverage(estimate: GoodFaithEstimate) -> Json:
    """The coverage of a patient who pays alone: no insurer, no card, the patient as payer."""
    payer = refer(patient_at(estimate))
    return resource(
        "Coverage",
        coverage_at(estimate),
        f"{PCT}davinci-pct-coverage",
        extension=[
            {"url": COVERAGE_KIND, "valueCode": "self-pay"},
            extension("selfPayDeclared", valueBoolean=estimate.standing == "self-pay"),
        ],
        status="active",
        _subscriberId={"extension": absent("not-applicable")},
        beneficiary=payer,
        relationship=concept(f"{TERMINOLOGY}subscriber-relationship", "self", "Self"),
        payor=[payer],
    )


def _telecom(phone: str | None, email: str | None) -> Iterator[Json]:
    for system, value in (("phone", phone), ("email", email)):
        if value:
            yield {"system": system, "value": value}


def _addresses(person: Patient) -> list[Json]:
    return [_address(person.address)] if person.address else []


def _address(address: Address) -> Json:
    return {
        "extension": [
            extension(
                "countrySubdivisionCode",
                valueCoding={"system": "urn:iso:std:iso:3166:-2", "code": f"US-{address.state}"},
            )
        ],
        "line": [address.line],
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": "US",
    }
