"""The trace as a person follows it: the reasons of the first session, and from then on what is new."""

from collections.abc import Iterator
from typing import NamedTuple

from payers.estimate.answer import Answer, ReasonAnswer, SessionAnswer


class Turning(NamedTuple):
    """Reasons that hold from a session on and did not hold for the session before it."""

    session: int
    reasons: tuple[ReasonAnswer, ...]


def turnings(answer: Answer) -> Iterator[Turning]:
    """Every session in which something new decides an amount, the first one first."""
    by_id = {reason.id: reason for reason in answer.reasons}
    before: dict[str, None] = {}
    for session in answer.sessions:
        ids = _ids(session)
        new = tuple(by_id[id] for id in ids if id not in before)
        if new:
            yield Turning(session.number, new)
        before = ids


def _ids(session: SessionAnswer) -> dict[str, None]:
    """The ids of a session's reasons, in the order of its lines and their amounts."""
    return {id: None for line in session.lines for ids in line.because.values() for id in ids}
