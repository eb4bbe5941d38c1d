"""The clinic's identity provider, asked by OpenID Connect: authorization code with PKCE, state and nonce."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

from service.settings import Settings, SettingsError
from service.store.people import Role
from service.store.sessions import BegunSignIn

CALLBACK = "/console/sign-in/openid/answer"
"""Where the provider sends the browser back."""


class IdentityFailed(Exception):
    """The provider did not answer, or what it answered cannot be trusted."""


class Identity(NamedTuple):
    """Who signed in. `role` is the strongest of those that the provider names, absent where it names none of ours."""

    issuer: str
    subject: str
    name: str
    role: Role | None


class IdentityProvider:
    """One provider. What it says of itself is read from its discovery document when it is first needed.

    It sends people back to `public_url`, which is never made of what a request says.
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str, roles_claim: str, public_url: str) -> None:
        from service.web.console.openid import FAILURES, openid_client

        self._issuer = issuer
        self._callback = public_url + CALLBACK
        self._roles_claim = roles_claim
        self._client = openid_client(issuer, client_id, client_secret)
        self._failures = FAILURES

    async def begin(self, return_to: str) -> tuple[str, BegunSignIn]:
        """Where to send the browser, and what to remember until it comes back. Raises `IdentityFailed`."""
        try:
            told = cast("dict[str, str]", await self._client.create_authorization_url(self._callback))
        except self._failures as error:
            raise IdentityFailed(type(error).__name__) from error
        begun = BegunSignIn(
            state=told["state"], nonce=told["nonce"], code_verifier=told["code_verifier"], return_to=return_to
        )
        return told["url"], begun

    async def finish(self, begun: BegunSignIn, code: str) -> Identity:
        """Who the code stands for, by an ID token that was made for this sign-in. Raises `IdentityFailed`."""
        try:
            token = await self._client.fetch_access_token(
                redirect_uri=self._callback, code=code, code_verifier=begun.code_verifier
            )
            claims = await self._client.parse_id_token(token, nonce=begun.nonce)
        except self._failures as error:
            raise IdentityFailed(type(error).__name__) from error
        if not claims or claims.get("iss") != self._issuer:
            raise IdentityFailed("no ID token of the issuer")
        return self._identity(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        named = claims.get(self._roles_claim) or ()
        roles = [named] if isinstance(named, str) else [str(each) for each in named]
        ours: list[Role] = [role for role in get_args(Role) if role in roles]
        name = next((str(claims[each]) for each in ("name", "preferred_username") if claims.get(each)), "")
        return Identity(self._issuer, str(claims["sub"]), name[:120] or str(claims["sub"]), ours[-1] if ours else None)


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """The provider of the settings; nothing where they name none. Raises `SettingsError`."""
    issuer, client_id, file = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret_file
    if issuer is None or client_id is None or file is None or not settings.public_urls:
        return None
    return IdentityProvider(issuer, client_id, _secret(file), settings.oidc_roles_claim, settings.public_urls[0])


def _secret(file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{file} cannot be read"
        raise SettingsError("OUTLAY_OIDC_CLIENT_SECRET_FILE", problem, "Name the file that holds the secret") from error
