"""What is left of a plan year's limits."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.credit import Credit, LimitKind
from payers.cost_share.line import MEDICAL, PATIENT
from payers.cost_share.money import Range, exactly


class Account(NamedTuple):
    """One limit of one owner: a member, or with no member the family.

    `governs` names the pools of claims that it limits, `credited_by` those whose payments use it up; absent, all. Two
    networks without cross-credit are two accounts that each govern and take their own pool; with cross-credit each
    governs its own and takes both.
    """

    kind: LimitKind
    member: str | None = PATIENT
    governs: frozenset[str] | None = None
    credited_by: frozenset[str] | None = None

    def limits(self, pool: str, member: str) -> bool:
        """Whether it limits the claims of a member in a pool."""
        return self.member in (None, member) and (self.governs is None or pool in self.governs)

    def takes(self, pool: str, member: str) -> bool:
        """Whether payments of a member in a pool use it up."""
        return self.member in (None, member) and (self.credited_by is None or pool in self.credited_by)


class Ledger(NamedTuple):
    """What is left of each account. Of several that govern one line the smallest remainder counts.

    A credit from a pool that an account does not govern may take it below nothing, which is as good as nothing.
    """

    accounts: tuple[Account, ...] = ()
    left: tuple[int, ...] = ()

    def remaining_cents(self, kind: LimitKind, pool: str = MEDICAL, member: str = PATIENT) -> int:
        """What the next service can still use up. With no account of the kind: no deductible, no maximum."""
        governing = _governing(self.accounts, kind, pool, member)
        if not governing:
            return 0 if kind == "deductible" else UNLIMITED_CENTS
        if len(governing) == 1:
            return max(0, self.left[governing[0]])
        return max(0, min([self.left[place] for place in governing]))

    def after(self, credit: Credit, pool: str = MEDICAL, member: str = PATIENT) -> "Ledger":
        """After a line posted its credit; a negative credit gives back what a reversed line took."""
        left = list(self.left)
        for place, kind in _credited(self.accounts, pool, member):
            left[place] -= credit.toward(kind)
        return Ledger(self.accounts, tuple(left))

    def within_family(self) -> "Ledger":
        """With no more left for a member than for the family: the smaller counts, now and after whatever both take."""
        left = list(self.left)
        for own, family in _embedded(self.accounts):
            left[own] = min(left[own], left[family])
        return Ledger(self.accounts, tuple(left))


@lru_cache(maxsize=1024)  # every line at every corner of a course asks the same
def _governing(accounts: tuple[Account, ...], kind: LimitKind, pool: str, member: str) -> tuple[int, ...]:
    """Where the accounts of a kind stand that limit a line."""
    return tuple(
        place for place, account in enumerate(accounts) if account.kind == kind and account.limits(pool, member)
    )


@lru_cache(maxsize=1024)
def _all_limit(accounts: tuple[Account, ...], pool: str, member: str) -> bool:
    """Whether there is no account that does not limit a line."""
    return all(account.limits(pool, member) for account in accounts)


@lru_cache(maxsize=1024)
def _credited(accounts: tuple[Account, ...], pool: str, member: str) -> tuple[tuple[int, LimitKind], ...]:
    """Where the accounts stand that a line uses up, and the kind of each."""
    return tuple((place, account.kind) for place, account in enumerate(accounts) if account.takes(pool, member))


@lru_cache(maxsize=1024)
def _embedded(accounts: tuple[Account, ...]) -> tuple[tuple[int, int], ...]:
    """Where a member's accounts stand inside the family's of the same kind and the same pools."""
    families = {account: place for place, account in enumerate(accounts) if account.member is None}
    several = [(place, families.get(account._replace(member=None))) for place, account in enumerate(accounts)]
    return tuple((own, family) for own, family in several if family is not None and own != family)


class Opening(NamedTuple):
    """A plan year as it opens for the course: between the ledger with least left and the one with most left."""

    least: Ledger = Ledger()
    most: Ledger = Ledger()

    @property
    def emptied(self) -> "Opening":
        """Between nothing left and all of it."""
        return Opening(self.least._replace(left=tuple(0 for _ in self.least.left)), self.most)

    @property
    def exact(self) -> bool:
        """Whether what is left is known."""
        return self.least is self.most or self.least == self.most

    def limiting(self, pool: str, member: str) -> "Opening":
        """The accounts alone that limit the claims of a member in a pool."""
        if _all_limit(self.least.accounts, pool, member):
            return self
        rows = zip(self.least.accounts, self.least.left, self.most.left, strict=True)
        return _of_rows([row for row in rows if row[0].limits(pool, member)])

    def after(self, least: Credit, most: Credit, pool: str, member: str) -> "Opening":
        """After a line of which no more is known than between which two credits it posted."""
        if self.least is self.most and least is most:
            left = self.least.after(most, pool, member)
            return Opening(left, left)
        return Opening(self.least.after(most, pool, member), self.most.after(least, pool, member))

    def updated(self, part: "Opening") -> "Opening":
        """With those accounts as they now are."""
        changed = {row[0]: row for row in zip(part.least.accounts, part.least.left, part.most.left, strict=True)}
        rows = zip(self.least.accounts, self.least.left, self.most.left, strict=True)
        return _of_rows([changed.get(row[0], row) for row in rows])

    def remaining(self, kind: LimitKind, pool: str = MEDICAL, member: str = PATIENT) -> Range:
        """What the next service can still use up, from least to most."""
        if self.least is self.most:
            return exactly(self.least.remaining_cents(kind, pool, member))
        return Range(
            low_cents=self.least.remaining_cents(kind, pool, member),
            high_cents=self.most.remaining_cents(kind, pool, member),
        )


class Balance(NamedTuple):
    """What is left of one limit for the patient and for the family. With `aggregate` only the family's counts."""

    individual_cents: int = UNLIMITED_CENTS
    family_cents: int = UNLIMITED_CENTS
    aggregate: bool = False


def opens(
    kind: LimitKind,
    least: Balance,
    most: Balance | None = None,
    *,
    governs: frozenset[str] | None = None,
    credited_by: frozenset[str] | None = None,
) -> Opening:
    """One limit as a plan year opens with it; without `most` it is known. No such limit is no account."""
    most = most or least
    rows: list[tuple[Account, int, int]] = []
    if not least.aggregate and least.individual_cents < UNLIMITED_CENTS:
        own = Account(kind, PATIENT, governs, credited_by)
        rows.append((own, least.individual_cents, most.individual_cents))
    if least.family_cents < UNLIMITED_CENTS:
        rows.append((Account(kind, None, governs, credited_by), least.family_cents, most.family_cents))
    return _of_rows(rows)


def together(openings: Iterable[Opening]) -> Opening:
    """Several limits of one plan year."""
    accounts: tuple[Account, ...] = ()
    least: tuple[int, ...] = ()
    most: tuple[int, ...] = ()
    for opening in openings:
        accounts += opening.least.accounts
        least += opening.least.left
        most += opening.most.left
    return _between(accounts, least, most)


def enclose(openings: Iterable[Opening]) -> Opening:
    """From the least to the most that any of them leaves; all have the same accounts."""
    several = tuple(openings)
    if len(several) == 1:
        return several[0]
    accounts = several[0].least.accounts
    return Opening(
        Ledger(accounts, tuple(map(min, *(each.least.left for each in several)))),
        Ledger(accounts, tuple(map(max, *(each.most.left for each in several)))),
    )


def _of_rows(rows: Sequence[tuple[Account, int, int]]) -> Opening:
    """Accounts with the least and the most that is left of each."""
    accounts = tuple(account for account, *_ in rows)
    return _between(accounts, tuple(low for _, low, _ in rows), tuple(high for *_, high in rows))


def _between(accounts: tuple[Account, ...], least: tuple[int, ...], most: tuple[int, ...]) -> Opening:
    """One ledger at both ends where what is left is known."""
    low = Ledger(accounts, least)
    return Opening(low, low if least == most else Ledger(accounts, most))
