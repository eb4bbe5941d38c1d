"""Before the framework: who may come in now, and how long it may take.

What is refused here costs next to nothing: it reaches no route, no database and no decoder.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from service.api.callers import good_host, host_of
from service.api.limits import Limiter
from service.api.problems import RETRY_AFTER_SECONDS, Refused
from service.api.ready import PATH, Found, give
from service.api.wiring import Wiring, catalogue_of, wiring_of
from service.settings import Settings
from service.traces import followed

Tell = Callable[[Request[Any, Any, Any], Exception], Response[Any]]
"""A refusal or a fault, told in the way of the part of the service that was asked."""


_FOR_OPERATORS = ("/health/", "/metrics")
"""Asked of each process by its own address."""


class Gate:
    """ASGI application that lets in who keeps the limits, and as many at a time as the settings say.

    An answer that has not begun after `request_seconds` is given up; one that has, a stream, takes its time.
    """

    def __init__(self, app: ASGIApp, settings: Settings, limiter: Limiter, refuse: Tell) -> None:
        self._app = app
        self._limiter = limiter
        self._refuse = refuse
        self._most = settings.concurrent_requests
        self._seconds = settings.request_seconds
        self._hosts = frozenset(urlsplit(url).hostname for url in settings.public_urls)
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, answer what is ready, or refuse it."""
        begun = False

        async def beginning(message: Message) -> None:
            nonlocal begun
            if not begun:
                begun = True
                patience.reschedule(None)
            await send(message)

        try:
            if not good_host(scope):
                raise Refused("bad-request", "A request names one host.")
            if not (self._is_ours(scope) or scope["path"].startswith(_FOR_OPERATORS)):
                raise Refused("misdirected", "This is not a name of the service.")
            await self._limiter.check(scope)
            if scope["type"] == "http" and scope["path"] == PATH and (found := ready_for(scope, wiring_of(scope))):
                catalogue_of(scope)
                await give(scope, send, found)
                return
            # Whether the process lives must be seen when it has most to do.
            if self._under_way >= self._most and not scope["path"].startswith("/health/"):
                raise _busy("As many requests are under way as this process takes.")
            self._under_way += 1
            try:
                async with asyncio.timeout(self._seconds) as patience:
                    await self._app(scope, whole(receive), beginning)
            finally:
                self._under_way -= 1
        except (Refused, TimeoutError) as error:
            if begun:
                raise
            refused = error if isinstance(error, Refused) else _busy("The answer took too long.")
            await answer(scope, receive, send, self._refuse(Request(scope), refused))

    def at_once(self, scope: HTTPScope, wiring: Wiring) -> Found | None:
        """What is ready for a request that is let in without waiting. Where there is nothing, nothing was counted."""
        found = ready_for(scope, wiring) if good_host(scope) and self._is_ours(scope) else None
        return found if found and self._limiter.passes_at_once(scope) else None

    def _is_ours(self, scope: Scope) -> bool:
        """Whether the request names the service."""
        return not self._hosts or host_of(scope) in self._hosts


def ready_for(scope: HTTPScope, wiring: Wiring) -> Found | None:
    """What the widget's route would answer, where that is ready. Whoever follows requests follows them through it."""
    if followed() or not wiring.ready:
        return None
    return wiring.ready.find(scope, wiring.live.current, wiring.clock().date())


async def answer(scope: Scope, receive: Receive, send: Send, response: Response[Any]) -> None:
    """Send a response that no route made."""
    request: Request[Any, Any, Any] = Request(scope)
    told = response.to_asgi_response(app=None, request=request)  # pyright: ignore[reportUnknownMemberType]
    await told(scope, receive, send)


def whole(receive: Receive) -> Receive:
    """Receives a body to its end. Raises `Refused` where the caller leaves, or is cut off, before."""
    arrived = False

    async def receiving() -> HTTPReceiveMessage:
        nonlocal arrived
        message = cast("HTTPReceiveMessage", await receive())
        if message["type"] == "http.request":
            arrived = not message["more_body"]
        elif not arrived:
            raise Refused("request-timeout", "The body ended before it was whole.")
        return message

    return receiving


def _busy(detail: str) -> Refused:
    return Refused("busy", detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
