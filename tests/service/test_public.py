"""What anybody may read: who pays, what they say, and how it is cached."""

from typing import Any, get_args

import httpx
import pytest

from payers.catalogue.vocabulary import Indication, Treatment


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_payer_is_listed_once_across_pages(client: httpx.AsyncClient) -> None:
    slugs: list[str] = []
    after = ""
    while True:
        page = await read(client, f"/v1/payers{after}")
        slugs += [payer["slug"] for payer in page["items"]]
        if page["next"] is None:
            break
        after = f"?after={page['next']}"
    assert len(slugs) == len(set(slugs)) > 37


async def test_a_search_forgives_a_typing_error(client: httpx.AsyncClient) -> None:
    found = await read(client, "/v1/payers?q=etna&kind=commercial")
    assert found["items"][0]["slug"] == "aetna"


async def test_a_name_of_the_past_is_told_with_its_lineage(client: httpx.AsyncClient) -> None:
    found = await read(client, "/v1/payers/resolve?name=PacifiCare&as_of=2026-12-01")
    assert found["payer"] == {"slug": "uhc", "name": "UnitedHealthcare", "kind": "commercial"}
    assert [(step["from"], step["to"]) for step in found["via"]] == [("pacificare", "uhc")]
    assert found["via"][0]["citations"][0]["url"]


async def test_a_name_that_nobody_bears_is_an_answer_too(client: httpx.AsyncClient) -> None:
    found = await read(client, "/v1/payers/resolve?name=Zzyzx+Mutual")
    assert (found["payer"], found["question"]) == (None, None)


async def test_a_payer_is_told_with_everything_that_is_known(client: httpx.AsyncClient) -> None:
    payer = await read(client, "/v1/payers/aetna")
    assert payer["identifiers"]
    assert all(rule["citations"] and rule["verified_on"] for rule in payer["rules"])
    spravato = next(rule for rule in payer["rules"] if rule["treatments"] == ["spravato"])
    assert spravato["requirements"]


@pytest.mark.parametrize(("lang", "word"), [("en", "You are"), ("es", "Usted tiene")])
async def test_criteria_are_told_in_the_readers_language(lang: str, word: str, client: httpx.AsyncClient) -> None:
    decision = await read(client, f"/v1/coverage?payer=Aetna&treatment=spravato&lang={lang}")
    assert any(word in each["text"] for each in decision["coverage"]["requirements"])


async def test_tricare_beside_itself(client: httpx.AsyncClient) -> None:
    spravato = await read(client, "/v1/coverage?payer=TRICARE&treatment=spravato&indication=trd")
    infusion = await read(client, "/v1/coverage?payer=TRICARE&treatment=iv-ketamine&indication=trd")
    assert (spravato["coverage"]["status"], spravato["coverage"]["lane"]) == ("prior-authorization", "medical")
    assert (infusion["coverage"]["status"], infusion["coverage"]["reason"]) == ("not-covered", "excluded")
    # Both regions say the same, so the question is asked and nobody has to wait for its answer.
    assert spravato["payer"]["question"]


@pytest.mark.parametrize("name", ["VA", "Humana", "Colorado Health Partnerships"])
async def test_a_name_of_several_payers_that_share_differently_asks(client: httpx.AsyncClient, name: str) -> None:
    asked = await client.get("/v1/coverage", params={"payer": name, "treatment": "spravato"})
    assert (asked.status_code, asked.json()["type"]) == (422, "/problems/ambiguous-payer")
    assert asked.json()["question"]
    assert (await client.get("/v1/coverage/matrix", params={"payer": name})).status_code == 422


async def test_no_coverage_is_told_for_days_before_anything_on_file(client: httpx.AsyncClient) -> None:
    asked = await client.get("/v1/coverage?payer=Aetna&treatment=spravato&as_of=2015-01-01")
    assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (422, "/as_of")


async def test_a_cursor_of_no_page_is_refused(client: httpx.AsyncClient) -> None:
    asked = await client.get("/v1/payers?after=zzz")
    assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (422, "/after")


async def test_a_line_of_another_entry_is_answered_by_it(client: httpx.AsyncClient) -> None:
    decision = await read(client, "/v1/coverage?payer=Aetna&treatment=spravato&line_of_business=medicare-advantage")
    assert decision["payer"]["slug"] == "aetna-ma"


async def test_the_matrix_holds_every_treatment_for_every_indication(client: httpx.AsyncClient) -> None:
    matrix = await read(client, "/v1/coverage/matrix?payer=TRICARE")
    cells = [(cell["treatment"], cell["indication"]) for cell in matrix["cells"]]
    assert len(cells) == len(set(cells)) == len(get_args(Treatment)) * len(get_args(Indication)) == 40


async def test_treatments_are_told_with_schedules_and_codes(client: httpx.AsyncClient) -> None:
    treatments = {each["slug"]: each for each in (await read(client, "/v1/treatments"))["items"]}
    assert set(treatments) == set(get_args(Treatment))
    assert [phase["name"] for phase in treatments["spravato"]["phases"]]
    assert all(code["label"] for code in treatments["spravato"]["codes"])


async def test_what_is_already_known_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/payers/aetna")
    again = await client.get("/v1/payers/aetna", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "Accept-Language" in first.headers["vary"]
    assert first.headers["etag"].strip('"').split(".")[0] == first.headers["x-outlay-catalogue-version"][:16]


async def test_another_language_is_another_answer(client: httpx.AsyncClient) -> None:
    path = "/v1/coverage?payer=Aetna&treatment=spravato"
    english = await client.get(path, headers={"Accept-Language": "en-US,en;q=0.9,es;q=0.8"})
    known = {"If-None-Match": english.headers["etag"], "Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
    spanish = await client.get(path, headers=known)
    assert spanish.status_code == 200
    assert spanish.json()["coverage"]["sentence"] != english.json()["coverage"]["sentence"]


async def test_every_answer_carries_its_id_and_the_security_headers(client: httpx.AsyncClient) -> None:
    asked = "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"
    for path in ("/v1/treatments", "/nowhere"):
        answer = await client.get(path, headers={"X-Request-Id": asked})
        assert answer.headers["x-request-id"] == asked
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await client.get("/nowhere", headers={"X-Request-Id": "<b>"})).headers["x-request-id"] != "<b>"


async def test_every_kind_of_problem_is_explained(client: httpx.AsyncClient) -> None:
    for kind in await read(client, "/problems"):
        assert await read(client, f"/problems/{kind['slug']}") == kind


async def test_metrics_name_routes_and_not_paths(client: httpx.AsyncClient) -> None:
    await client.get("/v1/payers/aetna")
    await client.get("/wp-login.php")
    metrics = (await client.get("/metrics")).text
    assert 'route="/v1/payers/{slug}"' in metrics
    assert "wp-login" not in metrics
    assert "aetna" not in metrics
