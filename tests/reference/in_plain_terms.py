"""A question to the product in the reference's own words. Terms are mapped; nothing is settled."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from payers.adjudication.question import AdjudicationQuestion, CardInput, ServiceInput
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, OutOfNetwork, PharmacyLimits
from tests.reference.plan_year_terms import (
    NO_LIMIT,
    Card,
    Claim,
    Event,
    LimitKind,
    NewCardYear,
    NewLimits,
    NewYear,
    Opening,
    Reversal,
    Terms,
    Told,
    YearlyLimit,
)

EVERYTHING = frozenset({"medical", "pharmacy", "out-of-network"})
REST_OF_FAMILY = "rest of the family"


class Place(NamedTuple):
    """Where the plan tells a limit."""

    part: str | None
    name: str


class Apart(NamedTuple):
    """One limit of the plan with its pools of claims, and what the other members have met of it."""

    place: Place
    kind: LimitKind
    limit: Limit
    governs: frozenset[str]
    credited_by: frozenset[str]
    others_met: tuple[int, ...]


def opening(asked: AdjudicationQuestion) -> Opening:
    """The first plan year before the first service."""
    met: list[Told] = []
    several = tuple(apart(asked))
    for number, each in enumerate(several):
        known = each.limit.individual_met_cents or 0, *each.others_met
        rest = max(0, (each.limit.family_met_cents or 0) - sum(known))
        names = ("", *asked.members, REST_OF_FAMILY)
        met += [Told(number, name, cents) for name, cents in zip(names, (*known, rest), strict=True)]
    visits = asked.benefits.visit_limit
    used = {"": visits.used or 0 if visits else 0} | {
        name: each.visits_used or 0 for name, each in asked.members.items()
    }
    return Opening(
        limits=_yearly_limits(asked, several),
        met=tuple(met),
        visits=visits and visits.visits,
        visits_used=used,
        card=asked.card and _card(asked.card, asked.card.remaining_cents or 0),
    )


def events(asked: AdjudicationQuestion, line_of: Mapping[str, int]) -> Iterator[list[Event]]:
    """What happens up to and with each service; `line_of` tells the line of a service by its label."""
    benefits, change = asked.benefits, asked.benefits.tier_change
    month, day_of_month = map(int, (benefits.plan_year_start or "").split("-"))
    year, calendar_year = _year_of(asked.days[0], month, day_of_month), asked.days[0].year
    for service, day in zip(asked.services, asked.days, strict=True):
        happening: list[Event] = []
        while _year_of(day, month, day_of_month) > year:
            next_year = date(year.year + 1, month, day_of_month)
            if change and change.on < next_year:
                happening.append(NewLimits(_changed(asked)))
            happening.append(_new_year(benefits, next_year))
            year = next_year
        if change and change.on <= day:
            happening.append(NewLimits(_changed(asked)))
        if asked.card and day.year > calendar_year:
            calendar_year = day.year
            happening.append(NewCardYear(_card(asked.card, asked.card.yearly_limit_cents or 0)))
        happening.append(
            _claim(benefits, service, day) if service.reverses is None else Reversal(line_of[service.reverses])
        )
        yield happening


def apart(asked: AdjudicationQuestion) -> Iterator[Apart]:
    """The limits of every pool of claims."""
    benefits = asked.benefits
    pharmacy, outside = benefits.pharmacy or PharmacyLimits(), benefits.out_of_network or OutOfNetwork()
    beyond = frozenset({"out-of-network"}) if benefits.out_of_network else frozenset[str]()
    drug = frozenset({"pharmacy"})
    kinds: dict[str, LimitKind] = {"deductible": "deductible", "out_of_pocket_max": "out-of-pocket-maximum"}

    def others(part: str | None, name: str) -> tuple[int, ...]:
        told = [getattr(member, part) if part else member for member in asked.members.values()]
        return tuple(getattr(each, f"{name}_met_cents") or 0 if each else 0 for each in told)

    for name, kind in kinds.items():
        limits: dict[str | None, Limit | None] = {
            part: getattr(owner, name)
            for part, owner in ((None, benefits), ("pharmacy", pharmacy), ("out_of_network", outside))
        }
        inside = EVERYTHING - beyond - (drug if limits["pharmacy"] else frozenset())
        both = inside | beyond
        pools = {
            None: (inside, both if outside.cross_credit else inside),
            "pharmacy": (drug, drug),
            "out_of_network": (beyond, both if outside.cross_credit else beyond),
        }
        for part, limit in limits.items():
            if limit:
                yield Apart(Place(part, name), kind, limit, *pools[part], others(part, name))
    if benefits.coinsurance_max:
        name = "coinsurance_max"
        met = others(None, name)
        yield Apart(Place(None, name), "coinsurance-maximum", benefits.coinsurance_max, EVERYTHING, EVERYTHING, met)


def _year_of(day: date, month: int, day_of_month: int) -> date:
    start = date(day.year, month, day_of_month)
    return start if start <= day else date(day.year - 1, month, day_of_month)


def _new_year(benefits: Benefits, start: date) -> NewYear:
    if benefits.carry_over == "none":
        return NewYear()
    month = start.month - 3
    since = date(start.year, month, start.day) if month > 0 else date(start.year - 1, month + 12, start.day)
    return NewYear(since, carries_met_deductible=benefits.carry_over == "always")


def _yearly_limits(
    asked: AdjudicationQuestion, several: Sequence[Apart], new: Mapping[Place, Limit] | None = None
) -> tuple[YearlyLimit, ...]:
    limits: list[YearlyLimit] = []
    for number, each in enumerate(several):
        limit = (new or {}).get(each.place, each.limit)
        aggregate_maximum = each.place == Place(None, "out_of_pocket_max") and limit.family_rule == "aggregate"
        if limit.none:
            continue
        limits.append(
            YearlyLimit(
                number=number,
                kind=each.kind,
                individual_cents=limit.individual_cents,
                family_cents=limit.family_cents,
                family_rule=limit.family_rule,
                self_only_cents=asked.self_only_max_cents if aggregate_maximum else None,
                governs=each.governs,
                credited_by=each.credited_by,
            )
        )
    return tuple(limits)


def _changed(asked: AdjudicationQuestion) -> tuple[YearlyLimit, ...]:
    change = asked.benefits.tier_change
    assert change
    new = {Place(None, "deductible"): change.deductible, Place(None, "out_of_pocket_max"): change.out_of_pocket_max}
    return _yearly_limits(asked, tuple(apart(asked)), new)


def _card(card: CardInput, left_cents: int) -> Card:
    assert card.policy
    return Card(
        policy=card.policy,
        left_cents=left_cents,
        fill_limit_cents=NO_LIMIT if card.per_fill_limit_cents is None else card.per_fill_limit_cents,
        patient_floor_cents=card.patient_floor_cents,
        credits_own_money=card.credits_own_money is True,
    )


def _claim(benefits: Benefits, service: ServiceInput, day: date) -> Claim:
    protected = service.out_of_network_rate_cents is not None
    outside = service.network == "out" and not protected
    beyond = benefits.out_of_network if outside else None
    shares = (beyond.cost_shares if beyond else benefits.cost_shares) or CostShares()
    share = service.cost_share or getattr(shares, service.kind) or shares.default or CostShare()
    pool = "out-of-network" if outside else "pharmacy" if service.kind == "pharmacy_drug" else "medical"
    allowed = service.allowed_cents or 0
    by_kind = service.member is None and service.kind in ("drug", "pharmacy_drug")
    return Claim(
        allowed_cents=allowed,
        charge_cents=allowed if service.charge_cents is None else service.charge_cents,
        terms=_terms(benefits, share, preventive=service.preventive),
        contracted=service.network == "in",
        rate_cents=service.out_of_network_rate_cents,
        member=service.member or "",
        pool=pool,
        counts_as_visit=service.counts_as_visit,
        on=day,
        assisted=by_kind if service.assisted is None else service.assisted,
    )


def _terms(benefits: Benefits, share: CostShare, *, preventive: bool) -> Terms:
    flat = share.copay_cents is not None and share.copay_timing == "flat-no-deductible"
    return Terms(
        patient_share_bp=share.patient_share_bp or 0,
        copay_cents=share.copay_cents or 0,
        copay_timing=share.copay_timing,
        coinsurance_on_gross=share.coinsurance_base == "gross-of-copay",
        deductible_applies=share.deductible_applies and not flat,
        coinsurance_min_cents=share.coinsurance_min_cents or 0,
        coinsurance_max_cents=NO_LIMIT if share.coinsurance_max_cents is None else share.coinsurance_max_cents,
        covered=share.covered,
        preventive=preventive or share.preventive,
        copay_credits_deductible=share.copay_credits_deductible,
        deductible_counts_to_maximum=benefits.deductible_counts_to_maximum,
        copay_counts_to_maximum=share.copay_counts_to_maximum,
        copay_after_maximum=share.copay_after_maximum,
    )
