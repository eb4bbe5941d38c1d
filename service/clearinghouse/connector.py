"""What every connector does, whatever network it speaks to: `submit`, `poll`, `cancel`, and one of three outcomes.

A connector sends once. Whether and when to send again, how many at once and at what cost is decided in one place,
`service.clearinghouse.desk`, because a clearinghouse knows no idempotency and may bill every question.
"""

from typing import Literal, Protocol

from payers.catalogue.model import Frozen
from payers.eligibility.inquiry import Inquiry

REAL_TIME_SECONDS = 20.0
"""How long a person waits for a payer (CAQH CORE 156: an answer in real time comes within 20 seconds)."""

RawFormat = Literal["x12", "stedi", "availity"]
"""How the raw answer is written: a 271, or the JSON of a clearinghouse of this shape."""

Fault = Literal[
    "timeout",  # no answer in time; nobody knows whether the payer saw the question
    "unreachable",  # no connection, or it broke
    "busy",  # the network asks us to slow down
    "payer-down",  # the network answers and the payer does not
    "refused",  # our credentials or our set-up are not accepted
    "invalid",  # the network found the question itself wrong
    "garbled",  # an answer came that is no answer
    "over-budget",  # the clinic's own limit for a day is reached; nothing was asked
]


class Answered(Frozen):
    """An answer came: raw, as it was sent. It may still say no inside."""

    format: RawFormat
    raw: str
    sent: str
    """What was sent for it, without credentials."""


class Pending(Frozen):
    """The network took the question and will answer later. `ticket` is what it is asked with."""

    ticket: str
    after_seconds: float
    sent: str = ""


class Failed(Frozen):
    """No answer. `detail` is for staff and holds no member data; `code` is the network's own word for it."""

    fault: Fault
    detail: str
    code: str | None = None
    after_seconds: float | None = None
    """How long the network asks us to wait, where it says."""
    asked: bool = True
    """False only where the question surely never left, so that nobody can bill it."""


Outcome = Answered | Pending | Failed


class Connector(Protocol):
    """One way to a network of payers. Made for one event loop; nothing it raises is expected."""

    @property
    def name(self) -> str:
        """What the clinic calls it; it stands in settings, checks and metrics."""
        ...

    async def submit(self, inquiry: Inquiry) -> Outcome:
        """Ask, once, and wait at most `REAL_TIME_SECONDS`."""
        ...

    async def poll(self, ticket: str) -> Outcome:
        """What has become of a question that is `Pending`."""
        ...

    async def cancel(self, ticket: str) -> None:
        """Tell the network, where it listens, that nobody waits any more."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
