"""What a payer's rejection (AAA) means, who must act on it, and whether asking again helps.

The table is `rejections.toml`, beside this file, with its sources. The reason decides the class; the follow-up (AAA04)
may only stop or delay an automatic retry, because payers send pairs that clash: 42, "cannot answer now", with C,
"correct and resubmit".
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Confidence, Language
from payers.eligibility.elements import Elements, at
from payers.eligibility.response import Rejection

Actor = Literal["system", "front desk", "clinic administrator", "clinic", "biller"]
Again = Literal["later", "changed", "corrected", "never"]
"""`later`: the same question may be answered later, and the service asks it by itself. `changed`: the service may ask
once more with another date or service. `corrected`: a person must put something right first. `never`: asking again
changes nothing."""

STOPS = frozenset({"N", "S", "Y"})
"""Follow-ups after which nothing is sent again by itself: do not resubmit, passed to somebody else, held."""
DELAYS_DAYS = {"W": 30, "X": 10}
"""Follow-ups that name a wait."""

_TABLE = Path(__file__).with_name("rejections.toml")


class Advice(Frozen):
    """What one or several reason codes (AAA03) mean to the clinic. `asks` says how a changed question differs."""

    codes: tuple[str, ...]
    who_acts: Actor
    again: Again
    asks: Literal["today", "plan"] | None = None
    en: str
    es: str
    confidence: Confidence


class Table(Frozen):
    """The whole table and where it was read."""

    source: str
    verified_on: date
    review_by: date
    otherwise: Advice
    advice: tuple[Advice, ...]


@cache
def table() -> Table:
    """The table as the file has it."""
    return msgspec.toml.decode(_TABLE.read_bytes(), type=Table)


@cache
def _by_code() -> dict[str, Advice]:
    return {code: advice for advice in table().advice for code in advice.codes}


def advice(reason: str | None) -> Advice:
    """What the reason means; an unknown one, or none, is for the biller to read as it is."""
    return _by_code().get(reason or "", table().otherwise)


def meaning(reason: str | None, lang: Language) -> str:
    """The sentence for the screen."""
    told = advice(reason)
    return told.es if lang == "es" else told.en


def rejection(
    loop: str,
    reason: str | None,
    follow_up: str | None,
    valid_request: str | None,
    segment: int,
    after_benefit: int | None = None,
) -> Rejection:
    """The rejection with what is known of its code."""
    told = advice(reason)
    return Rejection(
        loop=loop,
        reason=reason,
        follow_up=follow_up,
        valid_request=valid_request,
        segment=segment,
        meaning=told.en,
        who_acts=told.who_acts,
        again=told.again,
        retry=told.again == "later" and follow_up not in STOPS,
        after_benefit=after_benefit,
    )


def read_rejection(
    loop: str,
    number: int,
    elements: Elements,
    warn: Callable[[int, str], None],
    after_benefit: int | None = None,
) -> Rejection:
    """The rejection that an AAA segment tells; one without a reason is told to `warn`."""
    reason = at(elements, 3)
    if reason is None:
        warn(number, "A rejection (AAA) has no reason.")
    return rejection(loop, reason, at(elements, 4), at(elements, 1), number, after_benefit)
