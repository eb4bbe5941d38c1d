"""Around every request, whatever becomes of it: its id, the security headers, one line in the log, one measurement."""

from collections.abc import Sequence
from time import perf_counter
from typing import cast

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from service.api.metrics import observe
from service.api.request_id import request_id

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""For data; a page says its own before them."""

log = structlog.get_logger()


class Envelope:
    """ASGI application around the framework, because routes that do not exist must have it too.

    Only what lies under `/widget/` may be read by pages of other websites, those of `widget_origins`, and without
    credentials.
    """

    def __init__(self, app: ASGIApp, widget_origins: Sequence[str]) -> None:
        self.app = app
        self.widget_origins = frozenset(widget_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        status = 500
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id(scope))

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._label(scope, MutableScopeHeaders(message))
            await send(message)

        try:
            await self.app(scope, receive, enveloped)
        finally:
            seconds = perf_counter() - started
            route = scope.get("path_template") or "unknown"
            observe(scope["method"], route, status, seconds)
            log.info(
                "request", method=scope["method"], route=route, status=status, duration_ms=round(seconds * 1000, 2)
            )

    def _label(self, scope: Scope, headers: MutableScopeHeaders) -> None:
        headers["X-Request-Id"] = request_id(scope)
        for name, value in SECURITY_HEADERS.items():
            if name not in headers:
                headers[name] = value
        if version := cast("dict[str, str]", scope["state"]).get("catalogue_version"):
            headers["X-Outlay-Catalogue-Version"] = version
        if scope["path"].startswith("/widget/") and self.widget_origins:
            self._share(scope, headers)

    def _share(self, scope: Scope, headers: MutableScopeHeaders) -> None:
        headers.extend_header_value("vary", "Origin")
        origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
        if "*" in self.widget_origins:
            headers["Access-Control-Allow-Origin"] = "*"
        elif origin in self.widget_origins:
            headers["Access-Control-Allow-Origin"] = origin
