"""The id under which a request is known in its answer, in a problem's `instance` and in the log."""

import uuid

from litestar.types import Scope

from service.uuid7 import uuid7_text

HEADER = b"x-request-id"


def request_id(scope: Scope) -> str:
    """The request's id, made on first use: the caller's `X-Request-Id` if that is a UUID, else a new one."""
    state: dict[str, str] = scope["state"]
    if "request_id" not in state:
        given = next((value for name, value in scope["headers"] if name == HEADER), None)
        state["request_id"] = (given and _written_as_ours(given)) or uuid7_text()
    return state["request_id"]


def _written_as_ours(given: bytes) -> str | None:
    try:
        return str(uuid.UUID(given.decode("ascii")))
    except ValueError:
        return None
