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
        return cache(lambda year, met: together((opens(year, met), told if met else fresh)))

    fresh, told = _count(asked, met=False), _count(asked, met=True)
    return design._replace(opening=with_count(design.opening), after_change=with_count(design.after_change))


def plan_year_met(asked: AdjudicationQuestion, after: Opening) -> PlanYearMet:
    """What was met, from the count after the last service."""
    counted = dict(zip(after.least.accounts, zip(after.least.left, after.most.left, strict=True), strict=True))

    def met(place: Place, owner: str | None) -> Range | None:
        least, most = counted.get(_account(asked.benefits, place, owner), (0, UNLIMITED_CENTS))
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


def _count(asked: AdjudicationQuestion, *, met: bool) -> Opening:
    """The accounts as a plan year opens with them: nothing met, or what was told before the first service."""
    told = dict(limits(asked.benefits))
    accounts: list[Account] = []
    least: list[int] = []
    most: list[int] = []
    for place in _places(asked.benefits):
        limit = told.get(place, Limit())
        owners: dict[str | None, int | None] = {
            PATIENT: limit.individual_met_cents,
            **{name: place.met_cents(member) for name, member in asked.members.items()},
            None: family_met_cents(place, limit, asked),
        }
        for owner, cents in owners.items():
            accounts.append(_account(asked.benefits, place, owner))
            least.append(UNLIMITED_CENTS if not met else 0 if cents is None else UNLIMITED_CENTS - cents)
            most.append(UNLIMITED_CENTS - (cents or 0 if met else 0))
    return Opening(Ledger(tuple(accounts), tuple(least)), Ledger(tuple(accounts), tuple(most)))


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


def _account(benefits: Benefits, place: Place, owner: str | None) -> Account:
    """It governs a pool that no claim is of."""
    return Account(KINDS[place.kind], owner, frozenset({f"met {place.pointer}"}), _credited_by(benefits, place))


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
