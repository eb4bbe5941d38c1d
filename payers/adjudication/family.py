"""The plan's limits for every member of the family, and what each has met of them."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeVar

from msgspec.structs import replace

from payers.adjudication.question import AdjudicationQuestion, MemberInput
from payers.cost_share.design import Design, YearAmount, from_benefits
from payers.cost_share.ledger import Ledger, Opening, together
from payers.cost_share.line import PATIENT
from payers.cost_share.money import exactly
from payers.cost_share.plan import Benefits, Limit, OutOfNetwork, PharmacyLimits

Owner = TypeVar("Owner", Benefits, PharmacyLimits, OutOfNetwork)
Part = Literal["pharmacy", "out_of_network"]


class Place(NamedTuple):
    """Where a limit stands in the benefits."""

    part: Part | None
    kind: Literal["deductible", "out_of_pocket_max", "coinsurance_max"]

    @property
    def pointer(self) -> str:
        """As a JSON pointer below the benefits, or below a member."""
        return f"/{self.part}/{self.kind}" if self.part else f"/{self.kind}"

    def met_cents(self, member: MemberInput) -> int | None:
        """What a member has met of it."""
        told = {None: member, "pharmacy": member.pharmacy, "out_of_network": member.out_of_network}[self.part]
        if self.kind == "coinsurance_max":
            return member.coinsurance_max_met_cents
        if told is None:
            return None
        return told.deductible_met_cents if self.kind == "deductible" else told.out_of_pocket_max_met_cents


def limits(benefits: Benefits) -> Iterator[tuple[Place, Limit]]:
    """Every limit that is told."""
    found: list[tuple[Place, Limit]] = []

    def seen(place: Place, limit: Limit) -> Limit:
        found.append((place, limit))
        return limit

    _each(benefits, seen)
    return iter(found)


def sum_met_cents(place: Place, limit: Limit, asked: AdjudicationQuestion) -> tuple[int, bool]:
    """What the members together are told to have met of a limit, and whether it is told of all."""
    met = [limit.individual_met_cents, *(place.met_cents(member) for member in asked.members.values())]
    told = [cents for cents in met if cents is not None]
    return sum(told), len(told) == len(met)


def family_met_cents(place: Place, limit: Limit, asked: AdjudicationQuestion) -> int | None:
    """What the family has met of a limit: as it was told, or what its members have when that is told of all."""
    if limit.family_met_cents is not None:
        return limit.family_met_cents
    met_cents, all_told = sum_met_cents(place, limit, asked)
    # beside a family limit there may be members that nobody told of; without one the patient may be alone
    everybody = bool(asked.members) or limit.family_cents is None
    if not (all_told and everybody):
        return None
    return met_cents if limit.family_cents is None else min(met_cents, limit.family_cents)


def self_only(asked: AdjudicationQuestion) -> Callable[[int], YearAmount | None]:
    """The federal maximum for one person in any year, as it was told."""
    cents = asked.self_only_max_cents
    return lambda year: None if cents is None else YearAmount(exactly(cents), year, True, ())


def family_design(asked: AdjudicationQuestion) -> Design:
    """The plan with the limits of the patient, of every other member, and of the family."""

    def family_met(place: Place, limit: Limit) -> Limit:
        return replace(limit, family_met_cents=family_met_cents(place, limit, asked))

    def of_member(member: MemberInput) -> Callable[[Place, Limit], Limit]:
        return lambda place, limit: replace(limit, individual_met_cents=place.met_cents(member))

    benefits, ceiling = _each(asked.benefits, family_met), self_only(asked)
    patient = from_benefits(benefits, ceiling)
    others = {
        name: from_benefits(_each(benefits, of_member(member)), ceiling) for name, member in asked.members.items()
    }

    def opening(year: int, met: bool) -> Opening:
        own = (_owned(name, other.opening(year, met)) for name, other in others.items())
        return together((patient.opening(year, met), *own))

    def after_change(year: int, met: bool) -> Opening:
        own = (_owned(name, other.after_change(year, met)) for name, other in others.items())
        return together((patient.after_change(year, met), *own))

    return patient._replace(opening=opening, after_change=after_change)


def _each(benefits: Benefits, change: Callable[[Place, Limit], Limit]) -> Benefits:
    """The benefits with every limit changed."""

    def of(owner: Owner, part: Part | None) -> Owner:
        return replace(
            owner,
            deductible=owner.deductible and change(Place(part, "deductible"), owner.deductible),
            out_of_pocket_max=owner.out_of_pocket_max
            and change(Place(part, "out_of_pocket_max"), owner.out_of_pocket_max),
        )

    coinsurance_max = benefits.coinsurance_max
    return replace(
        of(benefits, None),
        coinsurance_max=coinsurance_max and change(Place(None, "coinsurance_max"), coinsurance_max),
        pharmacy=benefits.pharmacy and of(benefits.pharmacy, "pharmacy"),
        out_of_network=benefits.out_of_network and of(benefits.out_of_network, "out_of_network"),
    )


def _owned(name: str, opening: Opening) -> Opening:
    """The accounts of one person as those of another member; the family's stand once already."""
    rows = [
        (account._replace(member=name), low, high)
        for account, low, high in zip(opening.least.accounts, opening.least.left, opening.most.left, strict=True)
        if account.member == PATIENT
    ]
    accounts = tuple(account for account, *_ in rows)
    return Opening(
        Ledger(accounts, tuple(low for _, low, _ in rows)), Ledger(accounts, tuple(high for *_, high in rows))
    )
