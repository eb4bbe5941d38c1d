"""From a published case to the product's own functions and back. Terms and names are mapped; nothing is computed."""

from collections.abc import Callable, Mapping
from functools import cache

from payers.catalogue.load import load_release
from payers.catalogue.model import MedigapPlan
from payers.cost_share import (
    coordination,
    medicaid_secondary,
    medicare_secondary,
    medigap,
    part_b_year,
    tricare_secondary,
)
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from tests.conformance.case_format import Case
from tests.conformance.plan_cases import (
    deductible_carryover_case,
    effective_limit_case,
    no_surprises_case,
    part_d_case,
    plan_case,
)
from tests.conformance.words import Missing, Results, basis_points, limit, need

METHOD: Mapping[str, coordination.Method] = {
    "standard": "standard",
    "benefit_bank": "standard",
    "non_duplication": "non-duplication",
    "carve_out": "carve-out",
    "maintenance_of_benefits": "maintenance-of-benefits",
}


def compute(case: Case, *, credits_own_money: bool = True, one_card_year: bool = False) -> Results:
    """The product's results under the format's names. A section that the model does not read is refused."""
    adapt, sections = MODELS[case.model]
    told = {name for name in SECTIONS if getattr(case, name)}
    if unread := told - sections:
        raise Missing(f"the model {case.model} does not read {', '.join(sorted(unread))}")
    if case.model == "plan":
        return plan_case(case, credits_own_money=credits_own_money, one_card_year=one_card_year)
    return adapt(case)


def _cob(case: Case) -> Results:
    other = need(case.other_coverage, "other_coverage")
    method = METHOD[need(other.method, "other_coverage.method")]
    paid = need(other.primary_paid, "other_coverage.primary_paid")
    if method == "maintenance-of-benefits":
        normal = coordination.maintained_cents(
            need(other.secondary_allowed, "other_coverage.secondary_allowed"),
            paid,
            basis_points(need(other.secondary_pays_pct, "other_coverage.secondary_pays_pct")),
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
        left = need(told, "medigap.high_deductible") if plan.high_deductible else limit(told)
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
        part_b_year.Beneficiary(
            medicare.part_b_deductible_remaining, plan, left, basis_points(medicare.sequestration_pct)
        ),
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
        tricare_share_bp=basis_points(terms.tricare_share_pct),
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
        tricare_share_bp=basis_points(terms.tricare_share_pct),
        deductible_cents=terms.deductible,
    )
    return {"tricare_pays": done.tricare_pays_cents, "patient_pays": done.patient_pays_cents}


def _eob_identity(case: Case) -> Results:
    """An explanation of benefits ties by itself: it names no terms, so there is nothing to ask the product."""
    return {name: sum(signed) for name, signed in need(case.identity, "identity").items()}


SECTIONS = (
    *("plan", "accumulators", "services", "assistance", "medicare", "medigap", "medicaid", "tricare"),
    *("other_coverage", "nsa", "carryover", "part_d", "identity"),
)
MODELS: Mapping[str, tuple[Callable[[Case], Results], frozenset[str]]] = {
    "plan": (plan_case, frozenset({"plan", "accumulators", "services", "assistance"})),
    "effective_limit": (effective_limit_case, frozenset({"plan", "accumulators", "services"})),
    "no_surprises": (no_surprises_case, frozenset({"plan", "accumulators", "services", "nsa"})),
    "deductible_carryover": (deductible_carryover_case, frozenset({"plan", "carryover"})),
    "part_d": (part_d_case, frozenset({"part_d", "services"})),
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
