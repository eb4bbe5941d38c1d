"""The teller: turns an estimate into the answer of the contract, in English or Spanish. It computes nothing."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from payers.cost_share.adjudicate import ALMOST_UNLIMITED
from payers.cost_share.bounds import LineBounds, hull_lines
from payers.cost_share.credit import LimitKind
from payers.cost_share.line import PHARMACY
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.plan_calendar import share_days
from payers.estimate import tell_catalogue
from payers.estimate.answer import (
    Answer,
    CoverageAnswer,
    Fork,
    ForkPays,
    LineAnswer,
    Milestone,
    PatientPays,
    PlanSourceAnswer,
    PlanYearTotal,
    PriceAnswer,
    SessionAnswer,
    TreatmentAnswer,
    Typical,
    UnknownAnswer,
)
from payers.estimate.citing import citations
from payers.estimate.estimate import Estimate, Headline
from payers.estimate.evaluate import Outcome, PlanYear
from payers.estimate.evidence import Citation
from payers.estimate.milestones import milestones
from payers.estimate.notices import notices
from payers.estimate.question import Language
from payers.estimate.story import price_sentence, story
from payers.estimate.tell_clinic import beside_sessions
from payers.estimate.tell_codes import billing
from payers.estimate.trace.telling import Trace, trace
from payers.estimate.unknowns.unknown import Unknown
from payers.estimate.unknowns.worth import Worth
from payers.estimate.whole_course import by_plan_year
from payers.estimate.words import money, percent, say


def tell(estimate: Estimate, id: str, created_at: str) -> Answer:
    """The whole answer. `id` and `created_at` are the receipt's and part of its bytes."""
    case, lang = estimate.case, estimate.case.question.lang
    traced = trace(estimate, _count(estimate), lang)
    shown = _shown(estimate, traced)
    beside = beside_sessions(estimate, lang)
    along = milestones(estimate.main, lang, len(shown))
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
        billing=billing(estimate, estimate.main.slots[: len(shown)]),
        patient_pays=PatientPays(
            first_session=estimate.headline.first,
            typical_session=estimate.headline.typical,
            course=estimate.headline.course,
            by_plan_year=_by_year([by_plan_year(estimate, outcome) for outcome in estimate.outcomes]),
            with_services=beside.with_services,
        ),
        services=beside.services,
        reductions=beside.reductions,
        packages=beside.packages,
        clinic_fees=beside.clinic_fees,
        payment_plans=beside.payment_plans,
        ways_to_pay=beside.ways_to_pay,
        typical=_typical(estimate, lang, along),
        milestones=along,
        unknowns=tuple(_unknown(estimate, each, lang) for each in estimate.worths),
        forks=tuple(
            Fork(
                when=fork.when,
                sentence=say(lang, "fork", fork.told_as),
                patient_pays=_pays(fork.headline),
                milestones=along if fork.main is estimate.main else milestones(fork.main, lang, len(shown)),
            )
            for fork in estimate.forks
        ),
        notices=notices(estimate, lang),
        explanation=story(estimate, lang),
        reasons=traced.reasons,
        disclaimer=say(lang, "text", "disclaimer"),
        eligibility=_eligibility(estimate),
    )


def _eligibility(estimate: Estimate) -> PlanSourceAnswer | UnsetType:
    """The payer's answer that told the plan, with its age on the day of the estimate."""
    source, today = estimate.case.question.plan_source, estimate.case.today
    if source is None:
        return UNSET
    return PlanSourceAnswer(
        check=source.check,
        answered_on=source.answered_on,
        age_days=(today - source.answered_on).days,
        questions=source.questions,
    )


def _coverage(estimate: Estimate, lang: Language) -> CoverageAnswer:
    """The decision; where the payer leaves the lane open, the lane that the asker told."""
    case, decision = estimate.case, estimate.decision
    told = tell_catalogue.coverage(case.catalogue, decision, case.today, lang)
    lane = decision.lane or (case.question.lane if estimate.main.world.lane else None)
    return msgspec.structs.replace(told, lane=lane)


def _count(estimate: Estimate) -> int:
    """How many sessions are shown: those of the main world, of an open course the typical number."""
    case, sessions = estimate.case, len(estimate.main.slots)
    return min(case.treatment.typical_sessions, sessions) if case.any_count else sessions


def _shown(estimate: Estimate, traced: Trace) -> tuple[SessionAnswer, ...]:
    """The sessions of the main world, each as wide as in any world."""
    main = estimate.main
    sessions: list[SessionAnswer] = []
    for position, (slot, because) in enumerate(zip(main.slots, traced.sessions, strict=False)):
        rows = [outcome.visits[position] for outcome in estimate.outcomes if position < len(outcome.visits)]
        sharing = [outcome for outcome in estimate.outcomes if position < len(outcome.visits) and not outcome.self_pay]
        sessions.append(
            SessionAnswer(
                number=slot.number,
                on=slot.on,
                phase=slot.phase,
                plan_year=main.years[position] + 1,
                lines=_lines([row.lines for row in rows], because),
                patient_pays=hull(row.patient_pays for row in rows),
                deductible_remaining=_left(sharing, position, "deductible"),
                out_of_pocket_remaining=_left(sharing, position, "out-of-pocket-maximum"),
                drug_deductible_remaining=_drug_left(sharing, position, "deductible"),
                drug_out_of_pocket_remaining=_drug_left(sharing, position, "out-of-pocket-maximum"),
            )
        )
    return tuple(sessions)


def _lines(
    worlds: Sequence[tuple[LineBounds, ...]], because: Sequence[dict[str, tuple[str, ...]]]
) -> tuple[LineAnswer, ...]:
    """The main world's lines; worlds with the same lines widen them, others stand in the forks."""
    main, *others = worlds
    components = [each.line.component for each in main] if others else []
    same = [lines for lines in others if [each.line.component for each in lines] == components]
    lines = (hull_lines(several) for several in zip(main, *same, strict=True))
    return tuple(_line(bounds, reasons) for bounds, reasons in zip(lines, because, strict=True))


def _line(bounds: LineBounds, because: dict[str, tuple[str, ...]]) -> LineAnswer:
    return LineAnswer(
        component=bounds.line.component,
        code=bounds.line.code,
        units=bounds.line.units,
        allowed=bounds.line.allowed,
        deductible=bounds.deductible,
        copay=bounds.copay,
        coinsurance=bounds.coinsurance,
        not_covered=bounds.not_covered,
        balance_bill=bounds.balance_bill,
        plan_pays=bounds.plan_pays,
        other_payers_pay=bounds.other_payers_pay,
        assistance=bounds.assistance,
        write_off=bounds.write_off,
        patient_pays=bounds.patient_pays,
        because=because,
    )


def _left(outcomes: Sequence[Outcome], position: int, kind: LimitKind) -> Range | None:
    return _known([outcome.visits[position].after.remaining(kind, outcome.pool) for outcome in outcomes])


def _drug_left(outcomes: Sequence[Outcome], position: int, kind: LimitKind) -> Range | None:
    """What is left of a limit that the drug benefit has for itself."""
    openings = [outcome.visits[position].after for outcome in outcomes]
    own = frozenset({PHARMACY})
    return _known(
        [
            each.remaining(kind, PHARMACY)
            for each in openings
            if any(account.kind == kind and account.governs == own for account in each.least.accounts)
        ]
    )


def _known(several: Sequence[Range]) -> Range | None:
    if not several or max(each.high_cents for each in several) >= ALMOST_UNLIMITED:
        return None
    return hull(several)


def _by_year(worlds: Sequence[Sequence[PlanYear]]) -> tuple[PlanYearTotal, ...]:
    """Plan years of the main world, and what the patient pays in them in any."""
    return tuple(
        PlanYearTotal(starts_on=year.starts_on, patient_pays=hull(_in_year(year.starts_on, years) for years in worlds))
        for year in worlds[0]
    )


def _in_year(start: date, years: Sequence[PlanYear]) -> Range:
    """What a world costs in the plan year that starts on a day; up to all that meet it where its own are others."""
    meeting = [each for each in years if share_days(each.starts_on, start)]
    whole = sum((each.patient_pays for each in meeting), ZERO)
    same = all(each.starts_on == start for each in meeting)
    return whole if same else Range(low_cents=0, high_cents=whole.high_cents)


def _pays(headline: Headline) -> ForkPays:
    return ForkPays(first_session=headline.first, typical_session=headline.typical, course=headline.course)


def _typical(estimate: Estimate, lang: Language, along: tuple[Milestone, ...]) -> Typical:
    """The course as it usually goes; where that is the main world, `along` it the same happens."""
    typical, headline = estimate.typical, estimate.headline
    told = (_assumption(lang, each.unknown.name, each.unknown.values) for each in estimate.worths)
    return Typical(
        first_session_cents=_middle(typical.first, headline.first),
        session_cents=_middle(typical.typical, headline.typical),
        course_cents=_middle(typical.course, headline.course),
        sessions=len(typical.slots),
        assumptions=tuple(assumption for assumption in told if assumption),
        milestones=along
        if typical is estimate.main and not estimate.case.any_count
        else milestones(typical, lang, len(typical.slots)),
    )


def _middle(scenario: Range, headline: Range) -> int:
    """The middle of what a scenario leaves open, within what holds in any.

    Some of it may lie outside: where a second payer then sets drug and visit apart, more is held than together.
    """
    middle_cents = (scenario.low_cents + scenario.high_cents) // 2
    return min(max(middle_cents, headline.low_cents), headline.high_cents)


def _unknown(estimate: Estimate, found: Worth, lang: Language) -> UnknownAnswer:
    unknown = found.unknown
    statutes = (Citation(title=each, url=None, confidence="high") for each in unknown.statutes)
    return UnknownAnswer(
        name=unknown.name,
        question=_question(estimate, unknown, lang),
        typical=_assumption(lang, unknown.name, unknown.values),
        origin=None if unknown.values is None else unknown.origin,
        citations=(*citations(estimate.case.catalogue, unknown.behind), *statutes),
        range=unknown.range,
        worth_cents=found.worth_cents,
    )


def _question(estimate: Estimate, unknown: Unknown, lang: Language) -> str:
    own = tell_catalogue.question(estimate.resolution, lang) if unknown.name == "payer" else None
    return own or say(lang, "ask", unknown.name, **(unknown.values or {}))


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
