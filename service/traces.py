"""Traces of requests, jobs, exchanges with payers and queries, where somebody listens; nothing happens where not.

They are made here, of what the log may say too. OpenTelemetry's own instrumentation of ASGI tells paths, query strings
and addresses, that of asyncpg the texts of errors, in which Postgres quotes rows: any of them may name a person.
"""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal, Protocol, cast

import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from service.api.request_id import request_id

if TYPE_CHECKING:
    from service.store.database import Connection

Attributes = Mapping[str, str | int]
Kind = Literal["server", "client", "consumer"]

_WHERE_TO = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_log = structlog.get_logger()


class Tell(Protocol):
    """Says more of what is traced, and by what name, when more is known."""

    def __call__(self, attributes: Attributes, name: str | None = None) -> None:
        """Add these, or put them in the place of earlier ones."""
        ...


class Tracing(Protocol):
    """Whoever listens. `service.open_telemetry` is one."""

    def span(self, name: str, kind: Kind, attributes: Attributes, parent: str | None) -> AbstractContextManager[Tell]:
        """Trace what happens inside."""
        ...

    def watch(self, connection: "Connection") -> None:
        """Trace the queries of a connection."""
        ...

    def flush(self) -> None:
        """Send what is left."""
        ...


class _Listening:
    tracing: Tracing | None = None


def listen(tracing: Tracing | None) -> None:
    """Trace to there from now on, or no more."""
    _Listening.tracing = tracing


def listen_where_told(environ: Mapping[str, str] = os.environ) -> None:
    """Trace to the address of OpenTelemetry's own variables, if they name one and the extra `otel` is installed."""
    off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER", "") == "none"
    if off or not any(environ.get(name) for name in _WHERE_TO):
        return
    try:
        from service.open_telemetry import exported
    except ModuleNotFoundError:
        _log.warning("traces.not_installed")
        return
    listen(exported())


def span(name: str, kind: Kind, attributes: Attributes, *, parent: str | None = None) -> AbstractContextManager[Tell]:
    """Trace what happens inside. `parent` is a caller's `traceparent` (https://www.w3.org/TR/trace-context/)."""
    tracing = _Listening.tracing
    return tracing.span(name, kind, attributes, parent) if tracing else nullcontext(_nobody)


def followed() -> bool:
    """Whether somebody listens."""
    return _Listening.tracing is not None


def watch(connection: "Connection") -> None:
    """Trace the queries of a new connection."""
    if _Listening.tracing:
        _Listening.tracing.watch(connection)


def flush() -> None:
    """Send what is left before the process ends."""
    if _Listening.tracing:
        _Listening.tracing.flush()


class Traced:
    """ASGI application around another: each request is traced by the template of its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _Listening.tracing is None:
            await self._app(scope, receive, send)
            return
        await self._traced(scope, receive, send)

    async def _traced(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        known: Attributes = {"http.request.method": method, "outlay.request_id": request_id(scope)}
        with span(method, "server", known, parent=_parent(scope)) as tell:
            try:
                await self._app(scope, receive, noted)
            finally:
                route = cast("dict[str, str]", scope).get("path_template") or "unknown"
                tell({"http.route": route, "http.response.status_code": status}, f"{method} {route}")


def _parent(scope: HTTPScope) -> str | None:
    # Not `tracestate` and not `baggage`: a caller may write anything into them.
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)


def _nobody(attributes: Attributes, name: str | None = None) -> None:
    pass
