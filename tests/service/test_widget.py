"""The widget: a range for a visitor of whom nothing is known, readable by the clinic's pages alone."""

import asyncio
from typing import Any

import httpx
import pytest

ASKED = "/widget/v1/estimate?payer=aetna&treatment=spravato"


async def asked(client: httpx.AsyncClient, more: str = "") -> dict[str, Any]:
    answer = await client.get(ASKED + more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_options_lead_to_answers(client: httpx.AsyncClient) -> None:
    options = (await client.get("/widget/v1/options?lang=es")).json()
    assert {each["value"] for each in options["deductibles"]} == {"met", "partly", "not-met", "unknown"}
    for treatment in options["treatments"]:
        answer = await client.get("/widget/v1/estimate", params={"payer": "self-pay", "treatment": treatment["value"]})
        assert answer.status_code == 200
    assert all(each["label"] for name in ("payers", "treatments", "plan_types") for each in options[name])


async def test_self_pay_is_the_published_range(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/widget/v1/estimate?payer=self-pay&treatment=iv-ketamine")).json()
    assert answer["per_session"] == {"low_cents": 35_000, "high_cents": 80_000}
    assert answer["course"] == {"low_cents": 210_000, "high_cents": 480_000}
    assert answer["sessions"] == 6


async def test_a_hint_never_widens(client: httpx.AsyncClient) -> None:
    unknown = (await asked(client))["course"]
    for bucket in ("met", "partly", "not-met"):
        hinted = (await asked(client, f"&deductible={bucket}"))["course"]
        assert unknown["low_cents"] <= hinted["low_cents"] <= hinted["high_cents"] <= unknown["high_cents"]


async def test_both_languages_tell_the_same_amounts(client: httpx.AsyncClient) -> None:
    english, spanish = await asked(client), await asked(client, "&lang=es")
    amounts = ("per_session", "course", "sessions", "typical_per_session_cents")
    assert [english[name] for name in amounts] == [spanish[name] for name in amounts]
    assert english["assumptions"] != spanish["assumptions"]
    assert english["disclaimer"] != spanish["disclaimer"]


async def test_what_is_usual_is_possible_and_a_hint_narrows_it(client: httpx.AsyncClient) -> None:
    told = {bucket: await asked(client, f"&deductible={bucket}") for bucket in ("met", "partly", "not-met", "unknown")}
    for answer in told.values():
        course, usual = answer["course"], answer["usual"]["course"]
        assert course["low_cents"] <= usual["low_cents"] < usual["high_cents"] <= course["high_cents"]
        assert answer["usual"]["plans"]
        assert sum(month["sessions"] for month in answer["months"]) == answer["sessions"] == 12
    met, unmet = told["met"]["usual"], told["not-met"]["usual"]
    assert met["first_session"]["high_cents"] < unmet["first_session"]["low_cents"]
    assert met["course"]["high_cents"] < told["unknown"]["usual"]["course"]["high_cents"]


async def test_january_starts_the_deductible_again(client: httpx.AsyncClient) -> None:
    months = (await asked(client, "&deductible=met"))["months"]
    assert [(month["month"], month["new_plan_year"]) for month in months] == [
        ("2026-11", False),
        ("2026-12", False),
        ("2027-01", True),
    ]
    november, _, january = months
    assert november["label"] == "November 2026"
    # Per session: with the deductible met a share of the price, with a new one the price itself.
    assert november["patient_pays"]["low_cents"] / 3 < january["patient_pays"]["low_cents"] / 2


async def test_without_a_plan_the_usual_is_all_that_is_possible(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/widget/v1/estimate?payer=self-pay&treatment=iv-ketamine")).json()
    assert answer["usual"]["course"] == answer["course"]
    assert answer["usual"]["plans"] == answer["ask_insurer"] == []
    assert [question["ask"] for question in answer["narrowing"]] == ["clinic"]


async def test_the_visitor_is_told_what_to_ask_and_nothing_for_the_desk(client: httpx.AsyncClient) -> None:
    answer = await asked(client, "&deductible=met")
    worth = [question["worth_cents"] for question in answer["narrowing"]]
    assert worth == sorted(worth, reverse=True)
    assert 0 < len(worth) <= 5
    assert len(answer["ask_insurer"]) > 5
    medicare = (await client.get("/widget/v1/estimate?payer=medicare&treatment=spravato&deductible=met")).json()
    told = " ".join([*answer["notices"], *medicare["notices"]])
    assert not any(word in told for word in ("J0013", "G2082", "sequestration", "was given here", "Check the amount"))
    assert any("network" in question for question in answer["ask_insurer"])
    assert not any("network" in question for question in medicare["ask_insurer"])


async def test_the_right_to_a_good_faith_estimate_is_told_before_and_with_every_answer(
    client: httpx.AsyncClient,
) -> None:
    for lang, word in (("en", "good-faith estimate"), ("es", "buena fe")):
        options = (await client.get(f"/widget/v1/options?lang={lang}")).json()
        assert word in options["good_faith_estimate"]
        assert (await asked(client, f"&lang={lang}"))["good_faith_estimate"] == options["good_faith_estimate"]


async def test_an_old_name_on_a_card_leads_to_the_payer_of_today(client: httpx.AsyncClient) -> None:
    payers = {each["value"]: each for each in (await client.get("/widget/v1/options")).json()["payers"]}
    assert next(iter(payers)) == "self-pay"
    assert "PacifiCare" in payers["uhc"]["known_as"]
    assert "pacificare" not in payers
    assert payers["aetna"]["plan_types"] == ["commercial", "medicare-advantage"]
    assert (payers["medicare"]["plan_types"], payers["medicare"]["deductible"]) == ([], True)
    assert not payers["co-medicaid"]["deductible"]
    texan = (await client.get("/widget/v1/options?state=TX")).json()["payers"]
    assert not {"co-medicaid", "kaiser-co"} & {each["value"] for each in texan}


async def test_a_site_that_the_clinic_does_not_have_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{ASKED}&site=Maria+Lopez")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/site")


async def test_a_launch_day_asks_the_same_few_questions_all_at_once(client: httpx.AsyncClient) -> None:
    payers = ("cigna", "uhc", "oscar", "magellan")
    told = await asyncio.gather(
        *(client.get("/widget/v1/estimate", params={"payer": each, "treatment": "spravato"}) for each in payers * 50)
    )
    assert {answer.status_code for answer in told} == {200}
    assert len({answer.content for answer in told}) == len(payers)


async def test_what_is_already_known_is_not_sent_again(client: httpx.AsyncClient) -> None:
    for path in (f"{ASKED}&lang=en", "/widget/v1/options?lang=en"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "max-age" in first.headers["cache-control"]
        assert "Accept-Language" not in first.headers["vary"]
    assert "Accept-Language" in (await client.get(ASKED)).headers["vary"]


@pytest.mark.parametrize(
    ("origin", "path", "allowed"),
    [
        ("https://clinic.example", ASKED, "https://clinic.example"),
        ("https://clinic.example", "/widget/v1/estimate?payer=zzyzx&treatment=spravato", "https://clinic.example"),
        ("https://clinic.example.evil.example", ASKED, None),
        ("null", ASKED, None),
        ("https://clinic.example", "/v1/treatments", None),
    ],
)
async def test_only_named_websites_may_read_and_only_the_widget(
    origin: str, path: str, allowed: str | None, client: httpx.AsyncClient
) -> None:
    answer = await client.get(path, headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert "access-control-allow-credentials" not in answer.headers
    assert ("Origin" in answer.headers.get("vary", "")) == path.startswith("/widget/")
