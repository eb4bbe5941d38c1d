"""What nobody told: each open input, what it would typically be, and what its answer is worth.

An input is listed only where its answer can change the amounts of the case at hand, or where it is needed all the same.
"""

from payers.catalogue.identity import Resolution
from payers.cost_share.money import hull
from payers.estimate.case import Case
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Question
from payers.estimate.unknowns.about_course import about_course
from payers.estimate.unknowns.about_patient import about_patient
from payers.estimate.unknowns.about_plan import about_plan
from payers.estimate.unknowns.about_prices import about_prices
from payers.estimate.unknowns.about_second_payers import about_second_payers
from payers.estimate.unknowns.unknown import Unknown, unanswered

NEEDED_ANYWAY = frozenset(
    {
        *("payer", "state", "county", "line_of_business", "plan"),
        *("indication", "dose_mg", "start_on", "place_of_service", "authorization", "medicare_assignment"),
        *("allowed_per_session", "cash_per_session", "order_of_benefits"),
    }
)
"""What identifies the payer, and what stands on the claim: diagnosis, dose, day, place, authorization, assignment and
charge, and beside them what the plan allows of it and who pays it first."""


def find(case: Case, outcomes: list[Outcome]) -> list[Unknown]:
    """The inputs that are absent and that this case looks at, in the order of a phone call."""
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    of_plan = _moving([*about_plan(case, outcomes), *about_second_payers(case, outcomes)], shared)
    return _moving(
        [*about_patient(case, outcomes), *about_course(case), *of_plan, *about_prices(case, outcomes)], outcomes
    )


def which_payer(resolution: Resolution) -> list[Unknown]:
    """The question that a name leaves open although every payer it may mean answers alike."""
    return [unanswered("payer")] if resolution.question and not resolution.payer else []


def _moving(found: list[Unknown], outcomes: list[Outcome]) -> list[Unknown]:
    """Those that may move an amount of these worlds: where all of them are known as they are, nothing open does."""
    amounts = zip(*((each.first, each.typical, each.with_services) for each in outcomes), strict=True)
    if all(hull(several).exact for several in amounts):
        return [each for each in found if each.name in NEEDED_ANYWAY]
    return found


def all_typical(question: Question, unknowns: list[Unknown]) -> Question:
    """The question with these open inputs answered by their typical values."""
    for unknown in unknowns:
        question = unknown.typical(question)
    return question
