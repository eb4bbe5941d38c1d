"""The terms in one network, or outside it: its limits and what the patient owes of a visit; the rest is asked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.cost_share.plan import CostShare
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.limit_terms import limit_slot
from payers.eligibility.plan.limits import LIMITS, LimitSaid, limit_said
from payers.eligibility.plan.not_covered import NotCovered, not_covered
from payers.eligibility.plan.said import Said, rows_of, segments
from payers.eligibility.plan.shares import ShareSaid, share_said
from payers.eligibility.plan.slots import Path, Slot, pointer
from payers.eligibility.plan.visit import PLAN_LADDER, Visit, ladder, procedures, visit_ladder
from payers.eligibility.plan.which import ask_which
from payers.eligibility.response import Benefit

_NOT_COUNTED = re.compile(r"\bdeductible (does not|doesn't) (apply|count)\b", re.IGNORECASE)


class _Side(NamedTuple):
    """One network as an answer tells it: its rows, the visit, and what is said of each limit and of the visit."""

    rows: Sequence[Benefit]
    visit: Visit
    network: Network
    limits: Mapping[str, LimitSaid]
    general: ShareSaid | None
    """What the plan as a whole says."""
    exact: ShareSaid | None
    """What the most exact step says of the visit."""
    drug: ShareSaid | None
    """What the drug's own procedure says."""
    infusion: ShareSaid | None
    """What the procedure of giving the drug says."""

    @property
    def path(self) -> Path:
        """Where its terms stand in a plan."""
        return ("out_of_network",) if self.network == "out" else ()

    @property
    def separate(self) -> list[Said]:
        """Deductibles of the service that are neither nothing nor the plan's own, given again."""
        own = self.exact.own_deductibles if self.exact else []
        of_plan = self.limits["deductible"].amounts if "deductible" in self.limits else set[int]()
        return [each for each in own if each.value and each.value not in of_plan]

    @property
    def paid_once(self) -> tuple[Benefit, ...]:
        """Rows of a copay of a procedure that stands for visit and drug together."""
        of_visit, of_drug = (
            rows_of(each for each in said.copays if each.value) if said else () for said in (self.exact, self.drug)
        )
        return tuple(row for row in of_visit if row in of_drug)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but zeros: the amounts are not in this answer, or there is no benefit at all.

        In the network, a deductible of nothing and free visits are a plan that there is; a maximum of nothing is none.
        """
        amounts = {amount for each in self.limits.values() for amount in each.amounts}
        several = (self.general, self.exact, self.drug, self.infusion)
        shares = [each for said in several if said for each in (*said.copays, *said.shares)]
        told = "out_of_pocket_max" in self.limits or self.network == "out"
        return told and amounts == {0} and not any(each.value for each in shares)


def network_terms(
    rows: Sequence[Benefit], network: Network, visit: Visit, asking: Asking, of_coverage: Asking
) -> Iterator[Slot]:
    """Limits and cost shares in one network, or outside it. `of_coverage` is asked whether it is covered at all."""
    side = _side(rows, network, visit)
    if side.is_blank:
        zeros = [row for each in side.limits.values() for row in each.rows]
        asking.ask("zero-limit", pointer=pointer((*side.path, "out_of_pocket_max")), segments=segments(zeros))
        side = side._replace(limits={}, general=None, exact=None, drug=None, infusion=None)
    unstated: list[Slot] = []
    for slot in (*_limits(side, asking), *_cost_shares(side, asking, of_coverage)):
        ask_which(slot, asking)
        if not slot.stated:
            unstated.append(slot)
        if slot.stated or network == "in":
            yield slot
        else:
            # The clinic is outside, and these may be the network's terms alone.
            yield slot._replace(readings=(*slot.readings, slot.left_open or {}))
    if unstated:
        told = ", ".join(asking.term(slot.name, outside=slot.outside) for slot in unstated)
        at = [row.segment for slot in unstated for row in slot.used]
        asking.ask("network-unstated", pointer="/network", segments=at, term=told)


def _side(rows: Sequence[Benefit], network: Network, visit: Visit) -> _Side:
    of_drug, of_infusion = procedures(visit.drug_codes), procedures(visit.infusion_codes)
    ladders = (PLAN_LADDER, visit_ladder(visit), of_drug, of_infusion)
    shares = [share_said(rows, steps, visit, network) for steps in ladders]
    several = (limit_said(rows, name, PLAN_LADDER, visit, network) for name in LIMITS)
    limits = {said.name: said for said in several if said}
    if network == "out" and visit.network != "out":
        # What does not say where it holds is the network's, unless the clinic is known to be outside.
        shares = [said if said and said.stated else None for said in shares]
        limits = {name: said for name, said in limits.items() if said.stated}
    return _Side(rows, visit, network, limits, *shares)


def _limits(side: _Side, asking: Asking) -> Iterator[Slot]:
    outside = side.network == "out"
    maximum = side.limits.get("out_of_pocket_max")
    not_carried = maximum is not None and 0 in maximum.amounts
    if maximum and not_carried:
        # A maximum of nothing would make everything free: the payer does not carry its amounts in this answer.
        asking.ask("zero-limit", pointer=pointer((*side.path, maximum.name)), segments=segments(maximum.rows))
    for name in LIMITS:
        said, place = side.limits.get(name), (*side.path, name)
        if said and not_carried and 0 in said.amounts:
            continue
        if name == "deductible" and side.separate:
            said = _separate(side, said, place, asking)
        elif said is None:
            asking.ask("not-said", pointer=pointer(place), term=asking.term(name, outside=outside))
        if said and (slot := limit_slot(said, place, asking)):
            yield slot
            if name == "out_of_pocket_max" and not outside:
                yield from _deductible_apart(slot)


def _separate(side: _Side, of_plan: LimitSaid | None, place: Path, asking: Asking) -> LimitSaid | None:
    """The service's own deductible, where the plan tells none; beside another one both are open, with what is met."""
    values = asking.amounts(each.value for each in side.separate)
    rows = segments(rows_of(side.separate))
    asking.ask("separate-deductible", pointer=pointer(place), segments=rows, values=values)
    if side.exact is None or (of_plan and of_plan.told):
        return None
    steps = [rung for rung in visit_ladder(side.visit) if rung.name == side.exact.rung.name]
    return limit_said(side.rows, "deductible", steps, side.visit, side.network)


def _deductible_apart(maximum: Slot) -> Iterator[Slot]:
    """Whether the rows of the maximum say that the deductible does not count toward it."""
    rows = tuple(row for row in maximum.used if any(map(_NOT_COUNTED.search, row.messages)))
    if rows:
        path = ("deductible_counts_to_maximum",)
        yield Slot("deductible_counts_to_maximum", ({path: False},), {path: rows})


def _cost_shares(side: _Side, asking: Asking, of_coverage: Asking) -> Iterator[Slot]:
    path = (*side.path, "cost_shares")
    share = side.exact.rung if side.exact else None
    denied = not_covered(side.rows, ladder(side.visit), side.visit, side.network, share)
    if denied and side.network == "out" and denied.how == "surely":
        place = (*path, "default")
        yield Slot("default", ({place: CostShare(covered=False)},), {place: denied.rows}, outside=True)
        return
    if denied:
        blocks = denied.how == "surely"
        of_coverage.ask("not-covered", pointer=pointer(path), segments=segments(denied.rows), blocks=blocks)
    if side.paid_once:
        values = asking.amounts(each.amount_cents or 0 for each in side.paid_once)
        asking.ask("paid-once", pointer=pointer((*path, "visit")), segments=segments(side.paid_once), values=values)
    for name, said in _named(side):
        if said and not (name == "visit" and said.rung.name == "plan"):
            slot = share_slot(name, path, said, asking)
            if side.paid_once and name in ("visit", "drug"):
                slot = slot._replace(readings=({(*path, name): CostShare()},))
            yield _perhaps_denied(slot, denied) if denied else slot
    _ask_for_missing(side, path, asking)


def _named(side: _Side) -> Iterator[tuple[str, ShareSaid | None]]:
    yield from (("default", side.general), ("visit", side.exact), ("drug", side.drug), ("infusion", side.infusion))


def share_slot(name: str, path: Path, said: ShareSaid, asking: Asking) -> Slot:
    """What is owed for a kind of service at its place in the plan."""
    place, outside = (*path, name), path[0] == "out_of_network"
    for kind, rows in (("share-unread", said.unread), ("whole-share", said.whole)):
        if rows:
            asking.ask(kind, pointer=pointer(place), segments=segments(rows), term=asking.term(name, outside=outside))
    return Slot(
        name,
        tuple({place: reading} for reading in said.readings),
        {place: said.rows},
        left_open={place: CostShare()},
        step=said.rung.name,
        stated=said.stated,
        outside=outside,
    )


def _perhaps_denied(slot: Slot, denied: NotCovered) -> Slot:
    """The share, or nothing covered at all."""
    (place,) = slot.rows
    readings = (*slot.readings, {place: CostShare(covered=False)})
    return slot._replace(readings=readings, rows={place: (*slot.rows[place], *denied.rows)})


def _ask_for_missing(side: _Side, path: Path, asking: Asking) -> None:
    """What the patient owes where nothing tells it, or only what is more general than the visit."""
    exact, outside = side.exact, side.network == "out"
    if exact is None:
        asking.ask("not-said", pointer=pointer(path), term=asking.term("visit", outside=outside))
        return
    if side.drug is None and side.infusion is None:
        asking.ask("drug-terms", pointer=pointer((*path, "drug")))
    if side.visit.behavioral and exact.rung.name in ("office", "plan"):
        rows = segments(exact.rows)
        asking.ask("general-terms", pointer=pointer((*path, "visit")), segments=rows, term=asking.term(exact.rung.name))
