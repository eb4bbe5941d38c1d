"""What a payer says: one decision with its reasons, and the matrix of every treatment beside every other."""

from datetime import date
from typing import Any, get_args

import msgspec
from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision, decide
from payers.catalogue.identity import resolve
from payers.catalogue.vocabulary import CoverageReason, CoverageStatus, Indication, Lane, Treatment
from payers.estimate.answer import Citation, CoverageAnswer, PayerAnswer, PossiblePayer, TreatmentAnswer
from payers.estimate.citing import citations
from service.api import telling
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
from service.api.refusals import refuse_payer


class CoverageView(msgspec.Struct, frozen=True, kw_only=True):
    """The decision for one payer, treatment, indication and day.

    `question` is there when the name may mean another payer too; every one of `candidates` then decides alike.
    """

    payer: PayerAnswer
    treatment: TreatmentAnswer
    indication: Indication
    plan: str | None
    as_of: date
    coverage: CoverageAnswer
    candidates: tuple[PossiblePayer, ...]
    question: str | None
    catalogue_version: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
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


class CoverageMatrix(msgspec.Struct, frozen=True, kw_only=True):
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
        wanted = indication or next((approval.indication for approval in info.approvals), "trd")
        resolution = resolve(catalogue, payer, day, in_state, county)
        slugs = [resolution.payer] if resolution.payer else [each.slug for each in resolution.candidates]
        decisions = [
            decide(catalogue, catalogue.payers[slug], treatment, wanted, day, line_of_business, plan) for slug in slugs
        ]
        alike = {(each.status, each.reason, each.lane) for each in decisions}
        if not decisions or len(alike) > 1 or (not resolution.payer and not resolution.question):
            refuse_payer(resolution, spoken)
        decision = decisions[0]
        view = CoverageView(
            payer=telling.payer(catalogue, resolution, slugs[0], decision.line_of_business, spoken),
            treatment=TreatmentAnswer(slug=treatment, name=telling.treatment_name(info, spoken)),
            indication=wanted,
            plan=plan,
            as_of=day,
            coverage=telling.coverage(catalogue, decision, today, spoken),
            candidates=telling.possible(resolution.candidates, spoken),
            question=telling.question(resolution, spoken),
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
        resolution = resolve(catalogue, payer, day, in_state, county)
        if not resolution.payer:
            refuse_payer(resolution, spoken)
        found = catalogue.payers[resolution.payer]
        indications: tuple[Indication, ...] = get_args(Indication)
        matrix = CoverageMatrix(
            payer=telling.payer(catalogue, resolution, found.slug, line_of_business, spoken),
            as_of=day,
            treatments=tuple(
                TreatmentAnswer(slug=each.slug, name=telling.treatment_name(each, spoken))
                for each in catalogue.treatments.values()
            ),
            indications=indications,
            cells=tuple(
                _cell(catalogue, decide(catalogue, found, treatment, indication, day, line_of_business, plan), today)
                for treatment in catalogue.treatments
                for indication in indications
            ),
            catalogue_version=catalogue.version,
        )
        return cacheable(request, catalogue, matrix)


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
