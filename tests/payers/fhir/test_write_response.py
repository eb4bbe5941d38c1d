"""What a payer said, in FHIR: every figure where R4 has a place for it, nothing that the payer did not say."""

import json
from base64 import b64decode
from datetime import date
from typing import Any
from uuid import UUID

import fhirkit
import msgspec
import pytest

from payers.eligibility.rejections import meaning, rejection
from payers.eligibility.response import Benefit, DatedFact, Member, Quantity, Related, Transaction
from payers.estimate.question import Language
from payers.fhir.inquired import Echo
from payers.fhir.message import with_message
from payers.fhir.read_request import read_request
from payers.fhir.write_response import WITHDRAWN, write_failed, write_queued, write_response
from tests.payers.fhir.building import (
    CARD,
    CHECK,
    CLINIC,
    CREATED,
    ECHO,
    HOLDER,
    PATIENT,
    PAYER,
    answer,
    bundle,
    row,
    sent,
    valid,
)

COPAY = ["benefit-type|copay", "1390|B"]
OURS = "urn:outlay:fhir:StructureDefinition:"
USD = "USD"


def written(transaction: Transaction, lang: Language = "en", echo: Echo = ECHO) -> dict[str, Any]:
    return valid(write_response(echo, CHECK, CREATED, transaction, lang))


def items(*rows: Benefit) -> list[dict[str, Any]]:
    return written(answer(*rows))["insurance"][0]["item"]


def benefits(*rows: Benefit) -> list[dict[str, Any]]:
    """The benefits of rows that share one item, without what they are about."""
    (item,) = items(*rows)
    return [{name: part for name, part in benefit.items() if name != "type"} for benefit in item["benefit"]]


def coded(concept: dict[str, Any] | None) -> list[str]:
    """The codes of a concept, each with the end of its system."""
    return [f"{each['system'].rsplit('/', 1)[-1]}|{each['code']}" for each in (concept or {}).get("coding", [])]


def usd(value: str) -> dict[str, str]:
    return {"value": value, "currency": "USD"}


def extension(name: str, **value: Any) -> dict[str, Any]:
    return {"url": f"{OURS}{name}", **value}


def limit(cents: int, **told: Any) -> Benefit:
    usual = {"level": "IND", "amount_cents": cents, "measure": "limit", "period_code": "23"}
    return row("C", **usual | told)


def left(cents: int, **told: Any) -> Benefit:
    return limit(cents, **{"measure": "remaining", "period_code": "29"} | told)


@pytest.mark.parametrize(
    ("told", "inforce", "outcome"),
    [
        ({"status": "active"}, True, "complete"),
        ({"status": "inactive"}, False, "complete"),
        ({"status": "inactive", "status_scope": "service types only"}, None, "complete"),
        ({"status": "unknown"}, None, "complete"),
        ({"status": "conflict"}, None, "complete"),
        ({"status": "rejected"}, None, "error"),
        ({"status": "active", "rejections": (rejection("2110C", "42", "R", "Y", 9),)}, True, "partial"),
    ],
)
def test_in_force_is_said_only_where_the_payer_says_it(
    told: dict[str, Any], inforce: bool | None, outcome: str
) -> None:
    response = written(answer(**told))
    assert response["insurance"][0].get("inforce") is inforce
    assert response["outcome"] == outcome


def test_the_plan_and_its_dates() -> None:
    told = answer(plan_name="OPEN ACCESS PLUS", coverage_start=date(2026, 1, 1))
    (insurance,) = written(told)["insurance"]
    assert insurance["coverage"] == {"reference": "Coverage/card"}
    assert insurance["benefitPeriod"] == {"start": "2026-01-01"}
    assert insurance["extension"] == [extension("plan-name", valueString="OPEN ACCESS PLUS")]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_rejection_is_an_error_with_the_payers_code_and_our_sentence(lang: Language) -> None:
    response = written(answer(status="rejected", rejections=(rejection("2100C", "75", "C", "N", 9),)), lang)
    (error,) = response["error"]
    assert coded(error["code"]) == ["901|75"]
    assert error["code"]["text"] == meaning("75", lang)
    assert response["disposition"].endswith(meaning("75", lang))
    assert error["extension"] == [extension("loop", valueString="2100C"), extension("follow-up", valueCode="C")]
    assert response["language"] == lang


def test_a_rejection_of_the_payer_of_the_provider_or_of_the_card_holder_is_the_patients_too() -> None:
    holder = Member(
        level="subscriber", is_patient=False, segment=1, rejections=(rejection("2100C", "72", "C", "N", 5),)
    )
    other = msgspec.structs.replace(holder, rejections=(rejection("2100C", "73", "C", "N", 3),))
    patient = Member(level="dependent", is_patient=True, segment=2, status="rejected")
    transaction = Transaction(
        st02=None,
        st03=None,
        gs08=None,
        status="rejected",
        rejections=(rejection("2100B", "51", None, "Y", 2),),
        members=(other, holder, patient),
    )
    assert [coded(error["code"]) for error in written(transaction)["error"]] == [["901|51"], ["901|72"]]


def test_used_is_the_limit_less_what_is_left_where_both_are_known() -> None:
    assert benefits(limit(50_000), left(34_750)) == [{"allowedMoney": usd("500.00"), "usedMoney": usd("152.50")}]


def test_a_lifetime_has_its_own_remainder() -> None:
    (year, life) = items(limit(50_000), limit(90_000, period_code="32"), left(80_000, period_code="33"))
    assert [coded(item["term"]) for item in (year, life)] == [
        ["benefit-term|annual", "615|23"],
        ["benefit-term|lifetime", "615|32"],
    ]
    assert "usedMoney" not in year["benefit"][0]
    assert life["benefit"][0]["usedMoney"] == usd("100.00")


def test_what_is_left_of_an_unknown_limit_is_an_extension() -> None:
    remaining = extension("remaining", valueMoney=usd("347.50"))
    assert benefits(left(34_750)) == [{"extension": [remaining]}]


def test_a_limit_alone_says_nothing_of_what_is_used() -> None:
    assert benefits(limit(50_000)) == [{"allowedMoney": usd("500.00")}]


def test_what_the_payer_says_is_used_stays_beside_what_is_left() -> None:
    used = limit(10_000, measure="accumulated", period_code="24")
    assert benefits(limit(50_000), used) == [{"allowedMoney": usd("500.00"), "usedMoney": usd("100.00")}]
    assert benefits(limit(50_000), used, left(40_000)) == benefits(limit(50_000), used)
    assert benefits(limit(50_000), used, left(30_000)) == [
        {
            "allowedMoney": usd("500.00"),
            "usedMoney": usd("100.00"),
            "extension": [extension("remaining", valueMoney=usd("300.00"))],
        }
    ]


def test_more_left_than_there_was_is_told_as_it_is() -> None:
    remaining = extension("remaining", valueMoney=usd("600.00"))
    assert benefits(limit(50_000), left(60_000)) == [{"allowedMoney": usd("500.00"), "extension": [remaining]}]


@pytest.mark.parametrize(
    "other",
    [
        left(40_000, messages=("TIER 2",)),
        left(40_000, network="out"),
        left(40_000, level="FAM"),
        left(40_000, service_types=("MH",)),
        left(40_000, places_of_service=("22",)),
        left(40_000, dates=(DatedFact(qualifier="292", start=date(2025, 1, 1), end=date(2025, 12, 31)),)),
        left(40_000, period_code="33"),
    ],
)
def test_what_is_left_of_something_else_is_not_taken_from_the_limit(other: Benefit) -> None:
    told = json.dumps(items(limit(50_000), other))
    assert "usedMoney" not in told
    assert "400.00" in told


def test_limits_that_differ_are_not_paired_with_what_is_left() -> None:
    told = [each for item in items(limit(50_000), limit(70_000), left(40_000)) for each in item["benefit"]]
    told = [{name: part for name, part in each.items() if name != "type"} for each in told]
    assert [sorted(each) for each in told] == [["allowedMoney"], ["allowedMoney"], ["extension"]]


@pytest.mark.parametrize(
    ("cents", "dollars"), [(0, "0.00"), (5, "0.05"), (124_000, "1240.00"), (10**11 + 1, "1000000000.01")]
)
def test_money_is_exact(cents: int, dollars: str) -> None:
    assert benefits(limit(cents)) == [{"allowedMoney": usd(dollars)}]


@pytest.mark.parametrize(
    ("told", "codes", "value"),
    [
        (row("C", amount_cents=100), ["benefit-type|deductible", "1390|C"], {"allowedMoney": usd("1.00")}),
        (row("B", amount_cents=2_000), COPAY, {"allowedMoney": usd("20.00")}),
        (row("A", percent_bp=2_000), ["benefit-type|copay-percent", "1390|A"], {"allowedUnsignedInt": 20}),
        (row("A", percent_bp=0), ["benefit-type|copay-percent", "1390|A"], {"allowedUnsignedInt": 0}),
        (row("A", percent_bp=1_250), ["benefit-type|copay-percent", "1390|A"], {"allowedString": "12.5%"}),
        (row("A"), ["benefit-type|copay-percent", "1390|A"], {}),
        (row("D", percent_bp=8_000), ["1390|D"], {"allowedString": "80%"}),
        (
            row("G", amount_cents=300_000),
            ["urn:outlay:fhir:CodeSystem:benefit-type|out-of-pocket-maximum", "1390|G"],
            {"allowedMoney": usd("3000.00")},
        ),
        (row("F", amount_cents=100), ["benefit-type|benefit", "1390|F"], {"allowedMoney": usd("1.00")}),
        (
            row("F", quantity=Quantity(qualifier="VS", value="20")),
            ["benefit-type|visit", "1390|F"],
            {"allowedUnsignedInt": 20},
        ),
        (
            row("B", amount_cents=9_999_999, no_limit=True),
            ["benefit-type|copay", "1390|B"],
            {"allowedString": "no limit"},
        ),
        (row("P"), ["1390|P"], {}),
        (row("ZZ"), ["1390|ZZ"], {}),
    ],
)
def test_a_benefit_has_the_codes_that_there_are(told: Benefit, codes: list[str], value: dict[str, Any]) -> None:
    ((item,), (benefit,)) = items(told), benefits(told)
    assert coded(item["benefit"][0]["type"]) == codes
    assert benefit == value


def test_visits_are_counted_like_money() -> None:
    def visits(number: str, measure: str) -> Benefit:
        return row("F", quantity=Quantity(qualifier="VS", value=number), measure=measure)

    assert benefits(visits("20", "limit"), visits("15", "remaining")) == [
        {"allowedUnsignedInt": 20, "usedUnsignedInt": 5}
    ]
    (alone,) = benefits(visits("15", "remaining"))
    assert alone["extension"][0]["valueQuantity"]["value"] == 15


def test_days_that_a_copay_is_left_for_do_not_make_the_copay_a_remainder() -> None:
    """Medicare (HETS): $248 for each of the 30 days that are left."""
    told = row(
        "B", amount_cents=24_800, measure="remaining", period_code="29", quantity=Quantity(qualifier="DY", value="30")
    )
    days = {"value": 30, "system": "https://codesystem.x12.org/005010/673", "code": "DY"}
    assert benefits(told) == [
        {"allowedMoney": usd("248.00"), "extension": [extension("remaining", valueQuantity=days)]}
    ]


def test_a_row_that_is_not_to_be_trusted_has_no_figure() -> None:
    told = benefits(row("C", amount_cents=2_900, percent_bp=100, malformed="elements shifted by one"))
    assert told == [{"extension": [extension("not-trusted", valueString="elements shifted by one")]}]


def test_each_service_and_each_network_has_an_item_of_its_own() -> None:
    told = items(row("C", amount_cents=100, service_types=("A4", "A6"), network="either"))
    assert [(coded(item["category"]), coded(item["network"])) for item in told] == [
        (["1365|A4"], ["benefit-network|in"]),
        (["1365|A4"], ["benefit-network|out"]),
        (["1365|A6"], ["benefit-network|in"]),
        (["1365|A6"], ["benefit-network|out"]),
    ]


@pytest.mark.parametrize(("network", "told"), [(None, None), ("unknown", {"text": "unknown"})])
def test_a_network_that_is_not_said_is_not_made_up(network: Any, told: Any) -> None:
    (item,) = items(row("C", amount_cents=100, network=network))
    assert item.get("network") == told


def test_the_plan_as_a_whole_is_no_service_type() -> None:
    (item,) = items(row("C", amount_cents=100, service_types=()))
    assert item["category"] == {"text": "the plan as a whole"}


@pytest.mark.parametrize(
    ("procedure", "product", "modifiers"),
    [
        (("HC", "99417", "25"), ["cpt|99417"], [{"coding": [{"code": "25"}]}]),
        (("HC", "J3490"), ["HCPCSReleaseCodeSets|J3490"], []),
        (("N4", "50458002803"), ["ndc|50458002803"], []),
        (("ZZ", "SPRAVATO"), [], []),
    ],
)
def test_a_procedure_takes_the_place_of_the_service(
    procedure: tuple[str, ...], product: list[str], modifiers: list[Any]
) -> None:
    (item,) = items(row("B", amount_cents=100, procedure=procedure))
    assert "category" not in item
    assert coded(item["productOrService"]) == product
    assert product or item["productOrService"] == {"text": "ZZ:SPRAVATO"}
    assert item.get("modifier", []) == modifiers


@pytest.mark.parametrize(
    ("told", "unit", "term"),
    [
        (
            {"level": "IND", "period_code": "23"},
            ["benefit-unit|individual", "1207|IND"],
            ["benefit-term|annual", "615|23"],
        ),
        (
            {"level": "FAM", "period_code": "32"},
            ["benefit-unit|family", "1207|FAM"],
            ["benefit-term|lifetime", "615|32"],
        ),
        ({"level": "ESP", "period_code": "7"}, ["1207|ESP"], ["benefit-term|day", "615|7"]),
        ({"period_code": "27"}, [], ["615|27"]),
        ({}, [], []),
    ],
)
def test_whose_and_for_how_long(told: dict[str, Any], unit: list[str], term: list[str]) -> None:
    (item,) = items(row("C", amount_cents=100, **told))
    assert (coded(item.get("unit")), coded(item.get("term"))) == (unit, term)


@pytest.mark.parametrize(("eb11", "required"), [("Y", True), ("N", False), ("U", None), (None, None)])
def test_an_authorization_is_told_where_the_payer_can_tell(eb11: str | None, required: bool | None) -> None:
    (item,) = items(row("CB", authorization_required=eb11))
    assert item.get("authorizationRequired") is required


@pytest.mark.parametrize(("eb01", "excluded"), [("I", True), ("E", True), ("C", None)])
def test_what_is_not_covered_is_excluded(eb01: str, excluded: bool | None) -> None:
    (item,) = items(row(eb01))
    assert item.get("excluded") is excluded


def test_what_stands_beside_a_row() -> None:
    (item,) = items(
        row(
            "R",
            plan="CHOICE PLUS",
            messages=("BILL THE PLAN", "CALL FIRST\x00"),
            places_of_service=("11", "02"),
            dates=(
                DatedFact(qualifier="292", start=date(2026, 1, 1), end=date(2026, 12, 31)),
                DatedFact(qualifier="290", date=date(2026, 3, 4)),
            ),
            entities=(Related(entity="PRP", name="HUMANA", id="61101"),),
        )
    )
    assert (item["name"], item["description"]) == ("CHOICE PLUS", "BILL THE PLAN\nCALL FIRST")
    place, other_place, period, day, party = item["extension"]
    assert coded(place["valueCodeableConcept"]) == ["Place_of_Service_Code_Set|11"]
    assert coded(other_place["valueCodeableConcept"]) == ["Place_of_Service_Code_Set|02"]
    assert period["extension"] == [
        {"url": "qualifier", "valueCode": "292"},
        {"url": "period", "valuePeriod": {"start": "2026-01-01", "end": "2026-12-31"}},
    ]
    assert day["extension"] == [{"url": "qualifier", "valueCode": "290"}, {"url": "date", "valueDate": "2026-03-04"}]
    assert party["extension"] == [
        {"url": "part", "valueCode": "PRP"},
        {"url": "who", "valueReference": {"identifier": {"value": "61101"}, "display": "HUMANA"}},
    ]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_an_answer_that_has_not_come_is_queued_and_one_that_will_not_is_an_error(lang: Language) -> None:
    queued = valid(write_queued(ECHO, CHECK, CREATED, lang))
    failed = valid(write_failed(ECHO, CHECK, CREATED, WITHDRAWN[lang], lang))
    assert (queued["outcome"], failed["outcome"]) == ("queued", "error")
    assert queued["identifier"] == [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{CHECK}"}]
    assert "error" not in queued
    assert failed["error"] == [{"code": {"text": failed["disposition"]}}]
    assert queued["insurance"] == failed["insurance"] == [{"coverage": {"reference": "Coverage/card"}}]


def test_a_response_gives_back_what_was_asked_and_whatever_its_references_need() -> None:
    in_a_circle = CLINIC | {"partOf": {"reference": "#clinic"}}
    inquired = read_request(sent(contained=[PATIENT, HOLDER, PAYER, in_a_circle, CARD]))
    assert not isinstance(inquired, tuple)
    response = written(answer(), echo=inquired.echo)
    assert response["request"]["reference"] == "CoverageEligibilityRequest/ask"
    assert (response["servicedDate"], response["purpose"]) == ("2026-12-01", ["benefits"])
    assert {each["id"] for each in response["contained"]} == {"pat", "payer", "clinic", "card"}


def test_a_response_to_a_bundle_refers_to_its_entries() -> None:
    inquired = read_request(bundle(sent()))
    assert not isinstance(inquired, tuple)
    response = written(answer(), echo=inquired.echo)
    assert response["request"] == {"reference": "urn:uuid:ask", "type": "CoverageEligibilityRequest"}
    assert response["insurance"][0]["coverage"] == {"reference": "urn:uuid:card"}
    assert "contained" not in response


def test_the_payers_own_message_can_stand_beside() -> None:
    raw = "ISA*00*~ST*271~é"
    resource = write_response(ECHO, CHECK, CREATED, answer())
    together = valid(with_message(resource, UUID(CHECK), raw, "application/edi-x12"))
    response, document = (entry["resource"] for entry in together["entry"])
    assert [str(issue) for issue in fhirkit.validate(document)] == []
    assert response == valid(resource)
    attachment = document["content"][0]["attachment"]
    assert b64decode(attachment["data"]).decode() == raw
    assert attachment["contentType"] == "application/edi-x12"
    assert document["context"]["related"] == [{"reference": together["entry"][0]["fullUrl"]}]
