"""Every way to fail gives a problem document of the promised shape, and nothing of the inside."""

import json
import re
from typing import Any, NamedTuple

import httpx
import pytest
from litestar import Litestar

from service.api.problems import KINDS

QUESTION: dict[str, Any] = {"payer": "Aetna", "treatment": "spravato"}
JSON = {"Content-Type": "application/json"}


class Way(NamedTuple):
    """A body that must be refused, the kind of problem it is, and the place that the problem points at."""

    kind: str
    body: bytes
    pointer: str | None = None
    headers: dict[str, str] = JSON


def asking(**more: Any) -> bytes:
    return json.dumps(QUESTION | more).encode()


def deductible(cents: Any) -> bytes:
    return asking(benefits={"deductible": {"individual_cents": cents}})


CENTS = "/benefits/deductible/individual_cents"
WAYS = {
    "unknown payer": Way("unknown-payer", asking(payer="Etnna Helth Plann of Nowhere"), "/payer"),
    "ambiguous payer": Way("ambiguous-payer", asking(payer="Colorado Health Partnerships"), "/payer"),
    "a line of business the payer does not have": Way(
        "impossible-question", asking(payer="Medicare", line_of_business="commercial"), "/line_of_business"
    ),
    "the Medicaid of another state": Way("unknown-payer", asking(payer="Colorado Medicaid", state="TX"), "/state"),
    "a state that is none": Way("impossible-question", asking(state="ZZ"), "/state"),
    "a visit above its session": Way(
        "impossible-question",
        asking(
            prices={
                "allowed_per_session": {"low_cents": 1, "high_cents": 2},
                "visit_allowed_per_session": {"low_cents": 3, "high_cents": 3},
            }
        ),
        "/prices/visit_allowed_per_session",
    ),
    "covered since after the start": Way(
        "impossible-question",
        asking(
            start_on="2026-12-01",
            other_coverage=[{"kind": "commercial", "facts": {"covered_since": "2026-12-02"}}],
        ),
        "/other_coverage/0/facts/covered_since",
    ),
    "negative cents": Way("invalid-input", deductible(-1), CENTS),
    "fractional cents": Way("invalid-input", deductible(1.5), CENTS),
    "cents as a float": Way("invalid-input", deductible(1.0), CENTS),
    "cents in quotes": Way("invalid-input", deductible("5"), CENTS),
    "cents as a truth value": Way("invalid-input", deductible(True), CENTS),
    "more cents than a million dollars": Way("invalid-input", deductible(100_000_001), CENTS),
    "more met than there is": Way(
        "invalid-input",
        asking(benefits={"deductible": {"individual_cents": 1, "individual_met_cents": 2}}),
        "/benefits/deductible",
    ),
    "not a number": Way("not-json", deductible(float("nan"))),
    "infinity": Way("not-json", deductible(float("inf"))),
    "unknown field": Way("invalid-input", asking(diagnosis="F33.2"), "/diagnosis"),
    "unknown field inside": Way("invalid-input", asking(prices={"cash": 1}), "/prices/cash"),
    "unknown kind of course": Way("invalid-input", asking(course={"kind": "forever"}), "/course/kind"),
    "thirteen months by label": Way("invalid-input", asking(course={"kind": "label", "weeks": 57}), "/course/weeks"),
    "thirteen months of sessions": Way(
        "impossible-question", asking(course={"kind": "sessions", "count": 14, "every_days": 30}), "/course"
    ),
    "a start in 1900": Way("impossible-question", asking(start_on="1900-01-01"), "/start_on"),
    "a day that is none": Way("invalid-input", asking(start_on="2026-02-30"), "/start_on"),
    "a date in a list": Way(
        "invalid-input", asking(course={"kind": "dates", "dates": ["2026-12-01", "soon"]}), "/course/dates/1"
    ),
    "a missing field": Way("invalid-input", b'{"payer": "Aetna"}', "/treatment"),
    "a field twice": Way("invalid-input", b'{"payer": "Aetna", "treatment": "spravato", "payer": "Cigna"}', ""),
    "null": Way("invalid-input", b"null", ""),
    "a list": Way("invalid-input", b"[]", ""),
    "nothing": Way("not-json", b""),
    "half of it": Way("not-json", b'{"payer": "Aet'),
    "two of it": Way("not-json", asking() + asking()),
    "not UTF-8": Way("not-json", b'{"payer": "\xff", "treatment": "spravato"}'),
    "400 kB": Way("too-large", asking(payer="A" * 400_000)),
    "a form": Way("unsupported-media-type", b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    "plain text": Way("unsupported-media-type", asking(), headers={"Content-Type": "text/plain"}),
    "no content type": Way("unsupported-media-type", asking(), headers={}),
}


def checked(answer: httpx.Response, kind: str, pointer: str | None = None) -> dict[str, Any]:
    """The problem document, after everything was checked that holds for all of them."""
    problem: dict[str, Any] = answer.json()
    promised = KINDS[kind]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert (problem["type"], problem["title"]) == (f"/problems/{kind}", promised.title)
    assert problem["status"] == answer.status_code == promised.status
    assert problem["detail"]
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert all(set(error) == {"pointer", "detail"} for error in problem["errors"])
    assert set(problem) - {"nearest", "candidates", "question"} == {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "errors",
    }
    assert not re.search(r"Traceback|\.py|asyncpg|msgspec|litestar", answer.text)
    if pointer is not None:
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
    return problem


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_body_that_cannot_be_answered(way: Way, desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates", content=way.body, headers=way.headers)
    checked(answer, way.kind, way.pointer)


async def test_an_unknown_payer_brings_the_nearest_names(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates", json=QUESTION | {"payer": "Cygna Helth"})
    assert checked(answer, "unknown-payer")["nearest"][0]["slug"] == "cigna"


async def test_an_ambiguous_payer_brings_candidates_and_a_question(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates", json=QUESTION | {"payer": "Colorado Health Partnerships", "lang": "es"})
    problem = checked(answer, "ambiguous-payer")
    assert len(problem["candidates"]) > 1
    assert "¿" in problem["question"]


async def test_an_unknown_field_is_told_its_nearest_name(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates", json=QUESTION | {"course": {"kind": "sessions", "counts": 12}})
    assert "`count`" in checked(answer, "invalid-input", "/course/counts")["detail"]


@pytest.mark.parametrize(
    ("body", "pointer", "known"),
    [
        (asking(other_coverage=[{"kind": "medigap", "plan": "Z"}]), "/other_coverage/0/plan", "`F`, `G`, `K`"),
        (asking(other_coverage=[{"kind": "medicar"}]), "/other_coverage/0/kind", "`medicare`"),
        (asking(dose_mg=60), "/dose_mg", "`56`, `84`"),
    ],
)
async def test_a_value_that_is_none_of_a_few_is_told_them(
    body: bytes, pointer: str, known: str, desk: httpx.AsyncClient
) -> None:
    told = (await desk.post("/v1/estimates", content=body, headers=JSON)).json()["errors"]
    assert [each["pointer"] for each in told] == [pointer]
    assert known in told[0]["detail"]


@pytest.mark.parametrize("presented", [None, "", "Bearer", "Bearer outlay_x_y", "Basic YTpi", "Bearer \u00e9"])
async def test_without_a_good_key_there_is_no_answer(presented: str | None, client: httpx.AsyncClient) -> None:
    headers = {} if presented is None else {b"Authorization": presented.encode("latin-1")}
    answer = await client.post("/v1/estimates", json=QUESTION, headers=headers)
    checked(answer, "not-authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_with_another_scope_is_not_enough(client: httpx.AsyncClient, keys: dict[str, str]) -> None:
    answer = await client.post("/v1/estimates", json=QUESTION, headers={"Authorization": f"Bearer {keys['reader']}"})
    assert "estimates:write" in checked(answer, "not-allowed")["detail"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/coverage?payer=Aetna", "/treatment"),
        ("/v1/coverage?payer=Aetna&treatment=aspirin", "/treatment"),
        ("/v1/coverage?payer=Aetna&treatment=spravato&as_of=soon", "/as_of"),
        ("/v1/payers?state=Colorado", "/state"),
        ("/v1/payers?sate=CO", "/sate"),
        ("/widget/v1/estimate?payer=Aetna&treatment=spravato&member_id=W123", "/member_id"),
    ],
)
async def test_a_parameter_that_cannot_be_used(path: str, pointer: str, client: httpx.AsyncClient) -> None:
    checked(await client.get(path), "invalid-input", pointer)


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/payers/nobody", "/problems/none", "/schema/none", "/schema/none.json", "/v1/estimates/7"],
)
async def test_an_address_that_is_not_served(path: str, desk: httpx.AsyncClient) -> None:
    checked(await desk.get(path), "not-found")


async def test_an_estimate_that_was_never_given(desk: httpx.AsyncClient) -> None:
    checked(await desk.get("/v1/estimates/019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"), "not-found")


async def test_a_method_that_does_not_fit(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/v1/payers")
    checked(answer, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("key", ["", "two words", "ñ", "k" * 201])
async def test_an_idempotency_key_that_cannot_be_used(key: str, desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/v1/estimates", json=QUESTION, headers={b"Idempotency-Key": key.encode()})
    checked(answer, "invalid-input", "/Idempotency-Key")


async def test_a_fault_of_the_service_tells_nothing(app: Litestar, desk: httpx.AsyncClient) -> None:
    wiring, app.state.wiring = app.state.wiring, None
    try:
        answer = await desk.post("/v1/estimates", json=QUESTION)
    finally:
        app.state.wiring = wiring
    checked(answer, "internal")
