"""Who calls, by what the proxies say and by nothing else."""

from typing import Any, cast

import httpx
import pytest
from litestar.types import Scope

from service.api.callers import caller, good_host, look_behind
from tests.console.person import Person
from tests.public.conftest import Limited

PEER = "10.0.0.1"


def request(*headers: tuple[str, str], version: str = "1.1") -> Scope:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return cast("Scope", {"client": (PEER, 5), "scheme": "http", "http_version": version, "headers": raw})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, ["198.51.100.1"], PEER),
        (1, [], PEER),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        (1, ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        (2, ["203.0.113.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        (2, ["198.51.100.1"], "198.51.100.1"),
        (1, ["198.51.100.1:4711"], "198.51.100.1"),
        (1, ["2001:db8::1"], "2001:db8::1"),
        (1, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (1, ["[2001:db8::1]"], "2001:db8::1"),
        (1, ["unknown"], PEER),
        (1, [""], PEER),
        (1, ["198.51.100.1,"], PEER),
        (1, ["' OR 1=1"], PEER),
    ],
)
def test_only_the_proxies_are_believed(proxies: int, forwarded: list[str], address: str) -> None:
    scope = request(*(("x-forwarded-for", value) for value in forwarded))
    look_behind(scope, proxies)
    assert scope["client"] is not None
    assert scope["client"][0] == address


@pytest.mark.parametrize(
    ("proxies", "told", "scheme"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (1, "http, https", "https"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (2, "https", "https"),
        (1, "javascript", "http"),
        (1, "", "http"),
    ],
)
def test_tls_is_what_the_proxies_say(proxies: int, told: str, scheme: str) -> None:
    scope = request(("x-forwarded-proto", told))
    look_behind(scope, proxies)
    assert scope["scheme"] == scheme


@pytest.mark.parametrize(
    ("hosts", "version", "good"),
    [
        (["outlay.example"], "1.1", True),
        (["outlay.example:8443"], "1.1", True),
        (["127.0.0.1:8000"], "1.1", True),
        (["[2001:db8::1]:8000"], "1.1", True),
        ([], "1.0", True),
        ([], "1.1", False),
        ([""], "1.1", False),
        (["outlay.example", "outlay.example"], "1.1", False),
        (["[::1"], "1.1", False),
        (["outlay.example:port"], "1.1", False),
        (["elsewhere.example/path?"], "1.1", False),
        (["somebody@elsewhere.example"], "1.1", False),
        (["two words"], "1.1", False),
        (["\xe9"], "1.1", False),
    ],
)
def test_a_request_names_one_host(hosts: list[str], version: str, good: bool) -> None:
    assert good_host(request(*(("host", host) for host in hosts), version=version)) is good


async def test_a_host_that_is_none_is_refused_before_anything_else(client: httpx.AsyncClient) -> None:
    refused = await client.get("/v1/treatments", headers={"Host": "outlay.example:port"})
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-request")


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("estimates.clinic.example", True),
        ("Estimates.Clinic.Example:8443", True),
        ("[2001:db8::1]:443", True),
        ("elsewhere.example", False),
        ("estimates.clinic.example.elsewhere.example", False),
        ("elsewhere-estimates.clinic.example", False),
        ("127.0.0.1:8000", False),
        ("[::1]", False),
        ("[....]", False),
    ],
)
async def test_the_service_answers_to_its_own_names_alone(host: str, ours: bool, limited: Limited) -> None:
    """What probes and Prometheus ask each process by its own address is answered under any."""
    urls = ("https://estimates.clinic.example", "https://[2001:db8::1]")
    async with limited(public_urls=urls) as front, front.at(Host=host) as browser:
        for address in ("/console/sign-in", "/v1/treatments", "/widget/demo", "/nowhere"):
            answer = await browser.get(address)
            assert (answer.status_code == 421) is not ours, address
            assert ours or ("elsewhere" not in answer.text + str(answer.headers) and "location" not in answer.headers)
        for address in ("/health/live", "/metrics"):
            assert (await browser.get(address)).status_code == 200


@pytest.mark.parametrize(("proxies", "secure"), [(0, False), (1, True)])
async def test_a_cookie_over_tls_is_for_tls_alone(
    proxies: int, secure: bool, limited: Limited, keys: dict[str, str]
) -> None:
    async with limited(proxies=proxies) as front, front.at(**{"X-Forwarded-Proto": "https"}) as browser:
        page = await browser.get("/console/sign-in")
        assert ("strict-transport-security" in page.headers) is secure
        assert ("Secure" in page.headers["set-cookie"].split("; ")) is secure
        person = Person(browser)
        await person.sign_in(keys["desk"])
        assert person.at == ("/console/sign-in" if secure else "/console/estimate")  # no browser sends it over http


async def test_a_lock_is_for_the_caller_and_not_for_the_proxy(limited: Limited, keys: dict[str, str]) -> None:
    async with limited(proxies=1) as front:
        async with front.at(PEER, **{"X-Forwarded-For": "203.0.113.77"}) as guessing:
            person = Person(guessing)
            for _ in range(10):
                await person.sign_in("outlay_guess")
            await person.sign_in(keys["desk"])
            assert person.status == 429
        async with front.at(PEER, **{"X-Forwarded-For": "198.51.100.1"}) as browser:
            person = Person(browser)
            await person.sign_in(keys["desk"])
            assert person.at == "/console/estimate"


def test_what_uvicorn_made_of_a_unix_socket_is_somebody() -> None:
    scope: Any = {"client": None, "scheme": "http", "headers": []}
    assert caller(scope) == "unknown"
