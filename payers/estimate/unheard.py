"""Inputs that were told and that this case does not look at: better said than left out without a word."""

from collections.abc import Iterator
from typing import NamedTuple

from payers.catalogue.names import county_key
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.line import PHARMACY
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, PharmacyLimits
from payers.cost_share.programmes.tricare import grade_matters, referral_matters
from payers.estimate.case import LANE_LINES, NETWORK_LINES, OPEN_STATUSES, Case
from payers.estimate.evaluate import Outcome
from payers.estimate.plan_networks import rates_in_use
from payers.estimate.question import MedicareSecond, TricareForLife, TricareSecond

LIMITS = ("deductible", "out_of_pocket_max")
KINDS = ("default", "drug", "visit", "infusion", "pharmacy_drug")


class _Asked(NamedTuple):
    case: Case
    outcomes: list[Outcome]

    @property
    def shared(self) -> list[Outcome]:
        return [each for each in self.outcomes if not each.self_pay]

    @property
    def lines(self) -> set[LineOfBusiness]:
        return {each.world.decision.line_of_business for each in self.outcomes}

    def beside(self, *kinds: type) -> bool:
        """Whether the patient has another coverage of one of the kinds."""
        return any(isinstance(each, kinds) for each in self.case.question.other_coverage)


def unheard(case: Case, outcomes: list[Outcome]) -> Iterator[str]:
    """The JSON pointers of inputs without effect on any world of the answer.

    Of a session that the payer denies or does not cover the plan's terms are not looked at either; the answer says so
    elsewhere, and only what belongs to another payer is told here.
    """
    asked = _Asked(case, outcomes)
    yield from _of_payer(asked)
    yield from _of_programme(asked)
    yield from _of_plan(asked)
    yield from _of_treatment(asked)


def _of_payer(asked: _Asked) -> Iterator[str]:
    question, catalogue, payer = asked.case.question, asked.case.catalogue, asked.case.payer
    if question.authorization and not any(each.world.decision.status in OPEN_STATUSES for each in asked.outcomes):
        yield "/authorization"
    if question.network and (payer.programme == "tricare-for-life" or not NETWORK_LINES & asked.lines):
        yield "/network"
    lanes = {each.world.lane for each in asked.shared}
    told_elsewhere = asked.lines & (LANE_LINES | {"medicare", "medicare-advantage", "medicaid", "rae"})
    if question.lane and question.lane not in lanes and not told_elsewhere:
        yield "/lane"
    if question.plan:
        rates = (rate.plan for rate in catalogue.clinic.rates if rate.payer == payer.slug)
        known = question.plan in (*catalogue.plans(payer.slug), *rates)
        if not known and catalogue.rates.network(payer.slug, question.plan) is None:
            yield "/plan"
    if question.plan_network and not any(rates_in_use(asked.shared)):
        yield "/plan_network"
    if question.county:
        maps = [each for each in catalogue.release.regions if question.state in (None, each.state)]
        listed = {county_key(county) for each in maps for county in each.counties}
        if maps and county_key(question.county) not in listed:
            yield "/county"


def _of_programme(asked: _Asked) -> Iterator[str]:
    question, programme = asked.case.question, asked.case.payer.programme
    if who := question.tricare:
        if programme != "tricare" and not asked.beside(TricareSecond):
            yield "/tricare"
        else:
            if who.junior_enlisted is not None and not grade_matters(who.plan, who.category):
                yield "/tricare/junior_enlisted"
            if who.referral is not None and not referral_matters(who.plan, who.category):
                yield "/tricare/referral"
    if question.va and programme != "va-community-care":
        yield "/va"
    if told := question.medicare_assignment:
        outside = any(each.world.network == "out" for each in asked.shared)
        advantage = "medicare-advantage" in asked.lines and (told == "opted-out" or outside)
        original = "medicare" in asked.lines or programme == "tricare-for-life"
        if not (advantage or original or asked.beside(MedicareSecond, TricareForLife)):
            yield "/medicare_assignment"


def _of_plan(asked: _Asked) -> Iterator[str]:
    benefits = asked.case.question.benefits
    if benefits is None:
        return
    if asked.lines == {"self-pay"}:
        yield "/benefits"
    designs = [each.design for each in asked.shared if each.design]
    if designs and all(design.benefits is None for design in designs):
        yield from _beside_programme(asked, benefits)
    elif designs:
        yield from _within_plan(asked, benefits)


def _beside_programme(asked: _Asked, benefits: Benefits) -> Iterator[str]:
    """A programme sets its own terms: of the plan told only what is met of its limits counts, and a drug plan's own."""
    filled = any(each.world.lane == "pharmacy" for each in asked.shared)
    untold = Benefits()
    for name in Benefits.__struct_fields__:
        if getattr(benefits, name) == getattr(untold, name):
            continue
        if name in LIMITS:
            yield from _met(asked, name, getattr(benefits, name))
        elif name == "cost_shares":
            shares = benefits.cost_shares or CostShares()
            if any(getattr(shares, kind) and not (filled and kind == "pharmacy_drug") for kind in KINDS):
                yield "/benefits/cost_shares"
        elif name != "pharmacy" or not filled:
            yield f"/benefits/{name}"


def _met(asked: _Asked, name: str, limit: Limit) -> Iterator[str]:
    year = asked.case.today.year
    kind = "deductible" if name == "deductible" else "out-of-pocket-maximum"
    accounts = {
        account
        for each in asked.shared
        if each.design
        for account in each.design.opening(year, False).most.accounts
        if account.kind == kind and account.governs != frozenset({PHARMACY})
    }
    amount = limit.individual_cents is not None or limit.family_cents is not None or limit.none
    own = limit.individual_met_cents is not None and not accounts
    family = limit.family_met_cents is not None and all(account.member is not None for account in accounts)
    if amount or own or family:
        yield f"/benefits/{name}"


def _within_plan(asked: _Asked, benefits: Benefits) -> Iterator[str]:
    pharmacy = benefits.pharmacy or PharmacyLimits()
    for place, limit in (
        *((f"/benefits/{name}", getattr(benefits, name)) for name in LIMITS),
        *((f"/benefits/pharmacy/{name}", getattr(pharmacy, name)) for name in LIMITS),
    ):
        if limit and limit.family_met_cents is not None and limit.family_cents is None:
            yield f"{place}/family_met_cents"
    change = benefits.tier_change
    if change and all(change.on > each.slots[-1].on for each in asked.shared):
        yield "/benefits/tier_change"
    shares = benefits.cost_shares or CostShares()
    for kind in KINDS:
        share: CostShare | None = getattr(shares, kind)
        if share and share.copay_timing and share.copay_cents is None:
            yield f"/benefits/cost_shares/{kind}/copay_timing"
        if share and share.coinsurance_base and not (share.copay_cents and share.patient_share_bp):
            yield f"/benefits/cost_shares/{kind}/coinsurance_base"


def _of_treatment(asked: _Asked) -> Iterator[str]:
    if asked.case.question.dose_mg and not asked.case.treatment.doses_mg:
        yield "/dose_mg"
