"""Around every request, whatever becomes of it: its id, the security headers, one line in the log, one measurement."""

from collections.abc import Mapping
from functools import lru_cache
from time import perf_counter
from typing import cast

import structlog
from litestar import Litestar, Request
from litestar.routes import HTTPRoute
from litestar.types import HTTPScope, Message, Method, Receive, Scope, Send
from litestar.utils.path import normalize_path

from service.api.callers import look_behind
from service.api.gate import Gate, Tell, answer
from service.api.ready import PATH
from service.api.request_id import HEADER, request_id
from service.api.wiring import catalogue_of, wiring_of
from service.metrics import observe, observe_estimate
from service.settings import Settings

SECURITY_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""For data; a page says its own before them."""
_UNLESS_TOLD = (*SECURITY_HEADERS.items(), (b"cache-control", b"no-store"))
"""What no handler lets a cache keep, none keeps."""
_OVER_TLS = b"strict-transport-security", b"max-age=31536000"

Headers = list[tuple[bytes, bytes]]

log = structlog.get_logger()


class Envelope:
    """ASGI application around the framework, because routes that do not exist must have it too.

    Only what lies under `/widget/` may be read by pages of other websites, those of `widget_origins`, and without
    credentials. `fail` tells a fault that came from outside the framework.
    """

    def __init__(self, gate: Gate, settings: Settings, fail: Tell) -> None:
        self._gate = gate
        self._fail = fail
        self._proxies = settings.proxies
        self._logs = settings.log_level in ("debug", "info")
        self._origins = frozenset(origin.encode("latin-1") for origin in settings.widget_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._gate(scope, receive, send)
            return
        started = perf_counter()
        status = 0
        if "//" in scope["path"] or scope["path"].endswith("/"):
            scope["path"] = normalize_path(scope["path"])  # as the framework's router reads it
        look_behind(scope, self._proxies)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id(scope))
        # HEAD is answered as GET, without the body (RFC 9110 9.3.2).
        asked: HTTPScope = cast("HTTPScope", {**scope, "method": "GET"}) if scope["method"] == "HEAD" else scope

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._labelled(scope, asked, list(message["headers"]))
            elif message["type"] == "http.response.body" and asked is not scope:
                message["body"] = b""
            await send(message)

        try:
            await self._gate(asked, receive, enveloped)
        except Exception as error:
            # Above this there is only the server, whose answer would have neither our headers nor our form.
            if status:
                raise
            await answer(asked, receive, enveloped, self._fail(Request(asked), error))
        finally:
            route = asked.get("path_template") or "unknown"
            self._record(scope, str(route), status or 500, perf_counter() - started)

    def at_once(self, scope: HTTPScope) -> tuple[bytes, bytes] | None:
        """Head and body of the answer that `__call__` would send with status 200, where nothing has to be waited for.

        The head is whole but for what the server adds. Where there is none, `__call__` may be asked as if this had not
        been.
        """
        started = perf_counter()
        look_behind(scope, self._proxies)
        wiring = wiring_of(scope)
        found = self._gate.at_once(scope, wiring)
        if found is None:
            return None
        like = scope["scheme"], wiring.live.healthy, self._reader(scope)
        if like not in found.heads:
            catalogue_of(scope)
            found.heads[like] = b"".join(map(_line, self._lasting(scope, scope, list(found.headers))))
        head = b"%b%b: %b\r\n" % (found.heads[like], HEADER, request_id(scope).encode())
        observe_estimate("public")
        self._record(scope, PATH, 200, perf_counter() - started)
        return head, found.body

    def _record(self, scope: HTTPScope, route: str, status: int, seconds: float) -> None:
        observe(scope["method"], route, status, seconds)
        # Whoever insists against a limit fills no disk either: he is only counted.
        if self._logs and "limited" not in scope["state"]:
            duration_ms = round(seconds * 1000, 2)
            told = {"method": scope["method"], "route": route, "status": status, "duration_ms": duration_ms}
            log.info("request", request_id=request_id(scope), **told)

    def _labelled(self, scope: HTTPScope, asked: HTTPScope, headers: Headers) -> Headers:
        return [*self._lasting(scope, asked, headers), (HEADER, request_id(scope).encode())]

    def _lasting(self, scope: HTTPScope, asked: HTTPScope, headers: Headers) -> Headers:
        """All but the request's id: what is the same for the next request of this kind."""
        told = {name for name, _ in headers}
        headers += [each for each in _UNLESS_TOLD if each[0] not in told]
        if scope["scheme"] == "https":
            headers.append(_OVER_TLS)
        state = scope["state"]
        if version := state.get("catalogue_version"):
            headers.append((b"x-outlay-catalogue-version", version.encode()))
        if degraded := state.get("degraded"):
            headers.append((b"x-outlay-degraded", degraded.encode()))
        headers += state.get("rate_limit", ())
        if b"allow" in told:
            headers = [(name, _allowed(asked, value) if name == b"allow" else value) for name, value in headers]
        if self._origins and scope["path"].startswith("/widget/"):
            headers = self._shared(scope, headers)
        return headers

    def _shared(self, scope: HTTPScope, headers: Headers) -> Headers:
        """Readable for the websites of the settings; what is told to one of them is not for another."""
        origin = self._reader(scope)
        vary = b", ".join([*(value for name, value in headers if name == b"vary"), b"Origin"])
        headers = [*(each for each in headers if each[0] != b"vary"), (b"vary", vary)]
        if origin is not None:
            headers.append((b"access-control-allow-origin", origin))
        return headers

    def _reader(self, scope: HTTPScope) -> bytes | None:
        """The website of the settings that asks, if one does."""
        if not self._origins:
            return None
        if b"*" in self._origins:
            return b"*"
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        return origin if origin in self._origins else None


def _line(header: tuple[bytes, bytes]) -> bytes:
    return b"%b: %b\r\n" % header


def _allowed(asked: HTTPScope, told: bytes) -> bytes:
    """The methods of the address. Of handlers that share one, the framework's OPTIONS knows only the first."""
    route = cast("dict[str, str]", asked).get("path_template", "")
    methods = {*told.decode().split(", "), *_methods(asked["litestar_app"]).get(route, ())}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()))).encode()


@lru_cache(maxsize=1)
def _methods(app: Litestar) -> Mapping[str, set[Method]]:
    return {route.path_format: route.methods for route in app.routes if isinstance(route, HTTPRoute)}
