"""What the law or the payer requires to be said with this answer, and what was left out of the numbers."""

from collections.abc import Iterator
from datetime import date

from payers.catalogue.coverage import ended
from payers.catalogue.model import Notice
from payers.catalogue.vocabulary import FACILITY_PLACES, GOVERNMENT_LINES
from payers.estimate.answer import NoticeAnswer
from payers.estimate.citing import citations
from payers.estimate.estimate import Estimate
from payers.estimate.prices import FEE_LINES
from payers.estimate.question import Language, Medicaid, Medigap, Qmb, SecondCommercial
from payers.estimate.second_payers import usable_cards
from payers.estimate.unknowns import PLAN_LINES
from payers.estimate.words import say

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
    if any(isinstance(other, Qmb) for other in case.question.other_coverage):
        yield "qmb-no-billing"
    if case.question.assistance and not usable_cards(case, decision) and line in GOVERNMENT_LINES:
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
    if plan_told and not estimate.main.self_pay and any(each.worth_cents for each in estimate.worths):
        yield "typical-not-your-plan"
    yield "not-included"


def _about_numbers(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """What the numbers leave out or hold open."""
    case, decision = estimate.case, estimate.decision
    gone = ended(case.payer, case.start_on)
    if gone:
        text = say(lang, "ended", "payer", payer=case.payer.name, event=gone.event, on=gone.on)
        yield NoticeAnswer(kind="payer-ended", text=text, citations=citations(case.catalogue, (gone,)))
    cards = {programme.slug for programme, _ in usable_cards(case, decision)}
    for used in case.question.assistance:
        if used.program not in cards and decision.line_of_business not in GOVERNMENT_LINES:
            yield _left_out(lang, "savings-card-not-used", program=used.program)
    for other in case.question.other_coverage:
        if isinstance(other, Medigap) and decision.line_of_business != "medicare":
            yield _left_out(lang, "medigap-not-used")
        if isinstance(other, Medicaid | SecondCommercial):
            yield _left_out(lang, "other-coverage-open")
    lane = estimate.main.world.lane
    if case.question.lane and lane and case.question.lane != lane and decision.line_of_business not in FEE_LINES:
        yield _left_out(lang, "lane-not-used", payer=case.payer.name, lane=say(lang, "text", lane))


def _not_final(estimate: Estimate, lang: Language) -> Iterator[NoticeAnswer]:
    """Amounts of a year that nobody has published as final."""
    case = estimate.case
    for yearly in estimate.main.amounts:
        if not yearly.settled:
            what = say(lang, "amount", yearly.parameters[0].program)
            text = say(lang, "notice", "amount-not-final", what=what, year=yearly.year)
            yield NoticeAnswer(
                kind="amount-not-final", text=text, citations=citations(case.catalogue, yearly.parameters)
            )
    price = estimate.main.price
    if not price.settled and price.basis == "medicare-fee":
        year = estimate.main.slots[-1].on.year
        text = say(lang, "notice", "amount-not-final", what=say(lang, "amount", "fee"), year=year)
        yield NoticeAnswer(kind="amount-not-final", text=text, citations=citations(case.catalogue, price.behind))


def _left_out(lang: Language, kind: str, **values: object) -> NoticeAnswer:
    return NoticeAnswer(kind=kind, text=say(lang, "notice", kind, **values), citations=())
