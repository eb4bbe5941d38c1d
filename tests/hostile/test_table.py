"""The table of attacks over whole requests: an answer or a refusal, and nothing of the inside."""

import re
import time
from random import Random

from litestar import Litestar
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute

from tests.hostile.conftest import Front
from tests.hostile.held import faults
from tests.hostile.table import PLACES, requests

EACH = 1
SECONDS = 3.0
"""Of this process, so that others on the machine do not count."""


async def test_the_table(front: Front) -> None:
    wrong: list[str] = []
    sent = 0
    for request in requests(front.ground, EACH, Random(6)):
        start = time.process_time()
        answer = await front.send(request)
        sent += 1
        told = list(faults(answer.status_code, answer.headers, answer.content, request.planted))
        if (took := time.process_time() - start) > SECONDS:
            told.append(f"{took:.1f} s")
        wrong += [f"{request.told}: {answer.status_code} {each}" for each in told]
    assert not wrong, "\n".join(wrong)
    assert sent > 500


def test_every_address_is_a_place(front: Front) -> None:
    """An address that takes something must be in `places.toml`, with every parameter."""
    known: dict[str, set[str]] = {}
    for place in PLACES:
        known.setdefault(_shape(place.ask), set()).update(place.query)
    for ask, parameters in _asked(front.app):
        if parameters or "{" in ask or ask.startswith("POST"):
            assert known.get(ask) == parameters, ask


def _asked(app: Litestar) -> list[tuple[str, set[str]]]:
    """Every method and address of the application, with its parameters."""
    found: list[tuple[str, set[str]]] = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method in sorted(route.methods - {"OPTIONS"}):
                handler, _ = route.route_handler_map[method]  # pyright: ignore[reportArgumentType]
                fields = handler.parsed_fn_signature.parameters.items()
                declared = ((name, field.kwarg_definition) for name, field in fields)
                parameters = {each.name or name for name, each in declared if isinstance(each, QueryParameter)}
                found.append((_shape(f"{method} {route.path}"), parameters))
    return found


def _shape(ask: str) -> str:
    """Without what stands in braces. What is served under one name alone is a place like those under any."""
    return re.sub(r"{[^}]+}", "{}", "GET /schema/{}" if ask == "GET /schema/openapi.json" else ask)
