"""The same case seen in other ways: beside the other treatment, as a sheet, as a text for the patient."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from payers.catalogue.vocabulary import Treatment
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.compare import CompareQuestion, compare
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from payers.estimate.tell_catalogue import treatment_name
from service.api.estimates import stored_estimate
from service.api.parameters import Lang
from service.api.problems import Refused
from service.computing import computed
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.estimate.answering import HERE
from service.web.console.estimate.picture import rows
from service.web.console.estimate.telling import for_patient, sessions_sheet
from service.web.console.rendering import sheet

_BESIDE: Mapping[Treatment, Treatment] = {"spravato": "iv-ketamine"}
"""What a treatment is compared with; every other one with Spravato."""


@get(f"{HERE}/{{estimate_id:uuid}}/compare", guards=[takes("estimates:read")])
async def beside(estimate_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """The case beside the same patient with the other treatment. Nothing is stored."""
    visit, treatments = desk.visit, desk.catalogue.treatments
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    question = replace(msgspec.json.decode(stored.question, type=Question), lang=visit.lang)
    other = _BESIDE.get(question.treatment, "spravato")
    # What was told of the one treatment says nothing of the other: its course, its price and its authorization.
    swapped = replace(
        question, treatment=other, dose_mg=None, lane=None, authorization=None, course=None, prices=None, assistance=()
    )
    labels = tuple(treatment_name(treatments[each.treatment], visit.lang) for each in (question, swapped))
    asked = CompareQuestion(questions=(question, swapped), labels=labels)
    found = await computed(compare, desk.catalogue, asked, desk.today)
    template = "estimate_compare.html" if visit.partial else "estimate_compare_page.html"
    return visit.show(template, comparison=found, estimate_id=estimate_id)


@get(f"{HERE}/{{estimate_id:uuid}}/sessions.csv", guards=[takes("estimates:read")])
async def as_sheet(estimate_id: FromPath[UUID], desk: NamedDependency[Desk]) -> Response[str]:
    """The sessions for a spreadsheet."""
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    given = msgspec.json.decode(stored.answer, type=Answer)
    return sheet(sessions_sheet(rows(given), given, desk.visit.speak), f"estimate-{estimate_id}.csv")


@get(f"{HERE}/{{estimate_id:uuid}}/text", guards=[takes("estimates:read")])
async def patient_text(estimate_id: FromPath[UUID], desk: NamedDependency[Desk], lang: Lang = None) -> Response[str]:
    """The text for the patient, who may speak another language: the same answer, told anew."""
    stored = await stored_estimate(desk.wiring.pool, estimate_id)
    spoken = lang or desk.visit.lang
    question = replace(msgspec.json.decode(stored.question, type=Question), lang=spoken)
    created_at = msgspec.json.decode(stored.answer, type=Answer).created_at
    catalogue = await desk.wiring.versions(stored.catalogue_version)
    told = await computed(answer, catalogue, question, stored.asked_on, id=str(estimate_id), created_at=created_at)
    if isinstance(told, Refusal):
        raise Refused("impossible-question", told.detail)
    template = "estimate_text.html" if desk.visit.partial else "estimate_text_page.html"
    return desk.visit.show(template, text=for_patient(told), text_lang=spoken, estimate_id=estimate_id)


PAGES = (beside, as_sheet, patient_text)
