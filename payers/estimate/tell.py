"""The teller: turns an estimate into the answer of the contract, in English or Spanish. It computes nothing."""

from collections.abc import Mapping, Sequence

import msgspec

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.bounds import LineBounds, hull_lines
from payers.cost_share.credit import LimitKind
from payers.cost_share.ledger import Opening
from payers.cost_share.money import Range, hull
from payers.estimate import tell_catalogue
from payers.estimate.answer import (
    Answer,
    CoverageAnswer,
    Fork,
    ForkPays,
    LineAnswer,
    PatientPays,
    PlanYearTotal,
    PriceAnswer,
    SessionAnswer,
    TreatmentAnswer,
    Typical,
    UnknownAnswer,
)
from payers.estimate.citing import citations
from payers.estimate.estimate import Estimate, Headline
from payers.estimate.evaluate import Outcome
from payers.estimate.milestones import milestones
from payers.estimate.notices import notices
from payers.estimate.question import Language
from payers.estimate.story import price_sentence, story
from payers.estimate.words import money, percent, say

ALMOST_UNLIMITED = UNLIMITED_CENTS // 2
"""Credits lower a limit that does not exist too; what is left of it is still no limit."""


def tell(estimate: Estimate, id: str, created_at: str) -> Answer:
    """The whole answer. `id` and `created_at` are the receipt's and part of its bytes."""
    case, lang = estimate.case, estimate.case.question.lang
    shown = _shown(estimate)
    return Answer(
        id=id,
        created_at=created_at,
        catalogue_version=case.catalogue.version,
        as_of=case.start_on,
        lang=lang,
        payer=tell_catalogue.payer(
            case.catalogue, estimate.resolution, case.payer, estimate.decision.line_of_business, lang
        ),
        treatment=TreatmentAnswer(slug=case.treatment.slug, name=tell_catalogue.treatment_name(case.treatment, lang)),
        coverage=_coverage(estimate, lang),
        price=PriceAnswer(
            basis=estimate.main.price.basis,
            per_session=estimate.main.price.amount,
            sentence=price_sentence(estimate.main.price, lang),
            citations=citations(case.catalogue, estimate.main.price.behind),
        ),
        sessions=shown,
        patient_pays=PatientPays(
            first_session=estimate.headline.first,
            typical_session=estimate.headline.typical,
            course=estimate.headline.course,
            by_plan_year=_by_year(estimate.outcomes),
        ),
        typical=_typical(estimate, lang),
        milestones=milestones(estimate.main, lang, len(shown)),
        unknowns=tuple(
            UnknownAnswer(
                name=each.unknown.name,
                question=_question(estimate, each.unknown.name, lang),
                typical=_assumption(lang, each.unknown.name, each.unknown.values),
                worth_cents=each.worth_cents,
            )
            for each in estimate.worths
        ),
        forks=tuple(
            Fork(when=fork.when, sentence=say(lang, "fork", fork.when), patient_pays=_pays(fork.headline))
            for fork in estimate.forks
        ),
        notices=notices(estimate, lang),
        explanation=story(estimate, lang),
        disclaimer=say(lang, "text", "disclaimer"),
    )


def _coverage(estimate: Estimate, lang: Language) -> CoverageAnswer:
    """The decision; where the payer leaves the lane open, the lane that the asker told."""
    case, decision = estimate.case, estimate.decision
    told = tell_catalogue.coverage(case.catalogue, decision, case.today, lang)
    lane = decision.lane or (case.question.lane if estimate.main.world.lane else None)
    return msgspec.structs.replace(told, lane=lane)


def _shown(estimate: Estimate) -> tuple[SessionAnswer, ...]:
    """The sessions of the main world, each as wide as in any world; of an open course the typical number."""
    main, case = estimate.main, estimate.case
    count = case.treatment.typical_sessions if case.any_count else len(main.slots)
    sessions: list[SessionAnswer] = []
    for position, slot in enumerate(main.slots[:count]):
        rows = [outcome.visits[position] for outcome in estimate.outcomes if position < len(outcome.visits)]
        limits = [
            outcome.visits[position].after
            for outcome in estimate.outcomes
            if position < len(outcome.visits) and not outcome.self_pay
        ]
        sessions.append(
            SessionAnswer(
                number=slot.number,
                on=slot.on,
                phase=slot.phase,
                plan_year=main.years[position] + 1,
                lines=_lines([row.lines for row in rows]),
                patient_pays=hull(row.patient_pays for row in rows),
                deductible_remaining=_left(limits, "deductible"),
                out_of_pocket_remaining=_left(limits, "out-of-pocket-maximum"),
            )
        )
    return tuple(sessions)


def _lines(worlds: Sequence[tuple[LineBounds, ...]]) -> tuple[LineAnswer, ...]:
    """The main world's lines; worlds with the same lines widen them, others stand in the forks."""
    same = [
        lines
        for lines in worlds
        if [each.line.component for each in lines] == [each.line.component for each in worlds[0]]
    ]
    return tuple(_line(hull_lines(several)) for several in zip(*same, strict=True))


def _line(bounds: LineBounds) -> LineAnswer:
    return LineAnswer(
        component=bounds.line.component,
        code=bounds.line.code,
        units=bounds.line.units,
        allowed=bounds.line.allowed,
        deductible=bounds.deductible,
        copay=bounds.copay,
        coinsurance=bounds.coinsurance,
        balance_bill=bounds.balance_bill,
        plan_pays=bounds.plan_pays,
        other_payers_pay=bounds.other_payers_pay,
        assistance=bounds.assistance,
        patient_pays=bounds.patient_pays,
    )


def _left(limits: Sequence[Opening], kind: LimitKind) -> Range | None:
    several = [opening.remaining(kind) for opening in limits]
    if not several or max(each.high_cents for each in several) >= ALMOST_UNLIMITED:
        return None
    return hull(several)


def _by_year(outcomes: Sequence[Outcome]) -> tuple[PlanYearTotal, ...]:
    """Plan years of the main world; a world without that year has nothing to pay in it."""
    totals: list[PlanYearTotal] = []
    for year in outcomes[0].by_year:
        amounts = [
            each.patient_pays for outcome in outcomes for each in outcome.by_year if each.starts_on == year.starts_on
        ]
        everywhere = all(any(each.starts_on == year.starts_on for each in outcome.by_year) for outcome in outcomes)
        whole = hull(amounts)
        low = whole.low_cents if everywhere else 0
        totals.append(
            PlanYearTotal(starts_on=year.starts_on, patient_pays=Range(low_cents=low, high_cents=whole.high_cents))
        )
    return tuple(totals)


def _pays(headline: Headline) -> ForkPays:
    return ForkPays(first_session=headline.first, typical_session=headline.typical, course=headline.course)


def _typical(estimate: Estimate, lang: Language) -> Typical:
    typical = estimate.typical
    told = (_assumption(lang, each.unknown.name, each.unknown.values) for each in estimate.worths)
    return Typical(
        first_session_cents=_middle(typical.first),
        session_cents=_middle(typical.typical),
        course_cents=_middle(typical.course),
        sessions=len(typical.slots),
        assumptions=tuple(assumption for assumption in told if assumption),
    )


def _middle(cents: Range) -> int:
    return (cents.low_cents + cents.high_cents) // 2


def _question(estimate: Estimate, name: str, lang: Language) -> str:
    own = tell_catalogue.question(estimate.resolution, lang) if name == "payer" else None
    return own or say(lang, "ask", name)


def _assumption(lang: Language, name: str, values: Mapping[str, int | str] | None) -> str | None:
    if values is None:
        return None
    told = {
        key: money(value)
        if key == "amount" and isinstance(value, int)
        else percent(value)
        if key == "percent" and isinstance(value, int)
        else value
        for key, value in values.items()
    }
    return say(lang, "assume", name, **told)
