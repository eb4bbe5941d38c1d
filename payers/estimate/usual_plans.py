"""What a course usually costs: the question asked of every typical plan on file, where nobody told the patient's own.

All that is possible without a plan's terms runs from nothing to the whole price, which is true and helps nobody. Beside
that range, and never in its place, stands the one that typical plans give. Each plan is followed session by session, at
the lowest and at the highest price and from what may be met of its deductible, so that it shows when a deductible is
paid off and when a new plan year begins.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, product
from typing import NamedTuple

import msgspec

from payers.catalogue.model import PlanDesign
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.plan import Benefits
from payers.estimate.case import Case
from payers.estimate.estimate import Estimate
from payers.estimate.evaluate import Outcome, evaluate
from payers.estimate.question import PriceInput, Prices
from payers.estimate.unknowns.about_plan import PLAN_LINES, usual_benefits


class Month(NamedTuple):
    """What the patient pays in a calendar month; `first` is its first day."""

    first: date
    sessions: int
    patient_pays: Range


class UsualCourse(NamedTuple):
    """The amounts that everybody asks for first, and the course month by month.

    `designs` are the typical plans behind them. Where no plan's terms stand between the price and the patient there
    are none, and the amounts are those of the estimate.
    """

    designs: tuple[PlanDesign, ...]
    first: Range
    typical: Range
    course: Range
    months: tuple[Month, ...]


def usual_course(estimate: Estimate, deductible_met: Sequence[bool]) -> UsualCourse:
    """The course with typical plans, of whose deductible all or nothing is met: both where that is not known."""
    outcomes: list[Outcome] = []
    behind: dict[LineOfBusiness, tuple[PlanDesign, ...]] = {}
    for outcome in estimate.outcomes:
        line = outcome.world.decision.line_of_business
        if outcome.self_pay or line not in PLAN_LINES:
            outcomes.append(outcome)
        elif line not in behind:
            behind[line] = usual_designs(estimate.case, line)
            for design, met in product(behind[line], deductible_met):
                outcomes += _followed(estimate.case, outcome, design, deductible_met=met)
    return UsualCourse(
        tuple(dict.fromkeys(chain.from_iterable(behind.values()))),
        hull(each.first for each in outcomes),
        hull(each.typical for each in outcomes),
        hull(each.course for each in outcomes),
        tuple(_months(outcomes, len(estimate.main.slots))),
    )


def usual_designs(case: Case, line: LineOfBusiness) -> tuple[PlanDesign, ...]:
    """The typical plans of a line of business; those of employers stand for a part of a plan that is sold alone."""
    designs = case.catalogue.release.plan_designs
    return tuple(each for each in designs if each.line_of_business == line) or tuple(
        each for each in designs if each.line_of_business == "commercial"
    )


def _followed(case: Case, outcome: Outcome, design: PlanDesign, *, deductible_met: bool) -> Iterator[Outcome]:
    """A typical plan in the place of every plan that this world allows, at either end of the price."""
    benefits = usual_benefits(Benefits(), design, pharmacy=False)
    if deductible_met:
        benefits = _with_deductible_met(benefits)
    for cents in outcome.price.amount.ends:
        told = msgspec.structs.replace(
            case.question,
            line_of_business=outcome.world.decision.line_of_business,
            network=outcome.world.network,
            lane="medical",
            benefits=benefits,
            prices=Prices(allowed_per_session=PriceInput(low_cents=cents, high_cents=cents)),
        )
        yield from evaluate(case._replace(question=told))


def _with_deductible_met(benefits: Benefits) -> Benefits:
    """What was paid toward the deductible counts toward the maximum too (45 CFR 155.20)."""
    deductible, maximum = benefits.deductible, benefits.out_of_pocket_max
    if deductible is None or maximum is None or deductible.individual_cents is None:
        return benefits
    paid = min(deductible.individual_cents, maximum.individual_cents or 0)
    return msgspec.structs.replace(
        benefits,
        deductible=msgspec.structs.replace(deductible, individual_met_cents=deductible.individual_cents),
        out_of_pocket_max=msgspec.structs.replace(maximum, individual_met_cents=paid),
    )


def _months(outcomes: Sequence[Outcome], sessions: int) -> Iterator[Month]:
    """The calendar months of the main world, each as wide as in any course that was followed."""
    slots = outcomes[0].slots[:sessions]
    for first in dict.fromkeys(slot.on.replace(day=1) for slot in slots):
        inside = [place for place, slot in enumerate(slots) if slot.on.replace(day=1) == first]
        paid = [
            sum((outcome.visits[place].patient_pays for place in inside if place < len(outcome.visits)), ZERO)
            for outcome in outcomes
        ]
        within = hull(outcome.course for outcome in outcomes)
        yield Month(first, len(inside), hull(paid).at_most(within.high_cents))
