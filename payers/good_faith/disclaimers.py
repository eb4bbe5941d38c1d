"""What the law requires to be said with the numbers (45 CFR 149.610(c)(1)(vii) to (xi)), and a state's own rule."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from payers.catalogue.vocabulary import ServiceKind
from payers.estimate.answer import Answer
from payers.estimate.words import day, money, percent
from payers.good_faith.content import Disclaimer, DisclaimerKind, SeparateServices
from payers.good_faith.source import Source
from payers.good_faith.tolerance import CAPS, DISPUTE_CENTS
from payers.good_faith.words import say


def disclaimers(
    source: Source, *, issued_on: date, valid_until: date, states: Iterable[str], recurring: bool
) -> Iterator[Disclaimer]:
    """Every one that this estimate needs, in the order in which it is read."""
    clinic = source.request.clinic

    def said(kind: DisclaimerKind, key: str | None = None, **values: object) -> Disclaimer:
        return Disclaimer(kind=kind, text=say(source.lang, "disclaimer", key or kind, **values))

    yield said("estimate-only", issued=day(source.lang, issued_on))
    yield said("additional-services", clinic=clinic.name)
    if recurring:
        yield said("recurring", until=day(source.lang, valid_until))
    yield said("dispute-right", amount=money(DISPUTE_CENTS))
    yield said("dispute-how")
    for state in dict.fromkeys(states):
        if cap := CAPS.get(state):
            over = {"share": percent(cap.over_bp), "amount": money(cap.over_cents)}
            yield said("state-cap", f"state-cap-{state}", **over)
    yield said("not-a-contract")
    yield said("record", clinic=clinic.name)


def separate_services(source: Source) -> SeparateServices:
    """What must be scheduled by itself: told with the request, or on the price list and counted by nobody."""
    clinic = source.request.clinic
    contact = clinic.phone if clinic.email is None else f"{clinic.phone}, {clinic.email}"
    return SeparateServices(
        disclaimer=say(source.lang, "disclaimer", "separate-services", clinic=clinic.name, contact=contact),
        services=(
            *(say(source.lang, "item", kind) for kind in _uncounted(source.answer)),
            *source.request.separate_services,
        ),
    )


def _uncounted(answer: Answer) -> Iterator[ServiceKind]:
    listed = {each.service for each in answer.services if each.count is None}
    for kind in get_args(ServiceKind):
        if kind in listed:
            yield kind
