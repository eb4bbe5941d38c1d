"""A course of which nobody knows when the limits start again: before any session, or before none."""

from collections.abc import Iterator, Sequence

from payers.cost_share.bounds import CourseBounds, Period, VisitBounds, bound, highs, hull_lines, lows
from payers.cost_share.ledger import Opening, enclose
from payers.cost_share.line import Line, Visit
from payers.cost_share.money import hull
from payers.cost_share.paths import covering_is_cheaper, less_left_is_cheaper, paths
from payers.cost_share.second_payer import SecondPayer


def any_reset(
    lines: Sequence[tuple[Line, ...]],
    met: Opening,
    fresh: Opening,
    behind: tuple[SecondPayer, ...],
    *,
    bounded: int | None,
) -> CourseBounds:
    """The plan year may start again before any session, or before none.

    `met` is the year that runs when the course starts, which a later start may find renewed already. Every session is
    taken as wide as any of them, since nobody knows which falls where. A session is then either one of the running
    year or the first, second, ... of a new one, and the sum is the running year's for the first sessions and the new
    year's for the rest. Second payers' own limits may stand anywhere.
    """
    widest = tuple(_widest(several) for several in zip(*lines, strict=True))
    visits = [Visit(0, widest) for _ in lines]
    any_time = tuple(payer.any_time() for payer in behind)
    running, _ = bound(visits, [Period(met)], any_time, bounded=bounded, running=False)
    renewed, _ = bound(visits, [Period(fresh)], any_time, bounded=bounded, running=False)
    either = tuple(_either(running, renewed))

    def split(helping: tuple[SecondPayer, ...], *, dear: bool) -> Iterator[tuple[int, ...]]:
        """Every course that begins in the running year and ends in a new one, and the one that stays."""
        for before, after in zip(
            paths(visits, [met], helping, dear=dear), paths(visits, [fresh], helping, dear=dear), strict=True
        ):
            for start in range(len(visits) + 1):
                yield before[:start] + after[: len(visits) - start]

    ends_tell = all(map(covering_is_cheaper, widest)) and less_left_is_cheaper(widest, (met, fresh))
    if ends_tell and all(payer.monotone for payer in behind):
        return CourseBounds(either, min(split(any_time, dear=False), key=sum), max(split(any_time, dear=True), key=sum))
    dearest = highs(visits, [enclose((met, fresh))], either, any_time)
    if ends_tell and all(payer.credits_own_money for payer in behind):
        dearest = min(dearest, max(split((), dear=True), key=sum), key=sum)
    return CourseBounds(either, lows(visits, either), dearest)


def _either(running: Sequence[VisitBounds], renewed: Sequence[VisitBounds]) -> Iterator[VisitBounds]:
    """Each session as one of the running year, or as any so far of a new one."""
    wider, held = renewed[0], running[0]
    before: tuple[VisitBounds, ...] = ()
    for now, later in zip(running, renewed, strict=True):
        if before != (now, later):
            before = now, later
            wider = _hull_visits((wider, later))
            held = _hull_visits((now, wider))
        yield held


def _widest(lines: Sequence[Line]) -> Line:
    charges = [line.charge for line in lines if line.charge is not None]
    uncovered = [line.uncovered for line in lines if line.uncovered is not None]
    return lines[0]._replace(
        allowed=hull(line.allowed for line in lines),
        charge=hull(charges) if charges else None,
        terms=tuple(dict.fromkeys(terms for line in lines for terms in line.terms)),
        on=None,
        uncovered=hull(uncovered) if uncovered else None,
    )


def _hull_visits(visits: Sequence[VisitBounds]) -> VisitBounds:
    return VisitBounds(
        lines=tuple(hull_lines(lines) for lines in zip(*(visit.lines for visit in visits), strict=True)),
        patient_pays=hull(visit.patient_pays for visit in visits),
        after=enclose(visit.after for visit in visits),
        behind=visits[0].behind,
    )
