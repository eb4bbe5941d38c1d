"""What a payer says: one decision with its reasons, and the matrix of every treatment beside every other."""

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision, decide, decide_all
from payers.catalogue.identity import Resolution
from payers.catalogue.model import Frozen, Payer
from payers.catalogue.vocabulary import CoverageReason, CoverageStatus, Indication, Lane, LineOfBusiness, Treatment
from payers.estimate import tell_catalogue
from payers.estimate.answer import Citation, CoverageAnswer, PayerAnswer, TreatmentAnswer
from payers.estimate.citing import citations
from payers.estimate.estimate import EARLIEST_START
from payers.estimate.question import Language
from payers.estimate.who_pays import Refusal, who_pays
from payers.estimate.words import say
from service.api.parameters import (
    AcceptLanguage,
    AsOf,
    County,
    Lang,
    Line,
    PayerName,
    Plan,
    StateCode,
    WhichIndication,
    WhichTreatment,
    language,
)
from service.api.public import cacheable
from service.api.refusals import refuse


class CoverageView(Frozen):
    """The decision for one payer, treatment, indication and day."""

    payer: PayerAnswer
    treatment: TreatmentAnswer
    indication: Indication
    plan: str | None
    as_of: date
    coverage: CoverageAnswer
    catalogue_version: str


class Cell(Frozen):
    """What the payer says of one treatment for one indication, in short."""

    treatment: Treatment
    indication: Indication
    status: CoverageStatus
    reason: CoverageReason | None
    lane: Lane | None
    citations: tuple[Citation, ...]
    verified_on: date | None
    stale: bool
    is_default: bool


class CoverageMatrix(Frozen):
    """Every treatment beside every other, per indication; cells are ordered by treatment, then by indication."""

    payer: PayerAnswer
    as_of: date
    treatments: tuple[TreatmentAnswer, ...]
    indications: tuple[Indication, ...]
    cells: tuple[Cell, ...]
    catalogue_version: str


class CoverageController(Controller):
    """Coverage, for anybody."""

    path = "/v1/coverage"
    tags = ("Coverage",)

    @get(operation_id="readCoverage", summary="The coverage decision with its criteria")
    async def read(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        payer: PayerName,
        treatment: WhichTreatment,
        indication: WhichIndication = None,
        line_of_business: Line = None,
        plan: Plan = None,
        in_state: StateCode = None,
        county: County = None,
        as_of: AsOf = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[CoverageView]:
        """What the payer says of the treatment on a day, what it asks for, and where that was read."""
        day, spoken = as_of or today, language(lang, accept_language)
        info = catalogue.treatments[treatment]
        wanted = indication or info.usual_indication

        def ask(each: Payer) -> list[Decision]:
            return [decide(catalogue, each, treatment, wanted, day, line_of_business, plan)]

        found, resolution = _who(catalogue, payer, day, in_state, county, line_of_business, ask, spoken)
        decision = ask(found)[0]
        view = CoverageView(
            payer=tell_catalogue.payer(catalogue, resolution, found, decision.line_of_business, spoken),
            treatment=TreatmentAnswer(slug=treatment, name=tell_catalogue.treatment_name(info, spoken)),
            indication=wanted,
            plan=plan,
            as_of=day,
            coverage=tell_catalogue.coverage(catalogue, decision, today, spoken),
            catalogue_version=catalogue.version,
        )
        return cacheable(request, catalogue, view)

    @get("/matrix", operation_id="readCoverageMatrix", summary="Every treatment beside every other, per indication")
    async def matrix(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        payer: PayerName,
        line_of_business: Line = None,
        plan: Plan = None,
        in_state: StateCode = None,
        county: County = None,
        as_of: AsOf = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[CoverageMatrix]:
        """Spravato beside intravenous, intramuscular and oral ketamine, for every indication."""
        day, spoken = as_of or today, language(lang, accept_language)

        def ask(each: Payer) -> list[Decision]:
            return decide_all(catalogue, each, day, line_of_business, plan)

        found, resolution = _who(catalogue, payer, day, in_state, county, line_of_business, ask, spoken)
        decisions = ask(found)
        matrix = CoverageMatrix(
            payer=tell_catalogue.payer(catalogue, resolution, found, decisions[0].line_of_business, spoken),
            as_of=day,
            treatments=tuple(
                TreatmentAnswer(slug=each.slug, name=tell_catalogue.treatment_name(each, spoken))
                for each in catalogue.release.treatments
            ),
            indications=get_args(Indication),
            cells=tuple(_cell(catalogue, each, today) for each in decisions),
            catalogue_version=catalogue.version,
        )
        return cacheable(request, catalogue, matrix)


def _who(
    catalogue: Catalogue,
    name: str,
    day: date,
    state: str | None,
    county: str | None,
    line: LineOfBusiness | None,
    ask: Callable[[Payer], list[Decision]],
    lang: Language,
) -> tuple[Payer, Resolution]:
    """The payer that answers. Raises `Refused` where nobody does, or the day is before anything on file."""
    if day < EARLIEST_START:
        told = say(lang, "refusal", "before-the-rules", day=day, first=EARLIEST_START)
        refuse(Refusal(kind="impossible-question", pointer="/as_of", detail=told), lang)
    found = who_pays(catalogue, name, day, state, county, line, ask, lang)
    if isinstance(found, Refusal):
        refuse(found, lang)
    return found


def _cell(catalogue: Catalogue, decision: Decision, today: date) -> Cell:
    rule = decision.rule
    return Cell(
        treatment=decision.treatment,
        indication=decision.indication,
        status=decision.status,
        reason=decision.reason,
        lane=decision.lane,
        citations=citations(catalogue, (rule,)) if rule else (),
        verified_on=rule.verified_on if rule else None,
        stale=decision.stale_on(today),
        is_default=decision.is_default,
    )
