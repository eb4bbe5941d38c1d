"""The plan: who it works with, its terms, its limits, and what of them is met."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from payers.catalogue.model import PlanDesign
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.adjudicate import base_is_open, settled, share_is_open
from payers.cost_share.credit import LimitKind
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, OutOfNetwork, PharmacyLimits
from payers.cost_share.programmes.medicare import PART_D_SHARE_BP, part_d_deductible
from payers.estimate.case import OPEN_STATUSES, Case
from payers.estimate.evaluate import Outcome
from payers.estimate.prices import FEE_LINES
from payers.estimate.question import Question
from payers.estimate.unknowns.about_order import about_order
from payers.estimate.unknowns.unknown import (
    Unknown,
    amount_open,
    in_benefits,
    in_shares,
    limit_range,
    limits_of,
    met_open,
    on_file,
    replaced,
    setting,
    up_to,
    usual_amount,
    usual_design,
    usual_met,
)
from payers.estimate.words import say

PLAN_LINES = frozenset({"commercial", "medicare-advantage", "behavioral-health-carveout", "employer-ancillary"})
"""Lines whose terms differ from plan to plan, so that they have to be told."""

DRUG_PLAN_LINES: frozenset[LineOfBusiness] = frozenset({"medicare", "medicare-advantage"})
"""Lines beside which a Medicare drug plan pays what a pharmacy fills."""

PLAN_TERMS = frozenset(
    {
        *("plan_year_start", "deductible", "out_of_pocket_max", "cost_shares", "copay_timing", "pharmacy_drug"),
        *("coinsurance_base",),
        *("pharmacy_limits", "coinsurance_max", "drug_plan", "out_of_network"),
        *("deductible_met", "out_of_pocket_met", "visits_used"),
    }
)
"""What a typical design stands in for where nobody told it: the plan's terms, and what is used up of them."""

PART_D_SHARE_LAW = "42 U.S.C. 1395w-102(b)(2)"
"""Where the standard drug benefit has its share from."""

KINDS: dict[str, LimitKind] = {"deductible": "deductible", "out_of_pocket_max": "out-of-pocket-maximum"}


def about_plan(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """Who pays first, in which lane and network, and the terms of the plan where no programme sets them."""
    question = case.question
    yield from about_order(question, outcomes)
    if question.alternative_benefits:
        yield Unknown("plan_reading", setting(alternative_benefits=()))
    decisions = {outcome.world.decision.line_of_business: outcome.world.decision for outcome in outcomes}
    if question.authorization in (None, "pending") and any(each.status in OPEN_STATUSES for each in decisions.values()):
        yield Unknown("authorization", setting(authorization="approved"))
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    if not shared:
        return
    if question.lane is None and len({outcome.world.lane for outcome in shared}) > 1:
        yield Unknown("lane", setting(lane="medical"))
    if question.network is None and len({outcome.world.network for outcome in shared}) > 1:
        yield Unknown("network", setting(network="in"))
    if question.place_of_service is None:
        hospital = setting(place_of_service="22") if FEE_LINES & decisions.keys() else None
        yield Unknown("place_of_service", setting(place_of_service="11"), otherwise=hospital)
    filled = {outcome.world.decision.line_of_business for outcome in shared if outcome.world.lane == "pharmacy"}
    if PLAN_LINES & decisions.keys():
        yield from _about_benefits(case, shared, pharmacy=bool(filled - DRUG_PLAN_LINES))
    elif "medicare" in decisions or case.payer.programme in ("tricare", "champva"):
        yield from _met(case, shared)
    if filled & DRUG_PLAN_LINES:
        yield from _about_drug_plan(case)


def _about_benefits(case: Case, shared: Sequence[Outcome], *, pharmacy: bool) -> Iterator[Unknown]:
    benefits, design = case.question.benefits or Benefits(), usual_design(case)
    label = {"design": design.label if case.question.lang == "en" else design.label_es}
    if benefits.plan_year_start is None:
        yield Unknown("plan_year_start", in_benefits(plan_year_start="01-01"))
    for name, cents in _usual_cents(design).items():
        limit: Limit = getattr(benefits, name) or Limit()
        if amount_open(limit) and (several := limits_of(shared, KINDS[name])):
            values = {"amount": usual_amount(limit, cents).individual_cents or 0, **label}
            answered = _in_limit(name, partial(usual_amount, cents=cents))
            yield on_file(Unknown(name, answered, values, range=limit_range(several)), design)
    yield from _met(case, shared)
    if benefits.out_of_network is None or any(outcome.world.network != "out" for outcome in shared):
        yield from _about_shares(benefits.cost_shares or CostShares(), design, label, pharmacy=pharmacy)
    if pharmacy and benefits.pharmacy and any(_is_open(each) for each in _told(benefits.pharmacy)):
        yield Unknown("pharmacy_limits", _usual_pharmacy(design))
    if benefits.coinsurance_max and _is_open(benefits.coinsurance_max):
        usual = usual_met(usual_amount(benefits.coinsurance_max, design.out_of_pocket_max_cents))
        yield Unknown("coinsurance_max", in_benefits(coinsurance_max=usual))
    if benefits.visit_limit and benefits.visit_limit.used is None:
        yield Unknown("visits_used", in_benefits(visit_limit=replaced(benefits.visit_limit, used=0)))
    if _outside_open(case.question) and any(outcome.world.network == "out" for outcome in shared):
        yield Unknown("out_of_network", _usual_outside(design))


def _about_shares(
    shares: CostShares, design: PlanDesign, label: Mapping[str, str], *, pharmacy: bool
) -> Iterator[Unknown]:
    percent = {"percent": design.patient_share_bp, **label}
    usual = _usual_shares(_medical(shares), design.patient_share_bp)
    if any(share.copay_cents is None for share in usual.values()):
        yield on_file(Unknown("cost_shares", in_shares(**usual), percent), design)
    elif usual:
        yield Unknown("copay_timing", in_shares(**usual))
    if _of_the_rest(shares) != shares:
        yield Unknown("coinsurance_base", _usual_base)
    if pharmacy:
        drug = _about_pharmacy_drug(shares, design.patient_share_bp, percent)
        yield from (on_file(each, design) if each.values else each for each in drug)


def _about_pharmacy_drug(shares: CostShares, share_bp: int, percent: Mapping[str, int | str]) -> Iterator[Unknown]:
    """The terms of a drug from the pharmacy; where only a copay's place is open, the usual share is no answer to it."""
    told = shares.pharmacy_drug or CostShare()
    usual = _usual_shares({"pharmacy_drug": told}, share_bp)
    if usual:
        yield Unknown("pharmacy_drug", in_shares(**usual), percent if told.copay_cents is None else None)


def _medical(shares: CostShares) -> dict[str, CostShare | None]:
    """The terms of each kind of medical service; only the default may be left untold."""
    default = shares.default or CostShare()
    return {"default": default, "drug": shares.drug, "visit": shares.visit, "infusion": shares.infusion}


def _usual_shares(told: Mapping[str, CostShare | None], share_bp: int) -> dict[str, CostShare]:
    """The shares that are open and copays of unknown place, answered: a share, a copay without the deductible."""
    return {
        name: replaced(share, patient_share_bp=share_bp)
        if share.copay_cents is None
        else replaced(share, copay_timing="flat-no-deductible")
        for name, share in told.items()
        if share is not None and len({terms.copay_timing for terms in settled(share)}) + share_is_open(share) > 1
    }


def _of_the_rest(shares: CostShares) -> CostShares:
    """Coinsurance of what the copay leaves, wherever nobody told."""
    several = {name: getattr(shares, name) for name in CostShares.__struct_fields__}
    usual = {
        name: replaced(share, coinsurance_base="net-of-copay")
        for name, share in several.items()
        if share is not None and base_is_open(share)
    }
    return replaced(shares, **usual)


def _usual_base(asked: Question) -> Question:
    shares = (asked.benefits or Benefits()).cost_shares or CostShares()
    return in_benefits(cost_shares=_of_the_rest(shares))(asked)


def _about_drug_plan(case: Case) -> Iterator[Unknown]:
    """A Medicare drug plan's own share, its deductible, and what is met of its limits."""
    benefits, lang = case.question.benefits or Benefits(), case.question.lang
    shares, limits = benefits.cost_shares or CostShares(), benefits.pharmacy or PharmacyLimits()
    percent = {"percent": PART_D_SHARE_BP, "design": say(lang, "text", "part-d")}
    for drug in _about_pharmacy_drug(shares, PART_D_SHARE_BP, percent):
        yield drug._replace(origin="law", statutes=(PART_D_SHARE_LAW,)) if drug.values else drug
    deductible, maximum = limits.deductible or Limit(), limits.out_of_pocket_max or Limit()
    if None in (deductible.individual_cents, deductible.individual_met_cents, maximum.individual_met_cents):
        standard = part_d_deductible(case.catalogue, case.start_on.year)
        usual_limits = PharmacyLimits(
            deductible=usual_met(usual_amount(deductible, standard.amount.high_cents if standard else 0)),
            out_of_pocket_max=usual_met(maximum),
        )
        unknown = Unknown("drug_plan", in_benefits(pharmacy=usual_limits))
        yield on_file(unknown, *standard.parameters) if standard else unknown


def _met(case: Case, shared: Sequence[Outcome]) -> Iterator[Unknown]:
    """What was credited to the limits that there are: the patient's own, and the family's where there is one."""
    benefits = case.question.benefits or Benefits()
    for name, asked in (("deductible", "deductible_met"), ("out_of_pocket_max", "out_of_pocket_met")):
        limit: Limit = getattr(benefits, name) or Limit()
        if met_open(limit) and (several := limits_of(shared, KINDS[name])):
            yield Unknown(asked, _in_limit(name, usual_met), range=up_to(limit_range(several)))


def usual_benefits(told: Benefits, design: PlanDesign, *, pharmacy: bool) -> Benefits:
    """The whole plan: what nobody told of it as in the typical design, with nothing met."""
    shares = told.cost_shares or CostShares()
    kinds = _medical(shares)
    if pharmacy:
        kinds["pharmacy_drug"] = shares.pharmacy_drug or CostShare()
    limits = {
        name: usual_met(usual_amount(getattr(told, name) or Limit(), cents))
        for name, cents in _usual_cents(design).items()
    }
    return replaced(
        told,
        plan_year_start=told.plan_year_start or "01-01",
        cost_shares=_of_the_rest(replaced(shares, **_usual_shares(kinds, design.patient_share_bp))),
        **limits,
    )


def _usual_cents(design: PlanDesign) -> dict[str, int]:
    return {"deductible": design.deductible_cents, "out_of_pocket_max": design.out_of_pocket_max_cents}


def _usual_pharmacy(design: PlanDesign) -> Callable[[Question], Question]:
    """The drug benefit's own limits as high as the medical ones, with nothing met."""

    def answered(asked: Question) -> Question:
        benefits = asked.benefits or Benefits()
        told = benefits.pharmacy or PharmacyLimits()
        usual = {
            name: usual_met(usual_amount(limit, _inside_cents(benefits, name, cents)))
            for name, cents in _usual_cents(design).items()
            if (limit := getattr(told, name)) is not None
        }
        return in_benefits(pharmacy=replaced(told, **usual))(asked)

    return answered


def _usual_outside(design: PlanDesign) -> Callable[[Question], Question]:
    """Terms and limits outside the network like those inside it, with nothing met: no source says what is usual."""

    def answered(asked: Question) -> Question:
        benefits = asked.benefits or Benefits()
        told = benefits.out_of_network or OutOfNetwork()
        inside = benefits.cost_shares or CostShares(default=CostShare(patient_share_bp=design.patient_share_bp))
        limits = {
            name: usual_met(usual_amount(getattr(told, name) or Limit(), _inside_cents(benefits, name, cents)))
            for name, cents in _usual_cents(design).items()
        }
        usual = replaced(told, cost_shares=told.cost_shares or inside, **limits)
        return in_benefits(out_of_network=usual)(asked)

    return answered


def _outside_open(question: Question) -> bool:
    """Whether something about the plan outside its network is open that other terms of the plan do not hold."""
    benefits = question.benefits
    if benefits is None:
        return False
    outside = benefits.out_of_network
    if outside is None:
        return question.network is None
    limits = outside.deductible or Limit(), outside.out_of_pocket_max or Limit()
    return outside.cost_shares is None or any(_is_open(limit) for limit in limits)


def _inside_cents(benefits: Benefits, name: str, usual_cents: int) -> int:
    """The patient's own limit inside the network, or the usual one."""
    limit: Limit = getattr(benefits, name) or Limit()
    return usual_cents if limit.individual_cents is None else limit.individual_cents


def _told(limits: PharmacyLimits) -> list[Limit]:
    return [limit for limit in (limits.deductible, limits.out_of_pocket_max) if limit]


def _is_open(limit: Limit) -> bool:
    return amount_open(limit) or met_open(limit)


def _in_limit(name: str, usual: Callable[[Limit], Limit]) -> Callable[[Question], Question]:
    def answered(asked: Question) -> Question:
        return in_benefits(**{name: usual(getattr(asked.benefits or Benefits(), name) or Limit())})(asked)

    return answered
