"""Who may call: keys with scopes, checked in memory."""

from typing import Any, Literal, cast

import structlog
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from service.api.problems import Refused
from service.api.wiring import wiring_of
from service.store.keys import check_key

KeyScope = Literal["estimates:read", "estimates:write", "catalogue:write", "admin"]
"""`admin` allows everything."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="outlay"'}


def needs(scope: KeyScope) -> Guard:
    """A guard that lets pass who has a key with the scope: else 401 without a good key, 403 with a lesser one."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        wiring = wiring_of(connection.scope)
        method, _, presented = connection.headers.get("authorization", "").partition(" ")
        key = check_key(wiring.live.keys, presented.strip(), wiring.clock()) if method.lower() == "bearer" else None
        if key is None:
            raise Refused("not-authenticated", "This needs a key that is known and in force.", headers=CHALLENGE)
        if not {scope, "admin"} & set(key.scopes):
            raise Refused("not-allowed", f"The key lacks the scope `{scope}`.")
        structlog.contextvars.bind_contextvars(key_id=str(key.id))
        cast("dict[str, Any]", connection.scope["state"])["key"] = key

    return guard
