"""From a published case to the product's own functions and back. Terms and names are mapped; nothing is computed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from re import search
from typing import Any, NamedTuple, TypeVar

from msgspec import structs

from payers.catalogue.load import load_release
from payers.catalogue.model import MedigapPlan
from payers.cost_share import (
    coordination,
    explanation,
    medicaid_secondary,
    medicare_secondary,
    medigap,
    part_b_year,
    part_d,
    tricare_secondary,
)
from payers.cost_share.accumulators import Credit, LimitKind, Posting, YearlyLimit, met_cents, opening
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Share, Terms, settled
from payers.cost_share.assistance import Card
from payers.cost_share.no_surprises import protected
from payers.cost_share.plan import CoinsuranceBase, CopayTiming, CostShare
from payers.cost_share.plan_year import Book, Claim, Event, Money, NewYear, run
from tests.conformance.case_format import Case, Service

Results = dict[str, Any]
T = TypeVar("T")

TIMING: Mapping[str, CopayTiming] = {
    "flat_no_deductible": "flat-no-deductible",
    "after_deductible": "after-deductible",
    "before_deductible": "before-deductible",
}
BASE: Mapping[str, CoinsuranceBase] = {"net_of_copay": "net-of-copay", "gross_of_copay": "gross-of-copay"}
METHOD: Mapping[str, coordination.Method] = {
    "standard": "standard",
    "benefit_bank": "standard",
    "non_duplication": "non-duplication",
    "carve_out": "carve-out",
    "maintenance_of_benefits": "maintenance-of-benefits",
}


class Missing(Exception):
    """A case of this model cannot be computed without a key that it does not tell."""


class Reading(NamedTuple):
    """One way to read a case, and the words of its notes that allow it."""

    name: str
    words: str
    change: Callable[[Case], Case]
    credits_own_money: bool = True


def readings(case: Case) -> Iterator[tuple[str, Results]]:
    """What the product computes on each reading of the case: one, unless the case itself leaves a choice."""
    if any(_timing_open(service) for service in case.services):
        for name in TIMING:
            yield f"copay {name}", compute(_each_service(case, lambda service, name=name: _timed(service, name)))
        return
    yield "as stated", compute(case)
    if case.status == "ambiguous":
        for reading in READINGS:
            if search(reading.words, case.notes):
                yield reading.name, compute(reading.change(case), credits_own_money=reading.credits_own_money)


def compute(case: Case, *, credits_own_money: bool = True) -> Results:
    """The product's results under the format's names. A section that the model does not read is refused."""
    adapt, sections = MODELS[case.model]
    told = {name for name in SECTIONS if getattr(case, name)}
    if unread := told - sections:
        raise Missing(f"the model {case.model} does not read {', '.join(sorted(unread))}")
    if case.model == "plan":
        return _plan(case, credits_own_money=credits_own_money)
    return adapt(case)


def _plan(case: Case, *, credits_own_money: bool = True) -> Results:
    book = _book(case)
    help_ = case.assistance
    if help_ is not None and help_.policy != "none":
        card = Card(
            policy=help_.policy,
            left_cents=_limit(help_.annual_max),
            fill_limit_cents=_limit(help_.max_per_fill),
            patient_floor_cents=help_.patient_min_per_fill,
            credits_own_money=credits_own_money,
        )
        book = book._replace(card=card)
    events: list[Event] = []
    for service in case.services:
        if service.plan_year_start:
            events.append(NewYear())
        events.append(_claim(case, service))
    return _told(case, run(book, events))


def _effective_limit(case: Case) -> Results:
    member = case.services[0].member if case.services else None
    deductible, maximum = _book(case).remaining_cents(member or "", "in")
    return {"deductible_remaining": _told_limit(deductible), "oop_remaining": _told_limit(maximum)}


def _no_surprises(case: Case) -> Results:
    nsa = need(case.nsa, "nsa")
    told = case.services[0] if case.services else Service()
    claim = _claim(case, structs.replace(told, allowed=nsa.recognized_amount))
    return _told(case, protected(_book(case), claim, nsa.out_of_network_rate))


def _deductible_carryover(case: Case) -> Results:
    carry = need(case.carryover, "carryover")
    parts = [(carry.earlier_deductible, date(2025, 3, 1)), (carry.fourth_quarter_deductible, date(2025, 11, 1))]
    book = _book(case)._replace(
        postings=tuple(Posting("", "in", Credit(deductible_cents=cents), on) for cents, on in parts)
    )
    book = run(book, [NewYear(carry_over_since=date(2025, 10, 1))])
    credit = met_cents(book.postings, "deductible")
    return {"carryover_credit": credit, "deductible_remaining": book.remaining_cents("", "in")[0]}


def _part_d(case: Case) -> Results:
    told = need(case.part_d, "part_d")
    terms = part_d.part_d_terms(_bp(told.coinsurance_pct))
    claims = [Claim(need(service.allowed, "services[].allowed"), terms, pool=part_d.POOL) for service in case.services]
    return _told(case, run(part_d.part_d(told.deductible, told.oop_threshold), claims))


def _cob(case: Case) -> Results:
    other = need(case.other_coverage, "other_coverage")
    method = METHOD[need(other.method, "other_coverage.method")]
    paid = need(other.primary_paid, "other_coverage.primary_paid")
    if method == "maintenance-of-benefits":
        normal = coordination.maintained_cents(
            need(other.secondary_allowed, "other_coverage.secondary_allowed"),
            paid,
            _bp(need(other.secondary_pays_pct, "other_coverage.secondary_pays_pct")),
            other.secondary_deductible,
        )
    else:
        normal = need(other.secondary_normal_benefit, "other_coverage.secondary_normal_benefit")
    done = coordination.coordinate(
        method,
        need(other.allowable_expense, "other_coverage.allowable_expense"),
        paid,
        normal,
        bank_cents=other.benefit_bank,
        balance_bill_cents=other.balance_bill_outside_cob,
    )
    return {
        "primary_pays": done.primary_pays_cents,
        "secondary_pays": done.secondary_pays_cents,
        "bank_draw": done.bank_draw_cents,
        "benefit_bank_end": done.bank_cents,
        "patient_pays": done.patient_pays_cents,
    }


def _medicare_part_b(case: Case) -> Results:
    medicare = need(case.medicare, "medicare")
    plan, left = None, UNLIMITED_CENTS
    if case.medigap is not None:
        plan = medigap_plan(case.medigap.plan)
        told = case.medigap.high_deductible if plan.high_deductible else case.medigap.oop_limit
        left = need(told, "medigap.high_deductible") if plan.high_deductible else _limit(told)
    lines, _ = part_b_year.run(
        [
            part_b_year.Service(
                approved_cents=need(service.approved, "services[].approved"),
                charge_cents=service.charge,
                accepts_assignment=service.accepts_assignment,
                visit="office" if service.office_visit else None,
                preventive=service.cost_share.preventive,
            )
            for service in case.services
        ],
        part_b_year.Beneficiary(medicare.part_b_deductible_remaining, plan, left, _bp(medicare.sequestration_pct)),
    )
    whole = part_b_year.together(lines)
    return {**_told_part_b(whole), "per_service": [_told_part_b(line) for line in lines]}


def _medigap_part_a(case: Case) -> Results:
    medicare, plan = need(case.medicare, "medicare"), need(case.medigap, "medigap").plan
    stay = medigap.supplement_part_a(
        medigap_plan(plan).letter,
        need(medicare.part_a_deductible, "medicare.part_a_deductible"),
        medicare.part_a_coinsurance,
    )
    return {"medigap_pays": stay.medigap_pays_cents, "patient_pays": stay.patient_pays_cents}


def _msp_fee_schedule(case: Case) -> Results:
    medicare, other = need(case.medicare, "medicare"), need(case.other_coverage, "other_coverage")
    return _told_secondary(
        medicare_secondary.fee_schedule(
            charge_cents=_charge(case),
            approved_cents=need(medicare.allowed, "medicare.allowed"),
            primary_allowed_cents=need(other.primary_allowed, "other_coverage.primary_allowed"),
            primary_paid_cents=need(other.primary_paid, "other_coverage.primary_paid"),
            deductible_remaining_cents=medicare.part_b_deductible_remaining,
            obligated_cents=other.otaf,
        )
    )


def _msp_institutional(case: Case) -> Results:
    medicare, other = need(case.medicare, "medicare"), need(case.other_coverage, "other_coverage")
    return _told_secondary(
        medicare_secondary.institutional(
            charge_cents=_charge(case),
            gross_cents=need(medicare.gross_payable, "medicare.gross_payable"),
            deductible_cents=need(medicare.deductible, "medicare.deductible"),
            coinsurance_cents=need(medicare.coinsurance, "medicare.coinsurance"),
            primary_paid_cents=need(other.primary_paid, "other_coverage.primary_paid"),
            obligated_cents=other.otaf,
        )
    )


def _qmb_lesser_of(case: Case) -> Results:
    medicare = need(case.medicare, "medicare")
    crossover = medicaid_secondary.lesser_of(
        cost_share_cents=need(medicare.cost_share, "medicare.cost_share"),
        medicare_paid_cents=need(medicare.medicare_paid, "medicare.medicare_paid"),
        medicaid_rate_cents=need(case.medicaid, "medicaid").medicaid_rate,
    )
    return {
        "medicaid_pays": crossover.medicaid_pays_cents,
        "provider_total": crossover.provider_total_cents,
        "patient_pays": crossover.patient_pays_cents,
    }


def _tricare_ohi(case: Case) -> Results:
    terms, other = need(case.tricare, "tricare"), need(case.other_coverage, "other_coverage")
    behind = tricare_secondary.behind_other(
        billed_cents=_charge(case),
        allowable_cents=terms.allowable,
        tricare_share_bp=_bp(terms.tricare_share_pct),
        other_paid_cents=need(other.ohi_paid, "other_coverage.ohi_paid"),
        participating=terms.participating,
        deductible_cents=terms.deductible,
    )
    return {
        "amount_without_ohi": behind.alone_cents,
        "unpaid_balance": behind.unpaid_cents,
        "tricare_pays": behind.tricare_pays_cents,
        "patient_pays": behind.patient_pays_cents,
    }


def _tricare_for_life(case: Case) -> Results:
    terms, other = need(case.tricare, "tricare"), need(case.other_coverage, "other_coverage")
    done = tricare_secondary.for_life(
        billed_cents=_charge(case),
        paid_before_cents=need(other.medicare_paid, "other_coverage.medicare_paid"),
        allowable_cents=terms.allowable,
        tricare_share_bp=_bp(terms.tricare_share_pct),
        deductible_cents=terms.deductible,
    )
    return {"tricare_pays": done.tricare_pays_cents, "patient_pays": done.patient_pays_cents}


def _eob_identity(case: Case) -> Results:
    return dict(explanation.totals(need(case.identity, "identity")))


SECTIONS = (
    "plan accumulators services assistance medicare medigap medicaid tricare other_coverage nsa carryover part_d identity"
).split()
MODELS: Mapping[str, tuple[Callable[[Case], Results], frozenset[str]]] = {
    "plan": (_plan, frozenset({"plan", "accumulators", "services", "assistance"})),
    "effective_limit": (_effective_limit, frozenset({"plan", "accumulators", "services"})),
    "no_surprises": (_no_surprises, frozenset({"plan", "accumulators", "services", "nsa"})),
    "deductible_carryover": (_deductible_carryover, frozenset({"plan", "carryover"})),
    "part_d": (_part_d, frozenset({"part_d", "services"})),
    "cob": (_cob, frozenset({"other_coverage"})),
    "medicare_part_b": (_medicare_part_b, frozenset({"medicare", "medigap", "services"})),
    "medigap_high_deductible": (_medicare_part_b, frozenset({"medicare", "medigap", "services"})),
    "medigap_part_a": (_medigap_part_a, frozenset({"medicare", "medigap"})),
    "msp_fee_schedule": (_msp_fee_schedule, frozenset({"medicare", "other_coverage", "services"})),
    "msp_institutional": (_msp_institutional, frozenset({"medicare", "other_coverage", "services"})),
    "qmb_lesser_of": (_qmb_lesser_of, frozenset({"medicare", "medicaid"})),
    "tricare_ohi": (_tricare_ohi, frozenset({"tricare", "other_coverage", "services"})),
    "tricare_for_life": (_tricare_for_life, frozenset({"tricare", "other_coverage", "services"})),
    # what an identity's source was about comes along as context
    "eob_identity": (_eob_identity, frozenset({"identity", "plan", "services", "assistance"})),
}


def _each_service(case: Case, change: Callable[[Service], Service]) -> Case:
    return structs.replace(case, services=tuple(change(service) for service in case.services))


def _timing_open(service: Service) -> bool:
    share = service.cost_share
    return share.copay is not None and share.copay_timing is None and share.deductible_applies


def _timed(service: Service, timing: str) -> Service:
    if not _timing_open(service):
        return service
    return structs.replace(service, cost_share=structs.replace(service.cost_share, copay_timing=timing))


def _other_base(service: Service) -> Service:
    other = {"net_of_copay": "gross_of_copay", "gross_of_copay": "net_of_copay"}[service.cost_share.coinsurance_base]
    return structs.replace(service, cost_share=structs.replace(service.cost_share, coinsurance_base=other))


def _other_credit(case: Case) -> Case:
    plan = need(case.plan, "plan")
    return structs.replace(
        case, plan=structs.replace(plan, copay_counts_to_deductible=not plan.copay_counts_to_deductible)
    )


def _other_visit(service: Service) -> Service:
    return structs.replace(service, office_visit=not service.office_visit)


READINGS = (
    Reading("the other coinsurance base", r"\bbase\b", lambda case: _each_service(case, _other_base)),
    Reading("copay and deductible the other way", r"copay .*deductible", _other_credit),
    Reading("a card's fill credits nothing", r"credit none", lambda case: case, credits_own_money=False),
    Reading("the visit code the other way", r"office-visit code", lambda case: _each_service(case, _other_visit)),
)


def _book(case: Case) -> Book:
    plan = need(case.plan, "plan")
    family = plan.coverage == "family"
    limits: list[YearlyLimit] = []
    own, whole = plan.deductible_individual, plan.deductible_family if family else None
    if own is not None or whole is not None:
        limits.append(YearlyLimit("deductible", own, whole, plan.deductible_family_type))
    limits.append(
        YearlyLimit(
            "out-of-pocket-maximum",
            plan.oop_max_individual,
            plan.oop_max_family if family else None,
            plan.oop_family_type,
            plan.self_only_max,
        )
    )
    if plan.coinsurance_max is not None:
        limits.append(YearlyLimit("coinsurance-maximum", plan.coinsurance_max))
    return Book(limits=tuple(limits), postings=_opening(case))


def _opening(case: Case) -> tuple[Posting, ...]:
    met = case.accumulators
    if met is None:
        return ()

    def credit(deductible: int, maximum: int) -> Credit:
        return Credit(deductible_cents=deductible, out_of_pocket_cents=maximum)

    members = {name: credit(own.deductible_met, own.oop_met) for name, own in met.members.items()}
    if met.deductible_met or met.oop_met:
        patient = case.services[0].member if case.services else None
        members.setdefault(patient or "", credit(met.deductible_met, met.oop_met))
    return opening(members, credit(met.family_deductible_met or 0, met.family_oop_met or 0))


def _claim(case: Case, service: Service) -> Claim:
    # the format tells one set of limits, so services of both networks are one pool
    return Claim(
        allowed_cents=need(service.allowed, "services[].allowed"),
        terms=_terms(case, service),
        charge_cents=service.charge,
        contracted=service.in_network,
        member=service.member or "",
    )


def _terms(case: Case, service: Service) -> Terms:
    plan, share = need(case.plan, "plan"), service.cost_share
    timing = None if share.copay_timing is None else TIMING[share.copay_timing]
    # a flat copay stands in place of the plan's coinsurance
    flat = share.copay is not None and (timing == "flat-no-deductible" or not share.deductible_applies)
    percent = share.coinsurance_pct if share.coinsurance_pct is not None else 0 if flat else plan.coinsurance_pct
    (terms,) = settled(
        CostShare(
            patient_share_bp=_bp(percent),
            copay_cents=share.copay,
            copay_timing=timing,
            coinsurance_base=BASE[share.coinsurance_base],
            deductible_applies=share.deductible_applies,
            coinsurance_min_cents=share.coinsurance_min,
            coinsurance_max_cents=share.coinsurance_max,
            covered=share.covered,
        )
    )
    return terms._replace(
        preventive=share.preventive,
        copay_credits_deductible=plan.copay_counts_to_deductible,
        copay_counts_to_maximum=plan.copay_counts_to_oop,
        copay_after_maximum=plan.copay_continues_after_oop,
        deductible_counts_to_maximum=plan.oop_includes_deductible,
    )


def _told(case: Case, book: Book) -> Results:
    total = book.total
    return {
        **_told_money(total),
        "cost_share_total": total.share.cost_share_cents,
        "deductible_total": total.share.deductible_cents,
        "copay_total": total.share.copay_cents,
        "coinsurance_total": total.share.coinsurance_cents,
        "assistance_remaining": _told_limit(book.card.left_cents) if book.card else None,
        "accumulators_end": _told_accumulators(case, book),
        "per_service": [
            {
                **_told_money(line.money),
                "label": service.label,
                "deductible_remaining": _told_limit(line.deductible_remaining_cents),
                "oop_remaining": _told_limit(line.out_of_pocket_remaining_cents),
            }
            for service, line in zip(case.services or (Service(),), book.lines, strict=True)
        ],
    }


def _told_money(money: Money) -> Results:
    share: Share = money.share
    return {
        "charge": money.charge_cents,
        "allowed": money.allowed_cents,
        "deductible": share.deductible_cents,
        "copay": share.copay_cents,
        "coinsurance": share.coinsurance_cents,
        "cost_share": share.cost_share_cents,
        "noncovered": share.not_covered_cents,
        "balance_bill": money.balance_bill_cents,
        "writeoff": money.write_off_cents,
        "patient_responsibility": money.patient_responsibility_cents,
        "assistance_paid": money.assistance_cents,
        "patient_pays": money.patient_pays_cents,
        "plan_pays": money.plan_pays_cents,
    }


def _told_accumulators(case: Case, book: Book) -> Results:
    kinds: Mapping[str, LimitKind] = {"deductible_met": "deductible", "oop_met": "out-of-pocket-maximum"}
    if case.plan is None or case.plan.coverage == "individual":
        return {name: met_cents(book.postings, kind) for name, kind in kinds.items()}
    return {
        **{f"family_{name}": met_cents(book.postings, kind) for name, kind in kinds.items()},
        "members": {
            posting.member: {name: met_cents(book.postings, kind, posting.member) for name, kind in kinds.items()}
            for posting in book.postings
        },
    }


def _told_part_b(line: part_b_year.Settled) -> Results:
    share = line.medicare.share
    return {
        "part_b_deductible": share.deductible_cents,
        "coinsurance": share.coinsurance_cents,
        "medicare_cost_share": share.cost_share_cents,
        "excess_charge": line.medicare.excess_cents,
        "sequestration": line.medicare.sequestration_cents,
        "medicare_pays": line.medicare.medicare_pays_cents,
        "medigap_pays": line.medigap_pays_cents,
        "patient_pays": line.patient_pays_cents,
    }


def _told_secondary(done: medicare_secondary.Secondary) -> Results:
    return {
        "legs": list(done.legs_cents),
        "medicare_pays": done.medicare_pays_cents,
        "patient_pays": done.patient_pays_cents,
        "combined_payment": done.combined_cents,
        "deductible_credit": done.deductible_credit_cents,
    }


@cache
def _medigap_plans() -> dict[str, MedigapPlan]:
    return {plan.letter: plan for plan in load_release().medigap_plans}


def medigap_plan(name: str) -> MedigapPlan:
    """The catalogue's plan; cases write HD-G for its G-HD."""
    return _medigap_plans()[f"{name.removeprefix('HD-')}-HD" if name.startswith("HD-") else name]


def _charge(case: Case) -> int:
    (service,) = case.services
    return need(service.charge, "services[].charge")


def need(value: T | None, name: str) -> T:
    """A key that this model cannot do without."""
    if value is None:
        raise Missing(f"{name} is needed")
    return value


def _bp(percent: float) -> int:
    return round(percent * 100)


def _limit(cents: int | None) -> int:
    return UNLIMITED_CENTS if cents is None else cents


def _told_limit(cents: int) -> int | None:
    return None if cents >= UNLIMITED_CENTS else cents
