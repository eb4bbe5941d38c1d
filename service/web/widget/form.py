"""The widget without script: the same questions on a plain page, answered by the page that comes back."""

from datetime import date
from typing import Annotated, Any, NamedTuple, get_args
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.vocabulary import Treatment
from payers.estimate.estimate import Refusal
from payers.estimate.question import Language
from service.api.parameters import AcceptLanguage, Lang, StateCode, language
from service.api.widget import Site
from service.api.widget_answers import WidgetAnswer, WidgetInputs, answers
from service.api.widget_options import Bucket, PlanType, WidgetOptions
from service.web.widget.rendering import page
from service.web.widget.words import words

POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"

Told = Annotated[str | None, QueryParameter(max_length=120)]
"""Text of a form: what does not fit is told beside its field, not refused."""


class Asked(NamedTuple):
    """The form as it was sent: what the visitor chose, and what the clinic's link says."""

    inputs: WidgetInputs
    offered: tuple[Treatment, ...]
    kept: dict[str, str]
    """What the clinic's link says, handed on from page to page."""
    sent: bool
    """Whether anybody asked yet."""

    def address(self, lang: Language) -> str:
        """The same page in a language."""
        inputs = self.inputs
        chosen = {"payer": inputs.payer, "treatment": inputs.treatment, "deductible": inputs.deductible}
        if inputs.plan_type:
            chosen["plan_type"] = inputs.plan_type
        return "?" + urlencode({**self.kept, **(chosen if self.sent else {}), "lang": lang})


@get("/widget/form")
async def form(
    catalogue: NamedDependency[Catalogue],
    today: NamedDependency[date],
    framed: NamedDependency[str],
    payer: Told = None,
    treatment: Told = None,
    plan_type: Told = None,
    deductible: Told = None,
    treatments: Told = None,
    in_state: StateCode = None,
    site: Site = None,
    lang: Lang = None,
    accept_language: AcceptLanguage = None,
) -> Response[str]:
    """The form, and below it the answer where `payer` was sent. Pages of the websites in `framed` may frame it."""
    spoken = language(lang, accept_language)
    ready = answers(catalogue, today)
    options = ready.options(in_state, spoken)
    offered = _offered(options, treatments)
    asked = Asked(
        WidgetInputs(
            payer=payer or "",
            treatment=_one_of(treatment, offered) or offered[0],
            state=in_state,
            plan_type=_one_of(plan_type, get_args(PlanType)),
            deductible=_one_of(deductible, get_args(Bucket)) or "unknown",
            site=site,
        ),
        offered,
        {name: told for name, told in (("treatments", treatments), ("state", in_state), ("site", site)) if told},
        sent=payer is not None,
    )

    def shown(
        told: WidgetAnswer | None = None,
        beside: tuple[WidgetAnswer, ...] = (),
        wrong: dict[str, str] | None = None,
    ) -> Response[str]:
        values: dict[str, Any] = {"lang": spoken, "options": options, "asked": asked}
        return page(
            "form.html",
            f"{POLICY}; frame-ancestors {framed}",
            status_code=422 if wrong else 200,
            **values,
            told=told,
            beside=beside,
            wrong=wrong or {},
        )

    if not asked.sent:
        return shown()
    if not payer:
        return shown(wrong={"payer": words()[spoken]["payer_missing"]})
    found = {each: await ready.answer(asked.inputs._replace(treatment=each), spoken) for each in offered}
    main = found.pop(asked.inputs.treatment)
    if isinstance(main, Refusal):
        return shown(wrong={"plan_type" if main.pointer == "/line_of_business" else "payer": main.detail})
    return shown(main, tuple(each for each in found.values() if isinstance(each, WidgetAnswer)))


def _offered(options: WidgetOptions, wanted: str | None) -> tuple[Treatment, ...]:
    """The treatments of the clinic's link that are on file, in its order; all of them where it names none."""
    on_file = {each.value for each in options.treatments}
    known: tuple[Treatment, ...] = tuple(each for each in get_args(Treatment) if each in on_file)
    wishes = (wanted or "").replace(",", " ").split()
    return tuple(sorted((each for each in known if each in wishes), key=wishes.index)) or known


def _one_of(told: str | None, choices: tuple[Any, ...]) -> Any:
    return told if told in choices else None
