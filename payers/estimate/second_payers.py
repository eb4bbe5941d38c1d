"""Who pays after the first payer in this case: other coverage in the order in which it pays, then savings cards."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache, partial

from payers.catalogue.coverage import Decision
from payers.catalogue.model import MedigapPlan, Programme
from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.assistance import POLICIES
from payers.cost_share.bounds import through
from payers.cost_share.design import Design, from_benefits, of_any_tier, year_amount
from payers.cost_share.money import Range, exactly, hull
from payers.cost_share.plan import Benefits, Limit
from payers.cost_share.programmes import medicaid, tricare
from payers.cost_share.second_payer import SecondPayer
from payers.estimate import prices
from payers.estimate.case import Case
from payers.estimate.question import (
    Assistance,
    Medicaid,
    MedicareSecond,
    Medigap,
    OtherCoverage,
    PriceInput,
    Qmb,
    SecondCommercial,
    TricareBeneficiary,
    TricareForLife,
    TricareSecond,
)
from payers.estimate.session_price import service_on
from payers.estimate.unusable import (
    GROUP_LINES,
    MEDICARE_LINES,
    government,
    hospital_claim,
    perhaps_first,
    stands_behind,
)
from payers.second_payers import anything, card, everything, medicare_second, second_plan, supplement, tricare_second
from payers.second_payers import medicaid as medicaid_second
from payers.second_payers.allowance import Allowance
from payers.second_payers.alone import Alone
from payers.second_payers.calendar_limit import ANY, CalendarLimit

IN_ORDER: tuple[type[OtherCoverage], ...] = (
    SecondCommercial,
    MedicareSecond,
    Medigap,
    TricareSecond,
    TricareForLife,
    Qmb,
    Medicaid,
)
"""Who pays before whom: a plan before the programmes, TRICARE before Medicaid alone (10 U.S.C. 1079(j)(1)), and
Medicaid after everybody (42 U.S.C. 1396a(a)(25))."""

FEW_BENEFICIARIES = 4
"""As many as are worth computing one by one; of more TRICARE may pay anything up to what it allows."""


def second_payers(case: Case, decision: Decision) -> tuple[SecondPayer, ...]:
    """The second payers in the order in which they pay."""
    cards = [_card(case, programme, used) for programme, used in usable_cards(case, decision)]
    return (*(_behind(case, decision, each) for each in standing(case, decision)), *cards)


def standing(case: Case, decision: Decision) -> list[OtherCoverage]:
    """The other coverages that have a place behind the payer, in the order in which they pay."""
    behind = [each for each in case.question.other_coverage if stands_behind(each, case.question, decision)]
    return sorted(behind, key=lambda each: IN_ORDER.index(type(each)))


def drug_apart(payers: Sequence[SecondPayer]) -> bool:
    """Whether a second payer looks at drug and visit one by one, so that they need lines of their own."""
    return any(
        payer.assists
        or (
            isinstance(payer, second_plan.SecondPlan)
            and payer.alone
            and {"drug", "visit"} & payer.alone.design.terms.keys()
        )
        for payer in payers
    )


def usable_cards(case: Case, decision: Decision) -> list[tuple[Programme, Assistance]]:
    """The savings programmes that may pay at the visit."""
    return _usable(case, decision, "savings-card")


def rebates(case: Case, decision: Decision) -> list[tuple[Programme, Assistance]]:
    """The programmes told that pay the patient back after the visit: never taken off what is due at check-out."""
    return _usable(case, decision, "rebate")


def surely_open(programme: Programme, state: str | None) -> bool:
    """Whether the programme is open to the patient whatever the state, where nobody told it."""
    return state is not None or not (programme.states or programme.states_excluded)


def _usable(case: Case, decision: Decision, kind: str) -> list[tuple[Programme, Assistance]]:
    """Those of one kind: never beside government coverage, nor where the patient's state is excluded."""
    question = case.question
    if government(question, decision):
        return []
    found = ((case.catalogue.programme(used.program), used) for used in question.assistance)
    return [
        (programme, used)
        for programme, used in found
        if programme
        and programme.kind == kind
        and programme.status == "current"
        and programme.holds_on(case.start_on)
        and question.treatment in programme.treatments
        and question.state not in programme.states_excluded
        and (question.state is None or not programme.states or question.state in programme.states)
    ]


def _behind(case: Case, decision: Decision, other: OtherCoverage) -> SecondPayer:
    line = decision.line_of_business
    if perhaps_first(other, decision):
        return anything.Anything(counts=line in MEDICARE_LINES)
    match other:
        case Medigap():
            return _supplement(case, other)
        case Qmb():
            return everything.Everything(may_write_off=True, after_medicare=_after_medicare(case, decision))
        case TricareForLife():
            return everything.Everything(after_medicare=_after_medicare(case, decision))
        case Medicaid():
            return medicaid_behind(case, line, other)
        case TricareSecond():
            return _tricare(case, decision, other)
        case MedicareSecond():
            return _medicare(case, decision, other)
        case SecondCommercial():
            return _second_plan(case, line, other)


def _supplement(case: Case, told: Medigap) -> supplement.Supplement:
    plan = medigap_plan(case, told)
    if plan.limit_parameter is None:
        return supplement.Supplement(plan, office_visit=told.office_visit)
    program, name = plan.limit_parameter.split(".")
    return supplement.Supplement(plan, _running(case, _yearly(case, program, name), told.met_cents))


def medigap_plan(case: Case, told: Medigap) -> MedigapPlan:
    """What the catalogue knows of the letter."""
    return next(
        each
        for each in case.catalogue.release.medigap_plans
        if each.letter.removesuffix("-HD") == told.plan and each.high_deductible == told.high_deductible
    )


def medicaid_behind(case: Case, line: LineOfBusiness, told: Medicaid) -> medicaid_second.Medicaid:
    """A dual group says which benefits a patient with Medicare has; beside other coverage Medicaid has all of them."""
    covers = told.accepts_medicaid
    if line in MEDICARE_LINES:
        if told.group in ("slmb", "qi", "qdwi"):
            covers = False
        elif told.group is None and covers:
            covers = None
    return medicaid_second.Medicaid(covers, copay_behind(case) or ANY)


def copay_behind(case: Case) -> Range | None:
    """What the state's Medicaid asks of a service in the years of the course; absent where that is not on file."""
    if case.question.state is None:
        return None
    program = medicaid.program_of(case.question.state)
    known = [medicaid.copay(case.catalogue, program, year) for year in _years(case)]
    return hull(each.amount for each in known if each) if all(known) else None


def _tricare(case: Case, decision: Decision, second: TricareSecond) -> tricare_second.TricareSecond:
    told = case.question.tricare or TricareBeneficiary()
    met = Benefits(
        deductible=Limit(individual_met_cents=second.deductible_met_cents),
        out_of_pocket_max=Limit(individual_met_cents=second.cap_met_cents),
    )
    designs = [
        tricare.design(case.catalogue, who, network, met, case.start_on.year)
        for who in tricare.beneficiaries(told.plan, told.group, told.category, told.junior_enlisted, told.referral)
        for network in case.networks(decision)
    ]
    known = designs if len(designs) <= FEW_BENEFICIARIES else ()
    return tricare_second.TricareSecond(
        tuple(_alone(case, design) for design in known),
        _fee(case, decision),
        one_service=decision.line_of_business in MEDICARE_LINES,
    )


def _fee(case: Case, decision: Decision) -> Allowance | None:
    """What Medicare approves of the claim that reaches it."""
    return None if hospital_claim(case.question, decision) else medicare_allowance(case)


def _medicare(case: Case, decision: Decision, told: MedicareSecond) -> medicare_second.MedicareSecond:
    """Beside a clinic that does not take assignment what the patient may be asked is open."""
    approved = None if case.question.medicare_assignment == "not-accepted" else _fee(case, decision)
    deductible = _running(case, _yearly(case, "medicare-part-b", "deductible"), told.deductible_met_cents)
    return medicare_second.MedicareSecond(approved, deductible)


def _after_medicare(case: Case, decision: Decision) -> bool:
    """Whether Medicare pays a known part of the claim behind a group plan."""
    second = any(isinstance(each, MedicareSecond) for each in standing(case, decision))
    return second and decision.line_of_business in GROUP_LINES and _fee(case, decision) is not None


def _second_plan(case: Case, line: LineOfBusiness, told: SecondCommercial) -> second_plan.SecondPlan:
    """How another plan and the VA take each other into account is not worked out here."""
    benefits = told.benefits if line in GROUP_LINES | MEDICARE_LINES else None
    bank = None
    if told.benefit_bank or told.bank_cents is not None:
        bank = ANY if told.bank_cents is None else exactly(told.bank_cents)
    return second_plan.SecondPlan(
        methods=(told.method,) if told.method else second_plan.METHODS,
        alone=None if benefits is None else _alone(case, _design(case, benefits)),
        allowance=told.allowed_per_session and _told_allowance(case, told.allowed_per_session),
        bank=bank,
    )


def _design(case: Case, benefits: Benefits) -> Design:
    """The second plan's own terms, its limits anything the law lets them be where they change within the year."""
    return from_benefits(of_any_tier(benefits), partial(year_amount, case.catalogue, "aca", "oop-max-self"))


def _alone(case: Case, design: Design) -> Alone:
    return Alone(
        design, case.treatment.cost_share_kind, case.today, _years(case), through=lru_cache(maxsize=64)(through)
    )


def _told_allowance(case: Case, told: PriceInput) -> Allowance:
    visit = prices.observation(case.catalogue, case.question.prices, service_on(case, case.start_on, None))

    def any_day(day: date | None) -> Range:
        return told.range

    return Allowance(any_day, visit and visit.amount)


def medicare_allowance(case: Case) -> Allowance | None:
    """What Medicare approves for a session, which binds what TRICARE allows too; absent where no fee is on file."""
    days = [slot.on for slots in case.schedules for slot in slots]
    if not case.start_known:
        days.append(date(case.start_on.year + 1, 1, 1))

    @cache
    def on(day: date) -> Range | None:
        fee = prices.medicare_fee(case.catalogue, service_on(case, day, "medicare"))
        return fee and fee.amount

    known = [fee for day in days if (fee := on(day))]
    if not known:
        return None
    any_day = hull(known)

    def approved(day: date | None) -> Range:
        return (day and on(day)) or any_day

    return Allowance(approved)


def _card(case: Case, programme: Programme, used: Assistance) -> card.Card:
    yearly = used.yearly_limit_cents if used.yearly_limit_cents is not None else programme.annual_limit_cents
    amount = ANY if yearly is None else exactly(yearly)

    def each_year(year: int) -> Range:
        return amount

    held = used.remaining_cents
    return card.Card(
        policies=(used.policy,) if used.policy else POLICIES,
        # a floor that was not seen may be nothing or leave everything
        floor=ANY if programme.patient_floor_cents is None else exactly(programme.patient_floor_cents),
        fill_limit=ANY if used.per_fill_limit_cents is None else exactly(used.per_fill_limit_cents),
        limit=CalendarLimit(
            each_year,
            Range(low_cents=0, high_cents=amount.high_cents) if held is None else exactly(held),
            case.today.year,
        ),
        sure=surely_open(programme, case.question.state),
        filled=lru_cache(maxsize=256)(card.filled),
    )


def _yearly(case: Case, program: str, name: str) -> Callable[[int], Range]:
    """A programme's amount by calendar year. A year without any figure may bring more than the last one on file."""

    @cache
    def amount(year: int) -> Range:
        found = year_amount(case.catalogue, program, name, year)
        if found is None:
            return ANY
        forecast = found.settled or len(found.parameters) > 1
        return found.amount if forecast else Range(low_cents=found.amount.low_cents, high_cents=UNLIMITED_CENTS)

    return amount


def _running(case: Case, amounts: Callable[[int], Range], met_cents: int | None) -> CalendarLimit:
    """A yearly amount less what was credited to it this calendar year; untold, any of it."""
    year = case.today.year
    whole = amounts(year)
    return CalendarLimit(
        amounts,
        Range(
            low_cents=0 if met_cents is None else max(0, whole.low_cents - met_cents),
            high_cents=max(0, whole.high_cents - (met_cents or 0)),
        ),
        year,
    )


def _years(case: Case) -> tuple[int, ...]:
    """The calendar years in which a plan year of the course may start."""
    first = min(case.today, case.start_on).year
    return tuple(range(first, first + 4))
