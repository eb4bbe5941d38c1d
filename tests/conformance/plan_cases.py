"""Cases of one plan as questions to the product, and its answers in the format's names. Terms and names are mapped."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import structs

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer, Amounts, MetAmounts
from payers.adjudication.contradictions import Contradiction
from payers.adjudication.question import AdjudicationQuestion, CardInput, MemberInput, ServiceInput
from payers.cost_share.money import Range
from payers.cost_share.plan import MAX_CENTS, Benefits, CoinsuranceBase, CopayTiming, CostShare, FamilyRule, Limit
from tests.conformance.case_format import Accumulators, Case, Met, Plan, Service
from tests.conformance.words import Missing, Results, basis_points, need

TIMING: Mapping[str, CopayTiming] = {
    "flat_no_deductible": "flat-no-deductible",
    "after_deductible": "after-deductible",
    "before_deductible": "before-deductible",
}
BASE: Mapping[str, CoinsuranceBase] = {"net_of_copay": "net-of-copay", "gross_of_copay": "gross-of-copay"}
AMOUNTS: Mapping[str, str] = {
    **{name: name for name in ("charge", "allowed", "deductible", "copay", "coinsurance")},
    **{name: name for name in ("balance_bill", "patient_pays", "plan_pays")},
    "noncovered": "not_covered",
    "writeoff": "write_off",
    "assistance_paid": "assistance",
}
FIRST_YEAR = 2001
"""The format tells no dates: each plan year is a calendar year, and its services stand on its first day."""
NOTHING = Service(allowed=0)
"""A service that moves no limit, to ask what is left."""


def plan_case(case: Case, *, credits_own_money: bool = True, one_card_year: bool = False) -> Results:
    """A plan year or several. With `one_card_year` the programme's year goes on when the plan's starts again."""
    return _told(case, case.services, _answered(_asked(case, case.services, credits_own_money, one_card_year)))


def effective_limit_case(case: Case) -> Results:
    before = structs.replace(case.services[0] if case.services else NOTHING, allowed=0, charge=0)
    (told,) = _answered(_asked(case, (before,))).services
    return {
        "deductible_remaining": _cents(told.deductible_remaining),
        "oop_remaining": _cents(told.out_of_pocket_remaining),
    }


def no_surprises_case(case: Case) -> Results:
    nsa = need(case.nsa, "nsa")
    service = structs.replace(
        case.services[0] if case.services else Service(), allowed=nsa.recognized_amount, in_network=False
    )
    if service.charge is None:
        service = structs.replace(service, charge=nsa.out_of_network_rate)
    asked = _asked(case, (service,))
    protected = structs.replace(asked.services[0], out_of_network_rate_cents=nsa.out_of_network_rate)
    return _told(case, (service,), _answered(structs.replace(asked, services=(protected,))))


def deductible_carryover_case(case: Case) -> Results:
    carry, plan = need(case.carryover, "carryover"), need(case.plan, "plan")
    days = {date(2025, 3, 1): carry.earlier_deductible, date(2025, 11, 1): carry.fourth_quarter_deductible}
    days[date(2026, 1, 1)] = 0
    covered = CostShare(patient_share_bp=0)
    answer = _answered(
        AdjudicationQuestion(
            benefits=structs.replace(_benefits(plan, Accumulators(), alone=True), carry_over="unmet"),
            services=tuple(
                ServiceInput(label=str(day), allowed_cents=cents, cost_share=covered, on=day)
                for day, cents in days.items()
            ),
        )
    )
    return {
        "carryover_credit": _cents(answer.met.patient.deductible),
        "deductible_remaining": _cents(answer.services[-1].deductible_remaining),
    }


def part_d_case(case: Case) -> Results:
    told = need(case.part_d, "part_d")
    plan = Plan(
        deductible_individual=told.deductible,
        oop_max_individual=told.oop_threshold,
        coinsurance_pct=told.coinsurance_pct,
    )
    return plan_case(structs.replace(case, plan=plan))


def _asked(
    case: Case, services: tuple[Service, ...], credits_own_money: bool = True, one_card_year: bool = False
) -> AdjudicationQuestion:
    """The question: the member of the first service is the patient."""
    plan = need(case.plan, "plan")
    # what is told to be met belongs to a year that is over where the limits start again before the first service
    met = case.accumulators if case.accumulators and not services[0].plan_year_start else Accumulators()
    patient = services[0].member
    others = {service.member: Met() for service in services if service.member not in (None, patient)} | met.members
    own = others.pop(patient, met) if patient else met
    card = None
    if case.assistance is not None and case.assistance.policy != "none":
        yearly_cents = MAX_CENTS if case.assistance.annual_max is None else case.assistance.annual_max
        card = CardInput(
            policy=case.assistance.policy,
            credits_own_money=credits_own_money,
            remaining_cents=yearly_cents,
            yearly_limit_cents=yearly_cents,
            per_fill_limit_cents=case.assistance.max_per_fill,
            patient_floor_cents=case.assistance.patient_min_per_fill,
        )
    days = _days(services, one_card_year=one_card_year)
    return AdjudicationQuestion(
        benefits=structs.replace(
            _benefits(plan, structs.replace(met, deductible_met=own.deductible_met, oop_met=own.oop_met), not others),
            plan_year_start="01-02" if one_card_year else "01-01",
        ),
        services=tuple(
            _service(plan, service, on=day, assisted=card is not None, patient=patient)
            for service, day in zip(services, days, strict=True)
        ),
        members={
            str(name): MemberInput(
                deductible_met_cents=each.deductible_met,
                out_of_pocket_max_met_cents=each.oop_met,
                coinsurance_max_met_cents=0,
            )
            for name, each in others.items()
        },
        self_only_max_cents=plan.self_only_max,
        card=card,
    )


def _days(services: tuple[Service, ...], *, one_card_year: bool) -> Iterator[date]:
    year = FIRST_YEAR
    for position, service in enumerate(services):
        year += position > 0 and service.plan_year_start
        yield date(FIRST_YEAR, 1, 1 + year - FIRST_YEAR) if one_card_year else date(year, 1, 1)


def _benefits(plan: Plan, met: Accumulators, alone: bool) -> Benefits:
    family = plan.coverage == "family"

    def limit(own: int | None, whole: int | None, rule: FamilyRule, own_met: int, family_met: int | None) -> Limit:
        whole = whole if family else None
        family_met = own_met if family_met is None and alone else family_met
        if whole is None:
            return Limit(none=own is None, individual_cents=own, individual_met_cents=own_met)
        # without an amount for one person the family's alone counts
        aggregate = rule == "aggregate" or own is None
        return Limit(
            individual_cents=None if aggregate else own,
            individual_met_cents=own_met,
            family_cents=whole,
            family_met_cents=family_met,
            family_rule="aggregate" if aggregate else "embedded",
        )

    maximum = plan.oop_max_individual
    if maximum is None and (plan.oop_max_family is None or not family):
        maximum = plan.self_only_max
    return Benefits(
        plan_year_start="01-01",
        deductible=limit(
            plan.deductible_individual,
            plan.deductible_family,
            plan.deductible_family_type,
            met.deductible_met,
            met.family_deductible_met,
        ),
        out_of_pocket_max=limit(maximum, plan.oop_max_family, plan.oop_family_type, met.oop_met, met.family_oop_met),
        coinsurance_max=None
        if plan.coinsurance_max is None
        else Limit(individual_cents=plan.coinsurance_max, individual_met_cents=0),
        deductible_counts_to_maximum=plan.oop_includes_deductible,
    )


def _service(plan: Plan, service: Service, *, on: date, assisted: bool, patient: str | None) -> ServiceInput:
    share = service.cost_share
    timing = None if share.copay_timing is None else TIMING[share.copay_timing]
    # a flat copay stands in place of the plan's coinsurance
    flat = share.copay is not None and (timing == "flat-no-deductible" or not share.deductible_applies)
    percent = share.coinsurance_pct if share.coinsurance_pct is not None else 0 if flat else plan.coinsurance_pct
    allowed = service.allowed
    if allowed is None and not share.covered:
        allowed = service.charge
    allowed = need(allowed, "services[].allowed")
    return ServiceInput(
        label=service.label,
        allowed_cents=allowed,
        charge_cents=allowed if service.charge is None else service.charge,
        network="in" if service.in_network else "out",
        cost_share=CostShare(
            patient_share_bp=basis_points(percent),
            copay_cents=share.copay,
            copay_timing=timing,
            coinsurance_base=BASE[share.coinsurance_base],
            deductible_applies=share.deductible_applies,
            coinsurance_min_cents=share.coinsurance_min,
            coinsurance_max_cents=share.coinsurance_max,
            covered=share.covered,
            preventive=share.preventive,
            copay_credits_deductible=plan.copay_counts_to_deductible,
            copay_counts_to_maximum=plan.copay_counts_to_oop,
            copay_after_maximum=plan.copay_continues_after_oop,
        ),
        on=on,
        member=None if service.member == patient else service.member,
        assisted=assisted,
    )


def _answered(asked: AdjudicationQuestion) -> AdjudicationAnswer:
    answer = adjudicate_services(asked)
    if isinstance(answer, Contradiction):
        raise Missing(f"the product finds a contradiction: {answer.pointer}: {answer.detail}")
    return answer


def _told(case: Case, services: tuple[Service, ...], answer: AdjudicationAnswer) -> Results:
    help_, totals = case.assistance, _told_money(answer.totals)
    return {
        **totals,
        **{f"{name}_total": totals[name] for name in ("cost_share", "deductible", "copay", "coinsurance")},
        "assistance_remaining": None if help_ is None or help_.annual_max is None else _cents(answer.card_remaining),
        "accumulators_end": _told_met(case, services, answer),
        "per_service": [
            {
                **_told_money(told),
                "label": service.label,
                "deductible_remaining": _cents(told.deductible_remaining),
                "oop_remaining": _cents(told.out_of_pocket_remaining),
            }
            for service, told in zip(services, answer.services, strict=True)
        ],
    }


def _told_money(told: Amounts) -> Results:
    """The amounts, and the two sums that the format defines."""
    cost_share = told.deductible + told.copay + told.coinsurance
    return {
        **{name: _cents(getattr(told, of)) for name, of in AMOUNTS.items()},
        "cost_share": _cents(cost_share),
        "patient_responsibility": _cents(cost_share + told.balance_bill + told.not_covered),
    }


def _told_met(case: Case, services: tuple[Service, ...], answer: AdjudicationAnswer) -> Results:
    def of(met: MetAmounts) -> Results:
        return {"deductible_met": _cents(met.deductible), "oop_met": _cents(met.out_of_pocket_max)}

    if case.plan is None or case.plan.coverage == "individual":
        return of(answer.met.family)
    patient = services[0].member or ""
    members = {patient: answer.met.patient, **answer.met.members}
    return {
        **{f"family_{name}": cents for name, cents in of(answer.met.family).items()},
        "members": {name: of(met) for name, met in members.items()},
    }


def _cents(amount: Range | None) -> int | None:
    """Everything in a case is told, so every amount is known."""
    if amount is None:
        return None
    if not amount.exact:
        raise Missing(f"the product answers a range from {amount.low_cents} to {amount.high_cents}")
    return amount.low_cents
