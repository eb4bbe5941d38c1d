"""Whether to ask a payer again, when and how: one table for every network.

The classes and times are those of the domain notes on rejections: 42, 80 and failures of transport are tried again by
the service itself; a date or a service that the payer does not answer for is asked once more in another way; anything
else waits for a person, because asking again without a change costs money and changes nothing.
"""

from collections.abc import Collection, Sequence
from typing import Literal

from payers.catalogue.model import Frozen
from payers.eligibility.rejections import DELAYS_DAYS, STOPS, advice
from payers.eligibility.response import Rejection
from service.clearinghouse.connector import Failed, Fault

Patience = Literal["person", "batch"]
"""Who waits: somebody at the desk, after whom the work goes on in the background, or nobody before tomorrow."""

Change = Literal["today", "plan"]
"""How the next question differs: it is of today's date, or of the plan as a whole (service type 30)."""

_DELAYS: dict[Patience, tuple[float, ...]] = {
    "person": (0, 60, 300, 900),
    "batch": (60, 300, 900, 3_600, 7_200, 14_400, 28_800, 28_800),
}
"""Seconds before each further attempt: at once, then after 1, 5 and 15 minutes; in a batch within a day in all, the 8
to 24 hours that a clearinghouse takes for its own batches."""

_TRIED_AGAIN: frozenset[Fault] = frozenset({"timeout", "unreachable", "busy", "payer-down", "garbled"})
_DAY_SECONDS = 86_400.0


class Again(Frozen):
    """Ask the same after so many seconds; 0 is at once."""

    after_seconds: float


class AskChanged(Frozen):
    """Ask at once, changed."""

    change: Change


class Stop(Frozen):
    """Ask no more: it is answered, a person must act, or it was tried often enough."""

    because: Literal["answered", "person", "tried"]


Step = Again | AskChanged | Stop


def after_failure(failed: Failed, attempt: int, patience: Patience) -> Step:
    """What to do when no answer came to attempt number `attempt`, counted from 1."""
    if failed.fault not in _TRIED_AGAIN:
        return Stop(because="person")
    # A network that asks us to slow down gets no second question at once.
    least = failed.after_seconds or (_DELAYS[patience][1] if failed.fault == "busy" else 0)
    return _again(attempt, patience, least)


def after_answer(
    rejections: Sequence[Rejection], attempt: int, patience: Patience, changed: Collection[Change] = ()
) -> Step:
    """What to do with an answer that holds these rejections. `changed` is what was already asked differently.

    One rejection that needs a person, or whose follow-up (AAA04) forbids asking again, ends it for all of them.
    """
    if not rejections:
        return Stop(because="answered")
    advised = [advice(each.reason) for each in rejections]
    if any(each.follow_up in STOPS for each in rejections) or any(
        each.again not in ("later", "changed") for each in advised
    ):
        return Stop(because="person")
    for each in advised:
        if each.asks is not None:
            return Stop(because="person") if each.asks in changed else AskChanged(change=each.asks)
    days = max(DELAYS_DAYS.get(each.follow_up or "", 0) for each in rejections)
    return _again(attempt, patience, days * _DAY_SECONDS)


def _again(attempt: int, patience: Patience, least: float) -> Step:
    delays = _DELAYS[patience]
    if attempt > len(delays):
        return Stop(because="tried")
    return Again(after_seconds=max(delays[attempt - 1], least))
