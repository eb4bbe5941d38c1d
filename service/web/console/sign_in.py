"""Signing in, by a staff key or by the clinic's identity provider, and out again; the switch of the language."""

import hmac
import re
from datetime import timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from service.api.callers import caller
from service.api.wiring import Wiring
from service.store.database import acquire
from service.store.keys import Key, check_key
from service.store.people import key_of_person, recognise
from service.store.sessions import (
    begin_sign_in,
    close_session,
    end_sign_in,
    failed,
    forgive,
    locked_for,
    new_secret,
    open_session,
)
from service.web.console.access import SESSION, SIGN_IN, from_our_form, session_cookie, token_of
from service.web.console.identity import CALLBACK, IdentityFailed, IdentityProvider
from service.web.console.rendering import html
from service.web.console.visit import LANGUAGE, Visit, goes_to, visit_of

HOME = "/console"
_OURS = re.compile(r"/console(?:[/?][\x21-\x7e]*)?")
_A_YEAR = int(timedelta(days=365).total_seconds())

AnyRequest = Request[Any, Any, Any]
ReturnTo = Annotated[str, QueryParameter(max_length=400)]
Told = Annotated[str, QueryParameter(max_length=4000)]


def inside(address: str) -> str:
    """The address if it is a page of the console: nobody is sent anywhere else, and no header ends in it."""
    ours = _OURS.fullmatch(address) and not address.startswith(SIGN_IN)
    return address if ours and "\\" not in address and "//" not in address else HOME


def _form(
    request: AnyRequest, provider: IdentityProvider | None, return_to: str, wrong: str | None = None, status: int = 200
) -> Response[str]:
    """The page. Every form needs a token, and so whoever has no session gets a secret that opens nothing."""
    secret = request.cookies.get(SESSION) or new_secret()
    visit = visit_of(request)._replace(token=token_of(secret))
    with_provider = provider is not None
    page = visit.show("sign_in.html", status=status, return_to=return_to, wrong=wrong, with_provider=with_provider)
    page.set_cookie(session_cookie(request, secret))
    return page


@get(SIGN_IN)
async def sign_in_page(
    request: AnyRequest, provider: NamedDependency[IdentityProvider | None], return_to: ReturnTo = HOME
) -> Response[str]:
    """The page to sign in."""
    return _form(request, provider, inside(return_to))


@post(SIGN_IN, guards=[from_our_form], status_code=200)
async def sign_in_by_key(
    request: AnyRequest, wiring: NamedDependency[Wiring], provider: NamedDependency[IdentityProvider | None]
) -> Response[str]:
    """Sign in by a staff key."""
    form = await request.form()
    return_to, presented = inside(str(form.get("return_to", ""))), str(form.get("key", "")).strip()
    now, address = wiring.clock(), caller(request.scope)
    key = check_key(wiring.live.keys, presented, now)
    async with acquire(wiring.pool) as connection:
        if locked := await locked_for(connection, address, now):
            page = _form(request, provider, return_to, "locked", 429)
            page.headers["Retry-After"] = str(int(locked.total_seconds()) + 1)
            return page
        if key is None:
            if presented:
                await failed(connection, address, now)
            return _form(request, provider, return_to, "unknown" if presented else "missing", 422)
    return await _welcome(request, wiring, key, return_to)


@get(f"{SIGN_IN}/openid")
async def sign_in_by_provider(
    request: AnyRequest,
    wiring: NamedDependency[Wiring],
    provider: NamedDependency[IdentityProvider | None],
    return_to: ReturnTo = HOME,
) -> Response[str]:
    """Send the browser to the clinic's identity provider."""
    if provider is None:
        return goes_to(visit_of(request), SIGN_IN)
    try:
        address, begun = await provider.begin(inside(return_to))
    except IdentityFailed:
        return _form(request, provider, inside(return_to), "provider", 502)
    secret = new_secret()
    async with acquire(wiring.pool) as connection:
        await begin_sign_in(connection, secret, begun, wiring.clock())
    response = html("", status=303, headers={"Location": address})
    response.set_cookie(session_cookie(request, secret))
    return response


@get(CALLBACK)
async def provider_answer(
    request: AnyRequest,
    wiring: NamedDependency[Wiring],
    provider: NamedDependency[IdentityProvider | None],
    code: Told = "",
    given_state: Annotated[str, QueryParameter(name="state", max_length=400)] = "",
    error: Told = "",
    error_description: Told = "",
    iss: Told = "",
    session_state: Told = "",
) -> Response[str]:
    """Where the identity provider sends the browser back, with a code that stands for a person."""
    now = wiring.clock()
    async with acquire(wiring.pool) as connection:
        begun = await end_sign_in(connection, request.cookies.get(SESSION, ""), now)
    if provider is None or begun is None or not hmac.compare_digest(begun.state.encode(), given_state.encode()):
        return _form(request, provider, HOME, "begin-again", 422)
    if not code:
        return _form(request, provider, begun.return_to, "declined", 422)
    try:
        identity = await provider.finish(begun, code)
    except IdentityFailed:
        return _form(request, provider, begun.return_to, "provider", 502)
    async with acquire(wiring.pool) as connection:
        person = await recognise(connection, **identity._asdict(), now=now)
        key = await key_of_person(connection, person)
    if key is None or not key.is_valid(now):
        return _form(request, provider, begun.return_to, "no-role", 403)
    return await _welcome(request, wiring, key, begun.return_to)


@post("/console/sign-out", guards=[from_our_form], status_code=303)
async def sign_out(request: AnyRequest, wiring: NamedDependency[Wiring]) -> Response[str]:
    """End the session."""
    async with acquire(wiring.pool) as connection:
        await close_session(connection, request.cookies[SESSION])
    response = goes_to(visit_of(request), SIGN_IN)
    response.set_cookie(session_cookie(request, None))
    return response


@post("/console/language", guards=[from_our_form], status_code=303)
async def choose_language(request: AnyRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Speak the other language from now on."""
    form = await request.form()
    chosen = "es" if form.get("lang") == "es" else "en"
    response = goes_to(visit, inside(str(form.get("return_to", ""))))
    secure = request.base_url.scheme == "https"
    response.set_cookie(
        Cookie(key=LANGUAGE, value=chosen, path="/console", max_age=_A_YEAR, secure=secure, httponly=True)
    )
    return response


async def _welcome(request: AnyRequest, wiring: Wiring, key: Key, return_to: str) -> Response[str]:
    """A new session under a new secret: one that somebody planted before stays worth nothing."""
    async with acquire(wiring.pool) as connection:
        await forgive(connection, caller(request.scope))
        secret = await open_session(connection, key, wiring.clock())
    response = html("", status=303, headers={"Location": return_to})
    response.set_cookie(session_cookie(request, secret))
    return response
