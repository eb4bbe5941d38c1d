"""The course: dose, start, length and spacing."""

from collections.abc import Iterator

from payers.estimate.case import Case
from payers.estimate.question import SessionsCourse
from payers.estimate.unknowns.unknown import Unknown, on_file, replaced, setting


def about_course(case: Case) -> Iterator[Unknown]:
    """What is open about the sessions themselves; their usual number and spacing stand with the treatment."""
    question, treatment = case.question, case.treatment
    if question.dose_mg is None and treatment.doses_mg:
        yield Unknown("dose_mg", setting(dose_mg=treatment.doses_mg[-1]))
    if not case.start_known:
        yield Unknown("start_on", setting(start_on=case.today))
    if question.course is None:
        count = treatment.typical_sessions
        usual = Unknown("course", setting(course=SessionsCourse(count=count)), {"count": count})
        yield on_file(usual, treatment)
    elif case.spacing_open:
        days = max(phase.repeat_days_max or 0 for phase in treatment.phases)
        course = replaced(question.course, maintenance_every_days=days)
        yield on_file(Unknown("maintenance_every_days", setting(course=course), {"days": days}), treatment)
