"""What nobody told: each open input, what it would typically be, and what its answer is worth.

An input is listed only where its answer can change the amounts of the case at hand. What also identifies the payer,
or belongs on the claim, is listed all the same: payer, state, county, line of business and plan; diagnosis, dose,
place and day of the treatment, the authorization, and what the clinic charges and the plan allows.
"""

from payers.catalogue.identity import Resolution
from payers.estimate.case import Case
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Question
from payers.estimate.unknowns.about_course import about_course
from payers.estimate.unknowns.about_patient import about_patient
from payers.estimate.unknowns.about_plan import about_plan
from payers.estimate.unknowns.about_prices import about_prices
from payers.estimate.unknowns.about_second_payers import about_second_payers
from payers.estimate.unknowns.unknown import Unknown, unanswered


def find(case: Case, outcomes: list[Outcome]) -> list[Unknown]:
    """The inputs that are absent and that this case looks at, in the order of a phone call."""
    return [
        *about_patient(case, outcomes),
        *about_course(case),
        *about_plan(case, outcomes),
        *about_second_payers(case, outcomes),
        *about_prices(case, outcomes),
    ]


def which_payer(resolution: Resolution) -> list[Unknown]:
    """The question that a name leaves open although every payer it may mean answers alike."""
    return [unanswered("payer")] if resolution.question and not resolution.payer else []


def all_typical(question: Question, unknowns: list[Unknown]) -> Question:
    """The question with these open inputs answered by their typical values."""
    for unknown in unknowns:
        question = unknown.typical(question)
    return question
