"""Who pays after the plan: the patient's second plan, then the savings card."""

from collections.abc import Iterator

from payers.adjudication.question import AdjudicationQuestion, CardInput, OtherPlan
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.assistance import POLICIES
from payers.cost_share.design import from_benefits
from payers.cost_share.money import Range, exactly
from payers.cost_share.second_payer import SecondPayer
from payers.second_payers.alone import Alone
from payers.second_payers.calendar_limit import ANY, CalendarLimit
from payers.second_payers.card import Card
from payers.second_payers.second_plan import METHODS, SecondPlan


def second_payers(asked: AdjudicationQuestion) -> tuple[SecondPayer, ...]:
    """The second payers in the order in which they pay."""
    return tuple(_second_payers(asked))


def _second_payers(asked: AdjudicationQuestion) -> Iterator[SecondPayer]:
    if asked.other_coverage:
        yield _second_plan(asked, asked.other_coverage)
    if asked.card:
        yield _card(asked.card, asked.days[0].year)


def _second_plan(asked: AdjudicationQuestion, told: OtherPlan) -> SecondPlan:
    alone = None
    if told.benefits:
        first, last = asked.days[0], asked.days[-1]
        years = tuple(range(first.year - 1, last.year + 1))
        alone = Alone(from_benefits(told.benefits, lambda _: None), "default", first, years)
    bank = None if told.bank_cents is None else exactly(told.bank_cents)
    return SecondPlan((told.method,) if told.method else METHODS, alone, bank=bank)


def _card(told: CardInput, year: int) -> Card:
    yearly = ANY if told.yearly_limit_cents is None else exactly(told.yearly_limit_cents)
    held = told.remaining_cents

    def amounts(_: int) -> Range:
        return yearly

    return Card(
        policies=(told.policy,) if told.policy else POLICIES,
        own_money_counts=(True, False) if told.credits_own_money is None else (told.credits_own_money,),
        floor=exactly(told.patient_floor_cents),
        fill_limit=exactly(UNLIMITED_CENTS if told.per_fill_limit_cents is None else told.per_fill_limit_cents),
        limit=CalendarLimit(
            amounts, Range(low_cents=0, high_cents=yearly.high_cents) if held is None else exactly(held), year
        ),
    )
