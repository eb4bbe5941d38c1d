"""Whom a request is about: the card (Coverage), who holds it, and the patient, where that is somebody else."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from payers.eligibility.inquiry import Dependent, Gender, Person, Relationship
from payers.fhir.dates import day
from payers.fhir.elements import name_on_a_card
from payers.fhir.outcome import Fault
from payers.fhir.reading import Reading
from payers.fhir.references import Located, decoded
from payers.fhir.resources import Coverage, Patient, RelatedPerson
from payers.fhir.systems import COVERAGE_CLASS, IDENTIFIER_TYPE, RELATIONSHIP, code_in

_GENDERS: Mapping[str, Gender] = {"female": "F", "male": "M", "other": "U", "unknown": "U"}
_SELF = "self"
_RELATIONSHIPS: Mapping[str, Relationship] = {
    "spouse": "spouse",
    "common": "spouse",
    "child": "child",
    "parent": "other",
    "other": "other",
    "injured": "other",
}
"""HL7's relationships of a patient to a subscriber, other than `self`."""
_STATE = re.compile("[A-Z]{2}")
_MEMBER_NUMBER = "MB"
_GROUP = "group"


class Card(NamedTuple):
    """What a coverage tells. `places` is as in `Inquired`."""

    subscriber: Person
    dependent: Dependent | None
    member_id: str | None
    group_number: str | None
    state: str | None
    places: Mapping[str, str]


def read_card(reading: Reading, patient_at: Located, coverage: Coverage, card: Located) -> Card | None:
    """The people and numbers of a card; nothing, with the faults noted, where they cannot be told."""
    beneficiary_at = reading.followed(coverage.beneficiary, card)
    if beneficiary_at is not None and beneficiary_at is not patient_at:
        reading.fault("business-rule", f"{card.expression}.beneficiary", "The coverage is of another patient.")
    patient = _person(reading, patient_at)
    holder_at = _holder(reading, coverage, card, patient_at)
    holder = patient if holder_at is patient_at else holder_at and _person(reading, holder_at)
    if patient is None or holder is None or holder_at is None:
        return None
    places = {"/member_id": f"{card.expression}.subscriberId", "/group_number": f"{card.expression}.class"}
    places["/state"] = f"{patient_at.expression}.address.state"
    places |= _places("/subscriber", holder_at)
    dependent = None
    if holder_at is not patient_at:
        places |= _places("/dependent", patient_at)
        relationship = _RELATIONSHIPS.get(_relationship(coverage) or "")
        dependent = Dependent(
            last_name=patient.last_name,
            first_name=patient.first_name,
            middle_name=patient.middle_name,
            suffix=patient.suffix,
            birth_date=patient.birth_date,
            gender=patient.gender,
            relationship=relationship,
        )
    return Card(holder, dependent, _member_id(coverage), _group_number(coverage), _state(patient_at), places)


def _relationship(coverage: Coverage) -> str | None:
    return code_in(coverage.relationship, RELATIONSHIP, None)


def _holder(reading: Reading, coverage: Coverage, card: Located, patient_at: Located) -> Located | None:
    """Who holds the card: the patient, where the card says so or names nobody else."""
    relationship = _relationship(coverage)
    holder_at = reading.followed(coverage.subscriber, card)
    if relationship == _SELF or (relationship is None and coverage.subscriber is None):
        if holder_at is not None and holder_at is not patient_at:
            reading.fault("business-rule", f"{card.expression}.subscriber", "It is not the patient, as `self` says.")
        return patient_at
    if relationship is not None and relationship not in _RELATIONSHIPS:
        known = ", ".join(f"`{code}`" for code in (_SELF, *_RELATIONSHIPS))
        reading.fault("code-invalid", f"{card.expression}.relationship", f"Known relationships are {known}.")
    elif holder_at is None:
        reading.missing(f"{card.expression}.subscriber", "the Patient or RelatedPerson who holds the card")
    elif relationship is not None and holder_at is patient_at:
        reading.fault("business-rule", f"{card.expression}.subscriber", "It is the patient, whom only `self` allows.")
    return holder_at


def _person(reading: Reading, at: Located) -> Person | None:
    read = reading.resource(at, RelatedPerson if at.type == "RelatedPerson" else Patient)
    if read is None:
        return None
    born = _birth_date(reading, read, at)
    name = name_on_a_card(read.name)
    if not name.family:
        reading.fault("required", f"{at.expression}.name.family", "A payer finds nobody without a family name.")
        return None
    given = [each for each in name.given if each]
    return Person(
        last_name=name.family,
        first_name=given[0] if given else None,
        middle_name=" ".join(given[1:]) or None,
        suffix=next((each for each in name.suffix if each), None),
        birth_date=born,
        gender=_GENDERS.get(read.gender or ""),
    )


def _birth_date(reading: Reading, read: Patient, at: Located) -> date | None:
    born = day(read.birth_date)
    if read.birth_date and born is None:
        reading.fault("value", f"{at.expression}.birthDate", "A whole day is needed, as YYYY-MM-DD.")
    return born


def _state(patient_at: Located) -> str | None:
    """Where the patient lives, which tells payers of the same name apart."""
    read = decoded(patient_at.raw, patient_at.expression, Patient)
    states = () if isinstance(read, Fault) else (each.state or "" for each in read.address)
    return next((state for state in states if _STATE.fullmatch(state)), None)


def _member_id(coverage: Coverage) -> str | None:
    """The card's own member id; else the identifier that is said to be one, or the only one there is."""
    if coverage.subscriber_id:
        return coverage.subscriber_id
    numbers = [each for each in coverage.identifier if each.value]
    numbers = [each for each in numbers if code_in(each.type, IDENTIFIER_TYPE, None) == _MEMBER_NUMBER] or numbers
    return numbers[0].value if len(numbers) == 1 else None


def _group_number(coverage: Coverage) -> str | None:
    groups = (each.value for each in coverage.classes if code_in(each.type, COVERAGE_CLASS, None) == _GROUP)
    return next(groups, None)


def _places(pointer: str, at: Located) -> dict[str, str]:
    return {
        pointer: at.expression,
        f"{pointer}/last_name": f"{at.expression}.name.family",
        f"{pointer}/first_name": f"{at.expression}.name.given",
        f"{pointer}/middle_name": f"{at.expression}.name.given",
        f"{pointer}/suffix": f"{at.expression}.name.suffix",
        f"{pointer}/birth_date": f"{at.expression}.birthDate",
    }
