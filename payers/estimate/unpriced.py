"""The services named whose price nobody knows, so that nothing bounds what the patient pays for them."""

from collections.abc import Iterable, Sequence

from payers.catalogue.vocabulary import ServiceKind
from payers.cost_share.money import ZERO, Range
from payers.cost_share.plan import MAX_CENTS
from payers.estimate.evaluate import Outcome, PlanYear


def unpriced(outcomes: Iterable[Outcome]) -> tuple[ServiceKind, ...]:
    """Those that may cost anything in some world; the totals of every world are told without them."""
    several = (each for outcome in outcomes for each in outcome.services.items())
    found: list[ServiceKind] = [kind for kind, paid in several if paid.high_cents >= MAX_CENTS]
    return tuple(dict.fromkeys(found))


def course_without(outcome: Outcome, unknown: Sequence[ServiceKind]) -> Range:
    """The course with every other service named.

    A service without a price may still use up limits before others: each stands at all that it may then cost.
    """
    if not unknown:
        return outcome.with_services
    return outcome.course + _others(outcome.services.items(), unknown)


def year_without(outcome: Outcome, year: PlanYear, unknown: Sequence[ServiceKind]) -> Range:
    """The plan year with every other service named.

    In a course of open length a service may fall into any year.
    """
    if not unknown:
        return year.with_services
    if not outcome.case.any_count:
        return year.patient_pays + _others(year.services.items(), unknown)
    any_year = _others(outcome.services.items(), unknown)
    return year.patient_pays + Range(low_cents=0, high_cents=any_year.high_cents)


def _others(services: Iterable[tuple[ServiceKind, Range]], unknown: Sequence[ServiceKind]) -> Range:
    return sum((paid for kind, paid in services if kind not in unknown), ZERO)
