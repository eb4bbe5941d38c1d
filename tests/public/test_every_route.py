"""What must hold at every address of the application: headers, caches, HEAD, parameters and content types.

A new address must be put into the table of caches here, or these tests fail.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from litestar import Litestar
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute

from service.api.envelope import SECURITY_HEADERS
from service.api.problems import KINDS
from service.web.console.static import served
from tests.console.conftest import browsing
from tests.console.person import Person

ID = "019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10"

LANGUAGE = "Accept-Language"
ORIGIN = "Origin"
PACKED = "Accept-Encoding"


class Public(NamedTuple):
    """An address that everybody's cache may keep, by an example, and what its answer depends on beside the address."""

    example: str
    vary: frozenset[str] = frozenset()


def public(example: str, *vary: str) -> Public:
    return Public(example, frozenset(vary))


SHARED: dict[str, Public] = {
    "/console/static/{name}": public("/console/static/console.css", PACKED),
    "/fhir/CodeSystem/{definition}": public("/fhir/CodeSystem/benefit-type"),
    "/fhir/StructureDefinition/{definition}": public("/fhir/StructureDefinition/loop"),
    "/fhir/metadata": public("/fhir/metadata"),
    "/problems": public("/problems"),
    "/problems/{kind}": public("/problems/not-found"),
    "/schema": public("/schema"),
    "/schema/openapi.json": public("/schema/openapi.json"),
    "/v1/coverage": public("/v1/coverage?payer=aetna&treatment=spravato", LANGUAGE),
    "/v1/coverage/matrix": public("/v1/coverage/matrix?payer=aetna", LANGUAGE),
    "/v1/payers": public("/v1/payers", LANGUAGE),
    "/v1/payers/resolve": public("/v1/payers/resolve?name=aetna", LANGUAGE),
    "/v1/payers/{slug}": public("/v1/payers/aetna", LANGUAGE),
    "/v1/treatments": public("/v1/treatments", LANGUAGE),
    "/widget.js": public("/widget.js", PACKED),
    "/widget/style/{name}": public("/widget/style/page.css", PACKED, ORIGIN),
    "/widget/v1/estimate": public("/widget/v1/estimate?payer=aetna&treatment=spravato", LANGUAGE, ORIGIN),
    "/widget/v1/options": public("/widget/v1/options", LANGUAGE, ORIGIN),
}
"""What caches may share. Everything else is in `KEPT_BY_NOBODY`."""

KEPT_BY_NOBODY = (
    "/console",
    "/fhir/CoverageEligibilityRequest",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/schema/{path}",
    "/v1/adjudications",
    "/v1/claims/check",
    "/v1/eligibility",
    "/v1/estimates",
    "/v1/good-faith-estimates",
    "/v1/webhooks",
    "/widget/demo",
    "/widget/form",
)
"""What is one person's, or of the moment: these addresses and all below them."""

NEEDED = {
    "/v1/coverage": {"payer": "aetna", "treatment": "spravato"},
    "/v1/coverage/matrix": {"payer": "aetna"},
    "/v1/payers/resolve": {"name": "aetna"},
    "/widget/v1/estimate": {"payer": "aetna", "treatment": "spravato"},
}
"""Parameters without which an address has no answer."""

WITHOUT_BODY = ("/cancel", "/recheck", "/replay", "/test")
"""What is asked for by its address alone."""


def routes(app: Litestar) -> Iterator[HTTPRoute]:
    return (route for route in app.routes if isinstance(route, HTTPRoute))


def template(route: HTTPRoute) -> str:
    return re.sub(r":\w+}", "}", route.path)


def address(route: HTTPRoute) -> str:
    """An address of the route. There is nothing at it where it takes an id."""
    known = SHARED.get(template(route))
    return known.example if known else re.sub(r"{\w+:\w+}", ID, re.sub(r"{\w+:int}", "1", route.path))


@pytest.fixture
async def boss(app: Litestar, keys: dict[str, str]) -> Any:
    """Somebody who may do everything, signed in and with a key."""
    async with browsing(app, authorization=f"Bearer {keys['admin']}") as person:
        await person.sign_in(keys["admin"])
        yield person


def private(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in KEPT_BY_NOBODY)


def test_every_address_is_in_one_table_of_caches(app: Litestar) -> None:
    paths = {template(route) for route in routes(app)}
    assert {path for path in paths if path not in SHARED and not private(path)} == set()
    assert SHARED.keys() - paths == set()
    assert {each for each in KEPT_BY_NOBODY if not any(f"{path}/".startswith(f"{each}/") for path in paths)} == set()


async def test_caches_keep_what_is_everybodys_and_nothing_else(app: Litestar, boss: Person) -> None:
    for route in routes(app):
        known = SHARED.get(template(route))
        for method in sorted(route.methods - {"OPTIONS"}):
            answer = await boss.client.request(method, address(route))
            kept = {each.strip() for each in answer.headers["cache-control"].split(",")}
            told = f"{method} {route.path} {answer.status_code}"
            if known:
                assert answer.status_code == 200, told
                assert {"public"} < kept, told
                vary = {each.strip() for each in answer.headers.get("vary", "").split(",") if each}
                assert vary == known.vary, told
                assert "set-cookie" not in answer.headers, told
            else:
                assert kept == {"no-store"}, told


async def test_what_is_refused_is_kept_by_nobody(client: httpx.AsyncClient) -> None:
    for path in ("/v1/payers/nobody", "/problems/none", "/widget/v1/estimate", "/widget/style/none.css", "/nowhere"):
        answer = await client.get(path)
        assert answer.status_code >= 400
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [path for path, each in SHARED.items() if LANGUAGE in each.vary])
async def test_an_address_that_depends_on_the_language_says_so(path: str, client: httpx.AsyncClient) -> None:
    """And one that names its language is the same for everybody."""
    example = SHARED[path].example
    english, spanish = [await client.get(example, headers={LANGUAGE: lang}) for lang in ("en", "es")]
    assert english.content != spanish.content or english.headers["etag"] == spanish.headers["etag"]
    unchanged = await client.get(example, headers={LANGUAGE: "en", "If-None-Match": english.headers["etag"]})
    assert unchanged.status_code == 304
    for name in ("cache-control", "vary", "etag"):
        assert unchanged.headers[name] == english.headers[name]
    if path.startswith("/widget/"):
        named = f"{example}{'&' if '?' in example else '?'}lang=es"
        told = [await client.get(named, headers={LANGUAGE: lang}) for lang in ("en", "es")]
        assert told[0].content == told[1].content == spanish.content
        assert LANGUAGE not in told[0].headers["vary"]


async def test_who_asks_changes_nothing_that_is_shared(boss: Person, client: httpx.AsyncClient) -> None:
    for path, each in SHARED.items():
        assert (await boss.client.get(each.example)).content == (await client.get(each.example)).content, path


async def test_security_headers_are_on_every_answer_once(app: Litestar, boss: Person) -> None:
    async def check(method: str, path: str) -> None:
        answer = await boss.client.request(method, path)
        for name in (*SECURITY_HEADERS, b"cache-control", b"x-request-id"):
            assert len(answer.headers.get_list(name.decode())) == 1, f"{method} {path} {name!r}"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert {"base-uri", "form-action", "frame-ancestors"} <= {each.split()[0] for each in policy.split(";")}
        assert "strict-transport-security" not in answer.headers

    for route in routes(app):
        for method in route.methods:
            await check(method, address(route))
    for method, path in (("GET", "/nowhere"), ("DELETE", "/v1/payers"), ("BREW", "/console"), ("OPTIONS", "/nowhere")):
        await check(method, path)


async def test_tls_stays_tls(app: Litestar) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://outlay") as client:  # pyright: ignore[reportArgumentType]
        for path in ("/v1/treatments", "/nowhere", "/console/sign-in", "/widget.js"):
            assert (await client.get(path)).headers["strict-transport-security"] == "max-age=31536000"


async def test_only_the_script_may_be_loaded_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path, each in SHARED.items():
        answer = await client.get(each.example, headers={"Origin": "https://clinic.example"})
        loaded = answer.headers["cross-origin-resource-policy"]
        assert loaded == ("cross-origin" if path == "/widget.js" else "same-origin")


@pytest.mark.parametrize(
    ("path", "origin", "readable"),
    [
        ("/widget/v1/options", "https://clinic.example", "https://clinic.example"),
        ("/widget/v1/estimate", "https://clinic.example", "https://clinic.example"),  # a refusal too
        ("/widget/v1/options", "https://elsewhere.example", None),
        ("/widget/v1/options", "https://clinic.example.elsewhere.example", None),
        ("/widget/v1/options", "null", None),
        ("/v1/payers", "https://clinic.example", None),
        ("/v1/estimates", "https://clinic.example", None),
        ("/console/sign-in", "https://clinic.example", None),
        ("/widget.js", "https://elsewhere.example", "*"),
    ],
)
async def test_other_websites_read_the_widget_alone(
    path: str, origin: str, readable: str | None, client: httpx.AsyncClient
) -> None:
    answer = await client.get(path, headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == readable
    assert "access-control-allow-credentials" not in answer.headers
    if path.startswith("/widget/"):
        assert "Origin" in answer.headers["vary"]


async def test_head_tells_what_get_would(app: Litestar, boss: Person) -> None:
    differ = {"x-request-id", "set-cookie"}
    for route in routes(app):
        if "GET" not in route.methods:
            continue
        got, head = [await boss.client.request(method, address(route)) for method in ("GET", "HEAD")]
        assert head.content == b""
        assert head.status_code == got.status_code, route.path
        if route.path not in ("/metrics", "/health/ready") and got.status_code == 200:
            told = [{name: value for name, value in each.headers.items() if name not in differ} for each in (got, head)]
            if "html" not in got.headers["content-type"]:
                assert told[0] == told[1], route.path


async def test_options_and_unknown_methods_are_told_what_there_is(app: Litestar, boss: Person) -> None:
    for route in routes(app):
        expected: set[str] = {*route.methods, *(("HEAD",) if "GET" in route.methods else ())}
        options = await boss.client.options(address(route))
        assert (options.status_code, options.content) == (204, b""), route.path
        assert set(options.headers["allow"].split(", ")) == expected
        for method in ("BREW", "TRACE", "PATCH"):
            refused = await boss.client.request(method, address(route))
            assert refused.status_code == 405, route.path
            assert set(refused.headers["allow"].split(", ")) == expected, route.path


def parameters(route: HTTPRoute, method: str) -> Iterator[tuple[str, bool]]:
    """What the route takes in its query string, and whether several times."""
    handler, _ = route.route_handler_map[method]  # pyright: ignore[reportArgumentType]
    for name, field in handler.parsed_fn_signature.parameters.items():
        declared = field.kwarg_definition
        if isinstance(declared, QueryParameter):
            yield declared.name or name, field.is_non_string_sequence


async def test_a_parameter_that_is_endless_or_there_twice_is_refused(app: Litestar, boss: Person) -> None:
    tried = 0
    for route in routes(app):
        for method in sorted(route.methods - {"OPTIONS"}):
            for name, several in parameters(route, method):
                where = f"{method} {route.path} {name}"
                path = address(route).partition("?")[0]
                needed = {each: value for each, value in NEEDED.get(route.path, {}).items() if each != name}
                endless = await boss.client.request(method, path, params={**needed, name: "9" * 5000})
                assert 400 <= endless.status_code < 500, where
                if "html" not in endless.headers["content-type"]:
                    assert "9" * 300 not in endless.text, where
                if several:
                    continue
                twice = await boss.client.request(method, path, params=[*needed.items(), (name, "a"), (name, "a")])
                assert twice.status_code == 422, where
                if twice.headers["content-type"] == "application/problem+json":
                    assert [each["pointer"] for each in twice.json()["errors"]] == [f"/{name}"], where
                    tried += 1
    assert tried > 20


async def test_a_body_of_another_content_type_is_read_nowhere(app: Litestar, boss: Person) -> None:
    for route in routes(app):
        for method in sorted(route.methods & {"POST", "PUT", "PATCH"}):
            for sent in ("text/plain", "application/x-www-form-urlencoded;x", "text/json", ""):
                headers = {"Content-Type": sent} if sent else {}
                answer = await boss.client.request(method, address(route), content=b'{"a": 1}', headers=headers)
                told = f"{method} {route.path} {sent} {answer.status_code}"
                if route.path.startswith("/console"):
                    assert answer.status_code == 403, told  # it holds no token
                elif route.path.endswith(WITHOUT_BODY):
                    assert answer.status_code in (404, 503), told  # nothing there, or no keys for members' data
                else:
                    assert answer.status_code == 415, told


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n" * 2000),
        ("application/x-www-form-urlencoded", b"csrf=%ff%00&csrf=a" + b"&a" * 5000),
        ("application/x-www-form-urlencoded", b"\xff\xfe=\x00"),
    ],
)
async def test_a_form_that_cannot_be_cut_is_refused(content_type: str, body: bytes, boss: Person) -> None:
    answer = await boss.client.post("/console/sign-in", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 403)


def test_files_of_the_console_are_told_apart_by_their_content() -> None:
    assert len({asset.version for asset in served().values()}) == len(served())


def test_every_bound_has_its_problem() -> None:
    statuses = {kind.status for kind in KINDS.values()}
    assert {400, 408, 413, 414, 429, 431, 503} <= statuses
