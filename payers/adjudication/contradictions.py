"""What in a question contradicts itself, with its place in the question."""

from collections.abc import Iterator
from typing import NamedTuple

from payers.adjudication.family import limits, sum_met_cents
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.plan_calendar import JANUARY_FIRST, month_day, year_start
from payers.estimate.words import say


class Contradiction(NamedTuple):
    """One thing that cannot be: a JSON pointer into the question, and what is wrong there, in its language."""

    pointer: str
    detail: str


def contradiction(asked: AdjudicationQuestion) -> Contradiction | None:
    """The first thing in the question that cannot be."""
    for found in (_dates, _members, _limits, _reversals):
        if wrong := next(found(asked), None):
            return wrong
    return None


def reversed_position(asked: AdjudicationQuestion, position: int) -> int | None:
    """Which service is taken back by the one at a position; absent where its label names none before it, or several."""
    named = [
        earlier
        for earlier, service in enumerate(asked.services[:position])
        if service.reverses is None and service.label == asked.services[position].reverses
    ]
    return named[0] if len(named) == 1 else None


def _dates(asked: AdjudicationQuestion) -> Iterator[Contradiction]:
    if not asked.days:
        for pointer, told in (
            ("/benefits/carry_over", asked.benefits.carry_over != "none"),
            ("/benefits/tier_change", asked.benefits.tier_change),
            ("/benefits/visit_limit", asked.benefits.visit_limit),
            ("/other_coverage", asked.other_coverage),
            ("/card", asked.card),
        ):
            if told:
                yield _wrong(asked, pointer, "needs-dates")
        return
    latest = asked.days[0]
    for position, service in enumerate(asked.services):
        if service.on is None:
            yield _wrong(asked, f"/services/{position}/on", "some-dates")
            return
        if service.on < latest:
            yield _wrong(asked, f"/services/{position}/on", "dates-out-of-order")
        latest = service.on
    if asked.benefits.plan_year_start is None:
        yield _wrong(asked, "/benefits/plan_year_start", "needs-plan-year-start")


def _members(asked: AdjudicationQuestion) -> Iterator[Contradiction]:
    for position, service in enumerate(asked.services):
        if service.member is not None and service.member not in asked.members:
            yield _wrong(asked, f"/services/{position}/member", "member-unknown")
    visits = asked.benefits.visit_limit
    for name, member in asked.members.items():
        if visits and member.visits_used is not None and member.visits_used > visits.visits:
            yield _wrong(asked, f"/members/{_escaped(name)}/visits_used", "visits-above-limit")


def _limits(asked: AdjudicationQuestion) -> Iterator[Contradiction]:
    for place, limit in limits(asked.benefits):
        for name, member in asked.members.items():
            met = place.met_cents(member)
            own_cents = None if limit.family_rule == "aggregate" else limit.individual_cents
            for cents in (own_cents, limit.family_cents):
                if met is not None and cents is not None and met > cents:
                    pointer = f"/members/{_escaped(name)}{place.pointer}_met_cents"
                    yield _wrong(asked, pointer, "met-above-limit")
        met_cents, _ = sum_met_cents(place, limit, asked)
        if limit.family_met_cents is not None and limit.family_met_cents < met_cents:
            pointer = f"/benefits{place.pointer}/family_met_cents"
            yield _wrong(asked, pointer, "family-met-below-members")
    yield from _self_only(asked)


def _self_only(asked: AdjudicationQuestion) -> Iterator[Contradiction]:
    """Nobody's maximum in the network, nor what anybody has met of it, is above the federal one."""
    maximum, ceiling = asked.benefits.out_of_pocket_max, asked.self_only_max_cents
    if maximum is None or ceiling is None:
        return
    own = None if maximum.family_rule == "aggregate" else maximum.individual_cents
    members = (member.out_of_pocket_max_met_cents for member in asked.members.values())
    if own is not None and own > ceiling:
        yield _wrong(asked, "/self_only_max_cents", "maximum-above-self-only")
    if any(met is not None and met > ceiling for met in (maximum.individual_met_cents, *members)):
        yield _wrong(asked, "/self_only_max_cents", "met-above-self-only")


def _reversals(asked: AdjudicationQuestion) -> Iterator[Contradiction]:
    start = asked.benefits.plan_year_start
    reset = month_day(start) if start else JANUARY_FIRST
    taken: set[int] = set()
    for position, service in enumerate(asked.services):
        if service.reverses is None:
            continue
        pointer = f"/services/{position}/reverses"
        earlier = reversed_position(asked, position)
        if earlier is None:
            yield _wrong(asked, pointer, "reverses-none")
            return
        if earlier in taken:
            yield _wrong(asked, pointer, "reversed-twice")
        taken.add(earlier)
        before = asked.services[earlier].on
        if before and service.on and year_start(before, reset) != year_start(service.on, reset):
            yield _wrong(asked, pointer, "reversed-across-years")
        if asked.other_coverage:
            yield _wrong(asked, pointer, "reversal-beside-second-plan")


def _wrong(asked: AdjudicationQuestion, pointer: str, key: str) -> Contradiction:
    return Contradiction(pointer, say(asked.lang, "refusal", key))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
