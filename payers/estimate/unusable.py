"""Other coverage and assistance that cannot stand together, or not beside this payer.

What contradicts itself refuses the question; what only has no place here is told and left out of the numbers.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from payers.catalogue.coverage import Decision
from payers.catalogue.vocabulary import FACILITY_PLACES, GOVERNMENT_LINES, STATES, LineOfBusiness, PublicProgramme
from payers.estimate.case import Case
from payers.estimate.question import (
    DatesCourse,
    Medicaid,
    MedicareSecond,
    Medigap,
    OtherCoverage,
    Prices,
    Qmb,
    Question,
    SecondCommercial,
    TricareForLife,
    TricareSecond,
)

MEDICARE_LINES: frozenset[LineOfBusiness] = frozenset({"medicare", "medicare-advantage"})
MEDICAID_LINES: frozenset[LineOfBusiness] = frozenset({"medicaid", "rae"})
GROUP_LINES: frozenset[LineOfBusiness] = frozenset({"commercial", "behavioral-health-carveout", "employer-ancillary"})
"""Plans behind which Medicare, and the order of benefits between plans, have a place."""


PAY_LAST: frozenset[PublicProgramme] = frozenset({"tricare", "tricare-for-life", "champva"})
"""Programmes that pay after every other health plan (10 U.S.C. 1079(j)(1); 38 U.S.C. 1781(a))."""


class Contradiction(NamedTuple):
    """The input that does not fit, as a JSON pointer, and why, by key."""

    pointer: str
    kind: str


def contradictions(question: Question) -> Iterator[Contradiction]:
    """What no patient has, whoever pays.

    Nobody may be sold two Medicare supplements (42 U.S.C. 1395ss(d)(3)). A public programme is had once; the groups of
    those whose premiums alone are paid exclude QMB by income (42 U.S.C. 1396a(a)(10)(E)); a TRICARE beneficiary with
    Medicare has TRICARE For Life and not TRICARE beside it (10 U.S.C. 1086(d)).
    """
    yield from _between_coverages(question)
    change = question.benefits and question.benefits.tier_change
    dated = isinstance(question.course, DatesCourse) or (question.start_on and question.course)
    if change and not dated:
        yield Contradiction("/benefits/tier_change", "tier-change-undated")
    if question.state is not None and question.state not in STATES:
        yield Contradiction("/state", "state-unknown")
    prices = question.prices or Prices()
    whole, visit = prices.allowed_per_session, prices.visit_allowed_per_session
    if whole and visit and visit.low_cents > whole.high_cents:
        yield Contradiction("/prices/visit_allowed_per_session", "visit-above-session")
    programmes = Counter(used.program for used in question.assistance)
    for position, used in enumerate(question.assistance):
        if programmes[used.program] > 1:
            yield Contradiction(f"/assistance/{position}/program", "programme-twice")


def _between_coverages(question: Question) -> Iterator[Contradiction]:
    kinds = [type(each) for each in question.other_coverage]
    for position, other in enumerate(question.other_coverage):
        pointer = f"/other_coverage/{position}"
        if type(other) in kinds[:position] and not isinstance(other, SecondCommercial):
            yield Contradiction(pointer, "medigap-twice" if isinstance(other, Medigap) else "coverage-twice")
        if isinstance(other, Medicaid) and other.group not in (None, "full") and Qmb in kinds:
            yield Contradiction(f"{pointer}/group", "dual-groups")
        if isinstance(other, SecondCommercial):
            yield from _begins_later(other, pointer, _start(question))
        if isinstance(other, TricareSecond) and TricareForLife in kinds:
            yield Contradiction(pointer, "tricare-and-for-life")


def _start(question: Question) -> date | None:
    return question.course.dates[0] if isinstance(question.course, DatesCourse) else question.start_on


def _begins_later(plan: SecondCommercial, pointer: str, start: date | None) -> Iterator[Contradiction]:
    """Facts of a plan that covers the patient only after the course has started."""
    for name, facts in (("facts", plan.facts), ("first_plan", plan.first_plan)):
        if facts and facts.covered_since and start and facts.covered_since > start:
            yield Contradiction(f"{pointer}/{name}/covered_since", "covered-since-after-start")


def unusable(case: Case, decision: Decision) -> Iterator[Contradiction]:
    """What has no place beside this payer, or stands there with a word of warning."""
    question = case.question
    for position, other in enumerate(question.other_coverage):
        pointer = f"/other_coverage/{position}"
        if not stands_behind(other, question, decision):
            yield Contradiction(pointer, f"{_name(other)}-not-used")
        elif isinstance(other, Medigap) and any(_is_medicaid(each) for each in question.other_coverage):
            yield Contradiction(pointer, "medigap-beside-medicaid")
        elif perhaps_first(other, decision):
            yield Contradiction(pointer, _why_first(other, decision))
        elif hospital_claim(question, decision) and isinstance(other, MedicareSecond | TricareSecond):
            yield Contradiction(pointer, "hospital-behind-plan")


def perhaps_first(other: OtherCoverage, decision: Decision) -> bool:
    """Whether a coverage told beside this payer pays, or may pay, before it; what it leaves is not worked out here.

    A group plan of current employment pays before Medicare, another one after it (42 U.S.C. 1395y(b)(1); 42 CFR
    411.172 and 411.206), and no employer's size is told. Medicare pays before TRICARE and CHAMPVA, as every plan does.
    """
    line = decision.line_of_business
    match other:
        case SecondCommercial() if line in MEDICARE_LINES:
            return other.facts is None or (other.facts.active and not other.facts.continued)
        case SecondCommercial() | MedicareSecond():
            return decision.programme in PAY_LAST
        case _:
            return False


def hospital_claim(question: Question, decision: Decision) -> bool:
    """Whether the claim behind a group plan is a hospital's: the fee on file is the clinician's part alone.

    The hospital's claim is settled by four amounts of its own (42 CFR 411.33(e)).
    """
    return question.place_of_service in FACILITY_PLACES and decision.line_of_business in GROUP_LINES


def group_plan_open(other: OtherCoverage, decision: Decision) -> bool:
    """Whether nobody told if the group plan beside Medicare comes from current employment."""
    return isinstance(other, SecondCommercial) and other.facts is None and decision.line_of_business in MEDICARE_LINES


def _why_first(other: OtherCoverage, decision: Decision) -> str:
    if group_plan_open(other, decision):
        return "group-plan-order-open"
    return "group-plan-before-medicare" if decision.line_of_business in MEDICARE_LINES else "payer-pays-last"


def stands_behind(other: OtherCoverage, question: Question, decision: Decision) -> bool:
    """Whether a coverage may pay after this payer.

    A supplement stands behind Original Medicare alone. QMB and TRICARE For Life need Medicare, first or second.
    Medicare stands behind group plans, has a place beside TRICARE and CHAMPVA, and pays no clinician who opted out:
    that leaves no share of Medicare's to a supplement or to QMB, while TRICARE For Life pays as if Medicare had paid.
    Behind Medicaid there is nobody.
    """
    line = decision.line_of_business
    opted_out = question.medicare_assignment == "opted-out"
    match other:
        case Medigap():
            return line == "medicare" and not opted_out
        case Qmb() | TricareForLife():
            second = any(isinstance(each, MedicareSecond) for each in question.other_coverage) and not opted_out
            first = line in MEDICARE_LINES and not (opted_out and isinstance(other, Qmb))
            return first or (line in GROUP_LINES and second)
        case MedicareSecond():
            return (line in GROUP_LINES or decision.programme in ("tricare", "champva")) and not opted_out
        case TricareSecond():
            return line in MEDICARE_LINES | GROUP_LINES
        case Medicaid() | SecondCommercial():
            return line not in MEDICAID_LINES and line != "self-pay"


def not_told(other: OtherCoverage, question: Question, decision: Decision) -> bool:
    """Whether something is open about a coverage that pays here, so that its payment is a range."""
    if not stands_behind(other, question, decision) or perhaps_first(other, decision):
        return False
    match other:
        case SecondCommercial():
            return other.method is None or other.benefits is None
        case Medicaid():
            group_matters = decision.line_of_business in MEDICARE_LINES
            return other.accepts_medicaid is None or (group_matters and other.group is None)
        case _:
            return False


def government(question: Question, decision: Decision) -> bool:
    """Whether any government coverage pays, first or second: no manufacturer may then help (42 U.S.C. 1320a-7b(b))."""
    second = any(not isinstance(each, SecondCommercial) for each in question.other_coverage)
    return second or decision.line_of_business in GOVERNMENT_LINES


def _is_medicaid(other: OtherCoverage) -> bool:
    return isinstance(other, Qmb) or (isinstance(other, Medicaid) and other.group in (None, "full", "slmb-plus"))


def _name(other: OtherCoverage) -> str:
    return str(other.__struct_config__.tag)
