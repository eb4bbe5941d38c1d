"""What happens along the course: a limit is met, the plan year starts again, a card runs dry, an approval ends."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

from payers.cost_share.adjudicate import ALMOST_UNLIMITED, NOT_COVERED, UNLIMITED_CENTS
from payers.cost_share.credit import LimitKind
from payers.cost_share.ledger import Opening
from payers.cost_share.line import PHARMACY
from payers.cost_share.money import Range
from payers.cost_share.plan_calendar import months_later
from payers.estimate.answer import Milestone
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Language
from payers.estimate.words import day, say
from payers.second_payers.card import Card

LIMITS: tuple[tuple[str, LimitKind], ...] = (
    ("deductible-met", "deductible"),
    ("out-of-pocket-max-reached", "out-of-pocket-maximum"),
)


class Event(NamedTuple):
    """What happens, at which session at the earliest and at the latest (absent: perhaps not within the course)."""

    kind: str
    earliest: int
    latest: int | None
    on: date | None = None
    """The day, where it is not a session's."""


def milestones(outcome: Outcome, lang: Language, shown: int) -> tuple[Milestone, ...]:
    """The milestones of the main world among the sessions shown, in order."""
    if outcome.self_pay:
        return ()
    found = [
        *_limits(outcome, shown),
        *_visits(outcome, shown),
        *_cards(outcome, shown),
        *(_resets(outcome, shown) if outcome.reset_known else ()),
        *_renewals(outcome, shown),
    ]
    found.sort(key=lambda each: (each.earliest, each.kind != "plan-year-reset"))
    return tuple(_told(event, outcome, lang) for event in found)


def _resets(outcome: Outcome, shown: int) -> Iterator[Event]:
    for position in range(1, min(shown, len(outcome.years))):
        if outcome.years[position] != outcome.years[position - 1]:
            starts_on = outcome.by_year[outcome.years[position]].starts_on
            yield Event("plan-year-reset", position + 1, position + 1, starts_on)


def _limits(outcome: Outcome, shown: int) -> Iterator[Event]:
    """The limits of the visits, and those of a drug benefit that has its own."""
    for period, opening in enumerate(outcome.openings):
        after = [
            (position + 1, visit.after)
            for position, visit in enumerate(outcome.visits[:shown])
            if outcome.period_of[position] == period
        ]
        for milestone, kind in LIMITS:
            yield from _limit(milestone, kind, outcome.pool, opening, after)
            own = [account.kind for account in opening.least.accounts if account.governs == frozenset({PHARMACY})]
            if kind in own:
                yield from _limit(f"drug-{milestone}", kind, PHARMACY, opening, after)


def _limit(
    milestone: str, kind: LimitKind, pool: str, opening: Opening, after: list[tuple[int, Opening]]
) -> Iterator[Event]:
    if not 0 < opening.remaining(kind, pool).high_cents < UNLIMITED_CENTS:
        return
    left = [(session, state.remaining(kind, pool)) for session, state in after]
    yield from _used_up(milestone, left)


def _cards(outcome: Outcome, shown: int) -> Iterator[Event]:
    """The session after which a savings card holds nothing more in its year, which is the calendar year."""
    by_year = groupby(enumerate(outcome.visits[:shown], start=1), lambda each: outcome.slots[each[0] - 1].on.year)
    for _, visits in by_year:
        several = [
            (session, payer.limit.left)
            for session, visit in visits
            for payer in visit.behind
            if isinstance(payer, Card) and payer.limit.left.high_cents < ALMOST_UNLIMITED
        ]
        yield from _used_up("card-dry", several)


def _visits(outcome: Outcome, shown: int) -> Iterator[Event]:
    """The first session beyond the visits that the plan covers."""
    beyond = [
        (session, [line.line.terms for line in visit.lines if line.line.pool != PHARMACY])
        for session, visit in enumerate(outcome.visits[:shown], start=1)
    ]
    maybe = _first(beyond, lambda several: any(NOT_COVERED in terms for terms in several))
    surely = _first(beyond, lambda several: all(terms == (NOT_COVERED,) for terms in several))
    if maybe is not None and surely != 1:
        yield Event("visits-used-up", maybe, surely)


def _used_up(milestone: str, left: list[tuple[int, Range]]) -> Iterator[Event]:
    earliest = _first(left, lambda cents: cents.low_cents <= 0)
    latest = _first(left, lambda cents: cents.high_cents <= 0)
    if earliest is not None and (earliest, latest) != (1, None):
        yield Event(milestone, earliest, latest)


def _renewals(outcome: Outcome, shown: int) -> Iterator[Event]:
    """The sessions before which an approval has ended, if it began with the first session.

    Only lengths that the payer's source gives as one number: after the first approval its renewals, and without a
    renewal's length nothing further.
    """
    rule = outcome.world.decision.rule
    if rule is None or outcome.world.decision.status != "prior-authorization":
        return
    ends, months = outcome.slots[0].on, rule.authorization.initial_months
    for position, slot in enumerate(outcome.slots[:shown]):
        if months is None:
            return
        if position == 0 or slot.on >= ends:
            if position:
                yield Event("authorization-ends", position + 1, position + 1, ends)
                months = rule.authorization.renewal_months
            ends = months_later(ends, months) if months else ends


State = TypeVar("State")


def _first(after: list[tuple[int, State]], holds: Callable[[State], bool]) -> int | None:
    return next((session for session, state in after if holds(state)), None)


def _told(event: Event, outcome: Outcome, lang: Language) -> Milestone:
    exact = event.earliest == event.latest
    key = event.kind if exact else f"{event.kind}-{'maybe' if event.latest is None else 'open'}"
    on = event.on or (outcome.slots[event.earliest - 1].on if exact and outcome.case.start_known else None)
    return Milestone(
        kind=event.kind,
        session=event.earliest if exact else None,
        earliest_session=event.earliest,
        latest_session=event.latest,
        on=on,
        sentence=say(
            lang,
            "milestone",
            key,
            session=event.earliest,
            earliest=event.earliest,
            latest=event.latest,
            on=on and day(lang, on),
        ),
    )
