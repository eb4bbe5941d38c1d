"""The trace as the answer carries it: each reason once, and every amount with the ids of its reasons."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from msgspec import UNSET

from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.ledger import Opening
from payers.cost_share.money import Range
from payers.estimate.answer import Citation, ReasonAnswer, SaidBy
from payers.estimate.case import Case
from payers.estimate.citing import citations
from payers.estimate.estimate import Estimate
from payers.estimate.question import Language
from payers.estimate.trace import Because, because
from payers.estimate.trace.reason import Percent, Reason, Value, Word, distinct
from payers.estimate.trace.session import Session
from payers.estimate.words import amount, day, percent, say


class Trace(NamedTuple):
    """Every reason in order of first use; for each session and line, each amount's reasons by their ids."""

    reasons: tuple[ReasonAnswer, ...]
    sessions: tuple[tuple[dict[str, tuple[str, ...]], ...], ...]


def trace(estimate: Estimate, count: int, lang: Language) -> Trace:
    """The trace of the first `count` sessions of the main world, with every world that its lines hold."""
    found: list[list[Because]] = []
    has: list[int] = []
    sessions = [Session(estimate.main, position) for position in range(count)]
    for position, session in enumerate(sessions):
        if not (position and _alike(estimate, sessions[position - 1], session)):
            found.append(_session(estimate, position))
        has.append(len(found) - 1)
    reasons = distinct(reason for lines in found for line in lines for several in line.values() for reason in several)
    ids: dict[tuple[object, ...], str] = {}
    used: dict[str, int] = {}
    for reason in reasons:
        used[reason.key] = number = used.get(reason.key, 0) + 1
        ids[reason.says] = reason.key if number == 1 else f"{reason.key}.{number}"
    case = estimate.case
    by_id = [tuple(_by_id(line, ids) for line in lines) for lines in found]
    return Trace(
        tuple(_told(reason, ids[reason.says], case, lang) for reason in reasons),
        tuple(by_id[number] for number in has),
    )


def sentence(reason: Reason, lang: Language) -> str:
    """The reason in words."""
    return say(lang, "trace", reason.key, **{name: _value(value, lang) for name, value in reason.values})


def _alike(estimate: Estimate, last: Session, this: Session) -> bool:
    """Whether a session has the reasons of the `last` one, as most of a course have.

    In one world and one stretch of one calendar year, at one price, with nobody behind the plan, in network and covered
    for sure, reasons follow from the amounts, and from which limits were used up before the session and after it.
    """
    outcome = estimate.main
    if len(estimate.outcomes) > 1 or outcome.self_pay or outcome.world.network == "out":
        return False
    lines, like = outcome.visits[this.position].lines, outcome.visits[last.position].lines
    return (
        outcome.reset_known
        and outcome.period_of[this.position] == outcome.period_of[last.position]
        and this.slot.on.year == last.slot.on.year
        and this.price == last.price
        and not outcome.visits[this.position].behind
        and [each.line.component for each in lines] == ["session"]
        and NOT_COVERED not in lines[0].line.terms
        and lines[0][1:] == like[0][1:]  # all but the line
        and lines[0].line._replace(on=like[0].line.on) == like[0].line
        and _used_up(this.before) == _used_up(last.before)
        and _used_up(this.after) == _used_up(last.after)
    )


def _used_up(opening: Opening) -> list[tuple[bool, bool]]:
    """Of which limits nothing is left, at least and at most."""
    return [(low <= 0, high <= 0) for low, high in zip(opening.least.left, opening.most.left, strict=True)]


def _session(estimate: Estimate, position: int) -> list[Because]:
    """The lines of the main world's session, with the worlds that have the same lines."""
    components = [bounds.line.component for bounds in estimate.main.visits[position].lines]
    same = [
        outcome
        for outcome in estimate.outcomes
        if position < len(outcome.visits)
        and [bounds.line.component for bounds in outcome.visits[position].lines] == components
    ]
    return [because(same, position, number) for number in range(len(components))]


def _by_id(line: Because, ids: Mapping[tuple[object, ...], str]) -> dict[str, tuple[str, ...]]:
    return {amount: tuple(ids[reason.says] for reason in reasons) for amount, reasons in line.items()}


def _told(reason: Reason, id: str, case: Case, lang: Language) -> ReasonAnswer:
    """The oldest of its values gives its age, and any of them that is stale makes it stale.

    What was read from a payer's answer is said by the payer, on the day it answered.
    """
    today, source = case.today, case.question.plan_source
    term = source.term_at(reason.place) if source and reason.origin == "told" and reason.place else None
    statutes = (Citation(title=each, url=None, confidence="high") for each in reason.statutes)
    verified_on = min((each.verified_on for each in reason.behind), default=None)
    if source and term:
        verified_on = source.answered_on
    return ReasonAnswer(
        id=id,
        sentence=sentence(reason, lang),
        origin="payer" if term else reason.origin,
        citations=(*citations(case.catalogue, reason.behind), *statutes),
        verified_on=verified_on,
        age_days=None if verified_on is None else (today - verified_on).days,
        stale=any(each.stale_on(today) for each in reason.behind),
        said_by=SaidBy(check=source.check, segments=term.segments, rows=term.rows) if source and term else UNSET,
    )


def _value(value: Value, lang: Language) -> str:
    match value:
        case Range():
            return amount(lang, value)
        case Percent():
            low, high = percent(value.low_bp), percent(value.high_bp)
            return low if low == high else say(lang, "text", "range", low=low, high=high)
        case Word():
            return say(lang, "trace", value.key)
        case date():
            return day(lang, value)
        case _:
            return str(value)
