"""The teller of the clinic's price list: services, ways to pay less, fees, and paying over time, in words."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from payers.catalogue.clinic import Discount, Package, Reduction, SlidingBand
from payers.catalogue.model import Code
from payers.catalogue.vocabulary import GOVERNMENT_LINES, ServiceKind
from payers.clinic_prices.expected_charge import session_charges
from payers.clinic_prices.in_force import anywhere
from payers.clinic_prices.payment_plan import Schedule, schedule
from payers.cost_share.money import ZERO, Range
from payers.estimate.citing import citations
from payers.estimate.clinic_answer import (
    CourseServiceAnswer,
    FeeAnswer,
    PackageAnswer,
    PaymentPlanAnswer,
    ReductionAnswer,
    WayToPay,
)
from payers.estimate.course_services import CourseService, course_services
from payers.estimate.estimate import Estimate
from payers.estimate.evidence import BillingCode
from payers.estimate.question import Language
from payers.estimate.service_visits import is_covered
from payers.estimate.whole_course import Fee, Offer, fees, offers, patient_pays, with_services
from payers.estimate.words import amount, money, percent, say

WHEN: dict[ServiceKind, Literal["before", "during", "after"]] = {
    "evaluation": "before",
    "preparation": "before",
    "monitoring": "during",
    "follow-up": "after",
    "integration": "after",
}


class BesideSessions(NamedTuple):
    """The parts of the answer that come from the price list."""

    with_services: Range | None
    services: tuple[CourseServiceAnswer, ...]
    reductions: tuple[ReductionAnswer, ...]
    packages: tuple[PackageAnswer, ...]
    clinic_fees: tuple[FeeAnswer, ...]
    payment_plans: tuple[PaymentPlanAnswer, ...]
    ways_to_pay: tuple[WayToPay, ...]


def beside_sessions(estimate: Estimate, lang: Language) -> BesideSessions:
    """What the price list says to this question."""
    services = course_services(estimate.case, estimate.decision)
    whole = with_services(estimate)
    return BesideSessions(
        with_services=whole,
        services=tuple(_service(estimate, service, lang) for service in services),
        reductions=tuple(_reductions(estimate, services, lang)),
        packages=tuple(_package(offer, lang) for offer in offers(estimate, services)),
        clinic_fees=tuple(_fee(fee, lang) for fee in fees(estimate)),
        payment_plans=tuple(_payment_plans(estimate, whole or estimate.headline.course, lang)),
        ways_to_pay=tuple(_ways_to_pay(estimate, services, lang)),
    )


def _service(estimate: Estimate, service: CourseService, lang: Language) -> CourseServiceAnswer:
    name, price, paid = say(lang, "service", service.kind), service.price, patient_pays(estimate, service)
    covered = {is_covered(estimate.case, outcome.world, service.kind) for outcome in estimate.outcomes}
    status = "not-covered" if covered == {False} and service.status != "self-pay" else service.status
    key = status if status in ("self-pay", "covered", "not-covered") else "as-treatment"
    if covered == {True}:
        key = "surely-covered"
    if price is None:
        key = "no-price" if paid is None else "no-price-covered"
    return CourseServiceAnswer(
        service=service.kind,
        when=WHEN[service.kind],
        count=service.times,
        codes=_codes(service.codes, lang),
        basis="site-price" if service.charges else "published-range" if price else None,
        price=price,
        status=status,
        patient_pays=paid,
        sentence=say(lang, "service_coverage", key, service=name, price=amount(lang, price or ZERO)),
        citations=citations(
            estimate.case.catalogue,
            (*service.codes, *([service.published] if service.published and not service.charges else [])),
        ),
    )


def _reductions(estimate: Estimate, services: Sequence[CourseService], lang: Language) -> Iterator[ReductionAnswer]:
    case = estimate.case
    clinic, patient, day = case.catalogue.clinic, case.patient, case.start_on
    charges = [charge for service in services for charge in service.charges]
    if not (case.question.prices and case.question.prices.cash_per_session):
        for dose in case.doses_mg or (None,):
            charges += session_charges(clinic, case.treatment.slug, dose, patient, day)
    used = {charge.reduction.id for charge in charges if charge.reduction}
    discounts = anywhere(clinic, clinic.discounts, patient.site, day, lambda row: row.kind)
    bands = anywhere(clinic, clinic.sliding_scale, patient.site, day, lambda row: row.tier)
    for row in (*discounts, *bands):
        told = say(lang, "reduction", "off", name=_reduction_name(row, lang), off=_off(row), things=_things(row, lang))
        yield ReductionAnswer(
            kind="discount" if isinstance(row, Discount) else "sliding-scale",
            name=row.kind if isinstance(row, Discount) else row.tier,
            site=row.site,
            off_bp=row.off_bp,
            off_cents=row.off_cents,
            applied=row.id in used,
            sentence=_joined(told, say(lang, "reduction", "applied") if row.id in used else None),
        )


def _reduction_name(row: Discount | SlidingBand, lang: Language) -> str:
    if isinstance(row, Discount):
        known = row.kind in ("veteran", "first-responder")
        return say(lang, "reduction", row.kind) if known else row.kind
    if row.poverty_percent_max is None:
        return say(lang, "reduction", "tier", tier=row.tier)
    return say(lang, "reduction", "tier-by-income", tier=row.tier, percent=row.poverty_percent_max)


def _off(row: Reduction) -> str:
    return percent(row.off_bp) if row.off_bp is not None else money(row.off_cents or 0)


def _things(row: Reduction, lang: Language) -> str:
    return ", ".join(say(lang, "service", thing) for thing in row.applies_to) or say(lang, "reduction", "everything")


def _package(offer: Offer, lang: Language) -> PackageAnswer:
    package, saves = offer.package, offer.saves
    price = money(package.price_cents)
    return PackageAnswer(
        name=package.name,
        site=package.site,
        sessions=package.sessions,
        included=package.included,
        price_cents=package.price_cents,
        refundable=package.refundable,
        saves=saves,
        total=offer.total,
        sentence=_joined(
            say(lang, "package", "price", name=package.name, sessions=package.sessions, price=price),
            _saves(saves, lang),
            _refund(package, lang),
        ),
    )


def _saves(saves: Range | None, lang: Language) -> str | None:
    if saves is None:
        return None
    if saves.low_cents > 0:
        return say(lang, "package", "saves", amount=amount(lang, saves))
    if saves.high_cents > 0:
        return say(lang, "package", "may-save", amount=money(saves.high_cents))
    return say(lang, "package", "saves-nothing")


def _refund(package: Package, lang: Language) -> str | None:
    if package.refundable is None:
        return None
    return say(lang, "package", "refund" if package.refundable else "no-refund")


def _fee(fee: Fee, lang: Language) -> FeeAnswer:
    row = fee.row
    told = [say(lang, "fee", row.kind, amount=money(row.amount_cents), per=say(lang, "fee_unit", row.per))]
    if row.notice_hours is not None:
        told.append(say(lang, "fee", "notice", hours=row.notice_hours))
    if row.credited:
        told.append(say(lang, "fee", "credited"))
    if row.refundable is not None:
        told.append(say(lang, "fee", "refund" if row.refundable else "no-refund"))
    return FeeAnswer(
        kind=row.kind,
        site=row.site,
        amount_cents=row.amount_cents,
        per=row.per,
        refundable=row.refundable,
        credited=row.credited,
        notice_hours=row.notice_hours,
        over_course=fee.over_course,
        sentence=" ".join(told),
    )


def _payment_plans(estimate: Estimate, whole: Range, lang: Language) -> Iterator[PaymentPlanAnswer]:
    """Nothing is paid over time where there is nothing to pay."""
    case = estimate.case
    clinic = case.catalogue.clinic
    if not whole.high_cents:
        return
    for plan in anywhere(clinic, clinic.payment_plans, case.question.site, case.start_on, lambda row: row.name):
        least, most = schedule(plan, whole.low_cents), schedule(plan, whole.high_cents)
        ends = [each for each in dict.fromkeys((least, most)) if each.amount_cents]
        yield PaymentPlanAnswer(
            name=plan.name,
            site=plan.site,
            least=least,
            most=most,
            sentence=" ".join(_scheduled(plan.name, each, lang) for each in ends),
        )


def _scheduled(name: str, paid: Schedule, lang: Language) -> str:
    upfront = paid.down_payment_cents + paid.fee_cents
    cost = {"more": money(paid.finance_charge_cents), "apr": percent(paid.apr_bp)}
    return _joined(
        say(
            lang,
            "payment_plan",
            "instalments",
            name=name,
            amount=money(paid.amount_cents),
            count=paid.instalments,
            instalment=money(paid.instalment_cents),
            last=money(paid.last_instalment_cents),
        ),
        say(lang, "payment_plan", "upfront", amount=money(upfront)) if upfront else None,
        say(lang, "payment_plan", "cost" if paid.finance_charge_cents else "no-cost", **cost),
    )


def _ways_to_pay(estimate: Estimate, services: Sequence[CourseService], lang: Language) -> Iterator[WayToPay]:
    """A health account pays what the patient owes; a superbill is for a plan that the clinic does not bill."""
    case = estimate.case
    clinic = case.catalogue.clinic
    policies = anywhere(clinic, clinic.payment_policies, case.question.site, case.start_on, lambda _: None)
    if estimate.headline.course.high_cents:
        yield _way(estimate, "hsa-fsa", {policy.takes_hsa_fsa for policy in policies}, (), lang)
    billed = any(not outcome.self_pay and outcome.world.network != "out" for outcome in estimate.outcomes)
    if not billed and estimate.decision.line_of_business not in GOVERNMENT_LINES:
        codes = dict.fromkeys((*_session_codes(estimate), *(code for service in services for code in service.codes)))
        yield _way(estimate, "superbill", {policy.gives_superbill for policy in policies}, tuple(codes), lang)


def _way(
    estimate: Estimate,
    kind: Literal["hsa-fsa", "superbill"],
    said: set[bool | None],
    codes: tuple[Code, ...],
    lang: Language,
) -> WayToPay:
    """What the clinic says, where it says the same at every site, and what holds for everybody."""
    accepted = next(iter(said)) if len(said) == 1 else None
    notice = estimate.case.catalogue.notice(kind)
    key = f"{kind}-{'open' if accepted is None else 'yes' if accepted else 'no'}"
    listed = ", ".join(code.code for code in codes)
    return WayToPay(
        kind=kind,
        accepted=accepted,
        sentence=say(lang, "way_to_pay", key, codes=listed),
        text=notice.text if lang == "en" else notice.text_es,
        codes=_codes(codes, lang),
        citations=citations(estimate.case.catalogue, (notice, *codes)),
    )


def _session_codes(estimate: Estimate) -> Iterator[Code]:
    """The codes of one session, drug and visit apart, as a superbill lists them."""
    case = estimate.case
    for billing in case.treatment.billing:
        if billing.style == "components":
            for code in dict.fromkeys(billing.codes_by_dose.values()):
                found = case.catalogue.code(case.catalogue.code_in_force(code, case.start_on) or "", case.start_on)
                if found:
                    yield found


def _codes(codes: Sequence[Code], lang: Language) -> tuple[BillingCode, ...]:
    return tuple(BillingCode(code=each.code, label=each.label if lang == "en" else each.label_es) for each in codes)


def _joined(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
