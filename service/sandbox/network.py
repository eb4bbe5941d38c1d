"""What every network of the sandbox shares: how it breaks off, how it loses its way, how long it remembers."""

from typing import Any, TypeVar

from litestar import Response
from litestar.enums import MediaType
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

KEPT = 1000
"""Of each thing that a network remembers."""

_HTML = b"<!doctype html><title>Maintenance</title><p>We will be back soon.</p>"

Kept = TypeVar("Kept")


class HungUp(Response[None]):
    """Headers that promise a body, and then nothing: the server closes the connection."""

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """The broken-off response, whatever the application would do with a whole one."""
        return _BrokenOff(status_code=200)


class _BrokenOff(ASGIResponse):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


def bad_gateway_page() -> Response[bytes]:
    """A page for people, with HTTP 200, where a message was due."""
    return Response(_HTML, media_type=MediaType.HTML)


def keep(kept: dict[str, Kept], key: str, value: Kept) -> None:
    """Remember it, and forget the oldest where there is too much to remember."""
    if len(kept) >= KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
