"""The estimate as FHIR resources of the PCT guide, judged by an independent reader of R4 and by published examples."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import fhirkit
import msgspec
import pytest

from payers.good_faith import pct
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.versions import replacing
from tests.payers.good_faith.issued import COMPOUNDING, ESTIMATE_ID, ID, IV, REQUEST, SPRAVATO, THERAPIST, issued

PUBLISHED = Path(__file__).parents[3] / "../shared/reference/fhir/davinci-pct"
PROFILE = "http://hl7.org/fhir/us/davinci-pct/StructureDefinition/"
ISSUED_AT = "2026-11-23T15:00:00Z"
WHOLE = {
    "scheduled_on": "2026-11-20",
    "co_providers": [THERAPIST, COMPOUNDING],
    "diagnoses": [*REQUEST["diagnoses"], {"code": "F41.1", "text": "Anxiety"}],
}
SERVICES = {"evaluation": True, "integration_sessions": 3}


def written(estimate: GoodFaithEstimate) -> Any:
    return json.loads(pct.encode(pct.bundle(estimate, ISSUED_AT)), parse_float=Decimal)


def of_type(bundle: Any, kind: str) -> list[Any]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def claims(bundle: Any) -> tuple[Any, list[Any]]:
    summary, *rest = of_type(bundle, "Claim")
    return summary, rest


@pytest.fixture(name="estimate", scope="module")
def the_estimate() -> GoodFaithEstimate:
    return issued(IV | {"services": SERVICES, "discounts": ["veteran"]}, WHOLE)


def replacement() -> GoodFaithEstimate:
    found = replacing(issued(IV), issued(IV, {"lang": "es"}), "correction", frozenset())
    assert isinstance(found, GoodFaithEstimate)
    return found


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(issued(IV | {"services": SERVICES}, WHOLE), id="several providers"),
        pytest.param(issued(SPRAVATO, {"diagnoses": []}), id="no diagnosis"),
        pytest.param(issued({key: IV[key] for key in IV if key != "start_on"}), id="no days"),
        pytest.param(replacement(), id="a replacement"),
    ],
)
def test_an_independent_reader_finds_nothing_wrong(found: GoodFaithEstimate) -> None:
    text = pct.encode(pct.bundle(found, ISSUED_AT))
    assert [str(each) for each in fhirkit.validate(text)] == []
    resource = fhirkit.parse(text, strict=True)
    assert json.loads(resource.to_json()) == json.loads(text)


def test_the_reader_would_find_what_is_wrong(estimate: GoodFaithEstimate) -> None:
    for place in ("provider", "total", "item"):
        bundle = written(estimate)
        claim = of_type(bundle, "Claim")[1]
        claim[f"{place}s"] = claim.pop(place)
        found = [each.path for each in fhirkit.validate(json.dumps(bundle, default=float))]
        assert any(path.endswith(f"{place}s") for path in found), place


def test_the_bundle_is_a_collection_with_the_summary_first(estimate: GoodFaithEstimate) -> None:
    bundle = written(estimate)
    assert (bundle["type"], bundle["timestamp"]) == ("collection", ISSUED_AT)
    assert bundle["identifier"]["value"] == f"urn:uuid:{ID}"
    summary, each = claims(bundle)
    assert summary["type"]["coding"][0]["code"] == "estimate-summary"
    assert [claim["type"]["coding"][0]["code"] for claim in each] == ["professional", "professional"]
    assert {claim["use"] for claim in (summary, *each)} == {"predetermination"}


def test_every_reference_leads_into_the_bundle(estimate: GoodFaithEstimate) -> None:
    bundle = written(estimate)
    here = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(here)) == len(here)
    assert [f"urn:uuid:{entry['resource']['id']}" for entry in bundle["entry"]] == here
    referred = {value for path, value in nodes(bundle) if path.endswith(".reference") and isinstance(value, str)}
    assert referred
    assert referred <= set(here)


def test_the_same_estimate_gives_the_same_bytes_and_another_one_other_addresses(estimate: GoodFaithEstimate) -> None:
    once, again = (pct.encode(pct.bundle(estimate, ISSUED_AT)) for _ in range(2))
    assert once == again
    other = written(msgspec.structs.replace(estimate, id=ESTIMATE_ID))
    assert not {entry["fullUrl"] for entry in other["entry"]} & {
        entry["fullUrl"] for entry in json.loads(once)["entry"]
    }


def test_amounts_are_dollars_to_the_cent(estimate: GoodFaithEstimate) -> None:
    summary, (clinic, therapist) = claims(written(estimate))
    assert summary["total"] == {"value": Decimal("3920.00"), "currency": "USD"}
    assert [clinic["total"]["value"], therapist["total"]["value"]] == [Decimal("3500.00"), Decimal("420.00")]
    for claim in (clinic, therapist):
        assert sum(item["net"]["value"] for item in claim["item"]) == claim["total"]["value"]
        for item in claim["item"]:
            assert item["net"]["value"] == item["quantity"]["value"] * item["unitPrice"]["value"]


def test_a_line_has_its_code_in_our_own_words_and_its_drug_below() -> None:
    _, (clinic,) = claims(written(issued(SPRAVATO)))
    session = clinic["item"][0]
    assert session["productOrService"] == {
        "coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "99215"}],
        "text": "Follow-up office visit, level 5, from 40 minutes",
    }
    assert session["servicedPeriod"] == {"start": "2026-12-01", "end": "2027-01-19"}
    drug, kit = session["detail"]
    assert drug["productOrService"]["coding"] == [
        {"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "J0013"}
    ]
    assert drug["quantity"] == {"value": 84}
    assert kit["productOrService"]["coding"] == [{"system": "http://hl7.org/fhir/sid/ndc", "code": "50458-028-03"}]


def test_no_display_stands_beside_a_procedure_code(estimate: GoodFaithEstimate) -> None:
    codings = [value for path, value in nodes(written(estimate)) if path.endswith("productOrService.coding")]
    assert [coding["code"] for coding in codings] == ["90792", "96365", "J3490", "90837", "90837"]
    assert all(coding.keys() == {"system", "code"} for coding in codings)


def test_diagnoses_are_principal_and_secondary_and_lines_point_at_them(estimate: GoodFaithEstimate) -> None:
    _, (clinic, _) = claims(written(estimate))
    kinds = [each["type"][0]["coding"][0]["code"] for each in clinic["diagnosis"]]
    assert kinds == ["principal", "secondary"]
    assert [item.get("diagnosisSequence") for item in clinic["item"]] == [[1, 2], [1, 2], [1, 2], None]


@pytest.mark.parametrize("declared", [True, False])
def test_the_coverage_is_the_patients_own(declared: bool) -> None:
    bundle = written(issued(IV, {"declared_self_pay": declared}))
    (coverage,) = of_type(bundle, "Coverage")
    kind, said = coverage["extension"]
    assert kind["valueCode"] == "self-pay"
    assert said == {"url": f"{PROFILE}selfPayDeclared", "valueBoolean": declared}
    (patient,) = of_type(bundle, "Patient")
    assert coverage["payor"] == [coverage["beneficiary"]] == [{"reference": f"urn:uuid:{patient['id']}"}]
    assert not any("insurer" in claim for claim in of_type(bundle, "Claim"))


def test_everything_that_is_said_is_said_here_too(estimate: GoodFaithEstimate) -> None:
    for claim in of_type(written(estimate), "Claim"):
        said = [each["valueString"] for each in claim["extension"] if each["url"] == f"{PROFILE}gfeDisclaimer"]
        for disclaimer in estimate.disclaimers:
            assert disclaimer.text in said
        assert estimate.not_included[0].sentence in said
        assert "Already taken off: Discount for veterans" in said
        assert any(text.startswith(estimate.separate_services.disclaimer) for text in said)


def test_claims_of_one_estimate_are_linked(estimate: GoodFaithEstimate) -> None:
    _, (clinic, therapist) = claims(written(estimate))
    linked = [
        {part["url"]: part for part in each["extension"]}
        for claim in (clinic, therapist)
        for each in claim["extension"]
        if each["url"] == f"{PROFILE}gfeServiceLinkingInfo"
    ]
    assert {each["linkingIdentifier"]["valueIdentifier"]["value"] for each in linked} == {f"urn:uuid:{ID}"}
    assert linked[0]["plannedPeriodOfService"]["valuePeriod"] == {"start": "2026-12-01", "end": "2026-12-18"}
    assert "plannedPeriodOfService" not in linked[1]


def test_people_and_organizations_have_npi_and_tin(estimate: GoodFaithEstimate) -> None:
    bundle = written(estimate)
    (clinic,), (therapist,) = of_type(bundle, "Organization"), of_type(bundle, "Practitioner")
    for party, npi in ((clinic, "1234567893"), (therapist, "1245319599")):
        by_npi, by_tin = party["identifier"]
        assert (by_npi["value"], by_tin["type"]["coding"][0]["code"]) == (npi, "TAX")
    assert therapist["name"] == [{"family": "Ruiz", "given": ["Ana"]}]
    assert clinic["address"][0]["extension"][0]["valueCoding"]["code"] == "US-CO"


def test_a_replacement_names_the_one_before() -> None:
    _, (clinic,) = claims(written(replacement()))
    (related,) = clinic["related"]
    assert related["relationship"]["coding"][0]["code"] == "prior"
    assert related["reference"]["value"] == f"urn:uuid:{ID}"


LEFT_OUT = {
    "Claim.professional": {"insurer", "payee", "referral", "item.modifier", "diagnosis.packageCode"},
    "Claim.estimate-summary": {"insurer", "diagnosis.packageCode"},
}
"""What the published examples have of an insured patient, a referral and an inpatient's group."""
OURS = {
    "Claim.professional": {"language", "item.diagnosisSequence", "item.detail", "item.servicedPeriod"},
    "Claim.estimate-summary": {"language", "extension"},
}
"""What we say beside them; the guide has the elements, its examples do not use them."""


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published examples are not beside the checkout")
@pytest.mark.parametrize(
    ("example", "kind"),
    [
        ("Claim-PCT-GFE-Professional-MRI.json", "professional"),
        ("Claim-PCT-GFE-Summary-MRI.json", "estimate-summary"),
    ],
)
def test_our_claims_have_the_elements_of_the_published_ones(example: str, kind: str) -> None:
    published = json.loads((PUBLISHED / example).read_bytes())
    assert [str(each) for each in fhirkit.validate(published)] == []
    found = issued(SPRAVATO, WHOLE | {"co_providers": []})
    ours = next(each for each in of_type(written(found), "Claim") if each["type"]["coding"][0]["code"] == kind)
    theirs, mine = elements(published), elements(ours)
    key = f"Claim.{kind}"
    assert theirs - mine - {"text", "item.servicedDate"} == LEFT_OUT[key]
    assert mine - theirs - {"item._servicedDate"} == OURS[key]
    assert ours["meta"]["profile"] == published["meta"]["profile"]
    assert ours["type"]["coding"][0]["system"] == published["type"]["coding"][0]["system"]


def elements(resource: Any) -> set[str]:
    """The elements of a resource, and those of its items and diagnoses."""
    found = set(resource)
    for part in ("item", "diagnosis"):
        found.discard(part)
        found |= {f"{part}.{name}" for each in resource.get(part, ()) for name in each}
    return found


def nodes(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in a resource with its path, lists looked through."""
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from nodes(each, path)
        return
    yield path, value
    if isinstance(value, dict):
        for name, each in cast("dict[str, Any]", value).items():
            yield from nodes(each, f"{path}.{name}")


def test_days_and_places_are_told_or_said_to_be_absent() -> None:
    one = issued(IV | {"course": {"kind": "sessions", "count": 1}})
    _, (clinic,) = claims(written(one))
    session, membership = clinic["item"]
    assert session["servicedDate"] == date(2026, 12, 1).isoformat()
    assert membership["_servicedDate"]["extension"][0]["valueCode"] == "unknown"
    assert session["locationCodeableConcept"]["coding"][0]["code"] == "11"
    assert membership["locationCodeableConcept"]["extension"][0]["valueCode"] == "not-applicable"
