"""The case on the page: the form with what was typed, the answer on file, and what a payer said."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.identity import resolve
from payers.estimate import tell_catalogue
from payers.estimate.answer import Answer, PossiblePayer
from payers.estimate.question import Question
from service.api.eligibility_views import CheckView
from service.eligibility.reading import ParsedAnswer
from service.store.estimates import StoredEstimate
from service.web.console.access import may
from service.web.console.desk import Desk
from service.web.console.estimate import telling
from service.web.console.estimate.fields import FIELDS, OTHER_COVERAGE, Field
from service.web.console.estimate.form import Form, form_of
from service.web.console.estimate.picture import drawn, has_others, limits, rows
from service.web.console.visit import Visit

EMPTY = Form({field.name: "" for field in FIELDS})


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows. `answer` is the last one given out, also while the form is wrong."""

    form: Form = EMPTY
    question: Question | None = None
    answer: Answer | None = None
    candidates: tuple[PossiblePayer, ...] = ()
    card: dict[str, str] = {}
    check: CheckView | None = None
    parsed: ParsedAnswer | None = None

    @property
    def waiting(self) -> bool:
        """Whether a payer still owes its answer."""
        return self.check is not None and self.check.ended_at is None


def case_of(stored: StoredEstimate) -> Case:
    """The case of an estimate on file, and the form that asks it again."""
    question = msgspec.json.decode(stored.question, type=Question)
    answer = msgspec.json.decode(stored.answer, type=Answer)
    return Case(form=form_of(question), question=question, answer=answer)


def page(desk: Desk, case: Case, *, status: int = 200, at: UUID | None = None) -> Response[str]:
    """The whole page, or for the script the part of it that changes; `at` is the estimate that it now shows."""
    template = "estimate_case.html" if desk.visit.partial else "estimate.html"
    headers = {"HX-Push-Url": f"/console/estimate/{at}"} if at and desk.visit.partial else {}
    told = _told(desk.visit, desk.catalogue, desk.today, case)
    return desk.visit.show(template, status=status, headers=headers, **told)


def _told(visit: Visit, catalogue: Catalogue, today: date, case: Case) -> dict[str, Any]:
    found, speak = case.answer, visit.speak
    told: dict[str, Any] = {
        "case": case,
        "form": _named(catalogue, today, case.form),
        "inputs": telling.inputs(case.form, found),
        "options": {field.name: options(catalogue, visit, field) for field in FIELDS if field.kind == "choice"},
        "today": today,
        "may_estimate": visit.key is not None and may(visit.key, "estimates:write"),
        "may_ask": visit.key is not None and may(visit.key, "eligibility:write"),
        "may_issue": visit.key is not None and may(visit.key, "estimates:write"),
        "answer": found,
    }
    known = catalogue.rates.networks(found.payer.slug) if found else []
    names = dict.fromkeys((*known, case.form.values["plan_network"]))
    told["options"]["plan_network"] = [(each, each) for each in names if each]
    if found is not None and case.question is not None:
        table = rows(found)
        told |= {
            "rows": table,
            "drawn": msgspec.json.encode(drawn(table)).decode(),
            "others": has_others(table),
            "limits": limits(table),
            "headline": telling.headline(found, speak),
            "span": telling.span(found, speak),
            "on_the_way": telling.on_the_way(found),
            "forks": telling.forks(found),
            "age_days": telling.age_days(found, found.coverage.verified_on),
            "sources": telling.sources(found),
            "text": telling.for_patient(found),
            "text_lang": found.lang,
            "estimate_id": found.id,
            "what_if": telling.what_if(case.question, found, today),
            "numbers": {reason.id: number for number, reason in enumerate(found.reasons, 1)},
        }
    return told


def _named(catalogue: Catalogue, today: date, form: Form) -> Form:
    """The form with the payer's name instead of its slug, where the name leads to no other payer."""
    payer = catalogue.payers.get(form.values["payer"])
    if payer is None or resolve(catalogue, payer.name, today, form.values["state"] or None, None).payer != payer.slug:
        return form
    return form._replace(values={**form.values, "payer": payer.name})


def options(catalogue: Catalogue, visit: Visit, field: Field) -> list[tuple[str, str]]:
    """The values of a choice with their names."""
    match field.name:
        case "treatment":
            named = catalogue.treatments
            return [
                (each, tell_catalogue.treatment_name(named[each], visit.lang))
                for each in field.options
                if each in named
            ]
        case "card":
            cards = [each for each in catalogue.release.programmes if each.kind == "savings-card"]
            return [(each.slug, each.name) for each in cards]
        case "state":
            return [(each, each) for each in field.options]
        case "other_coverage":
            return [(each, _coverage(visit, each)) for each in OTHER_COVERAGE]
        case _:
            return [(each, visit.speak(f"estimate.{field.name}_{each}")) for each in field.options]


def _coverage(visit: Visit, value: str) -> str:
    kind, _, letter = value.partition("-") if value.startswith("medigap-") else (value, "", "")
    return visit.speak(f"estimate.other_coverage_{kind}", letter=letter)
