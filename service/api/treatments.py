"""The treatments: routes, what they are approved for, schedules, and the codes they are billed with."""

from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Frozen, TreatmentInfo
from payers.catalogue.vocabulary import Component, Confidence, Indication, Treatment
from payers.estimate import tell_catalogue
from payers.estimate.answer import BillingCode, Citation
from payers.estimate.citing import citations
from payers.estimate.question import Language
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.public import cacheable
from service.api.view import view


class ApprovalView(Frozen):
    """What the regulator approved, for which indication, since when."""

    indication: Indication
    since: date
    scope: str
    citations: tuple[Citation, ...]


class PhaseView(Frozen):
    """A part of the schedule: sessions on `day_offsets` of every `repeat_days` days, for `weeks` (absent: open)."""

    name: str
    weeks: int | None
    repeat_days: int
    repeat_days_max: int | None
    day_offsets: tuple[int, ...]


class BillingView(Frozen):
    """A line of a session's bill: code and units by dose in mg (`0` stands for any dose)."""

    style: str
    component: Component
    codes_by_dose: dict[int, str]
    units_by_dose: dict[int, int]


class TreatmentView(Frozen):
    """One treatment."""

    slug: Treatment
    name: str
    drug: str
    route: str
    doses_mg: tuple[int, ...]
    approvals: tuple[ApprovalView, ...]
    phases: tuple[PhaseView, ...]
    typical_sessions: int
    first_year_sessions_max: int
    session_minutes: str
    visit: str
    billing: tuple[BillingView, ...]
    codes: tuple[BillingCode, ...]
    citations: tuple[Citation, ...]
    confidence: Confidence
    verified_on: date


class TreatmentList(Frozen):
    """Every treatment; there is never a next page."""

    items: tuple[TreatmentView, ...]
    next: None


class TreatmentsController(Controller):
    """Treatments, for anybody."""

    path = "/v1/treatments"
    tags = ("Treatments",)

    @get(operation_id="listTreatments", summary="Routes, schedules and codes")
    async def list(
        self,
        request: Request[Any, Any, Any],
        catalogue: NamedDependency[Catalogue],
        today: NamedDependency[date],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[TreatmentList]:
        """Every treatment with its approvals, its schedule and its codes of today."""
        spoken = language(lang, accept_language)
        items = tuple(_told(catalogue, each, today, spoken) for each in catalogue.treatments.values())
        return cacheable(request, catalogue, TreatmentList(items=items, next=None))


def _told(catalogue: Catalogue, treatment: TreatmentInfo, today: date, lang: Language) -> TreatmentView:
    codes = dict.fromkeys(code for billing in treatment.billing for code in billing.codes_by_dose.values())
    return view(
        TreatmentView,
        treatment,
        name=tell_catalogue.treatment_name(treatment, lang),
        visit=treatment.visit_es if lang == "es" else treatment.visit,
        approvals=tuple(
            view(ApprovalView, each, citations=citations(catalogue, (each,))) for each in treatment.approvals
        ),
        phases=tuple(view(PhaseView, each) for each in treatment.phases),
        billing=tuple(view(BillingView, each) for each in treatment.billing),
        codes=tell_catalogue.codes(catalogue, codes, today, lang),
        citations=citations(catalogue, (treatment,)),
    )
