"""Whether a stored estimate can become a good-faith estimate: nobody but the patient pays, and nothing is open."""

from collections.abc import Iterator

from payers.cost_share.money import ZERO
from payers.estimate.answer import Answer, SessionAnswer
from payers.estimate.clinic_answer import CourseServiceAnswer
from payers.estimate.course import spacing_is_open
from payers.estimate.prices import Basis
from payers.good_faith.content import Standing
from payers.good_faith.source import Source

OWN_PRICES: tuple[Basis, ...] = ("request", "site-price")
"""What the clinic itself said that it charges; a published range is no expected charge of its own."""


def standing(answer: Answer, *, declared_self_pay: bool) -> Standing | None:
    """Under which half of the definition the patient falls; absent for an estimate of insured care.

    The patient has no benefits for this care, or has them and wants no claim sent (45 CFR 149.610(a)(2)). What a plan
    shares is priced at what the plan allows and not at what the clinic charges, whatever is declared afterwards.
    """
    if not all(_alone(session) for session in answer.sessions):
        return None
    if declared_self_pay:
        return "self-pay"
    statuses = {answer.coverage.status, *(service.status for service, _ in counted(answer))}
    return "uninsured" if statuses <= {"self-pay", "not-covered"} else None


def open_question(source: Source) -> str | None:
    """The input of the estimate that must be told first: the clinic's own price before all others."""
    answer, question = source.answer, source.question
    if answer.price.basis not in OWN_PRICES:
        return "cash_per_session"
    if question.course is None:
        return "course"
    if source.treatment.doses_mg and question.dose_mg is None:
        return "dose_mg"
    if spacing_is_open(source.treatment, question.indication, question.course):
        return "maintenance_every_days"
    if source.request.scheduled_on and not source.dated:
        return "start_on"
    if [fee.kind for fee in answer.clinic_fees].count("membership") > 1:
        return "site"
    if all(session.patient_pays.exact for session in answer.sessions):
        return None
    return next((unknown.name for unknown in answer.unknowns if unknown.worth_cents), "cash_per_session")


def counted(answer: Answer) -> Iterator[tuple[CourseServiceAnswer, int]]:
    """The services that the question names, with their number; the price list may hold more."""
    for service in answer.services:
        if service.count:
            yield service, service.count


def _alone(session: SessionAnswer) -> bool:
    """Whether the clinic's price is the patient's alone, in every world that the answer holds open."""
    if any(line.not_covered != line.allowed for line in session.lines):
        return False
    return session.patient_pays == sum((line.allowed for line in session.lines), ZERO)
