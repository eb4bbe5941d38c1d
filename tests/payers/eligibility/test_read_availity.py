"""Availity's JSON, written out here after its published description: nobody publishes an answer."""

import json
from datetime import date
from typing import Any

import pytest

from payers.eligibility.read_availity import read_availity
from payers.eligibility.response import Benefit, Member, NotX12, Response, Transaction

ANSWER: dict[str, Any] = {
    "id": "4711",
    "controlNumber": "8105",
    "payer": {"payerId": "AETNA", "responseName": "AETNA INC", "responsePayerId": "60054"},
    "requestingProvider": {"npi": "1999999984", "lastName": "PIKE CLINIC"},
    "subscriber": {"memberId": "W1", "lastName": "DOE", "firstName": "JOHN", "address": {"stateCode": "CO"}},
    "patient": {
        "lastName": "DOE",
        "firstName": "JOHN",
        "birthDate": "1980-05-12T00:00:00.000+0000",
        "genderCode": "M",
        "subscriberRelationshipCode": "18",
    },
    "plans": [
        {
            "status": "Active Coverage",
            "planName": "CHOICE PPO",
            "insuranceTypeCode": "PR",
            "groupNumber": "123",
            "groupName": "ACME",
            "planStartDate": "2026-01-01T00:00:00.000+0000",
            "planEndDate": "9999-12-31",
            "payerNotes": [{"type": "note", "message": "MEMBER SINCE 2020"}],
            "benefits": [
                {
                    "type": "30",
                    "status": "Active Coverage",
                    "statusCode": "1",
                    "amounts": {
                        "deductibles": {
                            "inNetwork": [
                                {
                                    "total": "1500",
                                    "totalTimePeriodCode": "23",
                                    "remaining": "500",
                                    "remainingTimePeriodCode": "23",
                                    "levelCode": "IND",
                                    "payerNotes": ["INCLUDES PHARMACY"],
                                }
                            ],
                            "outOfNetwork": [{"amount": "3000", "amountTimePeriodCode": "23", "levelCode": "IND"}],
                        },
                        "coInsurance": {"notApplicableNetwork": [{"amount": "20", "units": "Percent"}]},
                    },
                },
                {
                    "type": "MH",
                    "amounts": {
                        "coPayment": {
                            "noNetwork": [
                                {
                                    "amount": "40.50",
                                    "placeOfServiceCode": "11",
                                    "authorizationRequired": False,
                                    "benefitBeginDate": "2026-01-01",
                                    "benefitEndDate": "2026-12-31",
                                },
                                {"amount": "60", "authorizationRequiredUnknown": True, "authorizationRequired": False},
                            ]
                        }
                    },
                    "limitations": {"inNetwork": [{"quantity": "30", "quantityQualifierCode": "VS"}]},
                    "nonCovered": {"outOfNetwork": [{"description": "NO OUT OF NETWORK BENEFIT"}]},
                    "additionalPayers": [{"name": "OPTUM", "payerId": "87726", "primary": True}],
                },
            ],
        }
    ],
}


def only(answer: dict[str, Any]) -> Transaction:
    response = read_availity(json.dumps(answer))
    assert isinstance(response, Response)
    assert [each.text for each in response.warnings if "whole number" not in each.text] == []
    (transaction,) = response.transactions
    return transaction


def patient(transaction: Transaction) -> Member:
    (member,) = transaction.patients
    return member


ROWS = patient(only(ANSWER)).benefits


def of(kind: str, service: str = "30") -> list[Benefit]:
    return [each for each in ROWS if each.kind == kind and each.service_types == (service,)]


def test_who_it_is_about_and_who_says_it() -> None:
    transaction = only(ANSWER)
    member = patient(transaction)

    assert (transaction.payer.name, transaction.payer.id) == ("AETNA INC", "60054")
    assert transaction.provider.id == "1999999984"
    assert transaction.reference == "8105"
    assert (member.level, member.member_id, member.birth_date) == ("subscriber", "W1", date(1980, 5, 12))
    assert (member.gender, member.state, member.relationship) == ("M", "CO", "18")
    assert (member.status, member.plan_name, member.insurance_type) == ("active", "CHOICE PPO", "PR")
    assert (member.coverage_start, member.coverage_end) == (date(2026, 1, 1), None)
    assert ("6P", "123", "ACME") in member.refs


def test_a_total_is_the_limit_and_a_remaining_is_what_is_left() -> None:
    told = [(each.measure, each.amount_cents, each.network, each.period) for each in of("deductible")]

    assert told == [
        ("limit", 150_000, "in", "calendar_year"),
        ("remaining", 50_000, "in", "remaining"),
        ("limit", 300_000, "out", "calendar_year"),
    ]
    assert all(each.messages == ("INCLUDES PHARMACY",) for each in of("deductible")[:2])


def test_networks_are_told_apart() -> None:
    assert [each.network for each in of("coinsurance")] == ["either"]
    assert [each.network for each in of("copay", "MH")] == [None, None]


def test_shares_and_amounts() -> None:
    (share,) = of("coinsurance")
    copay, other = of("copay", "MH")

    assert (share.percent_bp, share.amount_cents) == (2000, None)
    assert (copay.amount_cents, other.amount_cents) == (4050, 6000)


def test_what_stands_beside_a_row() -> None:
    copay, other = of("copay", "MH")

    assert copay.places_of_service == ("11",)
    assert (copay.authorization_required, other.authorization_required) == ("N", "U")
    assert [(each.qualifier, each.start, each.end) for each in copay.dates] == [
        ("292", date(2026, 1, 1), date(2026, 12, 31))
    ]


def test_rows_without_an_amount() -> None:
    (limitation,), (excluded,) = of("limitation", "MH"), of("non_covered", "MH")

    assert limitation.quantity
    assert (limitation.quantity.value, limitation.measure, limitation.amount_cents) == ("30", "limit", None)
    assert (excluded.network, excluded.messages) == ("out", ("NO OUT OF NETWORK BENEFIT",))


def test_another_payer_is_named() -> None:
    (other,) = of("other_payer", "MH")

    assert [(each.entity, each.name, each.id) for each in other.entities] == [("PRP", "OPTUM", "87726")]


def test_the_dependent_is_the_patient() -> None:
    child = {"lastName": "DOE", "firstName": "JORDAN", "subscriberRelationshipCode": "19"}
    subscriber, dependent = only(ANSWER | {"patient": child}).members

    assert (subscriber.first_name, subscriber.is_patient, subscriber.member_id) == ("JOHN", False, "W1")
    assert (dependent.first_name, dependent.is_patient, dependent.relationship) == ("JORDAN", True, "19")
    assert dependent.benefits == ROWS or len(dependent.benefits) == len(ROWS)


def test_an_amount_beside_another_total_is_told_and_not_guessed() -> None:
    row = {"amount": "500", "amountTimePeriodCode": "23", "total": "1500", "totalTimePeriodCode": "23"}
    plan = {"statusCode": "1", "benefits": [{"type": "30", "amounts": {"deductibles": {"inNetwork": [row]}}}]}
    response = read_availity(json.dumps({"plans": [plan]}))

    assert isinstance(response, Response)
    assert [each.text for each in response.warnings] == [
        "An amount beside another total was not read (deductibles, 30)."
    ]
    (deductible,) = [each for each in patient(response.transactions[0]).benefits if each.kind == "deductible"]
    assert (deductible.amount_cents, deductible.measure) == (150_000, "limit")


def test_what_was_used_is_no_limit() -> None:
    row = {"amount": "500", "amountTimePeriodCode": "24", "total": "1500", "totalTimePeriodCode": "23"}
    plan = {"statusCode": "1", "benefits": [{"type": "30", "amounts": {"deductibles": {"inNetwork": [row]}}}]}
    member = patient(only({"plans": [plan]}))

    assert [(each.measure, each.amount_cents) for each in member.benefits if each.kind == "deductible"] == [
        ("accumulated", 50_000),
        ("limit", 150_000),
    ]


def test_several_plans_keep_their_own_dates() -> None:
    past = {"statusCode": "6", "planName": "OLD", "planStartDate": "2025-01-01", "planEndDate": "2025-12-31"}
    now = {"statusCode": "1", "planName": "NEW", "planStartDate": "2026-01-01"}
    member = patient(only({"plans": [past, now]}))

    assert (member.status, member.plan_name, member.coverage_start) == ("active", "NEW", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("field", "loop"),
    [("memberId", "2100C"), ("", "2100C"), ("providerNpi", "2100B"), ("Loop 2100A", "2100A"), ("Loop 2000A", "2000A")],
)
def test_a_message_is_a_rejection_in_its_place(field: str, loop: str) -> None:
    transaction = only({"validationMessages": [{"code": "75", "field": field, "errorMessage": "not found"}]})

    refused = [*transaction.rejections, *patient(transaction).rejections]
    assert [(each.loop, each.reason) for each in refused] == [(loop, "75")]
    assert transaction.status == "rejected"


@pytest.mark.parametrize(
    "text", ["", "<Coverage/>", "[]", "{}", '{"id": "4711", "status": "In Progress"}', '{"plans": []}']
)
def test_what_holds_no_plan_and_no_message_is_no_answer(text: str) -> None:
    assert isinstance(read_availity(text), NotX12)
