"""Stedi's JSON as it travels; the 271 inside and the JSON around it say the same."""

from typing import Any

import httpx
import pytest

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12
from service.sandbox.roster import roster
from tests.service.sandbox.serving import TODAY, about, member

PATH = "/stedi/2024-04-01/change/medicalnetwork/eligibility/v3"
KEY = {"Authorization": "sandbox"}

Json = dict[str, Any]


def check(id: str, **change: Any) -> Json:
    """A question about a member, as the network's examples have it."""
    known, inquiry = member(id), about(id)
    body: Json = {
        "tradingPartnerServiceId": inquiry.payer.id,
        "externalPatientId": inquiry.trace,
        "provider": {"npi": inquiry.provider.npi, "organizationName": inquiry.provider.name},
        "subscriber": {
            "firstName": known.first_name.title(),
            "lastName": known.last_name.title(),
            "dateOfBirth": f"{known.birth_date:%Y%m%d}",
            "memberId": id,
        },
        "encounter": {"serviceTypeCodes": ["30"]},
    }
    return body | change


async def ask(network: httpx.AsyncClient, body: Json, headers: dict[str, str] = KEY) -> httpx.Response:
    return await network.post(PATH, json=body, headers=headers)


async def test_an_answer_mirrors_the_271_inside(network: httpx.AsyncClient) -> None:
    response = await ask(network, check("SBX0001"))
    assert response.status_code == 200
    answer: Json = response.json()
    read = read_271(answer["x12"])
    assert not isinstance(read, NotX12)
    [patient] = read.transactions[0].patients
    assert answer["errors"] == []
    assert answer["subscriber"]["memberId"] == patient.member_id == "SBX0001"
    assert answer["planDateInformation"] == {
        "planBegin": f"{TODAY.year}0101",
        "planEnd": f"{TODAY.year}1231",
    }
    mirrored = [
        (
            row["code"],
            row.get("coverageLevelCode"),
            tuple(row["serviceTypeCodes"]),
            row.get("timeQualifierCode"),
            round(float(row["benefitAmount"]) * 100) if "benefitAmount" in row else None,
            round(float(row["benefitPercent"]) * 10_000) if "benefitPercent" in row else None,
            {"Y": "in", "N": "out", "W": "either"}.get(row.get("inPlanNetworkIndicatorCode", "")),
            tuple(note["description"] for note in row.get("additionalInformation", [])),
            tuple(place["industryCode"] for place in row.get("eligibilityAdditionalInformationList", [])),
        )
        for row in answer["benefitsInformation"]
    ]
    assert mirrored == [
        (
            row.eb01,
            row.level,
            row.service_types,
            row.period_code,
            row.amount_cents,
            row.percent_bp,
            row.network,
            row.messages,
            row.places_of_service,
        )
        for row in patient.benefits
    ]


@pytest.mark.parametrize("id", [each.id for each in roster().members if each.trouble is None])
async def test_every_member_has_words_for_every_code(network: httpx.AsyncClient, id: str) -> None:
    response = await ask(network, check(id))
    assert response.status_code == (400 if member(id).rejection else 200)


async def test_a_dependent_stands_apart(network: httpx.AsyncClient) -> None:
    kim = {"firstName": "Kim", "lastName": "Sample", "dateOfBirth": "20100304"}
    answer: Json = (await ask(network, check("SBX0017", dependents=[kim]))).json()
    [dependent] = answer["dependents"]
    assert (dependent["firstName"], dependent["relationToSubscriberCode"]) == ("KIM", "19")
    assert answer["subscriber"]["firstName"] == "JAMIE"


async def test_the_271_may_be_left_out(network: httpx.AsyncClient) -> None:
    answer: Json = (await ask(network, check("SBX0024"))).json()
    assert "x12" not in answer
    assert len(answer["benefitsInformation"]) == len(
        (await ask(network, check("SBX0001"))).json()["benefitsInformation"]
    )


@pytest.mark.parametrize(
    ("id", "change", "whose", "code"),
    [
        ("SBX0102", {}, "payer", "42"),
        ("SBX0001", {"provider": {"npi": "1999999901", "organizationName": "Clinic"}}, "provider", "51"),
        ("SBX0105", {}, "subscriber", "72"),
    ],
)
async def test_a_rejection_is_a_400_with_its_place(
    network: httpx.AsyncClient, id: str, change: Json, whose: str, code: str
) -> None:
    response = await ask(network, check(id, **change))
    answer: Json = response.json()
    assert (response.status_code, [each["code"] for each in answer["errors"]]) == (400, [code])
    assert answer[whose]["aaaErrors"] == answer["errors"]
    assert "benefitsInformation" not in answer


async def test_a_rejection_may_stand_beside_benefits(network: httpx.AsyncClient) -> None:
    response = await ask(network, check("SBX0115"))
    answer: Json = response.json()
    assert (response.status_code, answer["errors"][0]["code"]) == (400, "42")
    assert answer["benefitsInformation"]


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 401), ({"Authorization": "wrong"}, 403), ({"Authorization": "Key sandbox"}, 200)]
)
async def test_the_key_is_looked_at(network: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await ask(network, check("SBX0001"), headers)).status_code == status


@pytest.mark.parametrize(
    "change",
    [
        {"tradingPartnerServiceId": None},
        {"subscriber": {"dateOfBirth": "1980-01-31"}},
        {"subscriber": {"dateOfBirth": "19800231"}},
        {"encounter": {"serviceTypeCodes": []}},
    ],
    ids=str,
)
async def test_a_question_that_does_not_fit_is_refused(network: httpx.AsyncClient, change: Json) -> None:
    response = await ask(network, check("SBX0001", **change))
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("id", "status", "code"),
    [
        ("SBX0114", 429, "TOO_MANY_REQUESTS"),
        ("SBX0111", 500, "INTERNAL_SERVER_ERROR"),
        ("SBX0110", 200, "SERVICE_UNAVAILABLE"),
    ],
)
async def test_trouble_has_its_code(network: httpx.AsyncClient, id: str, status: int, code: str) -> None:
    response = await ask(network, check(id))
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_half_an_answer_is_half_in_both(network: httpx.AsyncClient) -> None:
    half: Json = (await ask(network, check("SBX0109"))).json()
    whole: Json = (await ask(network, check("SBX0001"))).json()
    assert 0 < len(half["benefitsInformation"]) < len(whole["benefitsInformation"])
    assert "~SE*" not in half["x12"]


async def test_a_page_for_people_is_no_answer(network: httpx.AsyncClient) -> None:
    response = await ask(network, check("SBX0108"))
    assert (response.status_code, response.headers["content-type"][:9]) == (200, "text/html")


async def test_a_network_may_hang_up(network: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(network, check("SBX0112"))


async def test_a_slow_payer_answers_when_nobody_waits_any_more(network: httpx.AsyncClient) -> None:
    network.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await ask(network, check("SBX0101"))
