"""One connection of a browser or a proxy: how large and how slow a request may be before there is one.

What the server underneath leaves open: it waits for a request as long as it takes to come, keeps as much of its head
as is sent, and holds a connection on which nobody reads.

What is ready is answered here too, as soon as the head of a request has come.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import msgspec
from litestar.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.api.envelope import SECURITY_HEADERS, Envelope
from service.api.problems import PROBLEM_JSON, RETRY_AFTER_SECONDS, Refused, problem_of
from service.api.ready import PATH
from service.api.request_id import request_id
from service.logs import unexpected

MOST_CONNECTIONS = 800
"""Of a process, which may open 1024 files where nobody raised that."""
ADDRESS_BYTES = 8_000
HEAD_BYTES = 16_000
MOST_HEADERS = 100
HEAD_SECONDS = 10.0
BODY_SECONDS = 20.0
READING_SECONDS = 30.0
"""How long the other side may read nothing of an answer."""

_READY = PATH.encode() + b"?"


class Connection(HttpToolsProtocol):
    """Speaks HTTP 1 as uvicorn's own protocol does, within bounds.

    Only for the application that `create_app` makes, bare, it answers itself what is ready.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        self._fault: Refused | None = None
        self._in_head = True
        self._head_bytes = 0
        envelope: object = getattr(cast("object", self.app), "asgi_handler", None)
        self._envelope = envelope if isinstance(envelope, Envelope) else None
        self._answered = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to wait for a request, if there is room for one more."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._fault = Refused("busy", "As many connections are open as this process takes.")
            self.send_400_response("")
            return
        self._expect(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect(None)
        self._watch_reading(None)
        self._nobody_listens()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and measure it."""
        idle = self._idle
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        # Most requests are whole by now, and need no timer.
        if self._arriving is None and not self._in_head:
            self._expect(BODY_SECONDS)
        elif self._arriving is None and idle and self._head_bytes:
            self._expect(HEAD_SECONDS)
        # Of a head that is whole the parts were measured; one that is not must not grow for ever.
        if self._in_head and self._head_bytes > ADDRESS_BYTES + HEAD_BYTES and not self.transport.is_closing():
            self._fault = Refused("headers-too-large", "The head of the request has no end.")
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        """Begin the request, if its head is within the bounds. Raises `Refused` to end the parsing."""
        if len(self.url) > ADDRESS_BYTES:
            self._refuse("address-too-long", f"It has {len(self.url)} bytes.")
        if len(self.headers) > MOST_HEADERS:
            self._refuse("headers-too-large", f"There are {len(self.headers)}.")
        if (size := sum(len(name) + len(value) for name, value in self.headers)) > HEAD_BYTES:
            self._refuse("headers-too-large", f"They have {size} bytes.")
        self._in_head = False
        self._expect(None)
        self._answered = self._idle and self._answer_at_once()
        if not self._answered:
            super().on_headers_complete()

    def _answer_at_once(self) -> bool:
        """Send the whole of an answer that is ready: no task need be made for it, nor what the server makes for one."""
        parser: Any = self.parser
        if not (
            self._envelope
            and self.url.startswith(_READY)
            and parser.get_method() == b"GET"
            and parser.get_http_version() == "1.1"
            and not (self.flow.write_paused or self.transport.is_closing())
        ):
            return False
        scope: Any = self.scope
        scope["litestar_app"] = cast("object", self.app)
        scope["method"], scope["path"], scope["query_string"] = "GET", PATH, self.url[len(_READY) :]
        try:
            found = self._envelope.at_once(scope)
        except Exception as error:  # noqa: BLE001  the parser would take it for a fault of the request
            unexpected(error)
            return False
        if found is None:
            return False
        head, body = found
        kept = parser.should_keep_alive()
        own = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        end = b"\r\n" if kept else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[200], *own, head, end, body)))
        if not kept:
            self.transport.close()
        self.on_response_complete()
        return True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        if not self._answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is there."""
        self._in_head, self._head_bytes = True, 0
        self._expect(None)
        if not self._answered:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """Nobody reads: wait for a while."""
        super().pause_writing()
        self._watch_reading(READING_SECONDS)

    def resume_writing(self) -> None:
        """Somebody reads again."""
        super().resume_writing()
        self._watch_reading(None)

    def send_400_response(self, msg: str) -> None:
        """End the connection with a problem document: the fault that was found, or that this is not HTTP."""
        if self._idle:
            fault = self._fault or Refused("bad-request", "This is not a request of HTTP 1.1.")
            self.transport.write(_told(fault, self.server_state.default_headers))
        self.transport.close()

    @property
    def _idle(self) -> bool:
        """Whether nothing is being answered."""
        return not self.cycle or self.cycle.response_complete

    def _refuse(self, kind: str, detail: str) -> None:
        self._fault = Refused(kind, detail)
        raise self._fault

    def _expect(self, seconds: float | None) -> None:
        if self._arriving is None and seconds is None:
            return
        self._arriving = self._again(self._arriving, seconds, self._too_slow)

    def _watch_reading(self, seconds: float | None) -> None:
        self._reading = self._again(self._reading, seconds, self._cut)

    def _again(
        self, timer: asyncio.TimerHandle | None, seconds: float | None, then: Callable[[], None]
    ) -> asyncio.TimerHandle | None:
        if timer is not None:
            timer.cancel()
        return None if seconds is None else self.loop.call_later(seconds, then)

    def _too_slow(self) -> None:
        self._arriving = None
        if self._in_head and self._head_bytes:
            self._fault = Refused("request-timeout", "Its head took too long.")
            self.send_400_response("")
        else:
            self.transport.close()

    def _cut(self) -> None:
        self._nobody_listens()
        self.transport.abort()

    def _nobody_listens(self) -> None:
        """End what is being answered. The server tells only the newest of several requests that came at once."""
        self.pipeline.clear()
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()


def _told(refused: Refused, headers: list[tuple[bytes, bytes]]) -> bytes:
    """The whole answer that ends a connection."""
    scope = cast("Scope", {"headers": [], "state": {}})
    body = msgspec.json.encode(problem_of(scope, refused))
    more = {b"retry-after": str(RETRY_AFTER_SECONDS).encode()} if refused.kind.status == 503 else {}
    lines = {
        **dict(headers),
        b"content-type": PROBLEM_JSON.encode(),
        b"content-length": str(len(body)).encode(),
        b"cache-control": b"no-store",
        b"connection": b"close",
        b"x-request-id": request_id(scope).encode(),
        **SECURITY_HEADERS,
        **more,
    }
    head = b"".join(b"%b: %b\r\n" % line for line in lines.items())
    return STATUS_LINE[refused.kind.status] + head + b"\r\n" + body
