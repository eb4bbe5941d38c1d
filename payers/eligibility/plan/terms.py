"""Every term of a plan that an answer tells, inside the network, outside it and at the pharmacy; the rest is asked."""

from collections.abc import Iterator, Sequence

from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.limit_terms import limit_slot
from payers.eligibility.plan.limits import LIMITS, limit_said
from payers.eligibility.plan.network_terms import network_terms, share_slot
from payers.eligibility.plan.plan_year import PATH, plan_year
from payers.eligibility.plan.said import cents, segments
from payers.eligibility.plan.shares import share_said
from payers.eligibility.plan.slots import Slot, pointer
from payers.eligibility.plan.visit import PHARMACY_LADDER, PLAN_LADDER, Visit, ladder
from payers.eligibility.plan.visit_limit import limited, visit_limit
from payers.eligibility.plan.which import ask_which
from payers.eligibility.response import Benefit, Member


def terms(member: Member, rows: Sequence[Benefit], visit: Visit, asking: Asking, of_coverage: Asking) -> Iterator[Slot]:
    """Every term of the plan that the rows tell. What would make it no plan for the visit is asked `of_coverage`.

    Questions are about the network that the clinic is in, as far as that is known.
    """
    year = plan_year(member, rows)
    if year is None:
        asking.ask("plan-year", pointer=pointer(PATH))
    else:
        ask_which(year, asking)
        yield year
    here, elsewhere = (asking, of_coverage), (asking.aside, of_coverage.aside)
    of_inside, of_outside = (elsewhere, here) if visit.network == "out" else (here, elsewhere)
    inside = list(network_terms(rows, "in", visit, *of_inside))
    outside = list(network_terms(rows, "out", visit, *of_outside))
    yield from (*inside, *outside)
    if not outside and (visit.network == "out" or any(row.network == "in" for slot in inside for row in slot.used)):
        # The network's terms hold in it alone: nothing is told of what holds outside.
        yield Slot("out_of_network", ({("out_of_network",): {}},), {})
    yield from _pharmacy(rows, visit, asking)
    yield from _limitations(rows, visit, asking, of_coverage)


def _pharmacy(rows: Sequence[Benefit], visit: Visit, asking: Asking) -> Iterator[Slot]:
    """The drug benefit's own terms, and limits of its own: the plan's, given again, are shared."""
    slots: list[Slot] = []
    if drug := share_said(rows, PHARMACY_LADDER, visit, "in"):
        slots.append(share_slot("pharmacy_drug", ("cost_shares",), drug, asking))
    for name in LIMITS:
        said, of_plan = (limit_said(rows, name, steps, visit, "in") for steps in (PHARMACY_LADDER, PLAN_LADDER))
        shared = of_plan and said and said.amounts <= of_plan.amounts
        if said and said.told and not shared:
            slot = limit_slot(said, ("pharmacy", name), asking.aside, step="pharmacy")
            slots += [slot] if slot else []
    for slot in slots:
        ask_which(slot, asking)
    yield from slots


def _limitations(rows: Sequence[Benefit], visit: Visit, asking: Asking, of_coverage: Asking) -> Iterator[Slot]:
    """Visits that are counted, and amounts beyond which the plan pays nothing."""
    several = limited(rows, ladder(visit), visit, visit.network or "in")
    slot = visit_limit(several.visits)
    if slot is not None:
        asking.ask("visit-limit", pointer=slot.pointer, segments=segments(several.visits))
        yield slot
    if several.amounts:
        values = asking.amounts(each for row in several.amounts if (each := cents(row)) is not None)
        at = segments(several.amounts)
        of_coverage.ask("amount-limit", pointer="/benefits/cost_shares", segments=at, values=values, blocks=True)
