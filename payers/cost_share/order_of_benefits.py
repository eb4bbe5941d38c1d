"""Which of two commercial plans is primary, decided from facts.

The first rule that tells the plans apart decides. Where a fact that a rule needs is missing the order is open, and the
answer names the fact to ask for.
Source: NAIC Coordination of Benefits Model Regulation (Model 120), section 6 D.
"""

from datetime import date
from typing import Literal, NamedTuple

from payers.cost_share.plan_calendar import MonthDay

Rule = Literal[
    "no-coordination-clause",
    "employee-before-dependent",
    "court-order",
    "custody",
    "birthday",
    "active-before-retired",
    "employment-before-continuation",
    "longer-coverage",
    "equal-shares",
]
Fact = Literal["holder_birthday", "covered_since", "holder"]
Holder = Literal["self", "parent", "other"]
Custody = Literal["custodial-parent", "custodial-parents-spouse", "other-parent", "other-parents-spouse"]

_CUSTODY: tuple[Custody, ...] = (
    "custodial-parent",
    "custodial-parents-spouse",
    "other-parent",
    "other-parents-spouse",
)


class PlanFacts(NamedTuple):
    """What decides the order about one plan of the patient.

    `holder` is the patient's relation to whoever holds it: the patient, or for a child a parent, or another. `custody`
    is said only of parents who live apart without a decree of joint custody; `decreed` says that a court made this
    parent's plan answer for health care. `active` is false for a retired or laid-off holder; `continued` is coverage
    kept on after it would have ended (COBRA or a state's).
    """

    holder: Holder | None = None
    holder_birthday: MonthDay | None = None
    """Month and day: the rule ignores the year."""
    covered_since: date | None = None
    active: bool = True
    continued: bool = False
    custody: Custody | None = None
    decreed: bool = False
    coordinates: bool = True
    """A plan without a coordination clause pays first."""


class Order(NamedTuple):
    """`first` is 0 or 1, the place of the primary plan among the two; absent when both share equally."""

    first: int | None
    rule: Rule


class OrderUnknown(NamedTuple):
    """The rule that would decide, and the fact it needs."""

    rule: Rule
    missing: Fact


def order(one: PlanFacts, other: PlanFacts) -> Order | OrderUnknown:
    """The primary plan. For the two plans swapped the answer is the same, swapped."""
    if one.coordinates != other.coordinates:
        return Order(int(one.coordinates), "no-coordination-clause")
    if one.holder is None or other.holder is None:
        return OrderUnknown("employee-before-dependent", "holder")
    if (one.holder == "self") != (other.holder == "self"):
        return Order(int(other.holder == "self"), "employee-before-dependent")
    if one.holder == other.holder == "parent":
        return _child(one, other)
    if one.active != other.active:
        return Order(int(other.active), "active-before-retired")
    if one.continued != other.continued:
        return Order(int(one.continued), "employment-before-continuation")
    return _longer(one, other)


def _child(one: PlanFacts, other: PlanFacts) -> Order | OrderUnknown:
    if one.decreed != other.decreed:
        return Order(int(other.decreed), "court-order")
    if one.custody and other.custody and one.custody != other.custody:
        return Order(int(_CUSTODY.index(other.custody) < _CUSTODY.index(one.custody)), "custody")
    if one.holder_birthday is None or other.holder_birthday is None:
        return OrderUnknown("birthday", "holder_birthday")
    if one.holder_birthday != other.holder_birthday:
        return Order(int(other.holder_birthday < one.holder_birthday), "birthday")
    return _longer(one, other)


def _longer(one: PlanFacts, other: PlanFacts) -> Order | OrderUnknown:
    if one.covered_since is None or other.covered_since is None:
        return OrderUnknown("longer-coverage", "covered_since")
    if one.covered_since == other.covered_since:
        return Order(None, "equal-shares")
    return Order(int(other.covered_since < one.covered_since), "longer-coverage")
