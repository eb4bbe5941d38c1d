"""Who pays what in each session, as numbers for the chart and as cells for the table that says the same."""

from collections.abc import Iterable
from typing import NamedTuple

from payers.catalogue.model import Frozen
from payers.cost_share.money import ZERO, Range
from payers.estimate.answer import Answer, SessionAnswer


class Drawn(Frozen):
    """The chart's data, in cents. What may fall on the patient or on the plan is `open_cents`."""

    sessions: tuple[str, ...]
    patient_cents: tuple[int, ...]
    open_cents: tuple[int, ...]
    plan_cents: tuple[int, ...]
    others_cents: tuple[int, ...]
    deductible_left_cents: tuple[int | None, ...]
    maximum_left_cents: tuple[int | None, ...]


class SessionRow(NamedTuple):
    """A session in the table: who pays what of it, and what is left of the limits after it."""

    session: SessionAnswer
    price: Range
    plan: Range
    others: Range
    happens: tuple[str, ...]
    """The milestones that surely fall on it."""


def rows(answer: Answer) -> tuple[SessionRow, ...]:
    """Every session of the course."""
    return tuple(
        SessionRow(
            session=each,
            price=_sum(line.allowed for line in each.lines),
            plan=_sum(line.plan_pays for line in each.lines),
            others=_sum(line.other_payers_pay + line.assistance + line.write_off for line in each.lines),
            happens=tuple(stone.kind for stone in answer.milestones if stone.session == each.number),
        )
        for each in answer.sessions
    )


def drawn(table: tuple[SessionRow, ...]) -> Drawn:
    """The table as bars and lines. A limit is drawn at the most that may be left of it."""
    return Drawn(
        sessions=tuple(str(row.session.number) for row in table),
        patient_cents=tuple(row.session.patient_pays.low_cents for row in table),
        open_cents=tuple(row.session.patient_pays.width_cents for row in table),
        plan_cents=tuple(row.plan.low_cents for row in table),
        others_cents=tuple(row.others.low_cents for row in table),
        deductible_left_cents=tuple(_most(row.session.deductible_remaining) for row in table),
        maximum_left_cents=tuple(_most(row.session.out_of_pocket_remaining) for row in table),
    )


def has_others(table: tuple[SessionRow, ...]) -> bool:
    """Whether anybody but plan and patient may pay."""
    return any(row.others.high_cents for row in table)


def limits(table: tuple[SessionRow, ...]) -> dict[str, bool]:
    """Which limits there are to show."""
    return {
        "deductible": any(row.session.deductible_remaining is not None for row in table),
        "maximum": any(row.session.out_of_pocket_remaining is not None for row in table),
    }


def _sum(amounts: Iterable[Range]) -> Range:
    return sum(amounts, ZERO)


def _most(left: Range | None) -> int | None:
    return None if left is None else left.high_cents
