"""What a plan is asked to pay: the lines of a session, as far as they are known."""

from datetime import date
from typing import NamedTuple

from payers.catalogue.vocabulary import Component, ServiceKind
from payers.cost_share.adjudicate import Terms
from payers.cost_share.money import Range

PATIENT = ""
"""The member whose course it is."""
MEDICAL, PHARMACY, OUT_OF_NETWORK = "medical", "pharmacy", "out-of-network"
"""Pools of claims: each may have limits of its own."""


class Line(NamedTuple):
    """One billed line.

    `terms` are all the terms it may have. `charge` is what the provider may ask where that can be more than the plan
    allows, and the patient owes the difference. `on` is absent where nobody knows the day. `uncovered` is what is owed
    where the plan does not cover the line; absent, what it would allow, or the charge. `service` says which service
    beside the sessions it is, where it is one; its `component` is then a visit.
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
    uncovered: Range | None = None
    service: ServiceKind | None = None


class Visit(NamedTuple):
    """One session, or a service beside the sessions: its lines, and the stretch of the course it falls into."""

    period: int
    lines: tuple[Line, ...]
