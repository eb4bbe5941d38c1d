"""The id under which a request is known in its answer, in a problem's `instance` and in the log."""

import uuid
from typing import cast

from litestar.types import Scope

from service.uuid7 import uuid7

HEADER = b"x-request-id"


def request_id(scope: Scope) -> str:
    """The request's id, made on first use: the caller's `X-Request-Id` if that is a UUID, else a new one."""
    state = cast("dict[str, str]", scope["state"])
    if "request_id" not in state:
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        try:
            state["request_id"] = str(uuid.UUID(given.decode("ascii")))
        except ValueError:
            state["request_id"] = str(uuid7())
    return state["request_id"]
