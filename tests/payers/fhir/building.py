"""Requests as other systems send them, and answers to write."""

import json
from pathlib import Path
from typing import Any

import fhirkit
import msgspec
import pytest

from payers.eligibility.codes import kind_of
from payers.eligibility.response import Benefit, Member, Transaction
from payers.fhir.elements import Element, Reference, encode
from payers.fhir.inquired import Echo

REFERENCE = Path(__file__).parents[3] / "../shared/reference"
EXAMPLES = REFERENCE / "fhir/r4"
MESSAGES = REFERENCE / "x12"

published = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not beside this checkout")

CHECK = "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"
CREATED = "2026-11-23T15:00:00Z"
ECHO = Echo(
    request=Reference(reference="CoverageEligibilityRequest/ask"),
    patient=Reference(reference="Patient/pat"),
    insurer=Reference(display="Aetna"),
    coverage=Reference(reference="Coverage/card"),
    purpose=("benefits",),
)

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "pat",
    "name": [
        {"use": "nickname", "given": ["Patty"]},
        {"use": "official", "family": "Sample", "given": ["Pat", "Quinn"]},
    ],
    "gender": "female",
    "birthDate": "1980-01-31",
    "address": [{"state": "CO"}],
}
HOLDER: dict[str, Any] = {
    "resourceType": "RelatedPerson",
    "id": "holder",
    "patient": {"reference": "#pat"},
    "name": [{"family": "Sample", "given": ["Robin"], "suffix": ["Jr"]}],
    "birthDate": "1950-02-28",
}
PAYER: dict[str, Any] = {
    "resourceType": "Organization",
    "id": "payer",
    "identifier": [{"system": "http://clearinghouse.example/payers", "value": "60054"}],
    "name": "Aetna",
}
CLINIC: dict[str, Any] = {
    "resourceType": "Organization",
    "id": "clinic",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    "name": "Riverside Clinic",
}
CARD: dict[str, Any] = {
    "resourceType": "Coverage",
    "id": "card",
    "status": "active",
    "subscriberId": "SBX0001",
    "beneficiary": {"reference": "#pat"},
    "payor": [{"reference": "#payer"}],
    "class": [
        {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "group"}]},
            "value": "G100",
        }
    ],
}
REQUEST: dict[str, Any] = {
    "resourceType": "CoverageEligibilityRequest",
    "id": "ask",
    "contained": [PATIENT, PAYER, CLINIC, CARD],
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"reference": "#pat"},
    "servicedDate": "2026-12-01",
    "created": "2026-11-23",
    "provider": {"reference": "#clinic"},
    "insurer": {"reference": "#payer"},
    "insurance": [{"focal": True, "coverage": {"reference": "#card"}}],
    "item": [
        {"category": {"coding": [{"system": "https://codesystem.x12.org/005010/1365", "code": code}]}}
        for code in ("30", "MH")
    ],
}


def sent(**change: Any) -> bytes:
    """The request with some of its elements changed; None takes one away."""
    request = REQUEST | change
    return json.dumps({name: value for name, value in request.items() if value is not None}).encode()


def card(**change: Any) -> list[dict[str, Any]]:
    """What the request contains, with elements of the card changed."""
    return [PATIENT, HOLDER, PAYER, CLINIC, CARD | change]


def bundle(request: bytes) -> bytes:
    """The same as a bundle, in which every resource stands for itself and has an address."""
    alone = json.loads(request)
    contained = alone.pop("contained")
    text = json.dumps([alone, *contained])
    for each in contained:
        text = text.replace(f'"#{each["id"]}"', f'"urn:uuid:{each["id"]}"')
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in json.loads(text)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


MEMBER = Member(level="subscriber", is_patient=True, segment=1, status="active")
ROW = Benefit(n=1, segment=1, eb01="1", kind="active", network="in", service_types=("30",))


def answer(*rows: Benefit, **told: Any) -> Transaction:
    """An answer about one patient."""
    member = msgspec.structs.replace(MEMBER, benefits=rows, **told)
    return Transaction(st02=None, st03=None, gs08=None, status=member.status, members=(member,))


def row(eb01: str, **told: Any) -> Benefit:
    """A row of the plan, in the network."""
    return msgspec.structs.replace(ROW, eb01=eb01, kind=kind_of(eb01), **told)


def valid(resource: Element) -> dict[str, Any]:
    """The resource as an independent library reads it, which finds nothing wrong and loses nothing."""
    text = encode(resource)
    parsed = fhirkit.parse(text)
    assert [str(issue) for issue in parsed.issues] == []
    written = json.loads(text, parse_float=str)
    assert json.loads(parsed.to_json(), parse_float=str) == written
    return written
