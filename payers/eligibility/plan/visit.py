"""What is to be paid for, and which rows of an answer speak of it: from the most exact to the most general."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import FACILITY_PLACES, Network
from payers.eligibility.codes import HEALTH_PLAN
from payers.eligibility.response import Benefit, DatedFact

RungName = Literal["procedure", "psychiatric", "mental-health", "office", "plan", "brand-drug", "pharmacy"]
Place = Literal["matching", "none", "any"]

_PSYCHIATRIC = frozenset({"A4", "A8", "CF"})
"""Psychiatric care, its outpatient part, its outpatient provider."""
_PSYCHIATRIC_FACILITY = frozenset({"A4", "A8", "CH"})
_MENTAL_HEALTH = frozenset({"MH"})
_OFFICE = frozenset({"98"})
_PLAN = frozenset({HEALTH_PLAN})
_BRAND_DRUG = frozenset({"91", "B2"})
_PHARMACY = frozenset({"88"})

_BEGINS = frozenset({"193", "290", "292", "307", "346", "348", "356"})
_ENDS = frozenset({"194", "347", "349", "357"})
"""Qualifiers of a single day with which something begins or ends."""


class Visit(Frozen):
    """The visit whose terms are looked for.

    Without a day every row holds. `network` is the clinic's own; absent, it is not known and both are read.
    `behavioral`: the treatment is for a mental-health condition. `codes` are the procedures that may be billed.
    """

    on: date | None = None
    place_of_service: str = "11"
    network: Network | None = None
    behavioral: bool = True
    codes: tuple[str, ...] = ()


class Rung(NamedTuple):
    """One step of the ladder: rows of these service types, or of these procedures, with this regard to the place."""

    name: RungName
    service_types: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()
    place: Place = "any"

    def holds(self, row: Benefit, visit: Visit) -> bool:
        """Whether the row is of this step."""
        if self.name == "procedure":
            return row.procedure is not None and not self.procedures.isdisjoint(row.procedure[1:2])
        if row.procedure is not None:
            return False
        if self.name == "plan":
            return not row.places_of_service and (not row.service_types or HEALTH_PLAN in row.service_types)
        if self.service_types.isdisjoint(row.service_types):
            return False
        if self.place == "matching":
            return visit.place_of_service in row.places_of_service
        return not row.places_of_service


def ladder(visit: Visit) -> tuple[Rung, ...]:
    """The steps for the medical benefit, the most exact first.

    The exact procedure, then psychiatric care with the visit's place of service and without one, mental health at
    large, the office visit, the plan as a whole.
    """
    psychiatric = _PSYCHIATRIC_FACILITY if visit.place_of_service in FACILITY_PLACES else _PSYCHIATRIC
    behavioral = (*_both("psychiatric", psychiatric), *_both("mental-health", _MENTAL_HEALTH))
    return (
        Rung("procedure", procedures=frozenset(visit.codes)),
        *(behavioral if visit.behavioral else ()),
        *_both("office", _OFFICE),
        PLAN_RUNG,
    )


def _both(name: RungName, service_types: frozenset[str]) -> tuple[Rung, Rung]:
    """With the visit's place of service, and without one."""
    return Rung(name, service_types, place="matching"), Rung(name, service_types, place="none")


PLAN_RUNG = Rung("plan", _PLAN)
PHARMACY_LADDER = (Rung("brand-drug", _BRAND_DRUG, place="none"), Rung("pharmacy", _PHARMACY, place="none"))
"""The steps for a drug that a pharmacy fills: brand drugs, then the pharmacy at large. Never the medical plan."""


def on_the_day(rows: Sequence[Benefit], on: date | None) -> list[Benefit]:
    """The rows that hold on a day: a row without dates always does, and one that could not be read never."""
    return [row for row in rows if row.malformed is None and all(_holds(fact, on) for fact in row.dates)]


def _holds(fact: DatedFact, on: date | None) -> bool:
    if on is None:
        return True
    if fact.date is not None:
        if fact.qualifier in _ENDS:
            return on <= fact.date
        return fact.qualifier not in _BEGINS or fact.date <= on
    return (fact.start is None or fact.start <= on) and (fact.end is None or on <= fact.end)


class Networked(NamedTuple):
    """Rows that hold in one network; `stated` is false where the payer does not say for which they hold."""

    rows: list[Benefit]
    stated: bool


def in_network(rows: Sequence[Benefit], network: Network) -> Networked:
    """Rows of the network, and of both; only where there are none those that do not say."""
    stated = [row for row in rows if row.network in (network, "either")]
    if stated:
        return Networked(stated, stated=True)
    return Networked([row for row in rows if row.network in (None, "unknown")], stated=False)
