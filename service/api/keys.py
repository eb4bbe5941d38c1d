"""Who may call: keys with scopes, checked in memory."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import structlog
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from service.api.problems import Refused
from service.api.wiring import wiring_of
from service.store.keys import Key, check_key

KeyScope = Literal[
    "estimates:read", "estimates:write", "eligibility:read", "eligibility:write", "catalogue:write", "admin"
]
"""`admin` allows everything."""

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
PRIVATE = {"Cache-Control": "no-store"}
"""What a key opens is for nobody else to keep."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="outlay"'}


def bearer(scope: Scope) -> Key | None:
    """The key that the request carries, if it is known and in force."""
    told = next((value for name, value in scope["headers"] if name == b"authorization"), None)
    if told is None:
        return None
    scheme, _, presented = told.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return None
    wiring = wiring_of(scope)
    return check_key(wiring.live.keys, presented.strip(), wiring.clock())


def needs(scope: KeyScope) -> Guard:
    """A guard that lets pass who has a key with the scope: else 401 without a good key, 403 with a lesser one."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        key = bearer(connection.scope)
        if key is None:
            raise Refused("not-authenticated", "This needs a key that is known and in force.", headers=CHALLENGE)
        if not {scope, "admin"} & set(key.scopes):
            raise Refused("not-allowed", f"The key lacks the scope `{scope}`.")
        structlog.contextvars.bind_contextvars(key_id=str(key.id))
        connection.scope["state"]["key"] = key

    return guard
