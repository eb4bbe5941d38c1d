"""Who may call: keys with scopes, checked in memory."""

from collections.abc import Callable
from typing import Any, Literal

import structlog
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from service.api.problems import Refused
from service.api.wiring import wiring_of
from service.store.keys import check_key

KeyScope = Literal[
    "estimates:read", "estimates:write", "eligibility:read", "eligibility:write", "catalogue:write", "admin"
]
"""`admin` allows everything."""

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]
PRIVATE = {"Cache-Control": "no-store"}
"""What a key opens is for nobody else to keep."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="outlay"'}


def needs(scope: KeyScope) -> Guard:
    """A guard that lets pass who has a key with the scope: else 401 without a good key, 403 with a lesser one."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        wiring = wiring_of(connection.scope)
        scheme, _, presented = connection.headers.get("authorization", "").partition(" ")
        key = check_key(wiring.live.keys, presented.strip(), wiring.clock()) if scheme.lower() == "bearer" else None
        if key is None:
            raise Refused("not-authenticated", "This needs a key that is known and in force.", headers=CHALLENGE)
        if not {scope, "admin"} & set(key.scopes):
            raise Refused("not-allowed", f"The key lacks the scope `{scope}`.")
        structlog.contextvars.bind_contextvars(key_id=str(key.id))
        connection.scope["state"]["key"] = key

    return guard
