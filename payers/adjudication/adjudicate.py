"""Services through the plan: the one entry."""

from collections.abc import Sequence
from typing import NamedTuple

from payers.adjudication.answer import AdjudicationAnswer, Amounts, ServiceAnswer
from payers.adjudication.because import Told, left, reasons
from payers.adjudication.claims import taken_back, worlds
from payers.adjudication.contradictions import Contradiction, contradiction
from payers.adjudication.course import Step, course
from payers.adjudication.family import family_design
from payers.adjudication.met import counting, plan_year_met
from payers.adjudication.question import AdjudicationQuestion, ServiceInput
from payers.adjudication.second_payers import second_payers
from payers.cost_share.adjudicate import ALMOST_UNLIMITED, NOT_COVERED
from payers.cost_share.bounds import LineBounds, Period
from payers.cost_share.design import Design
from payers.cost_share.ledger import Opening
from payers.cost_share.money import ZERO, Range, exactly
from payers.estimate.timeline import timeline
from payers.second_payers.card import Card


def adjudicate_services(asked: AdjudicationQuestion) -> AdjudicationAnswer | Contradiction:
    """Send the services through the plan. With every term told, low equals high."""
    if wrong := contradiction(asked):
        return wrong
    calendar = _calendar(asked, counting(family_design(asked), asked))
    claims = worlds(asked, calendar.years)
    steps, patient = course(claims, calendar.period_of, calendar.periods, second_payers(asked))
    amounts = [_amounts(service, step.bounds) for service, step in zip(asked.services, steps, strict=True)]
    taken = taken_back(asked)
    services = tuple(
        _answer(asked, position, calendar, steps, taken, amounts[position] if back is None else _minus(amounts[back]))
        for position, back in enumerate(taken)
    )
    standing = [each for position, each in enumerate(amounts) if taken[position] is None and position not in taken]
    return AdjudicationAnswer(
        services=services,
        totals=_totals(standing, patient),
        met=plan_year_met(asked, steps[-1].after),
        card_remaining=_card_remaining(steps[-1], asked.services[-1]),
    )


class _Calendar(NamedTuple):
    """The plan year of each service, counted from the first one's, and its stretch with one set of limits."""

    years: tuple[int, ...]
    period_of: tuple[int, ...]
    periods: tuple[Period, ...]
    full: tuple[Opening, ...] = ()
    """For each service, the limits of its stretch with nothing met; they tell what was carried over."""
    new_tier: tuple[bool, ...] = ()
    """For each service, whether the coverage tier has changed within its plan year."""


def _calendar(asked: AdjudicationQuestion, design: Design) -> _Calendar:
    """What is met belongs to the plan year of the first service; without dates there is one plan year."""
    if not asked.days:
        none = tuple(0 for _ in asked.services)
        return _Calendar(none, none, (Period(design.opening(0, True)),))
    along = timeline(design, asked.days, asked.days[0])
    starts = [max(start for start in along.year_starts if start <= day) for day in asked.days]
    change_on = design.change_on
    new_tier = tuple(
        change_on is not None and start < change_on <= day for start, day in zip(starts, asked.days, strict=True)
    )
    return _Calendar(
        years=tuple(start.year - starts[0].year for start in starts),
        period_of=along.period_of,
        periods=along.periods,
        full=tuple(
            (design.after_change if changed else design.opening)(start.year, False)
            for start, changed in zip(starts, new_tier, strict=True)
            if asked.benefits.carry_over != "none"
        ),
        new_tier=new_tier,
    )


def _amounts(service: ServiceInput, bounds: LineBounds) -> Amounts:
    """Who bears one service. In the network the clinic writes off what the plan does not allow.

    So does the provider of a protected service with what exceeds its rate, and the plan pays what the rate exceeds the
    recognized amount by.
    """
    billed, allowed = exactly(service.billed_cents), bounds.line.allowed
    may_not_cover = NOT_COVERED in bounds.line.terms
    excess_cents = topped_up_cents = 0
    if bounds.line.terms != (NOT_COVERED,) and service.settled_as == "in":
        paid_cents = allowed.low_cents if service.network == "in" else service.paid_cents
        excess_cents, topped_up_cents = billed.low_cents - paid_cents, paid_cents - allowed.low_cents
    topped_up = Range(low_cents=0 if may_not_cover else topped_up_cents, high_cents=topped_up_cents)
    return Amounts(
        charge=billed,
        allowed=Range(low_cents=allowed.low_cents, high_cents=billed.high_cents) if may_not_cover else allowed,
        deductible=bounds.deductible,
        copay=bounds.copay,
        coinsurance=bounds.coinsurance,
        not_covered=bounds.not_covered,
        balance_bill=bounds.balance_bill,
        write_off=Range(low_cents=0 if may_not_cover else excess_cents, high_cents=excess_cents),
        plan_pays=bounds.plan_pays + topped_up,
        other_payers_pay=bounds.other_payers_pay,
        assistance=bounds.assistance,
        patient_pays=bounds.patient_pays,
    )


def _answer(
    asked: AdjudicationQuestion,
    position: int,
    calendar: _Calendar,
    steps: Sequence[Step],
    backs: Sequence[int | None],
    amounts: Amounts,
) -> ServiceAnswer:
    """`backs` names the service that each one takes back."""
    service, step = asked.services[position], steps[position]
    back = backs[position]
    by = asked.services[backs.index(position)].label if position in backs else None
    told = _told(asked, position, calendar, steps)._replace(taken_back_by=by)
    reversal = told.because("patient_pays", "reversal", label=service.reverses or "")
    return ServiceAnswer(
        **{name: getattr(amounts, name) for name in Amounts.__struct_fields__},
        label=service.label,
        member=asked.services[position if back is None else back].member,
        plan_year=calendar.years[position] + 1,
        reversed=by is not None,
        deductible_remaining=left(step.after, "deductible", told).amount,
        out_of_pocket_remaining=left(step.after, "out-of-pocket-maximum", told).amount,
        because=tuple(reasons(told)) if back is None else (reversal,),
    )


def _card_remaining(last: Step, service: ServiceInput) -> Range | None:
    for payer in last.behind:
        if isinstance(payer, Card):
            left = payer.limit.on(service.on)
            return None if left.high_cents >= ALMOST_UNLIMITED else left
    return None


def _told(asked: AdjudicationQuestion, position: int, calendar: _Calendar, steps: Sequence[Step]) -> Told:
    """The service with what starts with it, where it is its member's first under these limits."""
    service, step, period = asked.services[position], steps[position], calendar.period_of[position]
    told = Told(asked, service, step)
    of_period = calendar.period_of.index(period)
    earlier = steps[of_period:position]
    if not asked.days or any(each.bounds.line.member == step.bounds.line.member for each in earlier):
        return told
    new_year = of_period > 0 and calendar.years[of_period - 1] != calendar.years[of_period]
    carried = None
    if new_year and asked.benefits.carry_over != "none":
        line = step.bounds.line
        whole = calendar.full[position].remaining("deductible", line.pool, line.member)
        opened = steps[of_period].before.remaining("deductible", line.pool, line.member)
        carried = Range(
            low_cents=max(0, whole.low_cents - opened.high_cents), high_cents=whole.high_cents - opened.low_cents
        )
    return told._replace(new_year=new_year, new_tier=calendar.new_tier[position], carried=carried)


def _minus(amounts: Amounts) -> Amounts:
    """The same amounts taken back."""
    taken: dict[str, Range] = {name: getattr(amounts, name) for name in Amounts.__struct_fields__}
    return Amounts(
        **{name: Range(low_cents=-each.high_cents, high_cents=-each.low_cents) for name, each in taken.items()}
    )


def _totals(standing: Sequence[Amounts], patient: Range) -> Amounts:
    """Sums; the plan pays what nobody else does."""
    sums: dict[str, Range] = {
        name: sum((getattr(each, name) for each in standing), ZERO) for name in Amounts.__struct_fields__
    }
    others = patient + sums["other_payers_pay"] + sums["assistance"] + sums["write_off"]
    charge_cents = sums["charge"].low_cents
    plan = Range(
        low_cents=max(sums["plan_pays"].low_cents, charge_cents - others.high_cents),
        high_cents=min(sums["plan_pays"].high_cents, charge_cents - others.low_cents),
    )
    return Amounts(**sums | {"plan_pays": plan, "patient_pays": patient})
