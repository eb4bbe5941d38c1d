"""Several questions side by side, for staff; nothing is stored."""

from datetime import date
from typing import Any

import msgspec
from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen
from payers.estimate.compare import CompareQuestion, CostDifference, SideAnswer, compare
from payers.estimate.estimate import Refusal
from payers.estimate.words import say
from service.api.keys import PRIVATE, needs
from service.api.plan_of_check import with_plan
from service.api.problems import Problem, problem_of
from service.api.refusals import refused
from service.api.wiring import Wiring
from service.computing import computed
from service.store.keys import Key


class ComparedItem(Frozen):
    """One question: its answer, or the problem that `POST /v1/estimates` would have answered."""

    label: str
    answer: SideAnswer | None
    problem: Problem | None


class ComparisonAnswer(Frozen):
    """The items in the order of the questions; `differences` are against the first item that has an answer."""

    catalogue_version: str
    items: tuple[ComparedItem, ...]
    differences: tuple[CostDifference, ...]
    disclaimer: str


class ComparisonsController(Controller):
    """Comparisons, for staff."""

    path = "/v1/estimates/compare"
    tags = ("Estimates",)
    security = ({"key": []},)

    @post(
        operation_id="compareEstimates",
        summary="Several questions side by side",
        guards=[needs("estimates:write")],
        status_code=200,
    )
    async def compare(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[CompareQuestion],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
    ) -> Response[ComparisonAnswer]:
        """Treatments, lanes, start dates, plans or payers. A refused question does not fail the others."""
        questions = [await with_plan(wiring, catalogue, key, question, today) for question in data.questions]
        asked = msgspec.structs.replace(data, questions=tuple(questions))
        found = await computed(compare, catalogue, asked, today)
        items = tuple(
            ComparedItem(
                label=side.label,
                answer=None if isinstance(side.found, Refusal) else side.found,
                problem=problem_of(request.scope, refused(side.found, question.lang, f"/questions/{position}"))
                if isinstance(side.found, Refusal)
                else None,
            )
            for position, (side, question) in enumerate(zip(found.sides, data.questions, strict=True))
        )
        answer = ComparisonAnswer(
            catalogue_version=catalogue.version,
            items=items,
            differences=found.differences,
            disclaimer=say(data.questions[0].lang, "text", "disclaimer"),
        )
        return Response(answer, headers=PRIVATE)
