"""The drift guard: warns before a bill goes further than the law lets it, and says when a new estimate is due."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from payers.catalogue.model import Frozen
from payers.estimate.question import Language
from payers.estimate.words import day, money
from payers.good_faith.account import Account, Charged, bills
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.drift import Drift, Unlisted, drift
from payers.good_faith.scope import NewVersion, new_version
from payers.good_faith.timing import Holidays
from payers.good_faith.words import say

WarningKind = Literal[
    "over-state-cap",
    "state-cap-ahead",
    "dispute-possible",
    "dispute-ahead",
    "unlisted-provider",
    "beyond-period",
    "period-ended",
    "period-ends",
]
"""`-ahead`: not billed yet, and it will be if everything goes as planned."""

PERIOD_NOTICE = timedelta(days=30)
"""How long before an estimate ends that is said: time for the clinic and the patient to talk about what comes after."""


class DriftWarning(Frozen):
    """Something to act on, about one provider or (without `npi`) about the estimate."""

    kind: WarningKind
    npi: str | None
    text: str


class Guard(Frozen):
    """How an estimate stands on a day: what was billed so far, and what it comes to as planned.

    `in_the_end` is as if all that is planned were billed too. `unlisted` have no total in the estimate.
    """

    so_far: tuple[Drift, ...]
    in_the_end: tuple[Drift, ...]
    unlisted: tuple[Unlisted, ...]
    warnings: tuple[DriftWarning, ...]
    new_version: NewVersion | None


def guard(estimate: GoodFaithEstimate, account: Account, today: date, holidays: Holidays, lang: Language) -> Guard:
    """How it stands, in the reader's words."""
    ahead = account.ahead(estimate)
    now = drift(estimate, bills(account.billed))
    end = drift(estimate, bills((*account.billed, *ahead)))
    so_far, in_the_end = _listed(now), _listed(end)
    unlisted = tuple(each for each in end if isinstance(each, Unlisted))
    return Guard(
        so_far=so_far,
        in_the_end=in_the_end,
        unlisted=unlisted,
        warnings=(
            *_bounds(estimate, so_far, in_the_end, lang),
            *(DriftWarning(kind="unlisted-provider", npi=each.npi, text=_unlisted(each, lang)) for each in unlisted),
            *_period(estimate, ahead, today, lang),
        ),
        new_version=new_version(estimate, account, today, holidays, lang),
    )


def _listed(drifts: Sequence[Drift | Unlisted]) -> tuple[Drift, ...]:
    return tuple(each for each in drifts if isinstance(each, Drift))


def _bounds(
    estimate: GoodFaithEstimate, so_far: Sequence[Drift], in_the_end: Sequence[Drift], lang: Language
) -> Iterator[DriftWarning]:
    """Each bound that was passed or will be: the state's, and the federal one."""
    billed = {each.npi: each for each in so_far}
    charges = {each.provider.npi: each for each in estimate.providers}
    for end in in_the_end:
        now, of = billed.get(end.npi), charges[end.npi]
        told = {
            "name": of.provider.full_name,
            "billed": money(now.billed_cents if now else 0),
            "expected": money(end.billed_cents),
        }
        if of.most_billable_cents is not None and end.over_state_cap:
            kind = "over-state-cap" if now and now.over_state_cap else "state-cap-ahead"
            text = say(lang, "warning", kind, most=money(of.most_billable_cents), **told)
            yield DriftWarning(kind=kind, npi=end.npi, text=text)
        if end.dispute_possible:
            kind = "dispute-possible" if now and now.dispute_possible else "dispute-ahead"
            text = say(lang, "warning", kind, amount=money(of.disputable_from_cents), **told)
            yield DriftWarning(kind=kind, npi=end.npi, text=text)


def _unlisted(found: Unlisted, lang: Language) -> str:
    return say(lang, "warning", "unlisted-provider", npi=found.npi, amount=money(found.billed_cents))


def _period(
    estimate: GoodFaithEstimate, ahead: Sequence[Charged], today: date, lang: Language
) -> Iterator[DriftWarning]:
    """Whether something comes after the last day, or that day is near while something is still to come."""
    until, days = estimate.valid_until, [each.on for each in ahead if each.on]
    kind: WarningKind
    if any(on > until for on in days):
        kind = "beyond-period"
    elif not ahead or today < until - PERIOD_NOTICE:
        return
    else:
        kind = "period-ended" if today > until else "period-ends"
    yield DriftWarning(kind=kind, npi=None, text=say(lang, "warning", kind, until=day(lang, until)))
