"""The one entry: catalogue, question and today give the estimate, and the teller gives it words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision
from payers.catalogue.identity import Resolution
from payers.cost_share.assistance import POLICIES
from payers.cost_share.money import Range, hull
from payers.estimate.case import Case, World
from payers.estimate.course import LONGEST
from payers.estimate.evaluate import Outcome, evaluate, unshared
from payers.estimate.off_the_list import off_the_list
from payers.estimate.question import DatesCourse, Question
from payers.estimate.second_payers import usable_cards
from payers.estimate.unknowns import all_typical, find, which_payer
from payers.estimate.unknowns.worth import Worth, worth
from payers.estimate.unusable import contradictions
from payers.estimate.who_pays import Refusal, who_pays
from payers.estimate.words import say

EARLIEST_START = date(2024, 1, 1)
"""The catalogue's yearly amounts begin here; an older course cannot be priced."""
LATEST_START_DAYS = 730


class Headline(NamedTuple):
    """The three amounts that everybody asks for first."""

    first: Range
    typical: Range
    course: Range


class Fork(NamedTuple):
    """The headline in one of several worlds, and the course that tells what happens in it."""

    when: str
    headline: Headline
    main: Outcome

    @property
    def told_as(self) -> str:
        """Its sentence, by key: what the plan that pays second denies leaves the first plan's terms as they are."""
        other_first = self.when == "authorization-denied" and self.main.world.other_first
        return f"{self.when}-other-first" if other_first else self.when


class Worlds(NamedTuple):
    """The payer and every world that the open inputs allow: the amounts, before anybody asks what narrows them."""

    case: Case
    resolution: Resolution
    outcomes: list[Outcome]

    @property
    def headline(self) -> Headline:
        """The amounts that hold in all of them."""
        return _headline(self.outcomes)

    @property
    def decision(self) -> Decision:
        """The main decision: the payer's usual line, the first indication."""
        return self.outcomes[0].world.decision

    @property
    def main(self) -> Outcome:
        """The world told first."""
        return self.outcomes[0]


class Estimate(NamedTuple):
    """Everything that was computed, in keys and amounts, before anybody tells it."""

    case: Case
    resolution: Resolution
    outcomes: list[Outcome]
    headline: Headline
    forks: list[Fork]
    worths: list[Worth]
    typical: Outcome

    @property
    def decision(self) -> Decision:
        """The main decision: the payer's usual line, the first indication."""
        return self.outcomes[0].world.decision

    @property
    def main(self) -> Outcome:
        """The world told first."""
        return self.outcomes[0]


def estimate(catalogue: Catalogue, question: Question, today: date) -> Estimate | Refusal:
    """Resolve the payer, decide coverage, price and adjudicate every open world, and say what narrows it.

    The same arguments give the same estimate: there is no clock here, and a catalogue never changes.
    """
    found = worlds(catalogue, question, today)
    if isinstance(found, Refusal):
        return found
    case, resolution, outcomes = found
    headline = found.headline
    unknowns = [*which_payer(resolution), *find(case, outcomes)]
    typical = outcomes[0]
    usual = all_typical(question, unknowns)
    if usual != question:
        typical = evaluate(case._replace(question=usual))[0]
    return Estimate(
        case=case,
        resolution=resolution,
        outcomes=outcomes,
        headline=headline,
        forks=list(_forks(case, outcomes)),
        worths=worth(case, unknowns, headline.course),
        typical=typical,
    )


def worlds(catalogue: Catalogue, question: Question, today: date) -> Worlds | Refusal:
    """The amounts alone: what an estimate begins with, and all that a table of many patients tells."""
    refusal = _impossible(catalogue, question, today)
    if refusal:
        return refusal
    as_of = _starts(question) or today
    found = who_pays(
        catalogue,
        question.payer,
        as_of,
        question.state,
        question.county,
        question.line_of_business,
        lambda payer: Case(catalogue, question, payer, as_of).decisions,
        question.lang,
    )
    if isinstance(found, Refusal):
        return found
    payer, resolution = found
    case = Case(catalogue, question, payer, today)
    schedule = case.schedules[0]
    if schedule[-1].on - schedule[0].on > LONGEST:
        return Refusal(
            kind="impossible-question",
            pointer="/course",
            detail=say(question.lang, "refusal", "course-too-long", days=LONGEST.days),
        )
    return Worlds(case, resolution, evaluate(case))


def out_of_time(question: Question, today: date) -> Refusal | None:
    """The refusal of a course that begins on a day for which no amounts are on file."""
    dates = question.course.dates[:1] if isinstance(question.course, DatesCourse) else ()
    latest = today + timedelta(days=LATEST_START_DAYS)
    for pointer, day in (("/start_on", question.start_on), *(("/course/dates", day) for day in dates)):
        if day is not None and not EARLIEST_START <= day <= latest:
            detail = say(question.lang, "refusal", "no-amounts-on-file", day=day, first=EARLIEST_START, last=latest)
            return Refusal(kind="impossible-question", pointer=pointer, detail=detail)
    return None


def _impossible(catalogue: Catalogue, question: Question, today: date) -> Refusal | None:
    lang, start = question.lang, question.start_on
    dates = question.course.dates if isinstance(question.course, DatesCourse) else ()
    if refusal := out_of_time(question, today):
        return refusal
    if start and dates and dates[0] != start:
        return Refusal(
            kind="impossible-question",
            pointer="/course/dates",
            detail=say(lang, "refusal", "first-date-not-start", start=start),
        )
    if question.eligibility_check is not None and question.plan_source is None:
        detail = say(lang, "refusal", "check-not-read")
        return Refusal(kind="impossible-question", pointer="/eligibility_check", detail=detail)
    for each in contradictions(question):
        return Refusal(kind="impossible-question", pointer=each.pointer, detail=say(lang, "refusal", each.kind))
    for position, used in enumerate(question.assistance):
        if catalogue.programme(used.program) is None:
            known = ", ".join(sorted(each.slug for each in catalogue.release.programmes if each.kind == "savings-card"))
            return Refusal(
                kind="impossible-question",
                pointer=f"/assistance/{position}/program",
                detail=say(lang, "refusal", "programme-unknown", known=known),
            )
    return off_the_list(catalogue, question, _starts(question) or today)


def _starts(question: Question) -> date | None:
    """The day of the first session, if anybody said it."""
    return question.course.dates[0] if isinstance(question.course, DatesCourse) else question.start_on


def _headline(outcomes: Iterable[Outcome]) -> Headline:
    several = list(outcomes)
    return Headline(
        hull(each.first for each in several),
        hull(each.typical for each in several),
        hull(each.course for each in several),
    )


def _forks(case: Case, outcomes: list[Outcome]) -> Iterable[Fork]:
    """The worlds side by side, wherever more than one is possible.

    A denial is always told beside an approval, and beside a savings card all that a plan may do with its money.
    """
    for kind, pick in _SIDES:
        sides = dict.fromkeys(side for outcome in outcomes if (side := pick(outcome.world)))
        if len(sides) > 1:
            for side in sides:
                yield _fork(f"{kind}-{side}", [each for each in outcomes if pick(each.world) == side])
        elif kind == "authorization" and "approved" in sides:
            yield _fork("authorization-denied", [*unshared(case, World(outcomes[0].world.decision, "denied"))])
    if usable_cards(case, outcomes[0].world.decision):
        for policy in POLICIES:
            used = tuple(msgspec.structs.replace(each, policy=policy) for each in case.question.assistance)
            asked = msgspec.structs.replace(case.question, assistance=used)
            yield _fork(f"assistance-{policy}", evaluate(case._replace(question=asked)))


def _fork(when: str, outcomes: Sequence[Outcome]) -> Fork:
    return Fork(when, _headline(outcomes), outcomes[0])


_SIDES: tuple[tuple[str, Callable[[World], str | None]], ...] = (
    ("authorization", lambda world: world.approval),
    ("lane", lambda world: world.lane),
    ("network", lambda world: world.network),
)
