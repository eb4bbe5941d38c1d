"""Which of two plans of the patient pays first, from the facts told about them.

Everywhere else the payer asked about pays first. Where the facts say otherwise the question is asked the other way
round: the told benefits of the other plan become the first plan's, and those of the payer asked about the second's.
"""

from typing import NamedTuple

import msgspec

from payers.catalogue.coverage import Decision
from payers.cost_share.order_of_benefits import Fact, OrderUnknown, PlanFacts, Rule, order
from payers.cost_share.plan_calendar import month_day
from payers.estimate.question import CoverageFacts, Prices, Question, SecondCommercial
from payers.estimate.unusable import GROUP_LINES


class Roles(NamedTuple):
    """Whether the payer asked about pays first, absent where that is open; the rule that decides, and what it needs."""

    asked_first: bool | None
    rule: Rule
    missing: Fact | None = None


def roles(question: Question, decision: Decision) -> Roles | None:
    """The order of benefits; absent where nobody told facts of either, or where it is not between two plans."""
    second = second_plan(question)
    if second is None or (second.facts is None and second.first_plan is None):
        return None
    if decision.line_of_business not in GROUP_LINES:
        return None
    found = order(_facts(second.first_plan or CoverageFacts()), _facts(second.facts or CoverageFacts()))
    if isinstance(found, OrderUnknown):
        return Roles(None, found.rule, found.missing)
    return Roles(None if found.first is None else found.first == 0, found.rule)


def arranged(question: Question, decision: Decision) -> tuple[Question, ...]:
    """The question with the plan that pays first as its payer: one way round, or both where the order is open.

    Plans that share equally each pay as if first for half of the claim; both orders hold what that leaves.
    """
    found = roles(question, decision)
    if found is None or found.asked_first:
        return (question,)
    return (swapped(question),) if found.asked_first is False else (question, swapped(question))


def swapped(question: Question) -> Question:
    """The same two plans the other way round; `method` and the reserve are those of whichever plan pays second."""
    second = second_plan(question)
    if second is None:
        return question
    told = question.prices or Prices()
    prices, allowed = question.prices, None
    if second.allowed_per_session:
        prices = msgspec.structs.replace(told, allowed_per_session=second.allowed_per_session)
        allowed = told.allowed_per_session
    behind = msgspec.structs.replace(
        second,
        benefits=question.benefits,
        allowed_per_session=allowed,
        facts=second.first_plan,
        first_plan=second.facts,
    )
    turned = msgspec.structs.replace(question, benefits=second.benefits, prices=prices)
    return with_second(turned, behind)


def with_second(question: Question, told: SecondCommercial) -> Question:
    """With other words about the plan that pays second."""
    second = second_plan(question)
    others = tuple(told if each is second else each for each in question.other_coverage)
    return msgspec.structs.replace(question, other_coverage=others)


def without_second(question: Question) -> Question:
    """Without the plan that pays second."""
    second = second_plan(question)
    others = tuple(each for each in question.other_coverage if each is not second)
    return msgspec.structs.replace(question, other_coverage=others)


def second_plan(question: Question) -> SecondCommercial | None:
    """The second plan whose order matters: the first with facts of both plans, else of one, else the first."""
    plans = [each for each in question.other_coverage if isinstance(each, SecondCommercial)]
    return max(plans, key=lambda each: (each.facts is not None) + (each.first_plan is not None), default=None)


def _facts(told: CoverageFacts) -> PlanFacts:
    return PlanFacts(
        holder=told.holder,
        holder_birthday=None if told.holder_birthday is None else month_day(told.holder_birthday),
        covered_since=told.covered_since,
        active=told.active,
        continued=told.continued,
        custody=told.custody,
        decreed=told.decreed,
    )
