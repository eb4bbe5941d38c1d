"""Stedi's flat JSON, beside the 271 that it was made from, and what only the JSON tells."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.eligibility.read_271 import read_271
from payers.eligibility.read_stedi import read_stedi
from payers.eligibility.response import Benefit, Member, NotX12, Response, Transaction

FOLDER = Path(__file__).parents[4] / "shared/reference/x12/json"


def reference(name: str) -> str:
    if not FOLDER.is_dir():
        pytest.skip("the reference messages are not beside this checkout")
    return (FOLDER / name).read_text()


def only(answer: dict[str, Any] | str) -> Transaction:
    response = read_stedi(answer if isinstance(answer, str) else json.dumps(answer))
    assert isinstance(response, Response)
    assert not response.warnings
    (transaction,) = response.transactions
    return transaction


def patient(transaction: Transaction) -> Member:
    (member,) = transaction.patients
    return member


def row(**fields: Any) -> Benefit:
    (benefit,) = patient(only({"benefitsInformation": [fields]})).benefits
    return benefit


def test_the_rows_are_those_of_the_271_inside() -> None:
    raw = reference("stedi-legacy-active-mental-health.json")
    mirrored = patient(only(raw))
    response = read_271(json.loads(raw)["x12"])
    assert isinstance(response, Response)
    sent = patient(response.transactions[0])

    def without_place(rows: tuple[Benefit, ...]) -> list[Benefit]:
        return [msgspec.structs.replace(each, segment=0) for each in rows]

    assert len(sent.benefits) == 40
    assert without_place(mirrored.benefits) == without_place(sent.benefits)
    for field in (
        "status",
        "plan_name",
        "coverage_start",
        "coverage_end",
        "member_id",
        "birth_date",
        "plan_cost_share",
    ):
        assert getattr(mirrored, field) == getattr(sent, field), field


@pytest.mark.parametrize(
    ("name", "status", "plan", "rows"),
    [
        ("change-active-pos.json", "active", "Test Payer Choice POS II", 64),
        ("change-active-family.json", "active", "Open Choice", 60),
        ("change-active-ppo.json", "active", "BASIC", 10),
        ("change-inactive.json", "inactive", "Open Choice", 2),
    ],
)
def test_published_answers_are_read_whole(name: str, status: str, plan: str, rows: int) -> None:
    member = patient(only(reference(name)))

    assert (member.status, member.plan_name, len(member.benefits)) == (status, plan, rows)


def test_published_rejections_are_read() -> None:
    stedi, change = only(reference("stedi-legacy-aaa44.json")), only(reference("change-error-aaa.json"))

    assert [(each.loop, each.reason, each.follow_up) for each in stedi.rejections] == [("2100B", "44", "C")]
    refused = patient(change).rejections
    assert [(each.loop, each.reason, each.follow_up) for each in refused] == [
        ("2100C", "73", "C"),
        ("2100C", "71", "C"),
    ]
    assert stedi.status == change.status == "rejected"


@pytest.mark.parametrize("name", ["stedi-raw-parse-error.json", "change-error-oauth.json"])
def test_errors_of_the_network_are_no_answer(name: str) -> None:
    assert isinstance(read_stedi(reference(name)), NotX12)


@pytest.mark.parametrize(
    "text", ["", "ISA*00*", "[]", "7", "{}", '{"benefitsInformation": []}', '{"errors": []}', b"\xff"]
)
def test_what_holds_no_row_and_no_rejection_is_no_answer(text: str | bytes) -> None:
    assert isinstance(read_stedi(text), NotX12)


def test_what_is_not_said_is_absent_and_never_zero() -> None:
    benefit = row(code="B", serviceTypeCodes=["98"])

    assert (benefit.amount_cents, benefit.percent_bp, benefit.measure, benefit.network) == (None, None, None, None)


def test_a_row_with_everything_beside_it() -> None:
    benefit = row(
        code="F",
        coverageLevelCode="IND",
        serviceTypeCodes=["MH", "CF"],
        insuranceTypeCode="PR",
        planCoverage="A * plan ~ with ^ delimiters : inside",
        timeQualifierCode="29",
        benefitAmount=12.5,
        quantityQualifierCode="VS",
        benefitQuantity="18",
        authOrCertIndicator="Y",
        inPlanNetworkIndicatorCode="Y",
        compositeMedicalProcedureIdentifier={
            "productOrServiceIDQualifierCode": "HC",
            "procedureCode": "G2082",
            "procedureModifiers": ["KX"],
        },
        additionalInformation=[{"description": "SPECIALIST"}, {"description": " "}],
        benefitsDateInformation={"benefit": "20260101-20261231", "benefitBegin": "2026-01-01"},
        benefitsServiceDelivery=[{"quantityQualifier": "Visits", "quantity": "30", "numOfPeriods": "1"}],
        benefitsAdditionalInformation={"planNetworkIdNumber": "7", "planNetworkIdDescription": "TIER 1"},
        eligibilityAdditionalInformationList=[{"codeListQualifierCode": "ZZ", "industryCode": "11"}],
        benefitsRelatedEntities=[
            {
                "entityIdentifier": "Primary Payer",
                "entityName": "CIGNA",
                "entityIdentification": "PI",
                "entityIdentificationValue": "62308",
            },
            {"entityIdentifier": "Origin Carrier", "entityLastname": "DOE", "entityFirstname": "JO"},
        ],
    )

    assert (benefit.kind, benefit.measure, benefit.amount_cents) == ("limitation", "remaining", 1250)
    assert benefit.service_types == ("MH", "CF")
    assert benefit.plan == "A * plan ~ with ^ delimiters : inside"
    assert benefit.quantity
    assert (benefit.quantity.qualifier, benefit.quantity.value) == ("VS", "18")
    assert benefit.procedure == ("HC", "G2082", "KX")
    assert benefit.messages == ("SPECIALIST",)
    assert benefit.places_of_service == ("11",)
    assert [(each.qualifier, each.start, each.date) for each in benefit.dates] == [
        ("292", date(2026, 1, 1), None),
        ("348", None, date(2026, 1, 1)),
    ]
    assert benefit.deliveries == (("Visits", "30", "", "", "", "1"),)
    assert benefit.refs == (("N6", "7", "TIER 1"),)
    assert [(each.entity, each.name, each.id) for each in benefit.entities] == [
        ("PRP", "CIGNA", "62308"),
        ("Origin Carrier", "DOE", None),
    ]


def test_the_dependent_is_the_patient() -> None:
    transaction = only(
        {
            "subscriber": {"lastName": "DOE", "firstName": "JOHN", "memberId": "W1"},
            "dependents": [{"lastName": "DOE", "firstName": "JORDAN", "relationToSubscriberCode": "19"}],
            "benefitsInformation": [{"code": "1", "serviceTypeCodes": ["30"]}],
            "planDateInformation": {"planBegin": "20260101"},
        }
    )

    subscriber, dependent = transaction.members
    assert (subscriber.member_id, subscriber.is_patient, subscriber.benefits) == ("W1", False, ())
    assert (dependent.level, dependent.relationship, dependent.status) == ("dependent", "19", "active")
    assert dependent.coverage_start == date(2026, 1, 1)


@pytest.mark.parametrize("loop", ["2000A", "2100A", "2100B", "2100C", "2100D", "2110C"])
@pytest.mark.parametrize(
    ("said", "follow_up"),
    [
        ("Please Correct and Resubmit", "C"),
        ("Resubmission Not Allowed", "N"),
        ("Please Resubmit Original Transaction", "P"),
        ("Resubmission Allowed", "R"),
        ("Do Not Resubmit; Inquiry Initiated to a Third Party", "S"),
        ("Please Wait 30 Days and Resubmit", "W"),
        ("Please Wait 10 Days and Resubmit", "X"),
        ("Do Not Resubmit; We Will Hold Your Request and Respond Again Shortly", "Y"),
        ("Try something", None),
    ],
)
def test_a_rejection_keeps_its_place_and_its_follow_up(loop: str, said: str, follow_up: str | None) -> None:
    error = {"code": "42", "field": "AAA", "location": f"Loop {loop}", "followupAction": said}
    transaction = only({"errors": [error], "subscriber": {"aaaErrors": [error]}})

    refused = [*transaction.rejections, *(each for member in transaction.members for each in member.rejections)]
    (only_one,) = refused
    assert (only_one.loop[:3], only_one.loop[-1]) == (loop[:2] + only_one.loop[2], loop[-1])
    assert (only_one.reason, only_one.follow_up, only_one.valid_request) == ("42", follow_up, None)
    assert transaction.status == "rejected"
