"""Which of two coverages pays first, where the facts do not say."""

from collections.abc import Iterator, Sequence

from payers.estimate.evaluate import Outcome
from payers.estimate.question import CoverageFacts, Question, SecondCommercial
from payers.estimate.roles import roles, second_plan, swapped
from payers.estimate.unknowns.unknown import Unknown, replaced
from payers.estimate.unusable import GROUP_LINES, group_plan_open


def about_order(question: Question, outcomes: Sequence[Outcome]) -> Iterator[Unknown]:
    """The order of benefits.

    Without any facts the payer asked about is taken to pay before another plan, and the other order tells what that is
    worth. Beside Medicare, and where facts leave it open, both orders are held.
    """
    second = second_plan(question)
    if second is None:
        return
    shared = [outcome.world.decision for outcome in outcomes if not outcome.self_pay]
    if any(group_plan_open(second, decision) for decision in shared):
        yield Unknown("order_of_benefits", _asked_first)
        return
    orders = [roles(question, decision) for decision in shared if decision.line_of_business in GROUP_LINES]
    if orders and second.facts is None and second.first_plan is None:
        yield Unknown("order_of_benefits", _asked_first, otherwise=swapped)
    elif any(order and order.asked_first is None and order.missing for order in orders):
        yield Unknown("order_of_benefits", _asked_first)


def _asked_first(asked: Question) -> Question:
    """Facts by which the payer asked about pays first, Medicare as well as another plan."""
    others = tuple(
        replaced(each, facts=CoverageFacts(holder="other", active=False), first_plan=CoverageFacts(holder="self"))
        if isinstance(each, SecondCommercial)
        else each
        for each in asked.other_coverage
    )
    return replaced(asked, other_coverage=others)
