"""What is to be paid for, and which rows of an answer speak of it: from the most exact to the most general."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import FACILITY_PLACES, Network
from payers.eligibility.codes import HEALTH_PLAN
from payers.eligibility.response import Benefit, DatedFact, Member

RungName = Literal["procedure", "psychiatric", "mental-health", "office", "plan", "brand-drug", "pharmacy"]

_PSYCHIATRIC = frozenset({"A4", "A8", "CF"})
"""Psychiatric care, its outpatient part, its outpatient provider."""
_PSYCHIATRIC_FACILITY = frozenset({"A4", "A8", "CH"})
_MENTAL_HEALTH = frozenset({"MH"})
_OFFICE = frozenset({"98"})
_PLAN = frozenset({HEALTH_PLAN})
_BRAND_DRUG = frozenset({"91", "B2"})
_PHARMACY = frozenset({"88"})

_ALIKE = (frozenset({"02", "10"}), frozenset({"19", "22"}))
"""Places of service that payers do not tell apart: telehealth, and a hospital's outpatient departments."""

_BEGINS = frozenset({"193", "290", "292", "307", "346", "348", "356"})
_ENDS = frozenset({"194", "347", "349", "357"})
"""Qualifiers of a single day with which something begins or ends."""

FAMILY = frozenset({"FAM", "ESP", "ECH"})
"""Levels (EB02) of several people together."""
_OWN: frozenset[str | None] = frozenset({None, "IND", "EMP"})
_OF_DEPENDENTS: dict[str | None, frozenset[str | None]] = {
    "01": frozenset({"SPO", "SPC", "DEP"}),
    "19": frozenset({"CHD", "SPC", "DEP"}),
}
"""Levels that are a spouse's or a child's own, by their relationship to the subscriber (INS02)."""


class Visit(Frozen):
    """The visits whose terms are looked for.

    Without a day every row holds; `until` is the day of the last one. `network` is the clinic's own; absent, it is not
    known and both are read. `behavioral`: the treatment is for a mental-health condition. `codes` are the procedures
    that may be billed for the visit, `drug_codes` those for the drug, `infusion_codes` those for giving it; one that
    stands for visit and drug together is in both.
    """

    on: date | None = None
    until: date | None = None
    place_of_service: str = "11"
    network: Network | None = None
    behavioral: bool = True
    codes: tuple[str, ...] = ()
    drug_codes: tuple[str, ...] = ()
    infusion_codes: tuple[str, ...] = ()

    @property
    def places(self) -> frozenset[str]:
        """Its place of service, and those that payers take for the same."""
        alike = next((each for each in _ALIKE if self.place_of_service in each), frozenset[str]())
        return alike | {self.place_of_service}


class Rung(NamedTuple):
    """One step of the ladder: rows of these service types or procedures, for the visit's place or for any place."""

    name: RungName
    types: frozenset[str]
    here: bool

    def holds(self, row: Benefit, visit: Visit) -> bool:
        """Whether the row is of this step."""
        if self.here:
            if visit.places.isdisjoint(row.places_of_service):
                return False
        elif row.places_of_service:
            return False
        if self.name == "procedure":
            return row.procedure is not None and not self.types.isdisjoint(row.procedure[1:2])
        if row.procedure is not None:
            return False
        return not self.types.isdisjoint(row.service_types or _PLAN)


def ladder(visit: Visit) -> tuple[Rung, ...]:
    """The steps for the medical benefit, the most exact first, each with the visit's place of service and without one.

    The exact procedure, the drug's included, then psychiatric care, mental health at large, the office visit, the plan
    as a whole.
    """
    return (*procedures((*visit.codes, *visit.drug_codes, *visit.infusion_codes)), *_general(visit))


def visit_ladder(visit: Visit) -> tuple[Rung, ...]:
    """The same steps for what is owed of the visit, which a row for the drug alone does not tell."""
    return (*procedures(visit.codes), *_general(visit))


def procedures(codes: Sequence[str]) -> tuple[Rung, ...]:
    """The steps for what only a procedure names: a drug that the clinic buys and bills, or giving it."""
    return _both("procedure", frozenset(codes))


def _general(visit: Visit) -> tuple[Rung, ...]:
    psychiatric = _PSYCHIATRIC_FACILITY if visit.place_of_service in FACILITY_PLACES else _PSYCHIATRIC
    behavioral = (*_both("psychiatric", psychiatric), *_both("mental-health", _MENTAL_HEALTH))
    return (*(behavioral if visit.behavioral else ()), *_both("office", _OFFICE), *PLAN_LADDER)


def _both(name: RungName, types: frozenset[str]) -> tuple[Rung, Rung]:
    return Rung(name, types, here=True), Rung(name, types, here=False)


PLAN_LADDER = _both("plan", _PLAN)
PHARMACY_LADDER = (Rung("brand-drug", _BRAND_DRUG, here=False), Rung("pharmacy", _PHARMACY, here=False))
"""The steps for a drug that a pharmacy fills: brand drugs, then the pharmacy at large. Never the medical plan."""


def held(rows: Sequence[Benefit], steps: Sequence[Rung], visit: Visit) -> Iterator[tuple[Rung, list[Benefit]]]:
    """The rows of each step, the most exact first; steps without any are left out."""
    for rung in steps:
        if here := [row for row in rows if rung.holds(row, visit)]:
            yield rung, here


def of_patient(member: Member, on: date | None) -> list[Benefit]:
    """The member's rows that hold on a day and are not of other people in the family."""
    levels = _OWN | FAMILY | _OF_DEPENDENTS.get(member.relationship, frozenset())
    return [row for row in on_the_day(member.benefits, on) if row.level in levels]


def on_the_day(rows: Sequence[Benefit], on: date | None) -> list[Benefit]:
    """The rows that hold on a day; a row without dates always does."""
    return [row for row in rows if on is None or all(_holds(fact, on) for fact in row.dates)]


def _holds(fact: DatedFact, on: date) -> bool:
    if fact.date is not None:
        if fact.qualifier in _ENDS:
            return on <= fact.date
        return fact.qualifier not in _BEGINS or fact.date <= on
    if fact.start is not None and fact.start == fact.end:
        return True  # a range of one day is the question's own date, given back
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
