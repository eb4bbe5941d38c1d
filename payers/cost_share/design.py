"""The plan design that a course runs through: terms by kind of service, and the limits of each plan year."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Parameter
from payers.catalogue.vocabulary import NOT_SETTLED
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms, settled
from payers.cost_share.ledger import Balance, Ledger, Opening
from payers.cost_share.money import WHOLE_BP, Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit

Kind = Literal["default", "drug", "visit", "infusion", "pharmacy_drug"]
JANUARY_FIRST = (1, 1)


class YearAmount(NamedTuple):
    """A yearly amount as far as it is settled: a forecast or a gap makes it a range that holds this year's too."""

    amount: Range
    year: int
    settled: bool
    parameters: tuple[Parameter, ...]


class Design(NamedTuple):
    """One way a plan can be built.

    `opening(year, met)` is the plan year that starts in the calendar year `year`: with `met`, after what was already
    credited. `reset` is the month and day it starts on, absent when that is not known. `amounts` are the yearly
    amounts behind it, for the telling.
    """

    terms: Mapping[Kind, tuple[Terms, ...]]
    opening: Callable[[int, bool], Opening]
    reset: tuple[int, int] | None = JANUARY_FIRST
    amounts: Callable[[int], tuple[YearAmount, ...]] = lambda year: ()

    def terms_for(self, kind: Kind) -> tuple[Terms, ...]:
        """The terms of a kind of service; a kind without its own follows the default."""
        return self.terms.get(kind) or self.terms["default"]


def year_amount(
    catalogue: Catalogue, program: str, name: str, year: int, key: str = "amount", scope: str | None = None
) -> YearAmount | None:
    """The amount for a year. Not settled: the hull of the last settled amount and the forecast, where there is one.

    Absent when nothing at or before the year was ever found: the amount is unknown.
    """
    known = [p for p in catalogue.parameter_years(program, name, scope) if key in p.amounts]
    settled_before = [p for p in known if p.year <= year and p.status not in NOT_SETTLED]
    if settled_before and settled_before[-1].year == year:
        return YearAmount(exactly(settled_before[-1].amounts[key]), year, True, (settled_before[-1],))
    forecasts = [p for p in known if p.status in NOT_SETTLED and p.year <= year]
    behind = (*settled_before[-1:], *forecasts[-1:])
    if not settled_before:
        return None
    amounts = [p.amounts[key] for p in behind]
    return YearAmount(Range(low_cents=min(amounts), high_cents=max(amounts)), year, False, behind)


def coinsurance(share: YearAmount | None) -> tuple[Terms, ...]:
    """Coinsurance after the deductible; one that was not found lies between nothing and the whole amount."""
    ends = (0, WHOLE_BP) if share is None else (share.amount.low_cents, share.amount.high_cents)
    return tuple(Terms(patient_share_bp=share_bp) for share_bp in sorted(set(ends)))


def after_met(fresh: Opening, benefits: Benefits | None) -> Opening:
    """A programme's year after what was already credited, where somebody told; else anything may be left of it.

    Without a family amount the patient is taken for the only one of the family with costs.
    """
    benefits = benefits or Benefits()
    deductible, maximum = benefits.deductible or Limit(), benefits.out_of_pocket_max or Limit()
    return Opening(
        Ledger(_less(fresh.least.deductible, deductible, 0), _less(fresh.least.out_of_pocket, maximum, 0)),
        Ledger(_less(fresh.most.deductible, deductible, None), _less(fresh.most.out_of_pocket, maximum, None)),
    )


def _less(balance: Balance, limit: Limit, unknown_left_cents: int | None) -> Balance:
    def left(cents: int, met_cents: int | None) -> int:
        if cents >= UNLIMITED_CENTS:  # no such limit, whatever was credited to it
            return cents
        if met_cents is None:
            return cents if unknown_left_cents is None else unknown_left_cents
        return max(0, cents - met_cents)

    own, family = limit.individual_met_cents, limit.family_met_cents
    return Balance(
        left(balance.individual_cents, own),
        left(balance.family_cents, own if family is None else family),
        balance.aggregate,
    )


def yearly_limits(own: YearAmount | None, family: YearAmount | None) -> tuple[Balance, Balance]:
    """A limit of a public programme as its year opens, from least to most; an amount that is not known may be any."""
    ends = [
        (0, UNLIMITED_CENTS) if each is None else (each.amount.low_cents, each.amount.high_cents)
        for each in (own, family)
    ]
    return Balance(ends[0][0], ends[1][0]), Balance(ends[0][1], ends[1][1])


def no_limits(year: int, met: bool) -> Opening:
    """No deductible to meet and no maximum to reach."""
    none = Ledger(deductible=Balance(0))
    return Opening(none, none)


def no_cost_share() -> Design:
    """The patient pays nothing for a covered service."""
    return Design(terms={"default": (Terms(),)}, opening=no_limits)


def from_benefits(benefits: Benefits | None, ceiling: Callable[[int], YearAmount | None]) -> Design:
    """The design of a plan whose terms the asker told as far as they are known.

    `ceiling(year)` is the most that the law lets an out-of-pocket maximum be (45 CFR 156.130; 42 CFR 422.100(f) for
    Medicare Advantage): it bounds a limit that nobody told, and a deductible never exceeds the maximum.
    """
    benefits = benefits or Benefits()
    shares = benefits.cost_shares or CostShares()
    default = shares.default or CostShare()
    terms: dict[Kind, tuple[Terms, ...]] = {
        "default": tuple(settled(default)),
        "pharmacy_drug": tuple(settled(shares.pharmacy_drug or CostShare())),
    }
    own: dict[Kind, CostShare | None] = {"drug": shares.drug, "visit": shares.visit, "infusion": shares.infusion}
    terms |= {kind: tuple(settled(share)) for kind, share in own.items() if share is not None}

    def opening(year: int, met: bool) -> Opening:
        federal = ceiling(year)
        highest = UNLIMITED_CENTS if federal is None else federal.amount.high_cents
        maximum = _left(benefits.out_of_pocket_max, highest, met=met)
        if federal is not None and benefits.out_of_pocket_max is not None:
            maximum = _self_only(maximum, federal.amount, benefits.out_of_pocket_max, met=met)
        plan_maximum = benefits.out_of_pocket_max and benefits.out_of_pocket_max.individual_cents
        deductible = _left(benefits.deductible, highest if plan_maximum is None else plan_maximum, met=met)
        return Opening(Ledger(deductible[0], maximum[0]), Ledger(deductible[1], maximum[1]))

    def amounts(year: int) -> tuple[YearAmount, ...]:
        told = benefits.out_of_pocket_max is not None and benefits.out_of_pocket_max.individual_cents is not None
        federal = None if told else ceiling(year)
        return () if federal is None else (federal,)

    month_day = benefits.plan_year_start
    reset = None if month_day is None else (int(month_day[:2]), int(month_day[3:]))
    return Design(terms=terms, opening=opening, reset=reset, amounts=amounts)


def _left(limit: Limit | None, ceiling_cents: int, *, met: bool) -> tuple[Balance, Balance]:
    """What is left of a limit, from least to most. No family amount means coverage for one person."""
    limit = limit or Limit()
    aggregate = limit.family_rule == "aggregate" and limit.family_cents is not None
    own = _left_of(limit.individual_cents, limit.individual_met_cents, ceiling_cents, met=met)
    family = (
        (UNLIMITED_CENTS, UNLIMITED_CENTS)
        if limit.family_cents is None
        else _left_of(limit.family_cents, limit.family_met_cents, ceiling_cents, met=met)
    )
    return Balance(own[0], family[0], aggregate), Balance(own[1], family[1], aggregate)


def _self_only(maximum: tuple[Balance, Balance], federal: Range, told: Limit, *, met: bool) -> tuple[Balance, Balance]:
    """A family's maximum with the federal self-only limit embedded in it.

    Since 2016 nobody in a family pays more than the self-only limit, also where only the family's amount counts
    (45 CFR 156.130). Plans older than the law are outside it.
    """
    if not maximum[0].aggregate:
        return maximum
    own_most = 0 if not met else told.individual_met_cents
    if own_most is None:
        own_most = federal.high_cents if told.family_met_cents is None else told.family_met_cents
    own_least = (told.individual_met_cents or 0) if met else 0
    return (
        Balance(max(0, federal.low_cents - own_most), maximum[0].family_cents),
        Balance(max(0, federal.high_cents - own_least), maximum[1].family_cents),
    )


def _left_of(limit_cents: int | None, met_cents: int | None, ceiling_cents: int, *, met: bool) -> tuple[int, int]:
    credited = met_cents or 0
    if limit_cents is None:
        return (0, max(0, ceiling_cents - credited)) if met else (min(credited, ceiling_cents), ceiling_cents)
    if not met:
        return limit_cents, limit_cents
    return (0 if met_cents is None else limit_cents - credited), limit_cents - credited
