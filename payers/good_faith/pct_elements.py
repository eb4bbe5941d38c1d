"""The parts of FHIR R4 that a good-faith estimate is written with, and the addresses that the PCT guide gives them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]

PCT = "http://hl7.org/fhir/us/davinci-pct/StructureDefinition/"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
IDENTIFIER_TYPE = f"{TERMINOLOGY}v2-0203"
URI = "urn:ietf:rfc:3986"
"""The system of an identifier that is an address itself."""


def urn(estimate_id: str, part: str) -> str:
    """The address of a resource of the estimate: the same each time, and another one for every part."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:uuid:{estimate_id}/{part}')}"


def resource(kind: str, at: str, profile: str, **elements: object) -> Json:
    """A resource under its profile."""
    return filled({"resourceType": kind, "id": at.removeprefix("urn:uuid:"), "meta": {"profile": [profile]}} | elements)


def filled(elements: Json) -> Json:
    """Without what is absent: FHIR knows no null and no empty list."""
    return {name: value for name, value in elements.items() if value not in (None, [], {})}


def concept(system: str, code: str, display: str | None = None) -> Json:
    """A code of a system."""
    coding = {"system": system, "code": code}
    return {"coding": [coding | {"display": display} if display else coding]}


def extension(name: str, **value: object) -> Json:
    """An extension of the guide."""
    return {"url": f"{PCT}{name}", **value}


def absent(reason: str) -> list[Json]:
    """Stands in the place of a value that the profile asks for and nobody knows, or that has no place here."""
    return [{"url": DATA_ABSENT, "valueCode": reason}]


def money(cents: int) -> Json:
    """US dollars, exactly."""
    return {"value": Decimal(cents).scaleb(-2), "currency": "USD"}


def refer(at: str) -> Json:
    """Another resource of the bundle."""
    return {"reference": at}


def period(days: Iterable[date]) -> Json:
    """From the first of several days to the last."""
    ordered = sorted(days)
    return {"start": ordered[0].isoformat(), "end": ordered[-1].isoformat()}
