"""The least that the same server and framework can do: what our own figures are compared with."""

from typing import Any

from litestar import Litestar, get

SMALL = {"status": "ok", "items": [1, 2, 3], "text": "a small answer"}
BODY = b"x" * 4250
"""As long as a widget answer is on average."""


@get("/", sync_to_thread=False)
def small() -> dict[str, Any]:
    """A handler that returns a small dict."""
    return SMALL


bare_litestar = Litestar([small], openapi_config=None)


async def bare_asgi(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers a constant."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})
