"""An estimate computed again: whether its receipt holds, and what today's catalogue would change, in words."""

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from payers.cost_share.money import Range, exactly
from payers.estimate.answer import Answer, Milestone, SessionAnswer
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from payers.estimate.words import amount, day
from service.api.estimates import replayed, stored_estimate
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.estimate.answering import HERE
from service.web.console.estimate.case import Case, case_of, page
from service.web.console.rendering import short_day
from service.web.console.visit import Visit

Told = str | Range | None


class Change(NamedTuple):
    """Something that today's catalogue tells otherwise: what it was, what it is now; nothing where it is not told."""

    what: str
    was: Told
    now: Told


class Listed(NamedTuple):
    """A list of sentences of which some went and some are new."""

    name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@get(f"{HERE}/{{estimate_id:uuid}}/replay", guards=[takes("estimates:read")])
async def replay(estimate_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """The estimate computed again from its own catalogue, and from the one in force."""
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    found = await replayed(desk.wiring, desk.catalogue, stored)
    given, now = msgspec.json.decode(stored.answer, type=Answer), found.today.answer
    return desk.visit.show(
        "estimate_replay.html",
        given=given,
        made_on=stored.created_at.astimezone(desk.wiring.clock().tzinfo).date(),
        replay=found,
        changes=list(_changes(desk.visit, given, now)) if now else [],
        visits=list(_visits(desk.visit, given, now)) if now else [],
        lists=list(_lists(given, now)) if now else [],
        places=[Change(each.pointer, _json(each.was), _json(each.now)) for each in found.differences],
        may_estimate=may(desk.key, "estimates:write"),
    )


@get(f"{HERE}/{{estimate_id:uuid}}/again", guards=[takes("estimates:write")])
async def again(estimate_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """The same question as a new case, ready to be asked today."""
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    return page(desk, Case(form=case_of(stored).form))


PAGES = (replay, again)


def _changes(visit: Visit, given: Answer, now: Answer) -> Iterator[Change]:
    """What is different in short: who pays, the coverage, the amounts, what happens during the course."""
    speak = visit.speak
    short: tuple[tuple[str, Callable[[Answer], Told]], ...] = (
        ("estimate.in_payer", lambda each: each.payer.name),
        ("estimates.coverage", lambda each: speak(f"estimate.status_{each.coverage.status}")),
        ("estimates.policy", lambda each: each.coverage.policy),
        ("estimates.limits", lambda each: each.coverage.quantity_limits),
        ("estimates.visits", lambda each: str(len(each.sessions))),
        ("estimates.price_each", lambda each: each.price.per_session),
        ("estimate.first", lambda each: each.patient_pays.first_session),
        ("estimate.usually_each", lambda each: each.patient_pays.typical_session),
        ("estimate.whole_course", lambda each: each.patient_pays.course),
        ("estimate.with_services", lambda each: each.patient_pays.with_services),
        ("estimate.usual_course", lambda each: exactly(each.typical.course_cents)),
    )
    for name, of in short:
        if of(given) != of(now):
            yield Change(speak(name), of(given), of(now))
    if max(len(each.patient_pays.by_plan_year) for each in (given, now)) > 1:
        years = [{each.starts_on: each.patient_pays for each in of.patient_pays.by_plan_year} for of in (given, now)]
        for starts_on in sorted(years[0] | years[1]):
            was, is_now = (each.get(starts_on) for each in years)
            if was != is_now:
                yield Change(speak("estimates.plan_year", day=day(visit.lang, starts_on)), was, is_now)
    for kind in dict.fromkeys(stone.kind for each in (given, now) for stone in each.milestones):
        before, after = ([stone for stone in of.milestones if stone.kind == kind] for of in (given, now))
        for was, is_now in zip_longest(before, after):
            told = when(visit, was), when(visit, is_now)
            if told[0] != told[1]:
                yield Change(speak(f"estimate.happens_{kind}"), *told)


def when(visit: Visit, stone: Milestone | None) -> str | None:
    """When something happens: at a visit, between two, on a day."""
    if stone is None:
        return None
    if stone.session is not None:
        told = visit.speak("estimates.at_visit", number=stone.session)
    elif stone.latest_session is not None and stone.latest_session != stone.earliest_session:
        told = visit.speak("estimates.between_visits", first=stone.earliest_session, last=stone.latest_session)
    else:
        told = visit.speak("estimates.from_visit", number=stone.earliest_session)
    return f"{told}, {short_day(visit.speak, stone.on)}" if stone.on else told


def _visits(visit: Visit, given: Answer, now: Answer) -> Iterator[Change]:
    """The visits that cost the patient something else or fall on another day."""
    for number, (was, is_now) in enumerate(zip_longest(given.sessions, now.sessions), 1):
        moved = bool(was and is_now and was.on != is_now.on)
        told = [each and _pays(visit, each, with_day=moved) for each in (was, is_now)]
        if told[0] != told[1]:
            yield Change(visit.speak("estimates.visit", number=number), *told)


def _pays(visit: Visit, each: SessionAnswer, *, with_day: bool) -> Told:
    return (
        f"{short_day(visit.speak, each.on)}: {amount(visit.lang, each.patient_pays)}" if with_day else each.patient_pays
    )


def _lists(given: Answer, now: Answer) -> Iterator[Listed]:
    """What the payer asks, what to bill, what is open and what must be said, where that is not the same."""
    several: tuple[tuple[str, Callable[[Answer], Iterable[str]]], ...] = (
        ("requirements", lambda each: (one.text for one in each.coverage.requirements)),
        ("billing", lambda each: (f"{one.code} {one.label}" for one in each.coverage.codes)),
        ("open", lambda each: (one.question for one in each.unknowns if one.worth_cents >= WORTH_TELLING_CENTS)),
        ("notices", lambda each: (one.text for one in each.notices)),
    )
    for name, of in several:
        was, is_now = tuple(of(given)), tuple(of(now))
        listed = Listed(
            name,
            gone=tuple(each for each in was if each not in is_now),
            new=tuple(each for each in is_now if each not in was),
        )
        if listed.gone or listed.new:
            yield listed


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
