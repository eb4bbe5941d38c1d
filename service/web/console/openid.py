"""The client of OpenID Connect, from a library that takes six megabytes: imported where there is a provider."""

from typing import Any

import httpx2
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.async_app import AsyncOAuth2Mixin
from authlib.integrations.base_client.async_openid import AsyncOpenIDMixin
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError

FAILURES = (OAuthError, JoseError, httpx2.HTTPError, ValueError, RuntimeError)
"""What the client raises when the provider does not answer, or answers what cannot be trusted."""
_ASK_SECONDS = 10.0


class _Client(AsyncOAuth2Mixin, AsyncOpenIDMixin, BaseApp):
    client_cls = AsyncOAuth2Client


def openid_client(issuer: str, client_id: str, client_secret: str) -> Any:
    """A client of one provider, which the library gives no types."""
    return _Client(
        None,
        name="clinic",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": _ASK_SECONDS},
    )
