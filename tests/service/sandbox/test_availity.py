"""Availity's coverages as they travel: token, question, looks, answer."""

from typing import Any

import httpx
import pytest

from service.sandbox.roster import roster
from tests.service.sandbox.serving import TODAY, about, member

Json = dict[str, Any]
CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": "clinic",
    "client_secret": "sandbox",
    "scope": "hipaa",
}


def form(id: str, **change: Any) -> dict[str, Any]:
    known, inquiry = member(id), about(id)
    return {
        "payerId": inquiry.payer.id,
        "providerNpi": inquiry.provider.npi,
        "providerLastName": inquiry.provider.name,
        "memberId": id,
        "patientLastName": known.last_name,
        "patientFirstName": known.first_name,
        "patientBirthDate": known.birth_date.isoformat(),
        "subscriberRelationship": "18",
        "asOfDate": TODAY.isoformat(),
        "serviceType": ["30"],
    } | change


@pytest.fixture
async def signed_in(network: httpx.AsyncClient) -> httpx.AsyncClient:
    """Whoever has a token."""
    token: Json = (await network.post("/availity/v1/token", data=CREDENTIALS)).json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    network.headers["Authorization"] = f"Bearer {token['access_token']}"
    return network


async def hand_in(network: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Response:
    return await network.post("/availity/v1/coverages", data=asked)


async def answer(network: httpx.AsyncClient, asked: dict[str, Any]) -> Json:
    """The answer, looked for twice."""
    taken = await hand_in(network, asked)
    assert taken.status_code == 202
    first = await network.get(taken.headers["location"])
    assert (first.status_code, first.json()["statusCode"]) == (202, "0")
    second = await network.get(taken.headers["location"])
    assert second.status_code == 200
    return second.json()


async def test_an_answer_is_fetched_where_the_question_was_taken(signed_in: httpx.AsyncClient) -> None:
    told = await answer(signed_in, form("SBX0001"))
    assert (told["status"], told["statusCode"]) == ("Complete", "4")
    [plan] = told["plans"]
    assert (plan["planName"], plan["planStartDate"][:10]) == ("SAMPLE CHOICE PPO", f"{TODAY.year}-01-01")
    by_type = {benefit["type"]: benefit for benefit in plan["benefits"]}
    [individual, family] = by_type["30"]["amounts"]["deductibles"]["inNetwork"]
    assert (individual["total"], individual["remaining"], individual["levelCode"]) == ("2000", "800", "IND")
    assert (family["total"], family["remaining"], family["levelCode"]) == ("4000", "2800", "FAM")
    [share] = by_type["30"]["amounts"]["coInsurance"]["outOfNetwork"]
    assert (share["amount"], share["units"]) == (".4", "Percent")
    [copay] = by_type["MH"]["amounts"]["coPayment"]["inNetwork"]
    assert (copay["amount"], copay["placeOfServiceCode"], copay["authorizationRequired"]) == ("40", "11", False)
    assert by_type["MH"]["statusCode"] == "1"


@pytest.mark.parametrize("id", [each.id for each in roster().members if each.trouble is None])
async def test_every_member_has_words_for_every_code(signed_in: httpx.AsyncClient, id: str) -> None:
    told = await answer(signed_in, form(id))
    known = member(id)
    assert told["statusCode"] == ("4" if known.rejection is None or known.answers_anyway else "19")


async def test_what_was_used_is_no_limit(signed_in: httpx.AsyncClient) -> None:
    [plan] = (await answer(signed_in, form("SBX0006")))["plans"]
    [everything] = [each for each in plan["benefits"] if each["type"] == "30"]
    limit, used = everything["amounts"]["outOfPocket"]["inNetwork"]
    assert (limit["total"], limit["remaining"]) == ("4900", "3650")
    assert (used["amount"], used["amountTimePeriod"]) == ("1250", "Year to Date")


async def test_a_dependent_is_asked_about_by_name(signed_in: httpx.AsyncClient) -> None:
    asked = form("SBX0017", patientFirstName="Kim", patientBirthDate="2010-03-04", subscriberRelationship="19")
    told = await answer(signed_in, asked)
    assert (told["patient"]["firstName"], told["patient"]["subscriberRelationshipCode"]) == ("KIM", "19")
    assert told["subscriber"]["firstName"] == "JAMIE"


async def test_a_rejection_is_a_validation_message(signed_in: httpx.AsyncClient) -> None:
    told = await answer(signed_in, form("SBX0105"))
    assert (told["statusCode"], [each["code"] for each in told["validationMessages"]]) == ("19", ["72"])
    assert "plans" not in told


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": ""}, 400, "invalid_scope"),
    ],
    ids=str,
)
async def test_credentials_are_looked_at(
    network: httpx.AsyncClient, change: dict[str, str], status: int, error: str
) -> None:
    response = await network.post("/availity/v1/token", data=CREDENTIALS | change)
    assert (response.status_code, response.json()["error"]) == (status, error)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer stale"}], ids=str)
async def test_nothing_is_told_without_a_token(network: httpx.AsyncClient, headers: dict[str, str]) -> None:
    network.headers.update(headers)
    responses = [
        await hand_in(network, form("SBX0001")),
        await network.get("/availity/v1/coverages/1"),
        await network.delete("/availity/v1/coverages/1"),
    ]
    assert [(each.status_code, each.json()["statusCode"]) for each in responses] == [(401, 401)] * 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payerId": ""}, "payerId"),
        ({"patientBirthDate": ""}, "patientBirthDate"),
        ({"patientBirthDate": "31.01.1980"}, "patientBirthDate"),
        ({"asOfDate": "tomorrow"}, "asOfDate"),
    ],
    ids=str,
)
async def test_a_question_that_does_not_fit_is_refused(
    signed_in: httpx.AsyncClient, change: dict[str, str], field: str
) -> None:
    response = await hand_in(signed_in, form("SBX0001", **change))
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)


async def test_a_question_can_be_taken_back(signed_in: httpx.AsyncClient) -> None:
    location = (await hand_in(signed_in, form("SBX0001"))).headers["location"]
    assert (await signed_in.delete(location)).status_code == 204
    assert [(await signed_in.get(location)).status_code, (await signed_in.delete(location)).status_code] == [404, 404]


@pytest.mark.parametrize(("id", "status"), [("SBX0114", 429), ("SBX0111", 500)])
async def test_a_network_in_trouble_says_so_with_its_status(signed_in: httpx.AsyncClient, id: str, status: int) -> None:
    response = await hand_in(signed_in, form(id))
    assert (response.status_code, response.json()["statusCode"]) == (status, status)


async def test_an_error_may_stand_inside_a_200(signed_in: httpx.AsyncClient) -> None:
    told = await answer(signed_in, form("SBX0110"))
    assert (told["statusCode"], "plans" in told) == ("7", False)


async def test_half_an_answer_is_told_as_not_valid(signed_in: httpx.AsyncClient) -> None:
    half, whole = [await answer(signed_in, form(id)) for id in ("SBX0109", "SBX0001")]
    assert half["statusCode"] == "3"
    assert len(str(half)) < len(str(whole))


async def test_a_page_for_people_is_no_answer(signed_in: httpx.AsyncClient) -> None:
    location = (await hand_in(signed_in, form("SBX0108"))).headers["location"]
    pages = [await signed_in.get(location) for _ in range(2)]
    assert pages[1].headers["content-type"].startswith("text/html")


async def test_a_network_may_hang_up(signed_in: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await hand_in(signed_in, form("SBX0112"))


async def test_a_slow_payer_is_asked_again_by_the_network(signed_in: httpx.AsyncClient) -> None:
    location = (await hand_in(signed_in, form("SBX0101"))).headers["location"]
    looks = [await signed_in.get(location) for _ in range(2)]
    assert [(each.status_code, each.json()["status"]) for each in looks] == [(202, "In Progress"), (202, "Retrying")]
