"""What happens along the course: a limit is met, the plan year starts again, the authorization ends."""

from collections.abc import Callable, Iterator

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.credit import LimitKind
from payers.cost_share.ledger import Opening
from payers.cost_share.plan_calendar import months_later
from payers.estimate.answer import Milestone
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Language
from payers.estimate.words import say

LIMITS: tuple[tuple[str, LimitKind], ...] = (
    ("deductible-met", "deductible"),
    ("out-of-pocket-max-reached", "out-of-pocket-maximum"),
)


def milestones(outcome: Outcome, lang: Language, shown: int) -> tuple[Milestone, ...]:
    """The milestones of the main world among the sessions shown, in order."""
    if outcome.self_pay:
        return ()
    found = [
        *_limits(outcome, lang, shown),
        *(_resets(outcome, lang, shown) if outcome.reset_known else ()),
        *_renewals(outcome, lang, shown),
    ]
    return tuple(sorted(found, key=lambda each: (each.earliest_session, each.kind != "plan-year-reset")))


def _resets(outcome: Outcome, lang: Language, shown: int) -> Iterator[Milestone]:
    for position in range(1, min(shown, len(outcome.years))):
        if outcome.years[position] != outcome.years[position - 1]:
            session = position + 1
            yield _milestone("plan-year-reset", session, session, lang)


def _limits(outcome: Outcome, lang: Language, shown: int) -> Iterator[Milestone]:
    for period, opening in enumerate(outcome.openings):
        after = [
            (position + 1, visit.after)
            for position, visit in enumerate(outcome.visits[:shown])
            if outcome.period_of[position] == period
        ]
        for milestone, kind in LIMITS:
            if 0 < opening.remaining(kind).high_cents < UNLIMITED_CENTS:
                earliest = _first(after, lambda state, kind=kind: state.remaining(kind).low_cents == 0)
                latest = _first(after, lambda state, kind=kind: state.remaining(kind).high_cents == 0)
                if earliest is not None and (earliest, latest) != (1, None):
                    yield _milestone(milestone, earliest, latest, lang)


def _renewals(outcome: Outcome, lang: Language, shown: int) -> Iterator[Milestone]:
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
                yield _milestone("authorization-ends", position + 1, position + 1, lang)
                months = rule.authorization.renewal_months
            ends = months_later(ends, months) if months else ends


def _first(after: list[tuple[int, Opening]], met: Callable[[Opening], bool]) -> int | None:
    return next((session for session, state in after if met(state)), None)


def _milestone(kind: str, earliest: int, latest: int | None, lang: Language) -> Milestone:
    exact = earliest == latest
    key = kind if exact else f"{kind}-{'maybe' if latest is None else 'open'}"
    return Milestone(
        kind=kind,
        session=earliest if exact else None,
        earliest_session=earliest,
        latest_session=latest,
        sentence=say(lang, "milestone", key, session=earliest, earliest=earliest, latest=latest),
    )
