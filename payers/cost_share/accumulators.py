"""The limits of a plan year, and the journal of credits toward them.

What is met is never stored: it is the sum of the credits posted, so a reversal takes its posting out, a new coverage
tier reads the same postings against new limits, and a family's credit is the sum of its members' by construction.
Source of the family rules: 45 CFR 156.130(c); 80 FR 10824 (the self-only maximum inside every family maximum).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.credit import Credit, LimitKind
from payers.cost_share.plan import FamilyRule

REST_OF_FAMILY = "rest of the family"
"""Who holds family credit that is told without saying whose it is."""


class Posting(NamedTuple):
    """A credit, whose it is, and the pool of claims it comes from (a network, or the drug benefit)."""

    member: str
    pool: str
    credit: Credit
    on: date | None = None


class YearlyLimit(NamedTuple):
    """One limit, the claims it governs and the claims whose payments credit it.

    An absent amount is no limit; no family amount means coverage for one person. `governs` and `credited_by` name
    pools; absent, they mean all of them. Networks without cross-credit are two limits that each govern and take their
    own pool; with cross-credit each governs its own and takes both. `self_only_cents` is the federal maximum for one
    person, which stands inside a family maximum even where only the family's amount governs.
    """

    kind: LimitKind
    individual_cents: int | None = None
    family_cents: int | None = None
    family_rule: FamilyRule = "embedded"
    self_only_cents: int | None = None
    governs: frozenset[str] | None = None
    credited_by: frozenset[str] | None = None

    def remaining_cents(self, postings: Iterable[Posting], member: str) -> int:
        """What is left for one member: the smaller of the own and the family's remainder."""
        journal = tuple(postings)
        aggregate = self.family_rule == "aggregate" and self.family_cents is not None
        own = [self.self_only_cents, None if aggregate else self.individual_cents]
        own_limit = min((each for each in own if each is not None), default=None)
        return min(
            _left(own_limit, met_cents(journal, self.kind, member, self.credited_by)),
            _left(self.family_cents, met_cents(journal, self.kind, pools=self.credited_by)),
        )


def met_cents(
    postings: Iterable[Posting], kind: LimitKind, member: str | None = None, pools: frozenset[str] | None = None
) -> int:
    """What was credited toward a kind of limit, by one member or by all, in some pools or in all."""
    return sum(
        posting.credit.toward(kind)
        for posting in postings
        if (member is None or posting.member == member) and (pools is None or posting.pool in pools)
    )


def remaining_cents(
    limits: Iterable[YearlyLimit], kind: LimitKind, postings: Iterable[Posting], member: str, pool: str
) -> int:
    """What a member's next service in a pool can still use up; with no limit of the kind, no deductible, no maximum.

    Where several limits of a kind govern, the smallest remainder does.
    """
    journal = tuple(postings)
    left = [
        limit.remaining_cents(journal, member)
        for limit in limits
        if limit.kind == kind and (limit.governs is None or pool in limit.governs)
    ]
    return min(left, default=0 if kind == "deductible" else UNLIMITED_CENTS)


def opening(members: Mapping[str, Credit], family: Credit | None = None, pool: str = "in") -> tuple[Posting, ...]:
    """The journal of a year that others began: each member's credit, and the family's that no member's row explains."""
    rows = [Posting(member, pool, credit) for member, credit in members.items()]
    if family is not None:
        told = [sum(part) for part in zip(*(row.credit for row in rows), strict=True)] or [0, 0, 0]
        rest = Credit(*(max(0, whole - part) for whole, part in zip(family, told, strict=True)))
        rows.append(Posting(REST_OF_FAMILY, pool, rest))
    return tuple(rows)


def carried_over(
    limits: Iterable[YearlyLimit], postings: Iterable[Posting], since: date, *, even_if_met: bool = False
) -> tuple[Posting, ...]:
    """The deductible credit that the last quarter of a plan year carries into the next one.

    What a member was applied on or after `since` counts again, unless the deductible was met in the year that ends;
    some plans carry it over all the same (`even_if_met`). It credits the deductible alone.
    """
    journal, ending = tuple(postings), tuple(limits)
    return tuple(
        Posting(posting.member, posting.pool, Credit(deductible_cents=posting.credit.deductible_cents), posting.on)
        for posting in journal
        if posting.on is not None
        and posting.on >= since
        and posting.credit.deductible_cents
        and (even_if_met or remaining_cents(ending, "deductible", journal, posting.member, posting.pool))
    )


def _left(limit_cents: int | None, met_cents: int) -> int:
    return UNLIMITED_CENTS if limit_cents is None else max(0, limit_cents - met_cents)
