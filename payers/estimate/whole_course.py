"""The course with all that the clinic's price list puts beside its sessions: services, membership, packages."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import NamedTuple

from payers.catalogue.clinic import ClinicFee, Package
from payers.clinic_prices.in_force import anywhere, in_force, sites
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.plan_calendar import months_later
from payers.estimate.course_services import CourseService
from payers.estimate.estimate import Estimate
from payers.estimate.evaluate import Outcome, PlanYear
from payers.estimate.unpriced import course_without, unpriced, year_without


class Fee(NamedTuple):
    """A fee on the list, and what every patient pays of it during the course."""

    row: ClinicFee
    over_course: Range | None


class Offer(NamedTuple):
    """A package on the list; what it saves and what the course then costs, where both can be told."""

    package: Package
    saves: Range | None
    total: Range | None


def with_services(estimate: Estimate) -> Range | None:
    """Sessions, the services named whose price is known and the membership fee; absent where none is named."""
    if estimate.case.question.services is None:
        return None
    left_out = unpriced(estimate.outcomes)
    return hull(course_without(outcome, left_out) for outcome in estimate.outcomes) + _membership(estimate)


def by_plan_year(estimate: Estimate, outcome: Outcome) -> tuple[PlanYear, ...]:
    """What the patient pays in each plan year of a world, for the services named whose price is known too.

    Membership is in no plan year: it is no care that a plan year is about.
    """
    if estimate.case.question.services is None:
        return outcome.by_year
    left_out = unpriced(estimate.outcomes)
    return tuple(year._replace(patient_pays=year_without(outcome, year, left_out)) for year in outcome.by_year)


def patient_pays(estimate: Estimate, service: CourseService) -> Range | None:
    """For all of them, in every world; for one where the question does not say how many.

    Absent where nobody knows how much that can be.
    """
    if service.times is None:
        return service.for_one
    if service.kind in unpriced(estimate.outcomes):
        return None
    return hull(outcome.services[service.kind] for outcome in estimate.outcomes)


def fees(estimate: Estimate) -> Iterator[Fee]:
    """Every fee that may be asked. Deposits are part of the bill, and the others depend on what the patient does."""
    case = estimate.case
    clinic = case.catalogue.clinic
    for row in anywhere(clinic, clinic.fees, case.question.site, case.start_on, lambda row: row.kind):
        yield Fee(row, _over_course(estimate, row) if row.kind == "membership" else None)


def offers(estimate: Estimate, services: Sequence[CourseService]) -> Iterator[Offer]:
    """Every package for the treatment, what it saves where the patient pays and buys at least as much."""
    case = estimate.case
    clinic = case.catalogue.clinic
    rows = [row for row in clinic.packages if row.treatment == case.treatment.slug]
    whole = with_services(estimate) if case.question.services else estimate.headline.course
    for package in anywhere(clinic, rows, case.question.site, case.start_on, lambda row: row.name):
        saves = _saves(estimate, services, package)
        yield Offer(package, saves, None if saves is None or whole is None else _less(whole, saves))


def _saves(estimate: Estimate, services: Sequence[CourseService], package: Package) -> Range | None:
    """What the package stands for, by itself, less its price; only what the course really has counts."""
    outcomes = estimate.outcomes
    fits = all(outcome.self_pay and package.sessions <= len(outcome.slots) for outcome in outcomes)
    if estimate.case.any_count or not fits:
        return None
    included = package.included.counts()
    alone = hull(
        sum((visit.patient_pays for visit in outcome.visits[: package.sessions]), ZERO) for outcome in outcomes
    )
    for service in services:
        used = min(service.times or 0, included[service.kind])
        paid = patient_pays(estimate, service)
        if used and (service.price is None or paid is None or not (service.alone or used == service.times)):
            return None
        if used and service.price and paid:
            alone += paid if used == service.times else sum([service.price] * used, ZERO)
    return _less(alone, Range(low_cents=package.price_cents, high_cents=package.price_cents))


def _less(whole: Range, part: Range) -> Range:
    """End by end: both come from the same sessions, so the least of one goes with the least of the other."""
    return Range(low_cents=whole.low_cents - part.low_cents, high_cents=whole.high_cents - part.high_cents)


def _membership(estimate: Estimate) -> Range:
    """What membership costs during the course, at any site it may be."""
    case = estimate.case
    clinic = case.catalogue.clinic
    rows = [row for row in clinic.fees if row.kind == "membership"]
    return hull(
        sum(
            (_over_course(estimate, row) for row in in_force(rows, site, case.start_on, lambda row: row.kind)),
            ZERO,
        )
        for site in sites(clinic, case.question.site)
    )


def _over_course(estimate: Estimate, fee: ClinicFee) -> Range:
    times = [_times(fee, outcome) for outcome in estimate.outcomes]
    least = 1 if estimate.case.any_count else min(times)
    return Range(low_cents=fee.amount_cents * least, high_cents=fee.amount_cents * max(times))


def _times(fee: ClinicFee, outcome: Outcome) -> int:
    """How often the fee falls due; a course is at most a year, and a month counts once it has begun."""
    match fee.per:
        case "session":
            return len(outcome.slots)
        case "month":
            return _months(outcome.slots[0].on, outcome.slots[-1].on)
        case "once" | "year":
            return 1


def _months(first: date, last: date) -> int:
    return next(months for months in count(1) if months_later(first, months) > last)
