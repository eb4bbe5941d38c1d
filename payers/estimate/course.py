"""The course: which sessions, on which days, in which phase."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count, islice
from typing import NamedTuple

from payers.catalogue.model import Phase, TreatmentInfo
from payers.catalogue.vocabulary import Indication
from payers.estimate.question import Course, DatesCourse, LabelCourse, SessionsCourse

LONGEST = timedelta(days=365)
"""A course is at most a year: the law's recurring estimate ends there too (45 CFR 149.610(b)(1)(x)). So it sees the
start of a plan year once at most."""


class Slot(NamedTuple):
    """One session of the course before anybody prices it."""

    number: int
    on: date
    phase: str


def phases(treatment: TreatmentInfo, indication: Indication | None) -> list[Phase]:
    """The phases that apply to an indication, in order."""
    names = treatment.phases_by_indication.get(indication) if indication else None
    return [phase for phase in treatment.phases if names is None or phase.name in names]


def lay_out(
    treatment: TreatmentInfo, indication: Indication | None, start_on: date, course: Course, *, dense: bool
) -> list[Slot]:
    """The sessions of the course. Where the label leaves the spacing open, `dense` takes the closest it allows."""
    match course:
        case DatesCourse(dates=dates):
            name = phases(treatment, indication)[0].name
            return [Slot(number, on, name) for number, on in enumerate(dates, start=1)]
        case SessionsCourse(count=wanted, every_days=int(every)):
            name = phases(treatment, indication)[0].name
            return [Slot(number + 1, start_on + timedelta(days=every * number), name) for number in range(wanted)]
        case SessionsCourse(count=wanted, maintenance_every_days=spacing):
            days = islice(_schedule(treatment.phases, spacing, dense=dense), wanted)
        case LabelCourse(weeks=weeks, maintenance_every_days=spacing):
            days = _until(_schedule(phases(treatment, indication), spacing, dense=dense), weeks * 7)
    return [Slot(number, start_on + timedelta(days=day), phase) for number, (day, phase) in enumerate(days, start=1)]


def layouts(
    treatment: TreatmentInfo, indication: Indication | None, start_on: date, course: Course
) -> tuple[list[Slot], ...]:
    """The sessions of the course; where the label leaves the spacing of some to the clinician, the widest first."""
    wide, dense = (lay_out(treatment, indication, start_on, course, dense=each) for each in (False, True))
    return (dense,) if wide == dense else (wide, dense)


def spacing_is_open(treatment: TreatmentInfo, indication: Indication | None, course: Course) -> bool:
    """Whether the label leaves the spacing of some session of the course to the clinician."""
    return len(layouts(treatment, indication, date(2000, 1, 1), course)) > 1


def _schedule(several: Sequence[Phase], spacing: int | None, *, dense: bool) -> Iterator[tuple[int, str]]:
    """Days since the first session, without end where the last phase is open-ended."""
    first_day = 0
    for phase in several:
        repeat = phase.repeat_days
        if phase.repeat_days_max is not None:
            repeat = spacing or (phase.repeat_days if dense else phase.repeat_days_max)
        last_day = None if phase.weeks is None else first_day + phase.weeks * 7
        for start in count(first_day, repeat):
            if last_day is not None and start >= last_day:
                break
            for offset in phase.day_offsets:
                yield start + offset, phase.name
        if last_day is None:
            return
        first_day = last_day


def _until(days: Iterator[tuple[int, str]], end: int) -> Iterator[tuple[int, str]]:
    for day, phase in days:
        if day >= end:
            return
        yield day, phase
