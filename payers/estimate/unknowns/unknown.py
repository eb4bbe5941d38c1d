"""An open input as a typed value: its range, its typical value with the source of that, and how to answer it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from payers.catalogue.model import Cited, PlanDesign
from payers.cost_share.adjudicate import ALMOST_UNLIMITED
from payers.cost_share.credit import LimitKind
from payers.cost_share.line import PATIENT, PHARMACY
from payers.cost_share.money import Range, hull
from payers.cost_share.plan import Benefits, CostShares, Limit
from payers.estimate.case import Case
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Question

Origin = Literal["catalogue", "clinic", "law", "assumed"]
"""Who says that a typical value is typical: a cited value, the clinic's own lists, the law, or nobody."""

Told = TypeVar("Told", bound=msgspec.Struct)


def nothing(asked: Question) -> Question:
    """Has no typical answer: the estimate goes on without it."""
    return asked


class Unknown(NamedTuple):
    """An open input. `typical` answers it; `values` are what the teller prints of that answer, if there is one."""

    name: str
    typical: Callable[[Question], Question] = nothing
    values: Mapping[str, int | str] | None = MappingProxyType({})
    otherwise: Callable[[Question], Question] | None = None
    """For an input that is assumed, not widened: another answer, whose difference is what it is worth."""
    range: Range | None = None
    """The amounts that it may be, where it is an amount and something bounds it."""
    origin: Origin = "assumed"
    behind: tuple[Cited, ...] = ()
    statutes: tuple[str, ...] = ()
    """Where the typical value was read."""
    left_open: frozenset[str] = frozenset()
    """Other inputs that stay open while it is measured: their typical answers would settle what it decides."""

    @property
    def answerable(self) -> bool:
        """Whether it has a typical answer."""
        return self.typical is not nothing


def unanswered(name: str, may_be: Range | None = None) -> Unknown:
    """An open input without a typical answer."""
    return Unknown(name, values=None, range=may_be)


def on_file(unknown: Unknown, *behind: Cited) -> Unknown:
    """The same with the catalogue's values behind its typical answer."""
    return unknown._replace(origin="catalogue", behind=behind) if behind else unknown


def usual_design(case: Case) -> PlanDesign:
    """The typical plan design of the payer's usual line of business."""
    usual = [design for design in case.catalogue.release.plan_designs if design.stands_for_line]
    line = case.decisions[0].line_of_business
    return next((design for design in usual if design.line_of_business == line), usual[0])


def limits_of(outcomes: Iterable[Outcome], kind: LimitKind) -> list[Range]:
    """What a limit may be with nothing met, in each world in which there is one that bounds a session."""
    found: list[Range] = []
    for outcome in outcomes:
        if outcome.design is None:
            continue
        fresh = outcome.design.opening(outcome.by_year[0].starts_on.year, False)
        pools = {outcome.pool, PHARMACY} if outcome.world.lane == "pharmacy" else {outcome.pool}
        found += [
            Range(low_cents=low_cents, high_cents=high_cents)
            for account, low_cents, high_cents in zip(
                fresh.least.accounts, fresh.least.left, fresh.most.left, strict=True
            )
            if account.kind == kind and high_cents > 0 and any(account.limits(pool, PATIENT) for pool in pools)
        ]
    return found


def limit_range(limits: Iterable[Range]) -> Range | None:
    """All that they may be; absent where nothing bounds them."""
    bounded = [each for each in limits if each.high_cents < ALMOST_UNLIMITED]
    return hull(bounded) if bounded else None


def up_to(limit: Range | None) -> Range | None:
    """What may have been credited to a limit, or what may be left of it."""
    return limit and Range(low_cents=0, high_cents=limit.high_cents)


def aggregate(limit: Limit) -> bool:
    """Whether the family's amount alone counts."""
    return limit.family_rule == "aggregate" and limit.family_cents is not None


def amount_open(limit: Limit) -> bool:
    """Whether the amount of the patient's own limit is not told."""
    return limit.individual_cents is None and not aggregate(limit) and not limit.none


def met_open(limit: Limit) -> bool:
    """Whether what was credited is not told: to the patient's own limit, or to the family's where there is one."""
    own_open = limit.individual_met_cents is None and not aggregate(limit) and not limit.none
    return own_open or (limit.family_cents is not None and limit.family_met_cents is None)


def usual_amount(limit: Limit, cents: int) -> Limit:
    """The limit with the usual amount where none was told, as far as what else was told allows it."""
    if not amount_open(limit):
        return limit
    cents = max(cents, limit.individual_met_cents or 0)
    return replaced(limit, individual_cents=cents if limit.family_cents is None else min(cents, limit.family_cents))


def usual_met(limit: Limit) -> Limit:
    """The limit with nothing credited where nothing was told; a family has what the patient has."""
    own_cents = limit.individual_met_cents or 0
    if limit.family_cents is None:
        return replaced(limit, individual_met_cents=own_cents)
    family_cents = own_cents if limit.family_met_cents is None else limit.family_met_cents
    return replaced(limit, individual_met_cents=own_cents, family_met_cents=family_cents)


def setting(**told: Any) -> Callable[[Question], Question]:
    """Answers inputs of the question itself."""
    return lambda asked: replaced(asked, **told)


def in_benefits(**told: Any) -> Callable[[Question], Question]:
    """Answers terms of the plan."""
    return lambda asked: replaced(asked, benefits=replaced(asked.benefits or Benefits(), **told))


def in_shares(**told: Any) -> Callable[[Question], Question]:
    """Answers the plan's terms by kind of service."""

    def answered(asked: Question) -> Question:
        shares = (asked.benefits or Benefits()).cost_shares or CostShares()
        return in_benefits(cost_shares=replaced(shares, **told))(asked)

    return answered


def replaced(struct: Told, **told: Any) -> Told:
    """The same with some fields told."""
    return msgspec.structs.replace(struct, **told)
