"""A verdict in Stedi's JSON: a flat list that mirrors the rows of the 271, and most often the 271 itself."""

from datetime import date
from decimal import Decimal
from typing import Any

from service.sandbox import words
from service.sandbox.question import Name
from service.sandbox.roster import Person, Rejection
from service.sandbox.rows import Row, rows
from service.sandbox.verdict import Verdict
from service.sandbox.write_271 import ORIGINATOR

Json = dict[str, Any]

_RESOLUTION = "Compare what was sent with the card and with the payer's records."


def stedi_json(verdict: Verdict, *, trace: str, x12: str | None, whole: bool = True) -> Json:
    """The answer. Without `whole` its rows are only the first half of what the payer has to say."""
    asked, rejection = verdict.asked, verdict.rejection
    told = rows(verdict)
    told = told if whole else told[: len(told) // 2]
    errors = [_error(rejection)] if rejection else []
    answer: Json = {
        "meta": {"applicationMode": "test", "outboundTraceId": asked.trace, "senderId": "SANDBOX", "traceId": trace},
        "controlNumber": "000000001",
        "reassociationKey": "000000001",
        "tradingPartnerServiceId": asked.payer_id,
        "errors": errors,
        "payer": {
            "entityIdentifier": "Payer",
            "entityType": "Non-Person Entity",
            "name": verdict.payer.name if verdict.payer else asked.payer_id,
            "payorIdentification": asked.payer_id,
            **_errors_at(rejection, "2000A", "2100A"),
        },
        "provider": {
            "entityIdentifier": "Provider",
            "entityType": "Person" if asked.provider_first_name else "Non-Person Entity",
            "npi": asked.npi,
            "providerName": asked.provider_name,
            **_errors_at(rejection, "2100B"),
        },
        "subscriber": _subscriber(verdict) | _errors_at(rejection, "2100C"),
        "subscriberTraceNumbers": [
            {
                "traceTypeCode": "2",
                "traceType": "Referenced Transaction Trace Numbers",
                "referenceIdentification": asked.trace,
                "originatingCompanyIdentifier": ORIGINATOR,
            }
        ],
    }
    if asked.dependent:
        answer["dependents"] = [_dependent(verdict, asked.dependent) | _errors_at(rejection, "2100D")]
    if verdict.plan and verdict.member:
        starts, ends = verdict.plan.year(verdict.member.ended or asked.day)
        answer["planDateInformation"] = {"planBegin": _day(starts), "planEnd": _day(verdict.member.ended or ends)}
        answer["planInformation"] = {"groupNumber": verdict.member.group} if verdict.member.group else {}
        answer["planStatus"] = [_status(row) for row in told if row.code in ("1", "6")]
        answer["benefitsInformation"] = [_benefit(row) for row in told]
    if x12 is not None:
        answer["x12"] = x12
    return answer


def _subscriber(verdict: Verdict) -> Json:
    member = verdict.member if verdict.tells else None
    known = _person(member) if member else _named(verdict.asked.subscriber)
    member_id = member.id if member else verdict.asked.member_id
    return {"entityIdentifier": "Insured or Subscriber", "entityType": "Person", "memberId": member_id} | known


def _dependent(verdict: Verdict, asked: Name) -> Json:
    if verdict.dependent is None or not verdict.tells:
        return _named(asked)
    code, name = words.RELATIONSHIPS[verdict.dependent.relationship]
    return _person(verdict.dependent) | {"relationToSubscriberCode": code, "relationToSubscriber": name}


def _person(person: Person) -> Json:
    named = Name(last_name=person.last_name, first_name=person.first_name, birth_date=person.birth_date)
    return _named(named) | {"gender": person.gender}


def _named(name: Name) -> Json:
    born = _day(name.birth_date) if name.birth_date else None
    values = {"firstName": name.first_name, "lastName": name.last_name, "dateOfBirth": born}
    return {key: value for key, value in values.items() if value is not None}


def _error(rejection: Rejection) -> Json:
    return {
        "code": rejection.code,
        "description": words.REASONS[rejection.code],
        "field": "AAA",
        "followupAction": words.FOLLOW_UPS[rejection.follow_up],
        "location": f"Loop {rejection.loop}",
        "possibleResolutions": _RESOLUTION,
    }


def _errors_at(rejection: Rejection | None, *loops: str) -> Json:
    return {"aaaErrors": [_error(rejection)]} if rejection and rejection.loop in loops else {}


def _status(row: Row) -> Json:
    status = {"statusCode": row.code, "status": words.BENEFITS[row.code], "serviceTypeCodes": list(row.services)}
    return status | ({"planDetails": row.plan} if row.plan else {})


def _benefit(row: Row) -> Json:
    benefit: Json = {
        "code": row.code,
        "name": words.BENEFITS[row.code],
        "serviceTypeCodes": list(row.services),
        "serviceTypes": [words.SERVICES[each] for each in row.services],
        **_coded("coverageLevel", row.level, words.LEVELS),
        **_coded("insuranceType", row.insurance_type, words.INSURANCES),
        **_coded("timeQualifier", row.period, words.PERIODS),
        **_coded("inPlanNetworkIndicator", row.network, words.NETWORKS),
    }
    if row.plan:
        benefit["planCoverage"] = row.plan
    if row.amount:
        benefit["benefitAmount"] = _plain(row.amount)
    if row.share:
        benefit["benefitPercent"] = _plain(row.share)
    if row.visits:
        benefit |= {"quantityQualifierCode": "VS", "quantityQualifier": "Visits", "benefitQuantity": str(row.visits)}
    if row.authorization:
        benefit["authOrCertIndicator"] = row.authorization
    if row.messages:
        benefit["additionalInformation"] = [{"description": message} for message in row.messages]
    if row.places:
        places = [
            {
                "codeListQualifierCode": "ZZ",
                "codeListQualifier": "Mutually Defined",
                "industryCode": place,
                "industry": words.PLACES[place],
            }
            for place in row.places
        ]
        benefit |= {"eligibilityAdditionalInformation": places[0], "eligibilityAdditionalInformationList": places}
    if row.year:
        benefit["benefitsDateInformation"] = {"benefit": "-".join(_day(each) for each in row.year)}
    if row.names:
        entity = {
            "entityIdentifier": words.ENTITIES[row.names.entity],
            "entityType": "Non-Person Entity",
            "entityName": row.names.name,
            "entityIdentification": "PI",
            "entityIdentificationValue": row.names.id,
        }
        benefit |= {"benefitsRelatedEntity": entity, "benefitsRelatedEntities": [entity]}
    return benefit


def _coded(name: str, code: str | None, meanings: dict[str, str]) -> Json:
    return {f"{name}Code": code, name: meanings[code]} if code else {}


def _plain(number: str) -> str:
    """As the network writes it: `6000.00` is `6000`, `.10` is `0.1`."""
    return f"{Decimal(number).normalize():f}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
