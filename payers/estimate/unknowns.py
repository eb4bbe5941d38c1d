"""What nobody told: each open input, what it would typically be, and what its answer is worth."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import msgspec

from payers.catalogue.identity import Resolution
from payers.catalogue.model import PlanDesign
from payers.catalogue.vocabulary import GOVERNMENT_LINES, LineOfBusiness
from payers.cost_share.adjudicate import settled
from payers.cost_share.money import Range, hull
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, PharmacyLimits
from payers.cost_share.programmes.medicare import PART_D_SHARE_BP, part_d_deductible
from payers.cost_share.programmes.tricare import grade_matters, referral_matters
from payers.estimate.case import NETWORK_LINES, OPEN_STATUSES, Case
from payers.estimate.course import spacing_is_open
from payers.estimate.course_services import course_services
from payers.estimate.designs import counts_mental_health_visits, medicaid_copay, owes_nothing_to_va
from payers.estimate.evaluate import Outcome, evaluate
from payers.estimate.prices import FEE_LINES
from payers.estimate.question import PriceInput, Prices, Question, SessionsCourse, TricareBeneficiary, Veteran
from payers.estimate.roles import roles
from payers.estimate.words import say

FEW = 6
"""As many open inputs as leave the range narrow enough for one answer to take something off it."""

PLAN_LINES = frozenset({"commercial", "medicare-advantage", "behavioral-health-carveout", "employer-ancillary"})
"""Lines whose terms differ from plan to plan, so that they have to be told."""

DRUG_PLAN_LINES: frozenset[LineOfBusiness] = frozenset({"medicare", "medicare-advantage"})
"""Lines beside which a Medicare drug plan pays what a pharmacy fills."""

Told = TypeVar("Told", bound=msgspec.Struct)


class Unknown(NamedTuple):
    """An open input. `typical` answers it; `values` are what the teller prints of that answer, if there is one."""

    name: str
    typical: Callable[[Question], Question]
    values: Mapping[str, int | str] | None = MappingProxyType({})
    otherwise: Callable[[Question], Question] | None = None
    """For an input that is assumed, not widened: another answer, whose difference is what it is worth."""


class Worth(NamedTuple):
    """An unknown and by how much its answer narrows the course's range, in cents."""

    unknown: Unknown
    worth_cents: int


def find(case: Case, outcomes: list[Outcome]) -> list[Unknown]:
    """The inputs that are absent and that this case looks at, in the order of a phone call."""
    return [
        *_about_patient(case, outcomes),
        *_about_course(case),
        *_about_plan(case, outcomes),
        *_about_prices(case, outcomes),
    ]


def which_payer(resolution: Resolution) -> list[Unknown]:
    """The question that a name leaves open although every payer it may mean answers alike."""
    return [Unknown("payer", _nothing, None)] if resolution.question and not resolution.payer else []


def worth(case: Case, unknowns: list[Unknown], course: Range) -> list[Worth]:
    """What each is worth, the most valuable first: the width of the course's range when it alone is open.

    Measured with every other input at its typical value, because beside all the others most inputs would seem worth
    nothing: any of them is enough to keep the range wide. An input that matters only together with another (the
    lane and the pharmacy's terms) is worth what its answer takes off the range as it stands; that is asked only while
    few are open, since beside many it takes nothing off.
    """
    answerable = [unknown for unknown in unknowns if unknown.typical is not _nothing]
    found = [Worth(unknown, 0) for unknown in unknowns if unknown not in answerable]
    usual = _course(case, all_typical(case.question, answerable)) if answerable else course
    for unknown in answerable:
        others = [other for other in answerable if other is not unknown]
        alone = _course(case, all_typical(case.question, others))
        if unknown.otherwise is not None:
            alone = hull((alone, _course(case, unknown.otherwise(all_typical(case.question, others)))))
        worth_cents = max(0, alone.width_cents - usual.width_cents)
        if worth_cents == 0 and len(answerable) <= FEW:
            answered = _course(case, unknown.typical(case.question))
            worth_cents = max(0, course.width_cents - answered.width_cents)
        found.append(Worth(unknown, worth_cents))
    return sorted(found, key=lambda each: -each.worth_cents)


def all_typical(question: Question, unknowns: list[Unknown]) -> Question:
    """The question with these open inputs answered by their typical values."""
    for unknown in unknowns:
        question = unknown.typical(question)
    return question


def _course(case: Case, question: Question) -> Range:
    return hull(outcome.course for outcome in evaluate(case._replace(question=question), bounded=1))


def _about_patient(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    question = case.question
    plans = any(not outcome.self_pay for outcome in outcomes)
    if question.state is None and "self-pay" not in case.payer.kinds:
        yield Unknown("state", _nothing, None)
    if question.county is None and case.payer.programme == "co-medicaid":
        yield Unknown("county", _nothing, None)
    if question.line_of_business is None and "self-pay" not in case.payer.kinds:
        yield Unknown("line_of_business", _set(line_of_business=case.payer.lines_of_business[0]))
    if question.plan is None and any(
        rule.plan for rule in case.catalogue.release.rules if rule.payer == case.payer.slug
    ):
        yield Unknown("plan", _nothing, None)
    if question.indication is None and "self-pay" not in case.payer.kinds:
        use = _set(indication=case.indications[0])
        yield Unknown("indication", use, otherwise=_set(indication="chronic-pain"))
    if plans:
        yield from _about_programme(case, {outcome.world.decision.line_of_business for outcome in outcomes})


def _about_programme(case: Case, lines: set[LineOfBusiness]) -> Iterator[Unknown]:
    """What a public programme's terms turn on."""
    question = case.question
    if "medicare" in lines and question.medicare_assignment is None:
        beyond = _set(medicare_assignment="not-accepted")
        yield Unknown("medicare_assignment", _set(medicare_assignment="accepted"), otherwise=beyond)
    if lines & {"medicaid", "rae"} and medicaid_copay(case) is None and not _default_share(case):
        yield Unknown("medicaid_copay", _nothing, None)
    match case.payer.programme:
        case "tricare":
            yield from _about_tricare(question)
        case "va-community-care":
            veteran = question.va or Veteran()
            exempt = owes_nothing_to_va(veteran)
            visits_open = counts_mental_health_visits(case) and veteran.mental_health_visits_used is None
            if exempt is None or (visits_open and not exempt):
                yield Unknown("va", _set(va=_usual_veteran(veteran)))
        case _:
            pass


def _about_tricare(question: Question) -> Iterator[Unknown]:
    """The parts of the usual beneficiary stand in only where nobody told another."""
    who = question.tricare or TricareBeneficiary()
    grade_open = who.junior_enlisted is None and grade_matters(who.plan, who.category)
    if who.category != "active-duty" and (None in (who.plan, who.group, who.category) or grade_open):
        usual = _with(
            who,
            plan=who.plan or "select",
            group=who.group or "b",
            category=who.category or "active-duty-family",
            junior_enlisted=bool(who.junior_enlisted),
        )
        names = {
            "plan": str(usual.plan).title(),
            "group": str(usual.group).upper(),
            "category": say(question.lang, "tricare", str(usual.category)),
        }
        yield Unknown("tricare", _set(tricare=usual), names)
    if who.referral is None and referral_matters(who.plan, who.category):
        yield Unknown("referral", _in_tricare(referral=True))


def _usual_veteran(told: Veteran) -> Veteran:
    """One who owes copays and has had no mental-health visit this year."""
    return _with(
        told,
        priority_group=told.priority_group or 8,
        service_connected_treatment=bool(told.service_connected_treatment),
        mental_health_visits_used=told.mental_health_visits_used or 0,
    )


def _default_share(case: Case) -> CostShare | None:
    shares = (case.question.benefits or Benefits()).cost_shares
    return shares and shares.default


def _about_course(case: Case) -> Iterator[Unknown]:
    question, treatment = case.question, case.treatment
    if question.dose_mg is None and treatment.doses_mg:
        yield Unknown("dose_mg", _set(dose_mg=treatment.doses_mg[-1]))
    if not case.start_known:
        yield Unknown("start_on", _set(start_on=case.today))
    if question.course is None:
        count = treatment.typical_sessions
        yield Unknown("course", _set(course=SessionsCourse(count=count)), {"count": count})
    elif spacing_is_open(treatment, question.indication, question.course):
        days = max(phase.repeat_days_max or 0 for phase in treatment.phases)
        course = msgspec.structs.replace(question.course, maintenance_every_days=days)
        yield Unknown("maintenance_every_days", _set(course=course), {"days": days})


def _about_plan(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    question = case.question
    orders = [roles(question, outcome.world.decision) for outcome in outcomes]
    if any(order and order.asked_first is None and order.missing for order in orders):
        yield Unknown("order_of_benefits", _nothing, None)
    decisions = {outcome.world.decision.line_of_business: outcome.world.decision for outcome in outcomes}
    if question.authorization in (None, "pending") and any(each.status in OPEN_STATUSES for each in decisions.values()):
        yield Unknown("authorization", _set(authorization="approved"))
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    if not shared:
        return
    lanes = {outcome.world.lane for outcome in shared}
    if question.lane is None and len(lanes) > 1:
        yield Unknown("lane", _set(lane="medical"))
    if question.network is None and NETWORK_LINES & decisions.keys():
        yield Unknown("network", _set(network="in"))
    if question.place_of_service is None:
        hospital = _set(place_of_service="22") if FEE_LINES & decisions.keys() else None
        yield Unknown("place_of_service", _set(place_of_service="11"), otherwise=hospital)
    filled = {outcome.world.decision.line_of_business for outcome in shared if outcome.world.lane == "pharmacy"}
    if PLAN_LINES & decisions.keys():
        yield from _about_benefits(case, bool(filled - DRUG_PLAN_LINES))
    elif "medicare" in decisions or case.payer.programme in ("tricare", "champva"):
        yield from _met(case, ("deductible", "out_of_pocket_max")[: 1 if "medicare" in decisions else 2])
    if filled & DRUG_PLAN_LINES:
        yield from _about_drug_plan(case)


def _about_benefits(case: Case, pharmacy: bool) -> Iterator[Unknown]:
    benefits = case.question.benefits or Benefits()
    shares = benefits.cost_shares or CostShares()
    design = _design(case)
    label = {"design": design.label if case.question.lang == "en" else design.label_es}
    if benefits.plan_year_start is None:
        yield Unknown("plan_year_start", _in_benefits(plan_year_start="01-01"))
    for name, cents in (
        ("deductible", design.deductible_cents),
        ("out_of_pocket_max", design.out_of_pocket_max_cents),
    ):
        limit: Limit = getattr(benefits, name) or Limit()
        if limit.individual_cents is None and not _aggregate(limit):
            usual_cents = max(cents, limit.individual_met_cents or 0)
            if limit.family_cents is not None:
                usual_cents = min(usual_cents, limit.family_cents)
            yield Unknown(name, _in_limit(name, individual_cents=usual_cents), {"amount": usual_cents, **label})
    yield from _met(case, ("deductible", "out_of_pocket_max"))
    percent = {"percent": design.patient_share_bp, **label}
    usual = CostShare(patient_share_bp=design.patient_share_bp)
    kinds = [shares.default, shares.drug, shares.visit, shares.infusion]
    if shares.default is None or any(_share_is_open(kind) for kind in kinds if kind):
        yield Unknown("cost_shares", _in_shares(default=usual, drug=None, visit=None, infusion=None), percent)
    elif any(len(settled(kind)) > 1 for kind in kinds if kind):
        flat = {
            name: msgspec.structs.replace(kind, copay_timing="flat-no-deductible")
            for name in ("default", "drug", "visit", "infusion")
            if (kind := getattr(shares, name)) is not None and len(settled(kind)) > 1
        }
        yield Unknown("copay_timing", _in_shares(**flat))
    if pharmacy and (shares.pharmacy_drug is None or len(settled(shares.pharmacy_drug)) > 1):
        yield Unknown("pharmacy_drug", _in_shares(pharmacy_drug=usual), percent)


def _about_drug_plan(case: Case) -> Iterator[Unknown]:
    """A Medicare drug plan's own share, its deductible, and what is met of its limits."""
    benefits, lang = case.question.benefits or Benefits(), case.question.lang
    shares, limits = benefits.cost_shares or CostShares(), benefits.pharmacy or PharmacyLimits()
    if shares.pharmacy_drug is None or len(settled(shares.pharmacy_drug)) > 1:
        values = {"percent": PART_D_SHARE_BP, "design": say(lang, "text", "part-d")}
        yield Unknown("pharmacy_drug", _in_shares(pharmacy_drug=CostShare(patient_share_bp=PART_D_SHARE_BP)), values)
    deductible, maximum = limits.deductible or Limit(), limits.out_of_pocket_max or Limit()
    if None in (deductible.individual_cents, deductible.individual_met_cents, maximum.individual_met_cents):
        own_cents, met_cents = deductible.individual_cents, deductible.individual_met_cents or 0
        if own_cents is None:
            standard = part_d_deductible(case.catalogue, case.start_on.year)
            own_cents = max(met_cents, standard.amount.high_cents if standard else 0)
        usual = PharmacyLimits(
            deductible=_with(deductible, individual_cents=own_cents, individual_met_cents=met_cents),
            out_of_pocket_max=_with(maximum, individual_met_cents=maximum.individual_met_cents or 0),
        )
        yield Unknown("drug_plan", _in_benefits(pharmacy=usual))


def _share_is_open(cost_share: CostShare) -> bool:
    return cost_share.covered and cost_share.patient_share_bp is None and cost_share.copay_cents is None


def _met(case: Case, names: tuple[str, ...]) -> Iterator[Unknown]:
    """What was credited to the limits: the patient's own, and the family's where there is one."""
    benefits = case.question.benefits or Benefits()
    for name in names:
        limit: Limit = getattr(benefits, name) or Limit()
        family = limit.family_cents is not None
        own_open = limit.individual_met_cents is None and not _aggregate(limit)
        if own_open or (family and limit.family_met_cents is None):
            own_cents = limit.individual_met_cents or 0
            usual = {"individual_met_cents": own_cents}
            if family:
                usual["family_met_cents"] = own_cents if limit.family_met_cents is None else limit.family_met_cents
            yield Unknown("deductible_met" if name == "deductible" else "out_of_pocket_met", _in_limit(name, **usual))


def _aggregate(limit: Limit) -> bool:
    return limit.family_rule == "aggregate" and limit.family_cents is not None


def _about_prices(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    prices = case.question.prices or Prices()
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    if shared and prices.allowed_per_session is None:
        price = shared[0].price
        if price.basis == "medicare-fee":
            yield Unknown("allowed_per_session", _nothing, None)
        else:
            yield _price("allowed_per_session", price.amount, price.typical_cents)
    visit = next((allowed for outcome in shared if (allowed := _visit_apart(outcome))), None)
    if visit and prices.visit_allowed_per_session is None:
        yield _price("visit_allowed_per_session", visit, None)
    yield from _about_services(case, outcomes)
    if prices.cash_per_session is None:
        yield from _about_price_list(case, outcomes)
        alone = next((outcome.price for outcome in outcomes if outcome.self_pay), None)
        if alone:
            if alone.basis != "site-price":
                yield _price("cash_per_session", alone.amount, alone.typical_cents)
        elif asked := next((charge for outcome in shared if (charge := _charge(outcome))), None):
            yield _price("cash_per_session", asked, None)
        else:
            yield Unknown("cash_per_session", _nothing, None)


def _about_services(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """What a plan allows for the services named, and so whether it covers them; a government's programme says so."""
    lines = {outcome.world.decision.line_of_business for outcome in outcomes}
    if case.question.services is None or lines <= GOVERNMENT_LINES:
        return
    told = (case.question.prices or Prices()).allowed_per_service
    middle = {
        service.kind: (service.price.low_cents + service.price.high_cents) // 2
        for service in course_services(case, outcomes[0].world.decision)
        if service.price and not service.alone and service.kind not in told
    }

    def answered(asked: Question) -> Question:
        prices = asked.prices or Prices()
        usual = {kind: PriceInput(low_cents=cents, high_cents=cents) for kind, cents in middle.items()}
        return _with(asked, prices=_with(prices, allowed_per_service=usual | prices.allowed_per_service))

    if middle:
        yield Unknown("allowed_per_service", answered)


def _about_price_list(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """Where, and how long, in worlds in which the clinic's own price matters and depends on it."""
    if not any(outcome.self_pay or outcome.world.network == "out" for outcome in outcomes):
        return
    question, clinic = case.question, case.catalogue.clinic
    if question.site is None and (sites := clinic.sites()):
        yield Unknown("site", _set(site=sites[0]), {"site": sites[0]})
    lengths = sorted({row.minutes for row in clinic.prices if row.treatment == question.treatment and row.minutes})
    if question.session_minutes is None and lengths:
        yield Unknown("session_minutes", _set(session_minutes=lengths[0]), {"minutes": lengths[0]})


def _visit_apart(outcome: Outcome) -> Range | None:
    """What the plan allows for the visit, in a world in which drug and visit stand on lines of their own."""
    allowed = {bounds.line.component: bounds.line.allowed for bounds in outcome.visits[0].lines}
    return (
        next((amount for component, amount in allowed.items() if component != "drug"), None)
        if "drug" in allowed
        else None
    )


def _charge(outcome: Outcome) -> Range | None:
    """What the clinic asks for a session, in a world in which that matters beside what the plan allows."""
    world = outcome.world
    if world.lane != "medical" or world.decision.line_of_business in FEE_LINES - PLAN_LINES:
        return None
    charges = [bounds.line.charge for bounds in outcome.visits[0].lines if bounds.line.charge]
    return sum(charges[1:], charges[0]) if charges else None


def _price(name: str, amount: Range, typical_cents: int | None) -> Unknown:
    cents = typical_cents or (amount.low_cents + amount.high_cents) // 2

    def answered(asked: Question) -> Question:
        told = PriceInput(low_cents=cents, high_cents=cents)
        return _with(asked, prices=_with(asked.prices or Prices(), **{name: told}))

    return Unknown(name, answered, {"amount": cents})


def _design(case: Case) -> PlanDesign:
    usual = [design for design in case.catalogue.release.plan_designs if design.stands_for_line]
    line = case.decisions()[0].line_of_business
    return next((design for design in usual if design.line_of_business == line), usual[0])


def _nothing(asked: Question) -> Question:
    """Has no typical answer: the estimate goes on without it."""
    return asked


def _set(**told: Any) -> Callable[[Question], Question]:
    return lambda asked: _with(asked, **told)


def _in_benefits(**told: Any) -> Callable[[Question], Question]:
    return lambda asked: _with(asked, benefits=_with(asked.benefits or Benefits(), **told))


def _in_tricare(**told: Any) -> Callable[[Question], Question]:
    return lambda asked: _with(asked, tricare=_with(asked.tricare or TricareBeneficiary(), **told))


def _in_limit(name: str, **told: Any) -> Callable[[Question], Question]:
    def answered(asked: Question) -> Question:
        limit: Limit = getattr(asked.benefits or Benefits(), name) or Limit()
        return _in_benefits(**{name: _with(limit, **told)})(asked)

    return answered


def _in_shares(**told: Any) -> Callable[[Question], Question]:
    def answered(asked: Question) -> Question:
        shares = (asked.benefits or Benefits()).cost_shares or CostShares()
        return _in_benefits(cost_shares=_with(shares, **told))(asked)

    return answered


def _with(struct: Told, **told: Any) -> Told:
    return msgspec.structs.replace(struct, **told)
