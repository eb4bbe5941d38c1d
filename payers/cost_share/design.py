"""The plan design that a course runs through: terms by kind of service, and the limits of each plan year."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.memory import remembered
from payers.catalogue.model import Parameter
from payers.catalogue.vocabulary import NOT_SETTLED, Network
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms, settled, share_is_open
from payers.cost_share.credit import LimitKind
from payers.cost_share.ledger import Balance, Ledger, Opening, opens, together
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, PHARMACY
from payers.cost_share.money import WHOLE_BP, Range, exactly
from payers.cost_share.plan import (
    Benefits,
    CarryOver,
    CostShare,
    CostShares,
    Limit,
    PharmacyLimits,
    VisitLimit,
)
from payers.cost_share.plan_calendar import JANUARY_FIRST, MonthDay, month_day, year_start_in

Kind = Literal["default", "drug", "visit", "infusion", "pharmacy_drug"]


class YearAmount(NamedTuple):
    """A yearly amount as far as it is settled: a forecast or a gap makes it a range that holds this year's too."""

    amount: Range
    year: int
    settled: bool
    parameters: tuple[Parameter, ...]


class Turn(NamedTuple):
    """Where a session stands: its day, its number in its plan year, and whether that year is the one that runs today.

    Without a number nobody knows in which plan year the session falls.
    """

    on: date
    number: int | None
    running: bool


class Design(NamedTuple):
    """One way a plan can be built.

    `of_session` replaces `terms` where they depend on the session's day or its number in the plan year.
    `opening(year, met)` is the plan year that starts in the calendar year `year`: with `met`, after what was already
    credited. `reset` is the month and day it starts on, absent when that is not known. `amounts` are the yearly
    amounts behind it, for the telling. From `change_on` on the limits are those of `after_change(year, met)`,
    less what was credited. `benefits` are the terms it was made of, absent for a programme's own.
    """

    terms: Mapping[Kind, tuple[Terms, ...]]
    opening: Callable[[int, bool], Opening]
    reset: MonthDay | None = JANUARY_FIRST
    amounts: Callable[[int], tuple[YearAmount, ...]] = lambda year: ()
    carry_over: CarryOver = "none"
    visit_limit: VisitLimit | None = None
    change_on: date | None = None
    after_change: Callable[[int, bool], Opening] = lambda year, met: Opening()
    of_session: Callable[[Turn], Mapping[Kind, tuple[Terms, ...]]] | None = None
    benefits: Benefits | None = None

    def terms_for(self, kind: Kind, turns: Sequence[Turn] = ()) -> tuple[Terms, ...]:
        """The terms of a kind of service wherever a session may stand; a kind without its own follows the default."""
        several = [self.of_session(turn) for turn in turns] if self.of_session else []
        return tuple(
            dict.fromkeys(terms for each in several or [self.terms] for terms in each.get(kind) or each["default"])
        )


@remembered
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


def found(*several: YearAmount | None) -> tuple[YearAmount, ...]:
    """Those that are on file."""
    return tuple(each for each in several if each is not None)


def coinsurance(share: YearAmount | None) -> tuple[Terms, ...]:
    """Coinsurance after the deductible; one that was not found lies between nothing and the whole amount."""
    ends = (0, WHOLE_BP) if share is None else (share.amount.low_cents, share.amount.high_cents)
    return tuple(Terms(patient_share_bp=share_bp) for share_bp in sorted(set(ends)))


def after_met(fresh: Opening, benefits: Benefits | None) -> Opening:
    """A programme's year after what was already credited, where somebody told; else anything may be left of it.

    Without a family amount the patient is taken for the only one of the family with costs.
    """
    benefits = benefits or Benefits()
    limits: Mapping[LimitKind, Limit | None] = {
        "deductible": benefits.deductible,
        "out-of-pocket-maximum": benefits.out_of_pocket_max,
    }
    least: list[int] = []
    most: list[int] = []
    for account, low_cents, high_cents in zip(fresh.least.accounts, fresh.least.left, fresh.most.left, strict=True):
        told = limits.get(account.kind) or Limit()
        met_cents = told.individual_met_cents
        if account.member is None and told.family_met_cents is not None:
            met_cents = told.family_met_cents
        least.append(0 if met_cents is None else max(0, low_cents - met_cents))
        most.append(max(0, high_cents - (met_cents or 0)))
    return Opening(Ledger(fresh.least.accounts, tuple(least)), Ledger(fresh.most.accounts, tuple(most)))


def yearly_limits(own: YearAmount | None, family: YearAmount | None) -> tuple[Balance, Balance]:
    """A limit of a public programme as its year opens, from least to most; an amount that is not known may be any."""
    ends = [
        (0, UNLIMITED_CENTS) if each is None else (each.amount.low_cents, each.amount.high_cents)
        for each in (own, family)
    ]
    return Balance(ends[0][0], ends[1][0]), Balance(ends[0][1], ends[1][1])


def no_limits(year: int, met: bool) -> Opening:
    """No deductible to meet and no maximum to reach."""
    return Opening()


def no_cost_share() -> Design:
    """The patient pays nothing for a covered service."""
    return Design(terms={"default": (Terms(),)}, opening=no_limits)


def from_benefits(
    benefits: Benefits | None,
    ceiling: Callable[[int], YearAmount | None],
    network: Network = "in",
    ceiling_outside: Callable[[int], YearAmount | None] = lambda year: None,
) -> Design:
    """The design of a plan whose terms the asker told as far as they are known.

    `ceiling(year)` is the most that the law lets an out-of-pocket maximum be (45 CFR 156.130; 42 CFR 422.100(f) for
    Medicare Advantage): it bounds a limit that nobody told, and a deductible never exceeds the maximum. Outside the
    network `ceiling_outside` does. There the terms told for it count; where none were told apart, the plan's only ones.
    """
    benefits = benefits or Benefits()
    elsewhere = benefits.out_of_network
    apart = network == "out" and elsewhere is not None
    inside = benefits.cost_shares or CostShares()
    shares = (elsewhere.cost_shares or CostShares()) if elsewhere and apart else inside
    if shares.pharmacy_drug is None:
        # whether the clinic is in the network says nothing of the pharmacy
        shares = msgspec.structs.replace(shares, pharmacy_drug=inside.pharmacy_drug)
    reset = None if benefits.plan_year_start is None else month_day(benefits.plan_year_start)
    change = benefits.tier_change

    def federal(year: int) -> YearAmount | None:
        return ceiling(year) if network == "in" or apart else ceiling_outside(year)

    def opening(year: int, met: bool) -> Opening:
        changed = change is not None and reset is not None and change.on <= year_start_in(year, reset)
        return together(
            _accounts(_of_new_tier(benefits) if changed else benefits, federal(year), ceiling_outside(year), met=met)
        )

    def after_change(year: int, met: bool) -> Opening:
        return together(_accounts(_of_new_tier(benefits), federal(year), ceiling_outside(year), met=met))

    def amounts(year: int) -> tuple[YearAmount, ...]:
        told = elsewhere.out_of_pocket_max if elsewhere and apart else benefits.out_of_pocket_max
        if told is not None and (told.none or told.individual_cents is not None):
            return ()
        return found(ceiling(year) if network == "in" else ceiling_outside(year))

    return Design(
        terms=_terms(benefits, shares, in_network=network == "in"),
        opening=opening,
        reset=reset,
        amounts=amounts,
        carry_over=benefits.carry_over,
        visit_limit=benefits.visit_limit,
        change_on=None if change is None else change.on,
        after_change=after_change,
        benefits=benefits,
    )


def terms_of(share: CostShare | None, benefits: Benefits, *, in_network: bool) -> tuple[Terms, ...]:
    """All that a cost share may mean under a plan, in its network or outside."""
    share = share or CostShare()
    several = settled(share)
    if benefits.coinsurance_max and share_is_open(share) and share.coinsurance_max_cents is None:
        # it may be a copay, which a maximum on coinsurance alone does not end
        several += [each._replace(copay_cents=UNLIMITED_CENTS, copay_timing="after-deductible") for each in several[1:]]
    return tuple(
        each._replace(
            # free preventive care is a promise about the plan's own network (45 CFR 147.130(a)(3))
            preventive=each.preventive and in_network,
            deductible_counts_to_maximum=benefits.deductible_counts_to_maximum,
        )
        for each in several
    )


def _terms(benefits: Benefits, shares: CostShares, *, in_network: bool) -> dict[Kind, tuple[Terms, ...]]:
    def every(share: CostShare | None) -> tuple[Terms, ...]:
        return terms_of(share, benefits, in_network=in_network)

    terms: dict[Kind, tuple[Terms, ...]] = {
        "default": every(shares.default),
        "pharmacy_drug": every(shares.pharmacy_drug),
    }
    own: dict[Kind, CostShare | None] = {"drug": shares.drug, "visit": shares.visit, "infusion": shares.infusion}
    terms |= {kind: every(share) for kind, share in own.items() if share is not None}
    return terms


def of_any_tier(benefits: Benefits) -> Benefits:
    """The plan where nobody knows on which side of its change of tier a session falls: with any limits at all."""
    if benefits.tier_change is None:
        return benefits
    return msgspec.structs.replace(benefits, deductible=None, out_of_pocket_max=None, tier_change=None)


def _of_new_tier(benefits: Benefits) -> Benefits:
    """The plan with the limits of the tier it changes to, and with what is met of the old ones."""
    change = benefits.tier_change
    if change is None:
        return benefits

    def changed(limit: Limit, before: Limit | None) -> Limit:
        """What was met beyond a new limit has met it."""
        met = before or Limit()
        own, family = met.individual_met_cents, met.family_met_cents
        if own is not None:
            own = min(cents for cents in (own, limit.individual_cents, limit.family_cents) if cents is not None)
        if family is not None and limit.family_cents is not None:
            family = min(family, limit.family_cents)
        return msgspec.structs.replace(limit, individual_met_cents=own, family_met_cents=family)

    return msgspec.structs.replace(
        benefits,
        deductible=changed(change.deductible, benefits.deductible),
        out_of_pocket_max=changed(change.out_of_pocket_max, benefits.out_of_pocket_max),
    )


def _accounts(
    told: Benefits, federal: YearAmount | None, federal_outside: YearAmount | None, *, met: bool
) -> Iterator[Opening]:
    """The limits of each pool of claims: the network's, and apart from them the drug benefit's and those outside."""
    pharmacy, outside = told.pharmacy or PharmacyLimits(), told.out_of_network
    highest = UNLIMITED_CENTS if federal is None else federal.amount.high_cents
    highest_outside = UNLIMITED_CENTS if federal_outside is None else federal_outside.amount.high_cents
    maximum = _left(told.out_of_pocket_max, highest, met=met)
    if federal is not None and told.out_of_pocket_max is not None:
        maximum = _self_only(maximum, federal.amount, told.out_of_pocket_max, met=met)
    plan_maximum = told.out_of_pocket_max and told.out_of_pocket_max.individual_cents
    if not told.deductible_counts_to_maximum:
        plan_maximum = None
    deductible = _left(told.deductible, highest if plan_maximum is None else plan_maximum, met=met)
    yield from _pooled(
        "deductible",
        deductible,
        pharmacy.deductible,
        outside and _left(outside.deductible, highest_outside, met=met),
        crossed=outside is not None and outside.cross_credit,
        met=met,
    )
    yield from _pooled(
        "out-of-pocket-maximum",
        maximum,
        pharmacy.out_of_pocket_max,
        outside and _left(outside.out_of_pocket_max, highest_outside, met=met),
        crossed=outside is not None and outside.cross_credit,
        met=met,
    )
    if told.coinsurance_max is not None:
        yield opens("coinsurance-maximum", *_left(told.coinsurance_max, UNLIMITED_CENTS, met=met))


def _pooled(
    kind: LimitKind,
    limit: tuple[Balance, Balance],
    of_pharmacy: Limit | None,
    outside: tuple[Balance, Balance] | None,
    *,
    crossed: bool,
    met: bool,
) -> Iterator[Opening]:
    """One kind of limit in each pool that has one of its own; `crossed` networks take each other's credit."""
    apart = {PHARMACY} if of_pharmacy else set[str]()
    if outside:
        apart.add(OUT_OF_NETWORK)
    inside, beyond = frozenset({MEDICAL, PHARMACY, OUT_OF_NETWORK} - apart), frozenset({OUT_OF_NETWORK})
    both = inside | beyond if crossed else None
    yield opens(kind, *limit, governs=inside if apart else None, credited_by=both or (inside if apart else None))
    if of_pharmacy:
        own = frozenset({PHARMACY})
        yield opens(kind, *_left(of_pharmacy, UNLIMITED_CENTS, met=met), governs=own, credited_by=own)
    if outside:
        yield opens(kind, *outside, governs=beyond, credited_by=both or beyond)


def _left(limit: Limit | None, ceiling_cents: int, *, met: bool) -> tuple[Balance, Balance]:
    """What is left of a limit, from least to most. No family amount means coverage for one person."""
    limit = limit or Limit()
    if limit.none:
        return Balance(), Balance()
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
