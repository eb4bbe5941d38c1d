"""What the answer to each open input is worth in dollars."""

from typing import NamedTuple

from payers.cost_share.money import Range, hull
from payers.estimate.case import Case
from payers.estimate.evaluate import evaluate
from payers.estimate.question import Question
from payers.estimate.unknowns import all_typical
from payers.estimate.unknowns.unknown import Unknown

FEW = 6
"""As many open inputs as leave the range narrow enough for one answer to take something off it."""


WORTH_TELLING_CENTS = 100
"""Less than a dollar over a whole course is rounding, and is told as nothing to gain."""


class Worth(NamedTuple):
    """An unknown and by how much its answer narrows the course's range, in cents."""

    unknown: Unknown
    worth_cents: int

    @property
    def told(self) -> bool:
        """Whether it is worth enough to be told in words."""
        return self.worth_cents >= WORTH_TELLING_CENTS


def worth(case: Case, unknowns: list[Unknown], course: Range) -> list[Worth]:
    """What each is worth, the most valuable first: the width of the course's range when it alone is open.

    Measured with every other input at its typical value, because beside all the others most inputs would seem worth
    nothing: any of them is enough to keep the range wide. An input that matters only together with another (the
    lane and the pharmacy's terms) is worth what its answer takes off the range as it stands; that is asked only while
    few are open, since beside many it takes nothing off.
    """
    answerable = [unknown for unknown in unknowns if unknown.answerable]
    found = [Worth(unknown, 0) for unknown in unknowns if not unknown.answerable]
    usual = _course(case, all_typical(case.question, answerable)) if answerable else course
    for unknown in answerable:
        others = [other for other in answerable if other is not unknown and other.name not in unknown.left_open]
        alone = _course(case, all_typical(case.question, others))
        if unknown.otherwise is not None:
            alone = hull((alone, _course(case, unknown.otherwise(all_typical(case.question, others)))))
        known = _course(case, all_typical(case.question, [*others, unknown])) if unknown.left_open else usual
        worth_cents = max(0, alone.width_cents - known.width_cents)
        if worth_cents == 0 and len(answerable) <= FEW:
            answered = _course(case, unknown.typical(case.question))
            worth_cents = max(0, course.width_cents - answered.width_cents)
        found.append(Worth(unknown, worth_cents))
    return sorted(found, key=lambda each: -each.worth_cents)


def _course(case: Case, question: Question) -> Range:
    """The sums of the consistent courses alone; beside second payers they need every session bounded."""
    bounded = None if question.other_coverage or question.assistance else 1
    return hull(outcome.course for outcome in evaluate(case._replace(question=question), bounded=bounded))
