"""Limits: who is counted as whom, what a refusal says, and that nobody else notices."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from limits import parse
from prometheus_client import generate_latest

from service.api import counting
from service.api.counting import BoundedMemory, Counts
from service.metrics import REGISTRY
from tests.public.conftest import Limited, Valkey

ASKED = "/v1/treatments"
WIDGET = "/widget/v1/estimate?payer=self-pay&treatment=iv-ketamine"


async def statuses(client: httpx.AsyncClient, times: int, path: str = ASKED) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


def bearer(key: str) -> str:
    return f"Bearer {key}"


def metric(name: str) -> float:
    lines = generate_latest(REGISTRY).decode().splitlines()
    return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")))


async def test_an_address_over_its_limit_is_refused_with_what_it_must_know(limited: Limited) -> None:
    async with limited(public="3/minute") as front, front.at() as one, front.at("192.0.2.2") as other:
        assert await statuses(one, 3) == [200] * 3
        refused = await one.get(ASKED)
        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (429, "/problems/too-many-requests")
        assert problem["detail"] == "The limit `public` is 3 a minute."
        assert problem["instance"] == f"urn:uuid:{refused.headers['x-request-id']}"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit-policy"] == '"public";q=3;w=60'
        assert refused.headers["ratelimit"] == f'"public";r=0;t={refused.headers["retry-after"]}'
        assert refused.headers["cache-control"] == "no-store"
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert await statuses(one, 3, "/nowhere") == [429] * 3
        assert await statuses(one, 3, "/health/live") == [200] * 3
        assert await statuses(other, 1) == [200]


async def test_what_many_share_says_nothing_of_one(limited: Limited) -> None:
    async with limited(public="3/minute") as front, front.at() as one:
        assert not any(name.startswith("ratelimit") for name in (await one.get(ASKED)).headers)


async def test_a_refusal_can_be_read_by_the_clinics_page(limited: Limited) -> None:
    async with limited(public="1/minute") as front, front.at(origin="https://clinic.example") as one:
        assert await statuses(one, 2, WIDGET) == [200, 429]
        refused = await one.get(WIDGET)
        assert refused.headers["access-control-allow-origin"] == "https://clinic.example"
        assert "Origin" in refused.headers["vary"]


async def test_after_a_while_one_may_ask_again(limited: Limited) -> None:
    async with limited(public="2/second") as front, front.at() as one:
        assert await statuses(one, 3) == [200, 200, 429]
        await asyncio.sleep(2.1)
        assert await statuses(one, 2) == [200, 200]


async def test_keys_that_are_made_up_are_no_way_around(limited: Limited) -> None:
    async with limited(public="3/minute", staff="100/minute") as front, front.at() as one:
        told: list[int] = []
        for _ in range(4):
            key = bearer(f"outlay_{uuid4().hex}_x")
            told.append((await one.get("/v1/estimates/x", headers={"Authorization": key})).status_code)
        assert told == [404, 404, 404, 429]


async def test_a_key_is_counted_wherever_it_asks_from_and_told_what_it_has(
    limited: Limited, keys: dict[str, str]
) -> None:
    asked = "/v1/estimates/019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"
    async with limited(public="1/minute", staff="6/minute") as front:
        desk, reader = bearer(keys["desk"]), bearer(keys["reader"])
        async with front.at(authorization=desk) as here, front.at("192.0.2.9", authorization=desk) as there:
            first = await here.get(asked)
            assert first.status_code == 404
            assert first.headers["ratelimit-policy"] == '"staff";q=6;w=60'
            assert first.headers["ratelimit"].startswith('"staff";r=5;t=')
            compared = await there.post("/v1/estimates/compare", json={"questions": []})
            assert (compared.status_code, compared.headers["ratelimit"].split(";")[1]) == (422, "r=1")
            # Too little is left for another comparison, and enough for a question.
            again = await there.post("/v1/estimates/compare", json={"questions": []})
            assert (again.status_code, again.headers["ratelimit"].split(";")[1]) == (429, "r=1")
            assert await statuses(there, 2, asked) == [404, 429]
        async with front.at(authorization=reader) as other:
            assert await statuses(other, 1, asked) == [404]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
async def test_who_holds_a_network_is_one(first: str, second: str, same: bool, limited: Limited) -> None:
    async with limited(public="1/minute") as front, front.at(first) as one, front.at(second) as other:
        assert await statuses(one, 2) == [200, 429]
        assert await statuses(other, 1) == ([429] if same else [200])


async def test_behind_a_proxy_each_caller_has_a_limit_of_its_own(limited: Limited) -> None:
    async with limited(public="1/minute", proxies=1) as front, front.at("10.0.0.1") as proxy:

        async def forwarded(told: str) -> int:
            return (await proxy.get(ASKED, headers={"X-Forwarded-For": told})).status_code

        assert [await forwarded("198.51.100.1"), await forwarded("198.51.100.2")] == [200, 200]
        assert await forwarded("203.0.113.77, 198.51.100.1") == 429


async def test_without_a_proxy_nobody_is_believed(limited: Limited) -> None:
    async with limited(public="1/minute") as front, front.at() as one:
        for told, status in (("198.51.100.1", 200), ("198.51.100.2", 429)):
            assert (await one.get(ASKED, headers={"X-Forwarded-For": told})).status_code == status


async def test_at_the_console_a_person_is_told_as_one(limited: Limited) -> None:
    async with limited(sign_in="2/minute", staff="1/minute") as front, front.at() as one:
        assert await statuses(one, 2, "/console/sign-in") == [200, 200]
        page = await one.get("/console/sign-in", headers={"Accept-Language": "es-MX"})
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert int(page.headers["retry-after"]) >= 1
        assert "Fue demasiado rápido" in page.text
        assert await statuses(one, 2, "/console") == [303, 429]
        assert await statuses(one, 1, "/console/static/console.css") == [200]


@pytest.mark.parametrize("path", ["//console/sign-in", "/console//sign-in/", "/console/sign-in/"])
async def test_another_way_to_write_an_address_is_no_way_around(path: str, limited: Limited) -> None:
    async with limited(sign_in="2/minute") as front, front.at() as one:
        assert await statuses(one, 3, f"http://outlay{path}") == [200, 200, 429]


async def test_who_insists_is_only_counted(limited: Limited, capsys: pytest.CaptureFixture[str]) -> None:
    async with limited(public="1/minute") as front, front.at() as one:
        await statuses(one, 1)
        capsys.readouterr()
        before = metric('outlay_limited_requests_total{limit="public"}')
        assert await statuses(one, 5) == [429] * 5
        assert metric('outlay_limited_requests_total{limit="public"}') == before + 5
        assert capsys.readouterr().out == ""


async def test_memory_is_bounded_and_forgets_who_was_quiet_longest() -> None:
    memory = BoundedMemory(kept=100)
    for number in range(1000):
        assert await memory.acquire_sliding_window_entry("busy", 1000, 60)
        assert await memory.acquire_sliding_window_entry(f"{number}", 1, 60)
    assert len(memory._windows) == 100  # pyright: ignore[reportPrivateUsage]
    assert (await memory.get_sliding_window("busy", 60))[2] == 1000
    assert not await memory.acquire_sliding_window_entry("999", 1, 60)
    assert await memory.acquire_sliding_window_entry("0", 1, 60)


async def test_the_window_slides(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 600.0
    monkeypatch.setattr("service.api.counting.time.monotonic", lambda: now)
    memory = BoundedMemory()

    async def most() -> int:
        count = 0
        while await memory.acquire_sliding_window_entry("somebody", 60, 60):
            count += 1
        return count

    assert await most() == 60
    now = 660.0
    assert await most() == 0
    now = 690.0
    assert await most() == 30
    now = 1000.0
    assert await most() == 60


async def test_replicas_count_together(limited: Limited, valkey: Valkey, keys: dict[str, str]) -> None:
    common = {"public": "6/minute", "staff": "4/minute", "limits_url": valkey.url}
    async with limited(**common) as left, limited(**common) as right:
        async with left.at() as here, right.at() as there, right.at("192.0.2.2") as other:
            assert await statuses(here, 3) + await statuses(there, 3) == [200] * 6
            assert await statuses(here, 1) + await statuses(there, 1) == [429] * 2
            assert await statuses(other, 1) == [200]
        desk = {"authorization": bearer(keys["desk"])}
        async with left.at(**desk) as here, right.at(**desk) as there:
            assert await statuses(here, 3) + await statuses(there, 2) == [200] * 4 + [429]
    assert metric("outlay_limits_shared") == 1


async def test_while_the_counts_are_away_each_process_counts_and_says_so(
    limited: Limited, valkey: Valkey, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counting, "AWAY_SECONDS", 0.3)
    async with limited(public="6/minute", limits_url=valkey.url) as front, front.at() as one, front.at("::1") as other:
        assert await statuses(one, 1) == [200]
        valkey.stop()
        before = metric("outlay_limits_fallbacks_total")
        capsys.readouterr()
        assert await statuses(one, 7) == [200] * 6 + [429]
        assert capsys.readouterr().out.count("limits.counted_alone") == 1
        assert metric("outlay_limits_shared") == 0
        assert metric("outlay_limits_fallbacks_total") == before + 1
        valkey.start()
        await asyncio.sleep(0.4)
        assert await statuses(other, 7) == [200] * 6 + [429]
        assert metric("outlay_limits_shared") == 1


async def test_counts_that_hang_hold_up_one_moment(
    limited: Limited, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "AWAY_SECONDS", 60)
    async with limited(public="100/minute", limits_url=valkey.url) as front, front.at() as one:
        assert await statuses(one, 1) == [200]
        valkey.hang()
        try:
            async with asyncio.timeout(2):
                assert await statuses(one, 10) == [200] * 10
        finally:
            valkey.go_on()


@pytest.mark.parametrize("scheme", ["valkey", "redis"])
async def test_both_names_of_the_protocol_lead_there(scheme: str, valkey: Valkey) -> None:
    counts = Counts(valkey.url.replace("valkey", scheme, 1))
    assert [await counts.hit(parse("1/hour"), "somebody", 1) for _ in range(2)] == [True, False]
    await counts.close()
    assert metric("outlay_limits_shared") == 1
