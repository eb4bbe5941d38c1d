"""What another system says in FHIR, as rows: as far as it says it, and not one figure further."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Benefit, Member, Response, Transaction
from payers.fhir.elements import encode
from payers.fhir.read_response import read_response
from payers.fhir.write_response import write_response
from tests.payers.fhir.building import CHECK, CREATED, ECHO, EXAMPLES, MESSAGES, PATIENT, PAYER, published

RESPONSE: dict[str, Any] = {
    "resourceType": "CoverageEligibilityResponse",
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"reference": "Patient/pat"},
    "created": "2026-11-23",
    "request": {"display": "a question"},
    "outcome": "complete",
    "insurer": {"display": "Aetna"},
}
HL7 = "http://terminology.hl7.org/CodeSystem/"


def read(response: dict[str, Any]) -> Response:
    found = read_response(json.dumps(response).encode())
    assert isinstance(found, Response), found
    return found


def patient(response: Response) -> Member:
    ((member,),) = ([*transaction.patients] for transaction in response.transactions)
    return member


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{HL7}{system}", "code": code}]}


def usd(value: float) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


def benefit(code: str, **told: Any) -> dict[str, Any]:
    return {"type": concept("benefit-type", code), **told}


def item(*benefits: dict[str, Any], **told: Any) -> dict[str, Any]:
    return {"category": concept("ex-benefitcategory", "30"), "benefit": list(benefits), **told}


def told(*items: dict[str, Any], **insurance: Any) -> Response:
    return read(RESPONSE | {"insurance": [{"coverage": {"display": "card"}, "item": list(items), **insurance}]})


def figures(*benefits: dict[str, Any], **told_of: Any) -> list[tuple[Any, ...]]:
    """Kind, measure, cents, basis points and count of each row."""
    return [
        (each.kind, each.measure, each.amount_cents, each.percent_bp, each.quantity and each.quantity.value)
        for each in patient(told(item(*benefits, **told_of))).benefits
    ]


@pytest.mark.parametrize(("inforce", "status"), [(True, "active"), (False, "inactive"), (None, "unknown")])
def test_in_force_is_the_status_of_the_plan(inforce: bool | None, status: str) -> None:
    said = {} if inforce is None else {"inforce": inforce}
    response = told(**said, benefitPeriod={"start": "2026-01-01"})
    assert response.transactions[0].status == patient(response).status == status
    assert patient(response).coverage_start == (date(2026, 1, 1) if said else None)


@pytest.mark.parametrize(
    ("benefits", "rows"),
    [
        ([benefit("deductible", allowedMoney=usd(500))], [("deductible", "limit", 50_000, None, None)]),
        (
            [benefit("deductible", allowedMoney=usd(500), usedMoney=usd(152.5))],
            [("deductible", "limit", 50_000, None, None), ("deductible", "remaining", 34_750, None, None)],
        ),
        ([benefit("deductible", usedMoney=usd(152.5))], [("deductible", "accumulated", 15_250, None, None)]),
        (
            [benefit("deductible", allowedMoney=usd(100), usedMoney=usd(152.5))],
            [("deductible", "limit", 10_000, None, None), ("deductible", "accumulated", 15_250, None, None)],
        ),
        ([benefit("copay", allowedMoney=usd(20))], [("copay", "limit", 2_000, None, None)]),
        ([benefit("copay-percent", allowedUnsignedInt=20)], [("coinsurance", "limit", None, 2_000, None)]),
        ([benefit("copay-percent", allowedUnsignedInt=0)], [("coinsurance", "limit", None, 0, None)]),
        ([benefit("copay-percent", allowedString="12.5%")], [("coinsurance", "limit", None, 1_250, None)]),
        ([benefit("copay-percent")], [("coinsurance", None, None, None, None)]),
        (
            [benefit("visit", allowedUnsignedInt=20, usedUnsignedInt=5)],
            [("limitation", "limit", None, None, "20"), ("limitation", "remaining", None, None, "15")],
        ),
        ([benefit("copay-maximum", allowedMoney=usd(100))], [("unknown", "limit", 10_000, None, None)]),
        (
            [{"type": {"coding": [{"system": "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTFinancialType",
                                   "code": "out-of-pocket-maximum"}]}, "allowedMoney": usd(6000)}],
            [("out_of_pocket_max", "limit", 600_000, None, None)],
        ),
    ],
)  # fmt: skip
def test_a_benefit_is_as_many_rows_as_it_says(benefits: list[dict[str, Any]], rows: list[Any]) -> None:
    assert figures(*benefits) == rows


@pytest.mark.parametrize(
    "unclear",
    [
        benefit("deductible", allowedMoney={"value": 500, "currency": "SAR"}),
        benefit("deductible", allowedMoney={"value": 500}),
        benefit("deductible", allowedUnsignedInt=500),
        benefit("deductible", allowedString="five hundred"),
        benefit("copay-percent", allowedUnsignedInt=150),
        benefit("deductible", usedString="some"),
        benefit("copay", usedMoney=usd(20)),
    ],
)
def test_a_figure_that_is_not_clear_is_left_out_and_told(unclear: dict[str, Any]) -> None:
    response = told(item(unclear))
    (row,) = patient(response).benefits
    assert (row.amount_cents, row.percent_bp, row.quantity) == (None, None, None)
    assert any("was not read" in warning.text for warning in response.warnings)


@pytest.mark.parametrize(
    ("number", "warning"),
    [("1e999999", "too large"), ("1e-999999", "too small"), ("-5", "below zero"), ("0.001", "whole cents")],
)
def test_a_number_that_is_no_amount_is_left_out_and_told(number: str, warning: str) -> None:
    body = json.dumps(RESPONSE | {"insurance": [{"coverage": {}, "item": [item(benefit("copay", allowedMoney="M"))]}]})
    found = read_response(body.replace('"M"', f'{{"value": {number}, "currency": "USD"}}').encode())
    assert isinstance(found, Response)
    assert patient(found).benefits[0].amount_cents is None
    assert any(warning in each.text for each in found.warnings)


@pytest.mark.parametrize(
    ("category", "services"),
    [
        ({"coding": [{"code": "98"}]}, ("98",)),
        ({"coding": [{"system": "http://clinic.example/services", "code": "infusion"}]}, ("infusion",)),
        ({"text": "Infusions"}, ("Infusions",)),
        ({"text": "the plan as a whole"}, ()),
    ],
)
def test_a_service_that_x12_does_not_know_is_not_taken_for_the_plan(
    category: dict[str, Any], services: tuple[str, ...]
) -> None:
    (row,) = patient(told(item(benefit("copay"), category=category))).benefits
    assert row.service_types == services


def test_a_product_in_words_is_not_taken_for_the_plan() -> None:
    (row,) = patient(told({"productOrService": {"text": "an infusion"}, "benefit": [benefit("copay")]})).benefits
    assert row.procedure == ("ZZ", "an infusion")


@pytest.mark.parametrize(
    ("told_of", "kind", "authorization"),
    [
        ({"excluded": True}, "non_covered", None),
        ({"authorizationRequired": True}, "coverage_basis", "Y"),
        ({"authorizationRequired": False}, "coverage_basis", "N"),
        ({"description": "Massage"}, "benefit_description", None),
    ],
)
def test_an_item_without_benefits_is_a_row(told_of: dict[str, Any], kind: str, authorization: str | None) -> None:
    (row,) = patient(told(item(**told_of))).benefits
    assert (row.kind, row.authorization_required) == (kind, authorization)


def test_who_the_patient_is_where_the_sender_says_it() -> None:
    holder = {"resourceType": "Patient", "id": "holder", "name": [{"family": "Sample", "given": ["Robin"]}]}
    card = {
        "resourceType": "Coverage",
        "id": "card",
        "subscriberId": "SBX0001",
        "subscriber": {"reference": "Patient/holder"},
        "relationship": concept("subscriber-relationship", "child"),
        "class": [{"type": concept("coverage-class", "plan"), "value": "P1", "name": "Choice"}],
    }
    answer = RESPONSE | {
        "insurer": {"reference": "Organization/payer"},
        "insurance": [{"coverage": {"reference": "Coverage/card"}, "inforce": True}],
    }
    entries = [{"resource": each} for each in (answer, PATIENT, holder, card, PAYER)]
    (transaction,) = read({"resourceType": "Bundle", "type": "collection", "entry": entries}).transactions
    subscriber, dependent = transaction.members
    assert (transaction.payer.name, transaction.payer.id) == ("Aetna", "60054")
    assert (subscriber.first_name, subscriber.member_id, subscriber.is_patient) == ("Robin", "SBX0001", False)
    assert (dependent.first_name, dependent.birth_date, dependent.relationship) == ("Pat", date(1980, 1, 31), "19")
    assert (dependent.status, dependent.plan_name) == ("active", "Choice")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"resourceType":"Patient"}', b'{"resourceType":"Bundle"}', b"\xff"])
def test_a_body_that_is_no_response_is_refused(body: bytes) -> None:
    assert isinstance(read_response(body), tuple)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=6), inside, max_size=2),
    max_leaves=4,
)


@given(
    part=st.sampled_from(["category", "network", "unit", "term", "benefit", "name", "description", "extension"]),
    value=ANYTHING,
)
def test_whatever_stands_in_an_item_is_read_or_refused(part: str, value: Any) -> None:
    said: dict[str, Any] = {"coverage": {}, "item": [item(benefit("copay", allowedMoney=usd(20))) | {part: value}]}
    assert read_response(json.dumps(RESPONSE | {"insurance": [said]}).encode())


@published
@pytest.mark.parametrize(
    ("name", "status", "rows"),
    [("E2500", "active", 1), ("E2501", "active", 9), ("E2502", "active", 8), ("E2503", "rejected", 0)],
)
def test_a_published_response_is_read(name: str, status: str, rows: int) -> None:
    found = read_response((EXAMPLES / f"CoverageEligibilityResponse-{name}.json").read_bytes())
    assert isinstance(found, Response)
    assert found.transactions[0].status == status
    assert len(patient(found).benefits) == rows


@published
def test_the_figures_of_a_published_response() -> None:
    found = read_response((EXAMPLES / "CoverageEligibilityResponse-E2502.json").read_bytes())
    assert isinstance(found, Response)
    assert [(row.eb01, row.service_types, row.measure, row.amount_cents) for row in patient(found).benefits] == [
        ("1", (), None, None),
        ("F", ("30",), "limit", 50_000_000),
        ("F", ("30",), "remaining", 49_625_200),
        ("copay-maximum", ("30",), "limit", 10_000),
        ("A", ("30",), "limit", None),
        ("F", ("69",), "limit", 1_500_000),
        ("F", ("F3",), "limit", 200_000),
        ("I", ("F6",), None, None),
    ]


MESSAGE_FILES = sorted(MESSAGES.glob("271*/*")) if MESSAGES.is_dir() else []


def facts(transaction: Transaction) -> set[tuple[Any, ...]]:
    """What the rows of the patient say, each service and network by itself. Two ways of saying it are one fact.

    Left out is what a response does not carry: figures that are not to be trusted, and what is used where what is
    left is told too.
    """
    found: set[tuple[Any, ...]] = {(transaction.status,)}
    for member in transaction.patients[:1]:
        coverage = (member.status_scope, member.plan_name, member.coverage_start, member.coverage_end)
        found |= {coverage} if any(coverage) else set()
        found.update(fact for row in member.benefits for fact in _facts(row))
    return found


def _facts(row: Benefit) -> Iterator[tuple[Any, ...]]:
    if row.malformed:
        row = msgspec.structs.replace(row, period_code=None, measure=None, amount_cents=None, percent_bp=None)
    if row.measure == "accumulated":
        return
    for service in row.service_types or (None,):
        for network in ("in", "out") if row.network == "either" else (row.network,):
            yield (
                row.eb01,
                row.level,
                None if row.procedure else service,
                network,
                row.period_code,
                row.measure,
                row.amount_cents,
                row.percent_bp,
                row.quantity,
                {"U": None}.get(row.authorization_required or "U", row.authorization_required),
                row.procedure,
                row.plan,
                tuple(" ".join(message.split()) for message in row.messages),
                row.places_of_service,
                row.dates,
                tuple((entity.entity, entity.id) for entity in row.entities),
            )


@pytest.mark.skipif(not MESSAGE_FILES, reason="the published messages are not beside this checkout")
@pytest.mark.parametrize("path", MESSAGE_FILES, ids=lambda path: path.name)
def test_a_published_271_says_the_same_after_a_way_through_fhir(path: Any) -> None:
    response = read_271(path.read_bytes())
    assert isinstance(response, Response)
    for transaction in response.transactions:
        again = read_response(encode(write_response(ECHO, CHECK, CREATED, transaction)))
        assert isinstance(again, Response)
        assert facts(again.transactions[0]) == facts(transaction)
