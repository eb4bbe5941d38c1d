"""Answers in the JSON of Availity's coverages: plans, their benefits, and the amounts of each by network.

Field names after Availity's published description of the Coverages API, 1.0.0, which tells no more of an amount than
its name. So only what the name says is read: a `total` is the limit, a `remaining` what is left of it. An `amount` is
the limit where no total stands beside it; beside another total nobody says what it is, so it is left out and told.
"""

import re
from collections.abc import Iterator

import msgspec

from payers.eligibility.codes import MEASURES
from payers.eligibility.mirror import NO_ANSWER, Json, Segment, decoded_json, part, parts, read_mirrored, texts, told
from payers.eligibility.response import NotX12, Response, Warned

_LOOP = re.compile(r"Loop (2[01]00[A-D])")
_REMAINING = "29"
_NETWORKS = {"inNetwork": "Y", "outOfNetwork": "N", "notApplicableNetwork": "W", "noNetwork": ""}
"""EB12 by the list that a row is in; `noNetwork` is what the payer bound to none."""
_AMOUNTS = {"deductibles": "C", "outOfPocket": "G", "coPayment": "B", "coInsurance": "A"}
"""EB01 by the name of an amount."""
_DETAILS = {
    "benefitDescriptions": "D",
    "costContainment": "J",
    "coverageBasis": "CB",
    "exclusions": "E",
    "limitations": "F",
    "nonCovered": "I",
    "preexistingConditions": "M",
    "reserve": "K",
}
"""EB01 by the name of anything else that a benefit or a plan has."""
_STATUSES = {"active coverage": "1", "active": "1", "inactive": "6"}
"""EB01 of a status without a code."""
_PERIODS = {
    "307": ("coverageStartDate", "coverageEndDate"),
    "292": ("benefitBeginDate", "benefitEndDate"),
    "290": ("coordinationOfBenefitsBeginDate", "coordinationOfBenefitsEndDate"),
}
"""DTP01 of a span, by the names of its ends."""
_DATES = {
    "346": "planStartDate",
    "347": "planEndDate",
    "356": "eligibilityStartDate",
    "357": "eligibilityEndDate",
    "472": "serviceDate",
}
_NUMBERS = {
    "18": ("planNumber", ""),
    "6P": ("groupNumber", "groupName"),
    "IG": ("policyNumber", ""),
    "N6": ("planNetworkId", "planNetworkName"),
}
"""REF01 by the names of number and description."""


def read_availity(raw: str | bytes) -> Response | NotX12:
    """The answer. JSON without a plan and without a message of the payer's is none."""
    answer = decoded_json(raw)
    if answer is None or not (any(parts(answer, "plans")) or any(parts(answer, "validationMessages"))):
        return NO_ANSWER
    response = read_mirrored(_segments(answer))
    if isinstance(response, NotX12):
        return response
    unread = tuple(Warned(segment=1, text=text) for text in _unread(answer))
    return msgspec.structs.replace(response, warnings=response.warnings + unread)


def _segments(answer: Json) -> Iterator[Segment]:
    payer, provider = part(answer, "payer"), part(answer, "requestingProvider")
    subscriber, patient = part(answer, "subscriber"), part(answer, "patient")
    relation = told(patient, "subscriberRelationshipCode")
    alone = relation in ("", "18") or not subscriber
    refused = _rejections(answer, patient_loop="2100C" if alone else "2100D")
    payer_id, npi = told(payer, "responsePayerId", "payerId"), told(provider, "npi")
    payer_name, provider_name = told(payer, "responseName", "name"), told(provider, "lastName", "name")
    yield ("BHT", "0022", "11", told(answer, "controlNumber"))
    yield ("HL", "1", "", "20", "1")
    yield from refused.get("2000A", [])
    yield ("NM1", "PR", "2", payer_name, "", "", "", "", "PI" if payer_id else "", payer_id)
    yield from refused.get("2100A", [])
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "1P", "", provider_name, told(provider, "firstName"), "", "", "", "XX" if npi else "", npi)
    yield from refused.get("2100B", [])
    yield ("HL", "3", "2", "22", "0" if alone else "1")
    yield from _member("IL", (patient | subscriber) if alone else subscriber, relation if alone else "")
    yield from refused.get("2100C", [])
    if not alone:
        yield ("HL", "4", "3", "23", "0")
        yield from _member("03", patient, relation)
    yield from refused.get("2100D", [])
    plans = list(parts(answer, "plans"))
    if len(plans) == 1:
        yield from _beside(plans[0])
    for plan in plans:
        yield from _plan(plan, alone=len(plans) == 1)


def _rejections(answer: Json, *, patient_loop: str) -> dict[str, list[Segment]]:
    """The payer's messages by loop; each has a reason (AAA03) as its code, and the loop or a field as its place."""
    found: dict[str, list[Segment]] = {}
    for message in parts(answer, "validationMessages"):
        field = told(message, "field")
        place = _LOOP.search(field)
        loop = place[1] if place else "2100B" if field.startswith("provider") else patient_loop
        found.setdefault(loop, []).append(("AAA", "", "", told(message, "code")))
    return found


def _member(entity: str, person: Json, relation: str) -> Iterator[Segment]:
    member_id = told(person, "memberId")
    names = (told(person, "lastName"), told(person, "firstName"), told(person, "middleName"), "")
    yield ("NM1", entity, "1", *names, told(person, "suffix"), "MI" if member_id else "", member_id)
    if state := told(part(person, "address"), "stateCode"):
        yield ("N4", "", state)
    yield ("DMG", "D8", _day(told(person, "birthDate")), told(person, "genderCode"))
    if relation:
        yield ("INS", "Y" if entity == "IL" else "N", relation)


def _plan(plan: Json, *, alone: bool) -> Iterator[Segment]:
    """The plan's status, then its benefits. Of several plans each status row carries its own dates."""
    insurance, name = told(plan, "insuranceTypeCode"), told(plan, "planName")
    if status := _status(plan):
        yield ("EB", status, "", "30", insurance, name)
        if not alone:
            yield from _beside(plan)
        yield from _notes(plan)
    for key, code in _DETAILS.items():
        yield from _details(part(plan, key), code, "")
    for payer in parts(plan, "additionalPayers"):
        yield from _other_payer(payer, "")
    for benefit in parts(plan, "benefits"):
        yield from _benefit(benefit)


def _benefit(benefit: Json) -> Iterator[Segment]:
    service = told(benefit, "type")
    if status := _status(benefit):
        yield ("EB", status, "", service)
        yield from _notes(benefit)
    yield from _details(part(benefit, "statusDetails"), "", service)
    amounts = part(benefit, "amounts")
    for key, code in _AMOUNTS.items():
        for network, row in _by_network(part(amounts, key)):
            for period, value in _values(row):
                amount = ("", value) if code == "A" else (value, "")
                yield from _row(row, code, service, network, period, amount)
    for key, code in _DETAILS.items():
        yield from _details(part(benefit, key), code, service)
    for payer in parts(benefit, "additionalPayers"):
        yield from _other_payer(payer, service)


def _details(detail: Json, code: str, service: str) -> Iterator[Segment]:
    for network, row in _by_network(detail):
        for period, value in _values(row) or [(told(row, "amountTimePeriodCode"), "")]:
            yield from _row(row, code or _status(row), service, network, period, (value, ""))


def _by_network(detail: Json) -> Iterator[tuple[str, Json]]:
    for key, network in _NETWORKS.items():
        for row in parts(detail, key):
            yield network, row


def _values(row: Json) -> list[tuple[str, str]]:
    """The amounts of a row with their periods (EB06): limit, then what is left."""
    amount, total, remaining = told(row, "amount"), told(row, "total"), told(row, "remaining")
    values: list[tuple[str, str]] = []
    if amount and (not total or told(row, "amountTimePeriodCode") in MEASURES):
        values.append((told(row, "amountTimePeriodCode"), amount))
    if total:
        values.append((told(row, "totalTimePeriodCode"), total))
    if remaining:
        period = told(row, "remainingTimePeriodCode")
        values.append((period if MEASURES.get(period) == "remaining" else _REMAINING, remaining))
    return values


def _row(row: Json, code: str, service: str, network: str, period: str, amount: tuple[str, str]) -> Iterator[Segment]:
    quantity = told(row, "quantity")
    required = row.get("authorizationRequired")
    authorization = "Y" if required is True else "N" if required is False else ""
    yield (
        "EB",
        code,
        told(row, "levelCode"),
        service,
        told(row, "insuranceTypeCode"),
        told(row, "planName"),
        period,
        *amount,
        told(row, "quantityQualifierCode") if quantity else "",
        quantity,
        "U" if row.get("authorizationRequiredUnknown") is True else authorization,
        network,
    )
    yield from _beside(row)
    for note in (told(row, "description"), *texts(row, "payerNotes")):
        if note:
            yield ("MSG", note)
    if place := told(row, "placeOfServiceCode"):
        yield ("III", "ZZ", place)


def _other_payer(payer: Json, service: str) -> Iterator[Segment]:
    entity = (
        "PRP" if payer.get("primary") else "SEP" if payer.get("secondary") else "TTP" if payer.get("tertiary") else "PR"
    )
    payer_id = told(payer, "payerId")
    yield ("EB", "R", "", told(payer, "serviceTypeCode") or service, told(payer, "typeCode"), told(payer, "planName"))
    yield from _beside(payer)
    yield ("NM1", entity, "2", told(payer, "name"), "", "", "", "", "PI" if payer_id else "", payer_id)


def _status(of: Json) -> str:
    return told(of, "statusCode") or _STATUSES.get(told(of, "status").lower(), "")


def _notes(of: Json) -> Iterator[Segment]:
    for note in parts(of, "payerNotes"):
        if message := told(note, "message"):
            yield ("MSG", message)


def _beside(of: Json) -> Iterator[Segment]:
    """Numbers and dates."""
    for qualifier, (number, description) in _NUMBERS.items():
        if told(of, number):
            yield ("REF", qualifier, told(of, number), told(of, description))
    for qualifier, (start, end) in _PERIODS.items():
        first, last = _day(told(of, start)), _day(told(of, end))
        if first or last:
            yield ("DTP", qualifier, "RD8", f"{first}-{last}")
    for qualifier, name in _DATES.items():
        if told(of, name):
            yield ("DTP", qualifier, "D8", _day(told(of, name)))


def _day(text: str) -> str:
    """`2026-01-01`, with or without a time after it."""
    return text[:10].replace("-", "")


def _unread(answer: Json) -> Iterator[str]:
    """Amounts that stand beside another total, by the service type they are of."""
    for plan in parts(answer, "plans"):
        for benefit in parts(plan, "benefits"):
            for key in _AMOUNTS:
                for _, row in _by_network(part(part(benefit, "amounts"), key)):
                    amount, total = told(row, "amount"), told(row, "total")
                    if amount and total and amount != total and told(row, "amountTimePeriodCode") not in MEASURES:
                        yield f"An amount beside another total was not read ({key}, {told(benefit, 'type')})."
