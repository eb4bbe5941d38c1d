"""A request is read whatever way its resources come together; what is missing or contradictory is told by place."""

import json
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.eligibility.inquiry import Dependent, Person, Provider
from payers.fhir.elements import Reference
from payers.fhir.inquired import Inquired
from payers.fhir.outcome import outcome
from payers.fhir.read_request import read_request
from tests.payers.fhir.building import (
    CARD,
    CLINIC,
    EXAMPLES,
    PATIENT,
    PAYER,
    REQUEST,
    bundle,
    card,
    published,
    sent,
    valid,
)

PAT = Person(last_name="Sample", first_name="Pat", middle_name="Quinn", birth_date=date(1980, 1, 31), gender="F")
PAT_HERSELF = {"reference": "#pat"}
RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"


def read(body: bytes) -> Inquired:
    inquired = read_request(body)
    assert isinstance(inquired, Inquired), inquired
    return inquired


def faults(body: bytes) -> dict[str | None, str]:
    """Issue codes by place."""
    found = read_request(body)
    assert isinstance(found, tuple), found
    valid(outcome(found))
    return {fault.expression: fault.code for fault in found}


def related(code: str, **change: Any) -> list[dict[str, Any]]:
    concept = {"coding": [{"system": RELATIONSHIP, "code": code}]}
    return card(**{"relationship": concept, "subscriber": {"reference": "#holder"}} | change)


def wrapped(request: bytes) -> bytes:
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": json.loads(request)}]}
    return json.dumps(parameters).encode()


@pytest.mark.parametrize("body", [sent(), bundle(sent()), wrapped(sent()), wrapped(bundle(sent()))])
def test_a_request_says_the_same_alone_in_a_bundle_and_as_a_parameter(body: bytes) -> None:
    inquired = read(body)
    assert inquired.payer == "Aetna"
    assert inquired.provider == Provider(name="Riverside Clinic", npi="1234567893")
    assert (inquired.subscriber, inquired.dependent, inquired.member_id) == (PAT, None, "SBX0001")
    assert (inquired.group_number, inquired.state, inquired.date_of_service) == ("G100", "CO", date(2026, 12, 1))
    assert inquired.service_types == ("30", "MH")


def test_a_request_in_a_bundle_may_use_relative_and_full_addresses() -> None:
    served = "https://ehr.example/fhir"
    request = REQUEST | {
        "contained": [],
        "patient": {"reference": "Patient/pat/_history/3"},
        "provider": {"reference": f"{served}/Organization/clinic"},
        "insurer": {"reference": "Organization/payer"},
        "insurance": [{"coverage": {"reference": "Coverage/card"}}],
    }
    held: dict[str, Any] = CARD | {"beneficiary": {"reference": "Patient/pat"}, "payor": []}
    entries: list[dict[str, Any]] = [{"resource": request}, {"resource": PATIENT}, {"resource": held}]
    for organization in (CLINIC, PAYER):
        without_id = {name: value for name, value in organization.items() if name != "id"}
        entries.append({"fullUrl": f"{served}/Organization/{organization['id']}", "resource": without_id})
    entries.append({"fullUrl": f"{served}/Basic/1", "resource": {"resourceType": "Basic", "code": {"text": "other"}}})
    inquired = read(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode())
    assert (inquired.payer, inquired.subscriber) == ("Aetna", PAT)
    assert inquired.provider == Provider(name="Riverside Clinic", npi="1234567893")
    assert inquired.echo.request.reference == "CoverageEligibilityRequest/ask"
    assert inquired.echo.contained == ()


@pytest.mark.parametrize(
    ("code", "relationship"), [("spouse", "spouse"), ("common", "spouse"), ("child", "child"), ("parent", "other")]
)
def test_a_patient_who_is_not_the_card_holder_is_a_dependent(code: str, relationship: str) -> None:
    inquired = read(sent(contained=related(code)))
    assert inquired.subscriber == Person(
        last_name="Sample", first_name="Robin", suffix="Jr", birth_date=date(1950, 2, 28)
    )
    assert inquired.dependent == Dependent(
        last_name="Sample",
        first_name="Pat",
        middle_name="Quinn",
        birth_date=date(1980, 1, 31),
        gender="F",
        relationship=relationship,  # pyright: ignore[reportArgumentType]  one of the three, by the table above
    )
    assert inquired.places["/dependent/birth_date"].endswith(".birthDate")


def test_without_a_relationship_whoever_else_holds_the_card_is_the_subscriber() -> None:
    inquired = read(sent(contained=card(subscriber={"reference": "#holder"})))
    assert inquired.subscriber.first_name == "Robin"
    assert inquired.dependent
    assert inquired.dependent.relationship is None


def test_what_a_request_leaves_out_is_absent() -> None:
    inquired = read(sent(servicedDate=None, item=None, provider=None, purpose=None))
    assert (inquired.date_of_service, inquired.provider, inquired.service_types) == (None, None, ("30",))
    numbers = [{"value": "A"}, {"value": "B"}]
    assert read(sent(contained=card(subscriberId=None, identifier=numbers, **{"class": []}))).member_id is None


@pytest.mark.parametrize(
    "identifier",
    [
        [{"value": "W77"}],
        [{"value": "1"}, {"value": "W77", "type": {"coding": [{"code": "MB"}]}}],
    ],
)
def test_the_member_id_may_be_an_identifier_of_the_card(identifier: list[dict[str, Any]]) -> None:
    assert read(sent(contained=card(subscriberId=None, identifier=identifier))).member_id == "W77"


def test_of_several_coverages_the_focal_one_is_asked_about() -> None:
    others = [{"coverage": {"reference": "Coverage/1"}}, {"focal": False, "coverage": {"reference": "Coverage/2"}}]
    assert read(sent(insurance=[*others, *REQUEST["insurance"]])).echo.coverage.reference == "#card"


def test_a_payer_and_a_provider_may_be_told_in_the_reference_itself() -> None:
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
    inquired = read(
        sent(
            insurer={"identifier": {"value": "60054"}},
            provider={"display": "Riverside", "identifier": npi},
            contained=card(payor=[]),
        )
    )
    assert inquired.payer == "60054"
    assert inquired.provider == Provider(name="Riverside", npi="1234567893")


def test_a_response_never_refers_to_what_did_not_come() -> None:
    inquired = read(sent(insurer={"reference": "#nobody"}))
    assert (inquired.payer, inquired.echo.insurer) == ("Aetna", Reference(display="Aetna"))


def test_of_a_role_the_organization_asks_else_the_person() -> None:
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999999984"}
    doctor = {
        "resourceType": "Practitioner",
        "id": "doctor",
        "identifier": [npi],
        "name": [{"family": "Doe", "given": ["Sam"]}],
    }
    role: dict[str, Any] = {"resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": "#doctor"}}
    organized = role | {"organization": {"reference": "#clinic"}}
    alone, both = (
        read(sent(provider={"reference": "#role"}, contained=[*card(), doctor, each])).provider
        for each in (role, organized)
    )
    assert alone == Provider(name="Doe", first_name="Sam", npi="1999999984")
    assert both == Provider(name="Riverside Clinic", npi="1234567893")


def test_a_period_is_asked_for_its_first_day_wherever_it_is_written() -> None:
    period = {"start": "2026-12-03T23:30:00-07:00", "end": "2026-12-09"}
    assert read(sent(servicedDate=None, servicedPeriod=period)).date_of_service == date(2026, 12, 3)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"servicedDate": "2026-12"}, ".servicedDate", "value"),
    ({"servicedDate": "2026-02-30"}, ".servicedDate", "value"),
    ({"servicedDate": None, "servicedPeriod": {"start": "2026"}}, ".servicedPeriod.start", "value"),
    ({"servicedDate": None, "servicedPeriod": {"end": "2026-12-01"}}, ".servicedPeriod.start", "value"),
    ({"status": "draft"}, ".status", "business-rule"),
    ({"insurance": []}, ".insurance", "required"),
    ({"insurance": [{"coverage": {"reference": "#card"}}] * 2}, ".insurance", "business-rule"),
    ({"insurance": [{"coverage": {"reference": "Coverage/1"}}]}, ".insurance.coverage", "not-found"),
    ({"patient": {"reference": "#nobody"}}, ".patient", "not-found"),
    ({"insurer": {"reference": "#nobody"}, "contained": card(payor=[])}, ".insurer", "not-found"),
    ({"provider": {"display": "Riverside"}}, ".provider", "required"),
    ({"item": [{"productOrService": {"text": "infusion"}}]}, ".item[0].productOrService", "not-supported"),
    ({"item": [{}, {"category": {"text": "all"}}]}, ".item[1].category", "code-invalid"),
    ({"item": REQUEST["item"] * 50}, ".item", "too-long"),
    ({"insurer": "Aetna"}, ".insurer", "structure"),
    ({"contained": card(beneficiary={"reference": "#holder"})}, ".contained[4].beneficiary", "business-rule"),
    ({"contained": related("self")}, ".contained[4].subscriber", "business-rule"),
    ({"contained": related("cousin")}, ".contained[4].relationship", "code-invalid"),
    (
        {"contained": related("child", subscriber={"reference": "#pat"})},
        ".contained[4].subscriber",
        "business-rule",
    ),
    ({"contained": related("child", subscriber={"reference": "#no"})}, ".contained[4].subscriber", "not-found"),
    ({"contained": [PATIENT | {"birthDate": "1980"}, PAYER, CLINIC, CARD]}, ".contained[0].birthDate", "value"),
    ({"contained": [PATIENT | {"name": [{}]}, CARD, PAYER, CLINIC]}, ".contained[0].name.family", "required"),
    ({"contained": [PATIENT | {"name": 7}, CARD, PAYER, CLINIC]}, ".contained[0].name", "structure"),
]


@pytest.mark.parametrize(("change", "place", "code"), WRONG)
def test_what_is_wrong_is_told_by_place(change: dict[str, Any], place: str, code: str) -> None:
    assert (f"CoverageEligibilityRequest{place}", code) in faults(sent(**change)).items()


def test_every_fault_is_told_at_once() -> None:
    found = faults(sent(patient={"reference": "Patient/1"}, insurance=[], insurer={}, servicedDate="2026"))
    assert {place and place.rpartition(".")[2]: code for place, code in found.items()} == {
        "patient": "not-found",
        "insurance": "required",
        "insurer": "not-found",
        "servicedDate": "value",
    }


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"resourceType":7}', b'{"resourceType":"Patient"}']
)
def test_a_body_that_is_no_request_is_refused(body: bytes) -> None:
    assert faults(body)


def test_a_bundle_of_several_requests_is_refused() -> None:
    entry = {"resource": REQUEST}
    body = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [entry, entry]}).encode()
    assert faults(body) == {"Bundle.entry": "not-supported"}


@published
@pytest.mark.parametrize("name", ["52345", "52346"])
def test_of_a_published_request_only_what_it_leaves_elsewhere_is_missing(name: str) -> None:
    found = read_request((EXAMPLES / f"CoverageEligibilityRequest-{name}.json").read_bytes())
    assert isinstance(found, tuple)
    assert {fault.code for fault in found} == {"not-found", "required"}
    assert {(fault.expression or "").partition(".")[2] for fault in found} == {
        "patient",
        "insurance.coverage",
        "insurer",
        "provider",
    }


@published
@pytest.mark.parametrize("name", ["9876B1", "7546D", "7547E"])
def test_a_published_coverage_is_read(name: str) -> None:
    published_card = json.loads((EXAMPLES / f"Coverage-{name}.json").read_bytes())
    beside = [{"resourceType": "Patient", "id": each, "name": [{"family": "Chalmers"}]} for each in ("4", "5")]
    told = published_card["beneficiary"]["reference"]
    request = REQUEST | {
        "contained": [PAYER, CLINIC],
        "patient": {"reference": told},
        "insurance": [{"coverage": {"reference": f"Coverage/{name}"}}],
    }
    entries = [{"resource": each} for each in (request, published_card, *beside)]
    inquired = read(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode())
    expected = {"9876B1": ("12345", "CB135"), "7546D": ("AB9876", "WESTAIR"), "7547E": ("A123456780", None)}
    assert (inquired.member_id, inquired.group_number) == expected[name]
    assert inquired.dependent is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)


def steps(value: Any) -> list[Any]:
    """The ways into a part of some JSON."""
    if isinstance(value, dict):
        return sorted(cast("dict[str, Any]", value))
    return [*range(len(cast("list[Any]", value)))] if isinstance(value, list) else []


@given(st.data())
def test_whatever_stands_in_a_request_is_read_or_refused_without_repeating_it(data: st.DataObject) -> None:
    request: Any = json.loads(sent(contained=related("child")))
    at, step = request, data.draw(st.sampled_from(steps(request)))
    while steps(at[step]) and data.draw(st.booleans()):
        at, step = at[step], data.draw(st.sampled_from(steps(at[step])))
    at[step] = data.draw(ANYTHING)
    found = read_request(json.dumps(request).encode())
    if isinstance(found, tuple):
        assert found
        assert not any(secret in repr(found) for secret in ("Robin", "Quinn", "SBX0001", "1950-02-28", "1980-01-31"))
