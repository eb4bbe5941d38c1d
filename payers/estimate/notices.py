"""What the law or the payer requires to be said with this answer, and what was left out of the numbers."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.coverage import ended
from payers.catalogue.model import Notice
from payers.catalogue.vocabulary import FACILITY_PLACES, GOVERNMENT_LINES
from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.plan_calendar import months_later
from payers.estimate.answer import NoticeAnswer
from payers.estimate.charges import outside_medicare
from payers.estimate.citing import citations
from payers.estimate.doubtful import doubts
from payers.estimate.estimate import Estimate
from payers.estimate.payers_alone import payers_alone
from payers.estimate.plan_networks import rates_in_use
from payers.estimate.prices import FEE_LINES
from payers.estimate.question import Language, Medigap, Qmb
from payers.estimate.roles import roles
from payers.estimate.second_payers import medigap_plan, rebates, usable_cards
from payers.estimate.story import ended_sentence
from payers.estimate.tell_catalogue import name_within
from payers.estimate.unheard import unheard
from payers.estimate.unknowns.about_plan import PLAN_LINES, PLAN_TERMS
from payers.estimate.unpriced import unpriced
from payers.estimate.unusable import government, not_told, stands_behind, unusable
from payers.estimate.words import day, money, say, yearly_amount
from payers.second_payers.anything import Anything

DRUG_CODE_CHANGE = date(2026, 1, 1)
"""J0013 replaced S0013 on this day."""


def notices(estimate: Estimate, lang: Language) -> tuple[NoticeAnswer, ...]:
    """The notices, those of the law first."""
    catalogue = estimate.case.catalogue
    required = [catalogue.notice(kind) for kind in dict.fromkeys((*_by_law(estimate), *_by_payer(estimate)))]
    return (
        *(_of_catalogue(estimate, notice, lang) for notice in required),
        *_not_final(estimate, lang),
        *_about_numbers(estimate, lang),
        *_about_medicare(estimate, lang),
    )


def _of_catalogue(estimate: Estimate, notice: Notice, lang: Language) -> NoticeAnswer:
    return NoticeAnswer(
        kind=notice.kind,
        text=notice.text if lang == "en" else notice.text_es,
        citations=citations(estimate.case.catalogue, (notice,)),
    )


def _by_law(estimate: Estimate) -> Iterator[str]:
    """Notices that a statute or regulation requires for this coverage."""
    case, decision = estimate.case, estimate.decision
    line = decision.line_of_business
    not_covered = decision.status == "not-covered"
    if estimate.main.self_pay:
        yield "good-faith-estimate"
    else:
        yield "insured-plain-estimate"
    if line == "medicare" and not_covered:
        yield "medicare-abn"
    if line == "medicare-advantage" and not_covered:
        yield "medicare-advantage-organization-determination"
    if line == "military" and not_covered:
        yield "tricare-waiver"
    if line in ("medicaid", "rae"):
        yield "medicaid-no-billing"
    qmb = any(isinstance(other, Qmb) for other in case.question.other_coverage)
    if qmb and not outside_medicare(case, decision):
        yield "qmb-no-billing"
    if case.question.assistance and government(case.question, decision):
        yield "copay-assistance-commercial-only"
    if line == "commercial" and not estimate.main.self_pay:
        yield "parity"
        if case.question.state == "CO":
            yield "colorado-prior-authorization"


def _by_payer(estimate: Estimate) -> Iterator[str]:
    """Notices that the payer's rule or the setting calls for."""
    case, rule = estimate.case, estimate.decision.rule
    if case.question.place_of_service in FACILITY_PLACES:
        yield "facility-hospital-bills-separately"
    if estimate.decision.status == "prior-authorization":
        yield "authorization-not-a-guarantee"
    if rule and (rule.criteria.established_patient or "G2082" in rule.codes):
        yield "established-patient-first-visit"
    if rule and "J0013" in rule.codes and case.start_on >= DRUG_CODE_CHANGE:
        yield "j-code-change"
    plan_told = estimate.decision.line_of_business in PLAN_LINES
    if plan_told and not estimate.main.self_pay and any(each.unknown.name in PLAN_TERMS for each in estimate.worths):
        yield "typical-not-your-plan"
    yield "not-included"


def _about_numbers(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """What the numbers leave out or hold open."""
    case, decision = estimate.case, estimate.decision
    gone = ended(case.payer, case.start_on)
    if gone:
        text = ended_sentence(case.payer, gone, lang)
        yield NoticeAnswer(kind="payer-ended", text=text, citations=citations(case.catalogue, (gone,)))
    if not estimate.main.self_pay:
        for doubt in doubts(case, estimate.outcomes):
            told = {name: money(cents) for name, cents in doubt.cents.items()}
            text = say(lang, "notice", doubt.kind, **told)
            yield NoticeAnswer(kind=doubt.kind, text=text, citations=citations(case.catalogue, doubt.behind))
    if _excluded_by_terms(estimate):
        yield _left_out(lang, "terms-say-not-covered")
    names = dict.fromkeys(say(lang, "input", each.rsplit("/", 1)[-1]) for each in unheard(case, estimate.outcomes))
    if names:
        yield _left_out(lang, "inputs-not-used", inputs=", ".join(names))
    yield from _about_network(estimate, lang)
    yield from _about_authorization(estimate, lang)
    yield from _about_assistance(estimate, lang)
    yield from _about_coverage(estimate, lang)
    if any(each.unknown.name == "tricare_network_copay" for each in estimate.worths):
        yield _left_out(lang, "tricare-copay-not-on-file")
    if left_out := unpriced(estimate.outcomes):
        names = ", ".join(say(lang, "service", kind).lower() for kind in left_out)
        yield _left_out(lang, "service-not-in-totals", services=names)
    lane = estimate.main.world.lane
    if case.question.lane and lane and case.question.lane != lane and decision.line_of_business not in FEE_LINES:
        yield _left_out(lang, "lane-not-used", payer=case.payer.name, lane=say(lang, "text", lane))


def _about_network(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """A network or plan that was named and has no rate here, with the names that are on file."""
    case, name = estimate.case, estimate.case.plan_network
    rates = [*rates_in_use(estimate.outcomes)]
    if not name or not rates:
        return
    on_file, payer = case.catalogue.rates, case.payer
    if on_file.network(payer.slug, name) is None or all(each.of_other_networks for each in rates):
        known = "; ".join(on_file.networks(payer.slug)) or say(lang, "trace", "rate-any-network")
        yield _left_out(lang, "plan-network-unknown", network=name, payer=payer.name, names=known)


def _excluded_by_terms(estimate: Estimate) -> bool:
    """Whether the terms told leave a whole line of a session to the patient; a number of visits is told elsewhere."""
    design = estimate.main.design
    terms = [each for several in design.terms.values() for each in several] if design else []
    lines = estimate.main.visits[0].lines
    return not all(each.covered for each in terms) and any(each.line.terms == (NOT_COVERED,) for each in lines)


def _about_medicare(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """How Medicare's own rules on prices and payments stand behind the numbers."""
    question, line = estimate.case.question, estimate.decision.line_of_business
    if outside_medicare(estimate.case, estimate.decision):
        yield _left_out(lang, "medicare-opted-out")
    if line not in ("medicare", "medicare-advantage") or estimate.main.self_pay:
        return
    if line == "medicare":
        yield _left_out(lang, "medicare-sequestration")
        on_assignment = any(isinstance(each, Qmb) for each in question.other_coverage)
        if question.medicare_assignment == "not-accepted" and not on_assignment:
            yield _left_out(lang, "assignment-not-accepted")
        if question.place_of_service in FACILITY_PLACES:
            yield _left_out(lang, "medicare-hospital-copay")
    treatment = name_within(estimate.case.treatment, lang)
    if estimate.main.world.lane == "pharmacy":
        yield _left_out(lang, "part-d-used", treatment=treatment)
    elif question.lane == "pharmacy":
        yield _left_out(lang, "part-d-not-used", treatment=treatment)


def _about_authorization(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """How long an approval holds, where the payer's source says it of the renewals or of the first one alone."""
    main, rule = estimate.main, estimate.decision.rule
    if rule is None or main.self_pay or estimate.decision.status != "prior-authorization":
        return
    first, renewed = rule.authorization.initial_months, rule.authorization.renewal_months
    if first is None and renewed is not None:
        kind, months = "authorization-first-open", renewed
    elif first is not None and renewed is None and months_later(main.slots[0].on, first) <= main.slots[-1].on:
        kind, months = "authorization-next-open", first
    else:
        return
    text = say(lang, "notice", kind, payer=estimate.case.payer.name, months=months)
    yield NoticeAnswer(kind=kind, text=text, citations=citations(estimate.case.catalogue, (rule,)))


def _about_assistance(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """Programmes that do not apply, and those that pay only after the visit."""
    case, decision = estimate.case, estimate.decision
    cards = {programme.slug for programme, _ in usable_cards(case, decision)}
    later = {programme.slug: programme for programme, _ in rebates(case, decision)}
    for used in case.question.assistance:
        if used.program in later:
            rebate = later[used.program]
            text = say(lang, "notice", "rebate-later", program=rebate.name)
            yield NoticeAnswer(kind="rebate-later", text=text, citations=citations(case.catalogue, (rebate,)))
        elif used.program not in cards and decision.line_of_business not in GOVERNMENT_LINES:
            unused = case.catalogue.programme(used.program)
            yield _left_out(lang, "savings-card-not-used", program=unused.name if unused else used.program)


def _about_coverage(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """Other coverage that has no place here, that is not known in full, or that changes who pays first."""
    case, decision = estimate.case, estimate.decision
    for kind in dict.fromkeys(each.kind for each in unusable(case, decision)):
        yield _left_out(lang, kind, payer=case.payer.name)
    for other in case.question.other_coverage:
        if isinstance(other, Medigap) and stands_behind(other, case.question, decision):
            plan = medigap_plan(case, other)
            if before := plan.only_if_medicare_eligible_before:
                text = say(lang, "notice", "medigap-closed", plan=other.plan, on=day(lang, before))
                yield NoticeAnswer(kind="medigap-closed", text=text, citations=citations(case.catalogue, (plan,)))
    if any(not_told(other, case.question, decision) for other in case.question.other_coverage):
        yield _left_out(lang, "other-coverage-open")
    without = any(each.self_pay for each in (*estimate.outcomes, *(fork.main for fork in estimate.forks)))
    if without and any(isinstance(each, Anything) for each in payers_alone(case, decision)):
        yield _left_out(lang, "other-coverage-alone", payer=case.payer.name)
    order = roles(case.question, decision)
    if order:
        why = say(lang, "order_open", order.missing) if order.missing else say(lang, "order", order.rule)
        kind = {True: "order-asked-first", False: "order-other-first", None: "order-open"}[order.asked_first]
        yield _left_out(lang, kind, payer=case.payer.name, why=why)


def _not_final(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """Amounts of a year that nobody has published as final."""
    case = estimate.case
    for yearly in estimate.main.not_final:
        text = say(lang, "notice", "amount-not-final", what=yearly_amount(lang, yearly), year=yearly.year)
        yield NoticeAnswer(kind="amount-not-final", text=text, citations=citations(case.catalogue, yearly.parameters))
    price = estimate.main.price
    if not price.settled and price.basis == "medicare-fee":
        year = estimate.main.slots[-1].on.year
        text = say(lang, "notice", "amount-not-final", what=say(lang, "amount", "fee"), year=year)
        yield NoticeAnswer(kind="amount-not-final", text=text, citations=citations(case.catalogue, price.behind))


def _left_out(lang: Language, kind: str, **values: object) -> NoticeAnswer:
    return NoticeAnswer(kind=kind, text=say(lang, "notice", kind, **values), citations=())
