"""Answers in the flat JSON of Stedi, which Change Healthcare (Optum) had before: a list that mirrors the 271's rows.

Field names after Stedi's and Change Healthcare's published examples.
"""

import re
from collections.abc import Iterable, Iterator

from payers.eligibility.mirror import (
    NO_ANSWER,
    Json,
    Segment,
    composed,
    decoded_json,
    part,
    parts,
    read_mirrored,
    repeated,
    texts,
    told,
)
from payers.eligibility.response import NotX12, Response

_LOOP = re.compile(r"Loop (2[01][01]0[A-D])")
_REASON = re.compile(r"[0-9A-Z]{2}")
_FOLLOW_UPS = (
    ("wait 30", "W"),
    ("wait 10", "X"),
    ("third party", "S"),
    ("hold your request", "Y"),
    ("do not resubmit", "N"),
    ("not allowed", "N"),
    ("original", "P"),
    ("correct and resubmit", "C"),
    ("resubmission allowed", "R"),
)
"""AAA04 by what X12's own wording of it has, the most telling first."""
_DATES = {
    "coordinationOfBenefits": "290",
    "plan": "291",
    "benefit": "292",
    "latestVisitOrConsultation": "304",
    "eligibility": "307",
    "added": "318",
    "planBegin": "346",
    "planEnd": "347",
    "benefitBegin": "348",
    "benefitEnd": "349",
    "eligibilityBegin": "356",
    "eligibilityEnd": "357",
    "service": "472",
}
"""DTP01 by name. Other dates are of no use to an estimate."""
_NUMBERS = {
    "planNumber": ("18", "planDescription"),
    "groupNumber": ("6P", "groupDescription"),
    "policyNumber": ("IG", ""),
    "planNetworkIdNumber": ("N6", "planNetworkIdDescription"),
}
"""REF01 by name, and the name of its description."""
_ENTITIES = {
    "Payer": "PR",
    "Primary Payer": "PRP",
    "Secondary Payer": "SEP",
    "Tertiary Payer": "TTP",
    "Provider": "1P",
    "Primary Care Provider": "P3",
    "Insured or Subscriber": "IL",
}
"""NM101 by name; anybody else keeps the name."""


def read_stedi(raw: str | bytes) -> Response | NotX12:
    """The answer. JSON without a benefit row and without a payer's rejection is none."""
    answer = decoded_json(raw)
    if answer is None:
        return NO_ANSWER
    refused = _rejections(answer)
    if not refused and not any(parts(answer, "benefitsInformation")):
        return NO_ANSWER
    return read_mirrored(_segments(answer, refused))


def _segments(answer: Json, refused: dict[str, list[Segment]]) -> Iterator[Segment]:
    payer, provider = part(answer, "payer"), part(answer, "provider")
    yield ("BHT", "0022", "11", told(part(answer, "meta"), "outboundTraceId"))
    yield ("HL", "1", "", "20", "1")
    yield from refused.get("2000A", [])
    yield ("NM1", "PR", "2", told(payer, "name"), "", "", "", "", *_payer_id(payer))
    yield from refused.get("2100A", [])
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "1P", "", *_provider_name(provider), "", "", "", "XX", told(provider, "npi"))
    yield from refused.get("2100B", [])
    dependent = next(parts(answer, "dependents"), None)
    if dependent is None and refused.keys() & {"2100D", "2110D"}:
        dependent = {}
    yield ("HL", "3", "2", "22", "0" if dependent is None else "1")
    yield from _member(answer, part(answer, "subscriber"), "IL")
    yield from refused.get("2100C", [])
    if dependent is None:
        yield from _dates(part(answer, "planDateInformation"))
        yield from _rows(answer)
        yield from refused.get("2110C", [])
    else:
        yield from refused.get("2110C", [])
        yield ("HL", "4", "3", "23", "0")
        yield from _member(answer, dependent, "03")
        yield from refused.get("2100D", [])
        yield from _dates(part(answer, "planDateInformation"))
        yield from _rows(answer)
        yield from refused.get("2110D", [])


def _payer_id(payer: Json) -> tuple[str, str]:
    if known := told(payer, "payorIdentification", "payerIdentification"):
        return "PI", known
    tax = told(payer, "federalTaxpayersIdNumber")
    return ("FI", tax) if tax else ("", "")


def _provider_name(provider: Json) -> tuple[str, str]:
    return (
        told(provider, "providerName", "providerOrgName", "providerLastName"),
        told(provider, "providerFirstName"),
    )


def _member(answer: Json, person: Json, entity: str) -> Iterator[Segment]:
    if entity == "IL":
        for trace in parts(answer, "subscriberTraceNumbers"):
            kind, number = told(trace, "traceTypeCode"), told(trace, "referenceIdentification")
            yield ("TRN", kind, number, told(trace, "originatingCompanyIdentifier"))
    member_id = told(person, "memberId")
    names = (told(person, "lastName"), told(person, "firstName"), told(person, "middleName"), "")
    yield ("NM1", entity, "1", *names, told(person, "suffix"), "MI" if member_id else "", member_id)
    yield from _numbers(person if told(person, "groupNumber") else person | part(answer, "planInformation"))
    state = told(part(person, "address"), "state")
    if state:
        yield ("N4", "", state)
    yield ("DMG", "D8", _day(told(person, "dateOfBirth")), told(person, "gender"))
    relation = told(person, "relationToSubscriberCode")
    if relation:
        yield ("INS", "Y" if entity == "IL" else "N", relation)


def _rows(answer: Json) -> Iterator[Segment]:
    for row in parts(answer, "benefitsInformation"):
        procedure = part(row, "compositeMedicalProcedureIdentifier")
        yield (
            "EB",
            told(row, "code"),
            told(row, "coverageLevelCode"),
            repeated(texts(row, "serviceTypeCodes")),
            told(row, "insuranceTypeCode"),
            told(row, "planCoverage"),
            told(row, "timeQualifierCode"),
            told(row, "benefitAmount"),
            told(row, "benefitPercent"),
            told(row, "quantityQualifierCode"),
            told(row, "benefitQuantity"),
            told(row, "authOrCertIndicator"),
            told(row, "inPlanNetworkIndicatorCode"),
            composed(
                (
                    told(procedure, "productOrServiceIDQualifierCode", "productOrServiceIdQualifierCode"),
                    told(procedure, "procedureCode"),
                    *texts(procedure, "procedureModifiers"),
                )
            ),
        )
        yield from _beside(row)


def _beside(row: Json) -> Iterator[Segment]:
    for delivery in parts(row, "benefitsServiceDelivery"):
        yield (
            "HSD",
            told(delivery, "quantityQualifierCode", "quantityQualifier"),
            told(delivery, "quantity"),
            told(delivery, "unitForMeasurementQualifierCode", "unitForMeasurementCode"),
            told(delivery, "sampleSelectionModulus"),
            told(delivery, "timePeriodQualifierCode", "timePeriodQualifier"),
            told(delivery, "numOfPeriods"),
        )
    yield from _numbers(part(row, "benefitsAdditionalInformation"))
    yield from _dates(part(row, "benefitsDateInformation"))
    for note in parts(row, "additionalInformation"):
        if message := told(note, "description"):
            yield ("MSG", message)
    places = list(parts(row, "eligibilityAdditionalInformationList"))
    for place in places or [part(row, "eligibilityAdditionalInformation")]:
        if place:
            yield ("III", told(place, "codeListQualifierCode"), told(place, "industryCode"))
    others = list(parts(row, "benefitsRelatedEntities"))
    for other in others or [part(row, "benefitsRelatedEntity")]:
        if other:
            yield _entity(other)


def _entity(other: Json) -> Segment:
    kind = told(other, "entityIdentifier")
    name, first = told(other, "entityName", "entityLastname"), told(other, "entityFirstname")
    id_qualifier, value = told(other, "entityIdentification"), told(other, "entityIdentificationValue")
    return ("NM1", _ENTITIES.get(kind, kind), "", name, first, "", "", "", id_qualifier, value)


def _numbers(of: Json) -> Iterator[Segment]:
    for name, (qualifier, description) in _NUMBERS.items():
        if told(of, name):
            yield ("REF", qualifier, told(of, name), told(of, description))


def _dates(of: Json) -> Iterator[Segment]:
    for name, qualifier in _DATES.items():
        if text := told(of, name):
            # Days come as 20240101 or 2024-01-01, ranges as two of the former with a hyphen between them.
            day = _day(text)
            yield ("DTP", qualifier, "RD8" if "-" in day else "D8", day)


def _day(text: str) -> str:
    return text.replace("-", "") if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def _rejections(answer: Json) -> dict[str, list[Segment]]:
    """By loop. The same no stands in the list of the answer and beside the person it is about."""
    found: dict[str, list[Segment]] = {}
    for each in _errors(answer):
        place = _LOOP.search(told(each, "location"))
        # Stedi has the reason as code; Change Healthcare had it in the place of the field's name.
        reason = told(each, "code") or told(each, "field")
        if place is None or not _REASON.fullmatch(reason):
            continue
        said = told(each, "followupAction", "followUpAction").lower()
        follow_up = next((code for words, code in _FOLLOW_UPS if words in said), "")
        segment = ("AAA", "", "", reason, follow_up)
        loop = found.setdefault(place[1], [])
        if segment not in loop:
            loop.append(segment)
    return found


def _errors(answer: Json) -> Iterable[Json]:
    yield from parts(answer, "errors")
    for name in ("payer", "provider", "subscriber"):
        yield from parts(part(answer, name), "aaaErrors")
    for dependent in parts(answer, "dependents"):
        yield from parts(dependent, "aaaErrors")
