"""Cases that are a plan year of claims, in the product's terms and back."""

from collections.abc import Mapping
from datetime import date

from msgspec import structs

from payers.cost_share import part_d
from payers.cost_share.accumulators import Posting, YearlyLimit, met_cents, opening
from payers.cost_share.credit import Credit, LimitKind
from payers.cost_share.adjudicate import Share, Terms, settled
from payers.cost_share.assistance import Card
from payers.cost_share.no_surprises import protected
from payers.cost_share.plan import CoinsuranceBase, CopayTiming, CostShare
from payers.cost_share.plan_year import Book, Claim, Event, Money, NewYear, run
from tests.conformance.case_format import Case, Service
from tests.conformance.words import Results, basis_points, limit, need, told_limit

TIMING: Mapping[str, CopayTiming] = {
    "flat_no_deductible": "flat-no-deductible",
    "after_deductible": "after-deductible",
    "before_deductible": "before-deductible",
}
BASE: Mapping[str, CoinsuranceBase] = {"net_of_copay": "net-of-copay", "gross_of_copay": "gross-of-copay"}


def plan_case(case: Case, *, credits_own_money: bool = True) -> Results:
    book = _book(case)
    help_ = case.assistance
    if help_ is not None and help_.policy != "none":
        card = Card(
            policy=help_.policy,
            left_cents=limit(help_.annual_max),
            fill_limit_cents=limit(help_.max_per_fill),
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


def effective_limit_case(case: Case) -> Results:
    member = case.services[0].member if case.services else None
    deductible, maximum = _book(case).remaining_cents(member or "", "in")
    return {"deductible_remaining": told_limit(deductible), "oop_remaining": told_limit(maximum)}


def no_surprises_case(case: Case) -> Results:
    nsa = need(case.nsa, "nsa")
    told = case.services[0] if case.services else Service()
    claim = _claim(case, structs.replace(told, allowed=nsa.recognized_amount))
    return _told(case, protected(_book(case), claim, nsa.out_of_network_rate))


def deductible_carryover_case(case: Case) -> Results:
    carry = need(case.carryover, "carryover")
    parts = [(carry.earlier_deductible, date(2025, 3, 1)), (carry.fourth_quarter_deductible, date(2025, 11, 1))]
    book = _book(case)._replace(
        postings=tuple(Posting("", "in", Credit(deductible_cents=cents), on) for cents, on in parts)
    )
    book = run(book, [NewYear(carry_over_since=date(2025, 10, 1))])
    credit = met_cents(book.journal, "deductible")
    return {"carryover_credit": credit, "deductible_remaining": book.remaining_cents("", "in")[0]}


def part_d_case(case: Case) -> Results:
    told = need(case.part_d, "part_d")
    terms = part_d.part_d_terms(basis_points(told.coinsurance_pct))
    claims = [Claim(need(service.allowed, "services[].allowed"), terms, pool=part_d.POOL) for service in case.services]
    return _told(case, run(part_d.part_d(told.deductible, told.oop_threshold), claims))


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
            patient_share_bp=basis_points(percent),
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
        "assistance_remaining": told_limit(book.card.left_cents) if book.card else None,
        "accumulators_end": _told_accumulators(case, book),
        "per_service": [
            {
                **_told_money(line.money),
                "label": service.label,
                "deductible_remaining": told_limit(line.deductible_remaining_cents),
                "oop_remaining": told_limit(line.out_of_pocket_remaining_cents),
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
        return {name: met_cents(book.journal, kind) for name, kind in kinds.items()}
    return {
        **{f"family_{name}": met_cents(book.journal, kind) for name, kind in kinds.items()},
        "members": {
            posting.member: {name: met_cents(book.journal, kind, posting.member) for name, kind in kinds.items()}
            for posting in book.journal
        },
    }
