"""Who may open a page: the session behind the cookie, the token in every form, the scope that a page takes.

The cookie holds a secret of 256 random bits, given out anew with every sign-in. The token in a form is derived from it,
so that nobody who cannot read the cookie can send the form (OWASP, synchronizer token).
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from service.api.keys import Guard, KeyScope
from service.api.problems import Refused
from service.api.wiring import wiring_of
from service.store.database import acquire
from service.store.keys import Key
from service.store.sessions import LONGEST, key_of_session

SESSION = "outlay_console"
TOKEN = "csrf"  # noqa: S105  the name of the field
SIGN_IN = "/console/sign-in"

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class SignInFirst(Exception):
    """Nobody is signed in, or not any more. `address` is where to go."""

    def __init__(self, address: str) -> None:
        super().__init__("sign in first")
        self.address = address


def session_cookie(connection: AnyConnection, secret: str | None) -> Cookie:
    """The cookie with a session's secret, or one that takes it away."""
    return Cookie(
        key=SESSION,
        value=secret or "",
        max_age=int(LONGEST.total_seconds()) if secret else 0,
        path="/console",
        secure=connection.base_url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def token_of(secret: str) -> str:
    """The token of the forms of this session."""
    return hashlib.sha256(b"form" + secret.encode()).hexdigest()


async def from_our_form(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Guard: what changes something comes from a form of ours. Raises `Refused`."""
    if not isinstance(connection, Request) or connection.method in ("GET", "HEAD", "OPTIONS"):
        return
    presented = str((await connection.form()).get(TOKEN, ""))
    secret = connection.cookies.get(SESSION, "")
    if not secret or not hmac.compare_digest(presented.encode(), token_of(secret).encode()):
        raise Refused("not-allowed", "The form is of an earlier session: open the page again.")


async def signed_in(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Guard: somebody is signed in. Raises `SignInFirst`."""
    wiring = wiring_of(connection.scope)
    secret = connection.cookies.get(SESSION)
    key: Key | None = None
    if secret:
        async with acquire(wiring.pool) as database:
            key = await key_of_session(database, secret, wiring.clock())
    if key is None:
        reading = isinstance(connection, Request) and connection.method == "GET"
        back = connection.scope["path"] if reading else "/console"
        raise SignInFirst(f"{SIGN_IN}?return_to={quote(back)}")
    structlog.contextvars.bind_contextvars(key_id=str(key.id))
    connection.scope["state"]["key"] = key


def may(key: Key, scope: KeyScope) -> bool:
    """Whether the key opens what takes this scope."""
    return not {scope, "admin"}.isdisjoint(key.scopes)


def takes(scope: KeyScope) -> Guard:
    """A guard that lets pass who may do what the page is for. Raises `Refused`."""

    async def guard(connection: AnyConnection, _: BaseRouteHandler) -> None:
        if not may(connection.scope["state"]["key"], scope):
            raise Refused("not-allowed", "Your role does not allow this.")

    return guard
