"""What a plan is asked to pay: the lines of a session, as far as they are known."""

from datetime import date
from typing import NamedTuple

from payers.catalogue.vocabulary import Component
from payers.cost_share.adjudicate import Terms
from payers.cost_share.money import Range

PATIENT = ""
"""The member whose course it is."""
MEDICAL, PHARMACY, OUT_OF_NETWORK = "medical", "pharmacy", "out-of-network"
"""Pools of claims: each may have limits of its own."""


class Line(NamedTuple):
    """One billed line.

    `terms` are all the terms it may have. `charge` is what the provider may ask where that can be more than the plan
    allows, and the patient owes the difference. `on` is absent where nobody knows the day.
    """

    component: Component
    code: str | None
    units: int | None
    allowed: Range
    terms: tuple[Terms, ...]
    charge: Range | None = None
    pool: str = MEDICAL
    member: str = PATIENT
    on: date | None = None


class Visit(NamedTuple):
    """One session: its lines, and the stretch of the course with one set of limits that it falls into."""

    period: int
    lines: tuple[Line, ...]
