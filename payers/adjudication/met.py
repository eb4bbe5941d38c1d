"""What everybody has met of each limit: counted by accounts that limit nothing and take all that a limit takes."""

from collections.abc import Callable, Iterator
from functools import cache

from payers.adjudication.answer import MetAmounts, OwnerMet, PlanYearMet
from payers.adjudication.family import Part, Place, family_met_cents, limits
from payers.adjudication.question import AdjudicationQuestion
from payers.cost_share.adjudicate import ALMOST_UNLIMITED, UNLIMITED_CENTS
from payers.cost_share.credit import LimitKind
from payers.cost_share.design import Design
from payers.cost_share.ledger import Account, Ledger, Opening, together
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, PATIENT, PHARMACY
from payers.cost_share.money import Range
from payers.cost_share.plan import Benefits, Limit

KINDS: dict[str, LimitKind] = {
    "deductible": "deductible",
    "out_of_pocket_max": "out-of-pocket-maximum",
    "coinsurance_max": "coinsurance-maximum",
}


def counting(design: Design, asked: AdjudicationQuestion) -> Design:
    """The same plan, which also keeps count of what everybody has met."""

    def with_count(opens: Callable[[int, bool], Opening]) -> Callable[[int, bool], Opening]:
        @cache
        def opening(year: int, met: bool) -> Opening:
            return together((opens(year, met), told if met else fresh))

        return opening

    fresh, told = _count(asked)
    return design._replace(opening=with_count(design.opening), after_change=with_count(design.after_change))


def plan_year_met(asked: AdjudicationQuestion, after: Opening) -> PlanYearMet:
    """What was met, from the count after the last service."""
    counted = {
        (account.governs, account.member): ends
        for account, *ends in zip(after.least.accounts, after.least.left, after.most.left, strict=True)
    }

    def met(place: Place, owner: str | None) -> Range | None:
        least, most = counted.get((_nowhere(place), owner), (0, UNLIMITED_CENTS))
        found = Range(low_cents=max(0, UNLIMITED_CENTS - most), high_cents=UNLIMITED_CENTS - least)
        return None if found.high_cents >= ALMOST_UNLIMITED else found

    def apart(part: Part, owner: str | None) -> MetAmounts | None:
        if not any(place.part == part for place in _places(asked.benefits)):
            return None
        return MetAmounts(
            deductible=met(Place(part, "deductible"), owner),
            out_of_pocket_max=met(Place(part, "out_of_pocket_max"), owner),
        )

    def of_owner(owner: str | None) -> OwnerMet:
        return OwnerMet(
            deductible=met(Place(None, "deductible"), owner),
            out_of_pocket_max=met(Place(None, "out_of_pocket_max"), owner),
            coinsurance_max=met(Place(None, "coinsurance_max"), owner),
            pharmacy=apart("pharmacy", owner),
            out_of_network=apart("out_of_network", owner),
        )

    return PlanYearMet(
        patient=of_owner(PATIENT), members={name: of_owner(name) for name in asked.members}, family=of_owner(None)
    )


def _count(asked: AdjudicationQuestion) -> tuple[Opening, Opening]:
    """The accounts with nothing met, and with what was told before the first service."""
    told = dict(limits(asked.benefits))
    rows: list[tuple[Account, int | None]] = []
    for place in _places(asked.benefits):
        limit, credited_by = told.get(place, Limit()), _credited_by(asked.benefits, place)
        owners: dict[str | None, int | None] = {
            PATIENT: limit.individual_met_cents,
            **{name: place.met_cents(member) for name, member in asked.members.items()},
            None: family_met_cents(place, limit, asked),
        }
        rows += [
            (Account(KINDS[place.kind], owner, _nowhere(place), credited_by), cents) for owner, cents in owners.items()
        ]
    accounts = tuple(account for account, _ in rows)
    fresh = Ledger(accounts, tuple(UNLIMITED_CENTS for _ in rows))
    least = tuple(0 if cents is None else UNLIMITED_CENTS - cents for _, cents in rows)
    most = tuple(UNLIMITED_CENTS - (cents or 0) for _, cents in rows)
    return Opening(fresh, fresh), Opening(Ledger(accounts, least), Ledger(accounts, most))


def _places(benefits: Benefits) -> Iterator[Place]:
    """The limits to count: those of the plan, and those that a pool of claims has apart."""
    yield Place(None, "deductible")
    yield Place(None, "out_of_pocket_max")
    if benefits.coinsurance_max:
        yield Place(None, "coinsurance_max")
    yield from (place for place, _ in limits(benefits) if place.part == "pharmacy")
    if benefits.out_of_network:
        yield Place("out_of_network", "deductible")
        yield Place("out_of_network", "out_of_pocket_max")


@cache
def _nowhere(place: Place) -> frozenset[str]:
    """A pool that no claim is of."""
    return frozenset({f"met {place.pointer}"})


def _credited_by(benefits: Benefits, place: Place) -> frozenset[str]:
    """The pools whose payments count toward a limit, as the plan has them."""
    pharmacy, outside = benefits.pharmacy, benefits.out_of_network
    inside = {MEDICAL, PHARMACY, OUT_OF_NETWORK}
    if place.kind == "coinsurance_max":
        return frozenset(inside)
    if place.part == "pharmacy":
        return frozenset({PHARMACY})
    if pharmacy and getattr(pharmacy, place.kind):
        inside.discard(PHARMACY)
    if outside and not outside.cross_credit:
        inside.discard(OUT_OF_NETWORK)
        return frozenset({OUT_OF_NETWORK} if place.part == "out_of_network" else inside)
    return frozenset(inside)
