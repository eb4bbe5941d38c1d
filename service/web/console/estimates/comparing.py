"""Two to four estimates side by side, as they were given out: nothing is computed anew."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal, NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.estimate.answer import Answer
from payers.estimate.compare import Side, cost_differences, in_short
from payers.estimate.question import Question
from payers.estimate.tell_catalogue import treatment_name
from payers.estimate.unknowns.worth import WORTH_TELLING_CENTS
from service.api.estimates import stored_estimate
from service.store.estimates import StoredEstimate
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimates.differing import asked_differently
from service.web.console.estimates.listing import list_page
from service.web.console.estimates.replaying import when
from service.web.console.estimates.searching import HERE, search_for

FEWEST, MOST = 2, 4

Cheapest = Literal["surely", "usually"]


class Compared(NamedTuple):
    """One of the estimates. `cheapest`: its course costs least, whatever is still open, or as things usually are."""

    answer: Answer
    made_at: datetime
    treatment: str
    open: int
    cheapest: Cheapest | None


@get(f"{HERE}/compare", guards=[takes("estimates:read")])
async def compared(
    desk: NamedDependency[Desk],
    ids: Annotated[list[UUID] | None, QueryParameter(name="id", max_items=100)] = None,
    came_from: Annotated[str, QueryParameter(name="list", max_length=1000)] = "",
) -> Response[str]:
    """The estimates that were ticked, or their list again where they are too few or too many."""
    ticked = tuple(dict.fromkeys(ids or ()))
    query = dict(parse_qsl(came_from))
    looked_for = search_for(query)
    if not FEWEST <= len(ticked) <= MOST:
        wrong = desk.visit.speak("estimates.too_few" if len(ticked) < FEWEST else "estimates.too_many")
        return await list_page(desk, looked_for, _id(query.get("after")), ticked=frozenset(ticked), wrong_ticks=wrong)
    stored = [await stored_estimate(desk.wiring.pool, each) for each in ticked]
    questions = [msgspec.json.decode(each.question, type=Question) for each in stored]
    answers = [msgspec.json.decode(each.answer, type=Answer) for each in stored]
    labels = [desk.visit.speak("estimates.label", number=number) for number in range(1, len(stored) + 1)]
    sides = [Side(label, in_short(answer)) for label, answer in zip(labels, answers, strict=True)]
    further = {"after": query["after"]} if _id(query.get("after")) else {}
    return desk.visit.show(
        "estimates_compare.html",
        sides=[_compared(desk, *each) for each in zip(stored, answers, _cheapest(answers), strict=True)],
        labels=labels,
        asked=asked_differently(desk, questions),
        by_year=any(len(each.patient_pays.by_plan_year) > 1 for each in answers),
        sentences=[each.sentences[0] for each in cost_differences(sides, desk.visit.lang)],
        when=partial(when, desk.visit),
        back=looked_for.address(**further),
    )


def _compared(desk: Desk, stored: StoredEstimate, answer: Answer, cheapest: Cheapest | None) -> Compared:
    treatment = desk.catalogue.treatments.get(answer.treatment.slug)
    return Compared(
        answer=answer,
        made_at=stored.created_at.astimezone(desk.wiring.clock().tzinfo),
        treatment=treatment_name(treatment, desk.visit.lang) if treatment else answer.treatment.name,
        open=sum(each.worth_cents >= WORTH_TELLING_CENTS for each in answer.unknowns),
        cheapest=cheapest,
    )


def _cheapest(answers: list[Answer]) -> list[Cheapest | None]:
    """Which course costs least, where one does."""
    courses = [each.patient_pays.course for each in answers]
    usual = [each.typical.course_cents for each in answers]
    told: list[Cheapest | None] = []
    for number, course in enumerate(courses):
        others = [*courses[:number], *courses[number + 1 :]]
        if all(course.high_cents < other.low_cents for other in others):
            told.append("surely")
        elif usual[number] == min(usual) and usual.count(min(usual)) == 1:
            told.append("usually")
        else:
            told.append(None)
    return told


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
