"""A verdict in Availity's JSON: plans, their benefits by service type, and amounts apart by network."""

from datetime import date
from typing import Any, Literal

from service.sandbox import words
from service.sandbox.roster import Person
from service.sandbox.rows import Row, benefits
from service.sandbox.verdict import Verdict

Json = dict[str, Any]
State = Literal["in-progress", "retrying", "complete", "half", "refused", "no-connection"]

_STATES: dict[State, tuple[str, str]] = {
    "in-progress": ("0", "In Progress"),
    "retrying": ("R1", "Retrying"),
    "half": ("3", "Complete (Invalid Response)"),
    "complete": ("4", "Complete"),
    "no-connection": ("7", "Communication Error"),
    "refused": ("19", "Request Error"),
}
_NETWORKS = {"Y": "inNetwork", "N": "outOfNetwork", "W": "notApplicableNetwork", None: "noNetwork"}
_AMOUNTS = {"A": "coInsurance", "B": "coPayment", "C": "deductibles", "G": "outOfPocket"}
_DETAILS = {"CB": "coverageBasis", "D": "benefitDescriptions", "F": "limitations", "I": "nonCovered"}
_STATUSES = ("1", "6")
_REMAINING, _USED = "29", "24"


def summary(verdict: Verdict, id: str, state: State) -> Json:
    """What is known of a question while nothing is known of its answer."""
    asked = verdict.asked
    code, name = _STATES[state]
    return {
        "id": id,
        "status": name,
        "statusCode": code,
        "asOfDate": _date(asked.day),
        "payer": {"payerId": asked.payer_id, "name": verdict.payer.name if verdict.payer else asked.payer_id},
        "requestingProvider": {"npi": asked.npi, "lastName": asked.provider_name},
        "requestedServiceType": [_service(each) for each in asked.service_types],
    }


def availity_json(verdict: Verdict, id: str, state: State) -> Json:
    """The whole coverage, or the first half of its rows."""
    answer = summary(verdict, id, state)
    if rejection := verdict.rejection:
        answer["validationMessages"] = [
            {"code": rejection.code, "errorMessage": words.REASONS[rejection.code], "field": f"Loop {rejection.loop}"}
        ]
    if verdict.plan is None or verdict.member is None:
        return answer
    member, plan = verdict.member, verdict.plan
    told = benefits(verdict)
    told = told[: len(told) // 2] if state == "half" else told
    starts, ends = plan.year(member.ended or verdict.asked.day)
    status = _STATUSES[0] if plan.active else _STATUSES[1]
    answer["subscriber"] = _person(member) | {"memberId": member.id}
    answer["patient"] = _person(verdict.dependent or member) | _relationship(verdict)
    answer["plans"] = [
        {
            "status": words.BENEFITS[status],
            "statusCode": status,
            "planName": plan.name,
            **_coded("insuranceType", plan.insurance_type, words.INSURANCES),
            **({"groupNumber": member.group} if member.group else {}),
            "planStartDate": _date(starts),
            "planEndDate": _date(member.ended or ends),
            "benefits": _by_type(told),
        }
    ]
    return answer


def _by_type(told: list[Row]) -> list[Json]:
    """By service type, each with all that is said of it; a row about several is said of each."""
    by_type: dict[str, Json] = {}
    for row in told:
        for code in row.services:
            _add(by_type.setdefault(code, {"type": code, "name": words.SERVICES[code]}), row)
    return list(by_type.values())


def _add(benefit: Json, row: Row) -> None:
    if row.code in _STATUSES:
        benefit |= {"status": words.BENEFITS[row.code], "statusCode": row.code}
    elif row.code == "R" and row.names:
        other = {"name": row.names.name, "payerId": row.names.id, "primary": row.names.entity == "PRP"}
        benefit.setdefault("additionalPayers", []).append(other | {"payerNotes": list(row.messages)})
    elif row.code == "U" and row.names:
        contact = {"name": row.names.name, "payerId": row.names.id, "payerNotes": list(row.messages)}
        benefit.setdefault("contacts", []).append(contact)
    elif row.code in _AMOUNTS:
        amounts = benefit.setdefault("amounts", {}).setdefault(_AMOUNTS[row.code], {})
        amounts.setdefault(_NETWORKS[row.network], []).extend(_amounts(row))
    elif row.code in _DETAILS:
        details = benefit.setdefault(_DETAILS[row.code], {})
        details.setdefault(_NETWORKS[row.network], []).append(_beside(row))
    else:
        notes = benefit.setdefault("payerNotes", [])
        notes += [{"type": words.BENEFITS[row.code], "message": message} for message in row.messages]


def _amounts(row: Row) -> list[Json]:
    """An amount or a share; a limit with what is left of it is one entry with both, what was used another."""
    if row.share:
        return [{"amount": row.share, "units": "Percent"} | _beside(row)]
    name = "amount" if row.left is None else "total"
    limit: Json = {name: row.amount} | _coded(f"{name}TimePeriod", row.period, words.PERIODS)
    if row.left is not None:
        limit |= {"remaining": row.left} | _coded("remainingTimePeriod", _REMAINING, words.PERIODS)
    told = [limit]
    if row.used is not None:
        told.append({"amount": row.used} | _coded("amountTimePeriod", _USED, words.PERIODS))
    return [each | {"units": "Dollars"} | _beside(row) for each in told]


def _beside(row: Row) -> Json:
    detail: Json = _coded("level", row.level, words.LEVELS) | _coded(
        "insuranceType", row.insurance_type, words.INSURANCES
    )
    if row.visits:
        detail |= {"quantity": str(row.visits), "quantityQualifierCode": "VS", "quantityQualifier": "Visits"}
    if row.authorization:
        detail["authorizationRequired"] = row.authorization == "Y"
    if row.places:
        detail |= _coded("placeOfService", row.places[0], words.PLACES)
    if row.messages:
        detail["payerNotes"] = list(row.messages)
    if row.year:
        detail |= {"benefitBeginDate": _date(row.year[0]), "benefitEndDate": _date(row.year[1])}
    return detail


def _person(person: Person) -> Json:
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "birthDate": _date(person.birth_date),
        "genderCode": person.gender,
    }


def _relationship(verdict: Verdict) -> Json:
    code, name = words.RELATIONSHIPS[verdict.dependent.relationship] if verdict.dependent else ("18", "Self")
    return {"subscriberRelationshipCode": code, "subscriberRelationship": name}


def _service(code: str) -> Json:
    return {"code": code} | ({"value": words.SERVICES[code]} if code in words.SERVICES else {})


def _coded(name: str, code: str | None, meanings: dict[str, str]) -> Json:
    return {f"{name}Code": code, name: meanings[code]} if code else {}


def _date(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000+0000"
