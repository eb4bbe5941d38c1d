"""An explicit question in the terms of the journal of a plan year, which is other code and checked on its own."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from payers.adjudication.question import AdjudicationQuestion, CardInput, Met, ServiceInput
from payers.cost_share.accumulators import REST_OF_FAMILY, Posting, YearlyLimit
from payers.cost_share.adjudicate import UNLIMITED_CENTS, settled
from payers.cost_share.assistance import Card
from payers.cost_share.credit import Credit, LimitKind
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, OutOfNetwork, PharmacyLimits
from payers.cost_share.plan_calendar import months_later, year_start
from payers.cost_share.plan_year import Book, Claim, Event, NewCardYear, NewLimits, NewYear, Reversal, run

PLACE: dict[LimitKind, int] = {"deductible": 0, "coinsurance-maximum": 1, "out-of-pocket-maximum": 2}
EVERYTHING = frozenset({"medical", "pharmacy", "out-of-network"})


class Apart(NamedTuple):
    """One limit of the plan as the journal has it: its pools, and what the other members have met of it."""

    kind: LimitKind
    limit: Limit
    governs: frozenset[str]
    credited_by: frozenset[str]
    others_met: tuple[int, ...]


def book_of(asked: AdjudicationQuestion) -> Book:
    """The journal before the first service."""
    postings: list[Posting] = []
    several = tuple(_apart(asked))
    for number, apart in enumerate(several):
        met = apart.limit.individual_met_cents or 0, *apart.others_met
        rest = max(0, (apart.limit.family_met_cents or 0) - sum(met))
        for member, cents in zip(("", *asked.members, REST_OF_FAMILY), (*met, rest), strict=True):
            parts = [0, 0, 0]
            parts[PLACE[apart.kind]] = cents
            postings.append(Posting(member, f"told {number}", Credit(*parts)))
    limit = asked.benefits.visit_limit
    used: dict[str, int] = {}
    if limit:
        used = {"": limit.used or 0} | {name: each.visits_used or 0 for name, each in asked.members.items()}
    card = asked.card
    book = Book(
        limits=tuple(_limit(asked, number, apart, apart.limit) for number, apart in enumerate(several)),
        visit_limits={"visit": limit.visits} if limit else {},
        card=card and _card(card, card.remaining_cents or 0),
        postings=tuple(postings),
    )
    return run(book, [Claim(0, member=member, visit="visit") for member, count in used.items() for _ in range(count)])


def events(asked: AdjudicationQuestion, place: Mapping[str, int]) -> Iterator[list[Event]]:
    """What happens up to and with each service."""
    benefits, change = asked.benefits, asked.benefits.tier_change
    month_day = benefits.plan_year_start or ""
    reset = int(month_day[:2]), int(month_day[3:])
    year, calendar_year = year_start(asked.days[0], reset), asked.days[0].year
    for service, day in zip(asked.services, asked.days, strict=True):
        happening: list[Event] = []
        while year_start(day, reset) > year:
            next_year = year_start(year + timedelta(366), reset)
            if change and change.on < next_year:
                happening.append(_new_limits(asked))
            since = months_later(next_year, -3) if benefits.carry_over != "none" else None
            happening.append(NewYear(since, carries_met_deductible=benefits.carry_over == "always"))
            year = next_year
        if change and change.on <= day:
            happening.append(_new_limits(asked))
        if asked.card and day.year > calendar_year:
            calendar_year = day.year
            happening.append(NewCardYear(_card(asked.card, asked.card.yearly_limit_cents or 0)))
        happening.append(
            _claim(benefits, service, day) if service.reverses is None else Reversal(place[service.reverses])
        )
        yield happening


def _apart(asked: AdjudicationQuestion) -> Iterator[Apart]:
    """The limits of every pool."""
    benefits, others = asked.benefits, tuple(asked.members.values())
    pharmacy, outside = benefits.pharmacy or PharmacyLimits(), benefits.out_of_network or OutOfNetwork()
    beyond = frozenset({"out-of-network"}) if benefits.out_of_network else frozenset[str]()
    by_drug = frozenset({"pharmacy"})
    several: tuple[tuple[LimitKind, Limit | None, Limit | None, Limit | None], ...] = (
        ("deductible", benefits.deductible, pharmacy.deductible, outside.deductible),
        ("out-of-pocket-maximum", benefits.out_of_pocket_max, pharmacy.out_of_pocket_max, outside.out_of_pocket_max),
    )
    for kind, limit, drug, out in several:
        inside = EVERYTHING - beyond - (by_drug if drug else frozenset())
        crossed = inside | beyond if outside.cross_credit else None
        if limit:
            yield Apart(kind, limit, inside, crossed or inside, tuple(_met(other, kind) for other in others))
        if drug:
            yield Apart(kind, drug, by_drug, by_drug, tuple(_met(other.pharmacy, kind) for other in others))
        if out:
            yield Apart(
                kind, out, beyond, crossed or beyond, tuple(_met(other.out_of_network, kind) for other in others)
            )
    if benefits.coinsurance_max:
        met = tuple(other.coinsurance_max_met_cents or 0 for other in others)
        yield Apart("coinsurance-maximum", benefits.coinsurance_max, EVERYTHING, EVERYTHING, met)


def _met(told: Met | None, kind: LimitKind) -> int:
    if told is None:
        return 0
    return (told.deductible_met_cents if kind == "deductible" else told.out_of_pocket_max_met_cents) or 0


def _limit(asked: AdjudicationQuestion, number: int, apart: Apart, limit: Limit) -> YearlyLimit:
    """Its own made-up pool holds what was told to be met of it, which no other limit is credited with."""
    of_network = apart.kind == "out-of-pocket-maximum" and "medical" in apart.governs
    return YearlyLimit(
        apart.kind,
        limit.individual_cents,
        limit.family_cents,
        limit.family_rule,
        asked.self_only_max_cents if of_network and limit.family_rule == "aggregate" else None,
        apart.governs,
        apart.credited_by | {f"told {number}"},
    )


def _card(card: CardInput, left_cents: int) -> Card:
    most = UNLIMITED_CENTS if card.per_fill_limit_cents is None else card.per_fill_limit_cents
    return Card(card.policy or "counts", left_cents, most, card.patient_floor_cents)


def _new_limits(asked: AdjudicationQuestion) -> NewLimits:
    change = asked.benefits.tier_change
    assert change
    new: dict[LimitKind, Limit] = {"deductible": change.deductible, "out-of-pocket-maximum": change.out_of_pocket_max}
    return NewLimits(
        tuple(
            _limit(
                asked,
                number,
                apart,
                new[apart.kind] if "medical" in apart.governs and apart.kind in new else apart.limit,
            )
            for number, apart in enumerate(_apart(asked))
        )
    )


def _claim(benefits: Benefits, service: ServiceInput, day: date) -> Claim:
    outside = benefits.out_of_network if service.network == "out" else None
    shares = (outside.cost_shares if outside else benefits.cost_shares) or CostShares()
    own = {"drug": shares.drug, "visit": shares.visit, "pharmacy_drug": shares.pharmacy_drug}.get(service.kind)
    (terms,) = settled(own or shares.default or CostShare())
    pool = "pharmacy" if service.kind == "pharmacy_drug" else "medical"
    return Claim(
        service.allowed_cents or 0,
        terms._replace(
            preventive=service.preventive, deductible_counts_to_maximum=benefits.deductible_counts_to_maximum
        ),
        service.charge_cents,
        contracted=service.network == "in",
        member=service.member or "",
        pool="out-of-network" if service.network == "out" else pool,
        visit="visit" if service.counts_as_visit else None,
        on=day,
        assisted=service.member is None and service.kind in ("drug", "pharmacy_drug"),
    )
