"""The sessions of a course and the services beside them, in one order through the limits of a plan.

What a service uses up of a limit the sessions after it no longer do, and the other way round. The sums over all of
them are bounded by consistent courses as every sum is. The sum over the sessions alone is not monotone in what is left
when a service before them begins: the deductible that it takes may cost more, and bring the maximum nearer. So the
sessions start from all that the services before the first may leave; and where a service stands between two sessions,
they cost at least what each does by itself, and at most what they cost without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from payers.catalogue.vocabulary import ServiceKind
from payers.cost_share.bounds import (
    CourseBounds,
    LineBounds,
    Period,
    VisitBounds,
    bound,
    highs,
    lows,
    run,
    sums,
)
from payers.cost_share.design import YearAmount
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import Line, Visit
from payers.cost_share.money import ZERO, Range
from payers.cost_share.second_payer import SecondPayer
from payers.estimate.any_reset import any_reset
from payers.estimate.service_visits import ServiceLines


class CourseLedger(NamedTuple):
    """The sessions, and each of them with the services that stand next to it."""

    sessions: CourseBounds
    opens: Opening
    """What is left when the first session begins."""
    cheapest: tuple[int, ...]
    dearest: tuple[int, ...]
    """The cheapest and the dearest consistent course, services included, session by session."""
    services: tuple[tuple[LineBounds, ...], ...]
    """The services next to each session."""
    amounts: tuple[YearAmount, ...] = ()
    """Yearly amounts of public programmes that bound it."""

    @property
    def beside(self) -> tuple[Range, ...]:
        """What the services next to each session cost, whatever the sessions do."""
        return _cost(self.services)

    def by_service(self, sessions: Iterable[int] | None = None) -> Mapping[ServiceKind, Range]:
        """What the patient pays for all services of a kind, or for those next to some of the sessions."""
        found: dict[ServiceKind, Range] = {}
        several = self.services if sessions is None else [self.services[position] for position in sessions]
        for line in (line for lines in several for line in lines):
            if line.line.service:
                found[line.line.service] = found.get(line.line.service, ZERO) + line.patient_pays
        return found


def through_years(
    sessions: Sequence[Visit],
    services: ServiceLines,
    periods: Sequence[Period],
    behind: tuple[SecondPayer, ...] = (),
    *,
    bounded: int | None = None,
) -> CourseLedger:
    """A course whose sessions fall into known plan years; `bounded` is how many of them to bound one by one."""
    if services.none:
        return without_services(run(sessions, periods, behind, bounded=bounded), periods[0].opening, len(sessions))
    if services.between or any(period.follows for period in periods):
        bounded = None
    before = [Visit(sessions[0].period, (line,)) for line in services.before]
    after = [Visit(sessions[-1].period, (line,)) for line in services.after]
    groups = [Visit(visit.period, (*visit.lines, *own)) for visit, own in zip(sessions, services.beside, strict=True)]
    visits, first, last = [*before, *groups, *after], len(before), len(before) + len(groups)
    found, openings = bound(visits, periods, behind, bounded=None if bounded is None else first + bounded)
    whole = sums(visits, openings, found, behind)
    of_before, of_groups, of_after = found[:first], found[first:last], found[last:]
    opens, helping = (of_before[-1].after, of_before[-1].behind) if of_before else (openings[0], behind)
    if len(of_after) < len(after):
        of_after = _by_itself(services.after, openings[sessions[-1].period].emptied, behind)
    return CourseLedger(
        sessions=_sessions(sessions, (opens, *openings[1:]), of_groups, helping, between=services.between),
        opens=opens,
        cheapest=_folded(whole.cheapest, first, last),
        dearest=_folded(whole.dearest, first, last),
        services=_placed(services, of_before, of_groups, of_after),
    )


def through_any_year(
    sessions: Sequence[tuple[Line, ...]],
    services: ServiceLines,
    met: Opening,
    fresh: Opening,
    behind: tuple[SecondPayer, ...],
    *,
    bounded: int | None,
) -> CourseLedger:
    """A course of which nobody knows when the limits start again.

    With the services it costs what both do by themselves: a service may fall into another plan year than most sessions.
    """
    if services.none:
        bounds = any_reset(sessions, met, fresh, behind, bounded=bounded)
        return without_services(bounds, enclose((met, fresh)), len(sessions))
    bounded = None if services.between else bounded
    before = _by_itself(services.before, enclose((met, fresh)), behind)
    if before:
        met = _by_itself(services.before, met, behind)[-1].after
        fresh = enclose((fresh, _by_itself(services.before, fresh, behind)[-1].after))
    opens = enclose((met, fresh))
    after = _by_itself(services.after, opens.emptied, behind)
    alone = any_reset(sessions, met, fresh, behind, bounded=bounded)
    groups = alone.visits
    if services.between:
        lines = [(*session, *own) for session, own in zip(sessions, services.beside, strict=True)]
        groups = any_reset(lines, met, fresh, behind, bounded=bounded).visits
        visits = tuple(map(_session, groups, sessions))
        cheapest, dearest = (tuple(end) for end in zip(*(_ends(visit.patient_pays) for visit in visits), strict=True))
        alone = CourseBounds(visits, cheapest, min(alone.dearest, dearest, key=sum))
    placed = _placed(services, before, groups, after)
    return CourseLedger(
        sessions=alone,
        opens=opens,
        cheapest=tuple(map(sum, zip(alone.cheapest, (each.low_cents for each in _cost(placed)), strict=True))),
        dearest=tuple(map(sum, zip(alone.dearest, (each.high_cents for each in _cost(placed)), strict=True))),
        services=placed,
    )


def without_services(bounds: CourseBounds, opening: Opening, count: int) -> CourseLedger:
    """A course of so many sessions with nothing beside them."""
    return CourseLedger(bounds, opening, bounds.cheapest, bounds.dearest, ((),) * count)


def _by_itself(lines: Sequence[Line], opening: Opening, behind: tuple[SecondPayer, ...]) -> tuple[VisitBounds, ...]:
    """Services whose place among the sessions is open, whatever second payers have left."""
    any_time = tuple(payer.any_time() for payer in behind)
    visits = [Visit(0, (line._replace(on=None),)) for line in lines]
    return bound(visits, [Period(opening)], any_time, running=False)[0]


def _sessions(
    sessions: Sequence[Visit],
    openings: Sequence[Opening],
    groups: Sequence[VisitBounds],
    behind: tuple[SecondPayer, ...],
    *,
    between: bool,
) -> CourseBounds:
    """The sessions alone, given each with the services beside it."""
    bounds = tuple(_session(group, visit.lines) for group, visit in zip(groups, sessions, strict=False))
    found = sums(sessions, openings, bounds, behind)
    if not between:
        return found
    dearest = min(found.dearest, highs(sessions, openings, bounds, behind), key=sum)
    return found._replace(cheapest=lows(sessions, bounds), dearest=dearest)


def _session(group: VisitBounds, own: Sequence[Line]) -> VisitBounds:
    """A session without the services beside it, whose day ends with what they leave."""
    lines = group.lines[: len(own)]
    return group._replace(lines=lines, patient_pays=sum((line.patient_pays for line in lines), ZERO))


def _placed(
    services: ServiceLines, before: Sequence[VisitBounds], groups: Sequence[VisitBounds], after: Sequence[VisitBounds]
) -> tuple[tuple[LineBounds, ...], ...]:
    """The services next to each session."""
    placed: list[list[LineBounds]] = [[] for _ in services.beside]
    for position, (group, own) in enumerate(zip(groups, services.beside, strict=False)):
        found = group.lines[len(group.lines) - len(own) :]
        placed[position] += [bounds for bounds, line in zip(found, own, strict=True) if line.service]
    placed[0] = [line for visit in before for line in visit.lines] + placed[0]
    placed[-1] += [line for visit in after for line in visit.lines]
    return tuple(map(tuple, placed))


def _cost(placed: Iterable[Iterable[LineBounds]]) -> tuple[Range, ...]:
    return tuple(sum((line.patient_pays for line in lines), ZERO) for lines in placed)


def _folded(paid: Sequence[int], first: int, last: int) -> tuple[int, ...]:
    """A course by its sessions: what comes before the first goes with it, what comes after the last with that one."""
    by_session = list(paid[first:last])
    by_session[0] += sum(paid[:first])
    by_session[-1] += sum(paid[last:])
    return tuple(by_session)


def _ends(amount: Range) -> tuple[int, int]:
    return amount.low_cents, amount.high_cents
