"""What a key may do, in words: as a role where it is exactly one, else scope by scope."""

from collections.abc import Sequence
from typing import get_args

from service.api.keys import KeyScope
from service.store.people import SCOPES, Role
from service.web.console.words import Speak

ROLES: tuple[Role, ...] = get_args(Role)
ALL_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)


def role_of(scopes: Sequence[str]) -> Role | None:
    """The role that may do exactly this."""
    return next((role for role, may in SCOPES.items() if set(may) == set(scopes)), None)


def may_do(speak: Speak, scopes: Sequence[str]) -> str:
    """What the scopes allow."""
    role = role_of(scopes)
    if role:
        return speak(f"people.role_{role}_may")
    known = [speak(f"people.scope_{scope}") for scope in scopes if scope in ALL_SCOPES]
    return " · ".join(known or scopes)
