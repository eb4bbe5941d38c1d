"""Terms of a plan that contradict each other or the law: used as they were told, and said to be doubtful."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from payers.catalogue.model import Cited
from payers.cost_share.design import year_amount
from payers.cost_share.plan import Benefits, Limit
from payers.estimate.case import Case


class Doubt(NamedTuple):
    """What is doubtful, by key, with the amounts in cents that its sentence tells."""

    kind: str
    cents: Mapping[str, int]
    behind: tuple[Cited, ...] = ()


def doubts(case: Case) -> Iterator[Doubt]:
    """The doubts about the plan as it was told.

    A deductible that counts toward the maximum is never above it, and what is met of the one is met of the other. The
    law limits the maximum of a plan in its network (45 CFR 156.130; 42 CFR 422.100(f)); only older and limited plans
    are outside it.
    """
    benefits = case.question.benefits
    if benefits is None:
        return
    deductible, maximum = benefits.deductible or Limit(), benefits.out_of_pocket_max or Limit()
    if benefits.deductible_counts_to_maximum:
        yield from _disagreeing(deductible, maximum)
    yield from _above_the_law(case, benefits)


def _disagreeing(deductible: Limit, maximum: Limit) -> Iterator[Doubt]:
    for kind, smaller, larger in (
        ("deductible-above-maximum", deductible.individual_cents, maximum.individual_cents),
        ("deductible-above-maximum", deductible.family_cents, maximum.family_cents),
        ("met-amounts-disagree", deductible.individual_met_cents, maximum.individual_met_cents),
        ("met-amounts-disagree", deductible.family_met_cents, maximum.family_met_cents),
    ):
        if smaller is not None and larger is not None and smaller > larger:
            yield Doubt(kind, {"deductible": smaller, "maximum": larger})


def _above_the_law(case: Case, benefits: Benefits) -> Iterator[Doubt]:
    line = case.decisions()[0].line_of_business
    program, name = {
        "commercial": ("aca", "oop-max-self"),
        "medicare-advantage": ("medicare-advantage", "moop-in-network"),
    }.get(line, (None, None))
    told_cents = benefits.out_of_pocket_max and benefits.out_of_pocket_max.individual_cents
    if program is None or name is None or told_cents is None or case.question.network == "out":
        return
    limit = year_amount(case.catalogue, program, name, case.start_on.year)
    if limit is not None and told_cents > limit.amount.high_cents:
        yield Doubt(
            "maximum-above-the-law", {"maximum": told_cents, "limit": limit.amount.high_cents}, limit.parameters
        )
