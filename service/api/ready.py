"""Answers of the widget as bytes, given before any route is looked for.

An address has the same answer all day, for everybody, as long as the catalogue is the same. Whoever asks first has it
from the route; whoever asks after that has the same bytes. Limits are counted before, and everything that stands around
an answer is put around these.

The service's own connection asks `Envelope.at_once` for them, without a task; under any other server, and where counts
are shared with other processes, the gate gives them.
"""

from datetime import date
from typing import Any, NamedTuple, cast

from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, HTTPScope, Send

from payers.catalogue.catalogue import Catalogue
from service.metrics import observe_estimate

PATH = "/widget/v1/estimate"
KEPT = 1_000
"""Addresses, some six million bytes."""

Headers = tuple[tuple[bytes, bytes], ...]


class Found(NamedTuple):
    """Headers and body as the route told them. `heads` are those headers among all that stand around them, as bytes."""

    headers: Headers
    body: bytes
    heads: dict[object, bytes]


class Ready:
    """The answers of one catalogue on one day that are ready."""

    def __init__(self) -> None:
        self._catalogue: Catalogue | None = None
        self._today: date | None = None
        self._answers: dict[bytes, Found] = {}

    def keep(self, catalogue: Catalogue, today: date, asked: bytes, headers: Headers, body: bytes) -> None:
        """Have the answer to this query string ready; the oldest makes room."""
        if self._catalogue is not catalogue or self._today != today:
            self._catalogue, self._today = catalogue, today
            self._answers.clear()
        elif len(self._answers) >= KEPT:
            del self._answers[next(iter(self._answers))]
        self._answers[asked] = Found(headers, body, {})

    def __bool__(self) -> bool:
        return bool(self._answers)

    def find(self, scope: HTTPScope, catalogue: Catalogue, today: date) -> Found | None:
        """What is ready for this request; nothing where its headers may call for another answer."""
        if scope["method"] != "GET" or self._catalogue is not catalogue or self._today != today:
            return None
        for name, _ in scope["headers"]:
            if name == b"if-none-match":
                return None
        return self._answers.get(scope["query_string"])


async def give(scope: HTTPScope, send: Send, found: Found) -> None:
    """Send an answer that was ready, as the route does."""
    cast("dict[str, Any]", scope)["path_template"] = PATH
    observe_estimate("public")
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": 200, "headers": found.headers}
    await send(start)
    whole: HTTPResponseBodyEvent = {"type": "http.response.body", "body": found.body, "more_body": False}
    await send(whole)
