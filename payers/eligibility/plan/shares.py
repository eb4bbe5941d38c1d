"""What the patient owes for a service, from the rows of the most exact step that says anything."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.cost_share.money import WHOLE_BP
from payers.cost_share.plan import CostShare
from payers.eligibility.plan.said import Said, cents, distinct, rows_of
from payers.eligibility.plan.visit import FAMILY, Rung, Visit, held, in_network
from payers.eligibility.response import Benefit

OF_A_VISIT = frozenset({None, "22", "23", "25", "26", "27"})
"""Periods (EB06) of what is owed for a visit: none, a year, an episode, a visit. By the day, the admission or with days
left it is of a stay, and for a lifetime of nothing at all."""
_DAYS = "DY"

_WAIVED = re.compile(
    r"\b(ded(uctible)?\.? (is )?waived|waived? (the )?ded(uctible)?|not subject to (the )?ded(uctible)?|no deductible"
    r"|ded(uctible)?\.? (does not|doesn't) apply(?! to (the |a |any |your |member'?s |plan'?s )*(out|oop|max)))\b",
    re.IGNORECASE,
)
_PARTLY = re.compile(r"\b(for|if|when|until|first|up to|after|only|except|unless)\b", re.IGNORECASE)


class ShareSaid(NamedTuple):
    """What is said of a service at one step of the ladder. Several copays or shares are different readings."""

    rung: Rung
    copays: list[Said]
    shares: list[Said]
    unread: tuple[Benefit, ...]
    """Rows of a copay or a coinsurance whose value is missing or cannot be read."""
    own_deductibles: list[Said]
    """Of this service alone, the plan's being of another step. One of nothing waives it."""
    stated: bool

    @property
    def rows(self) -> tuple[Benefit, ...]:
        """Every row that was used."""
        own = [each for each in self.own_deductibles if not each.value]
        return rows_of([*self.copays, *self.shares, *own])

    @property
    def whole(self) -> tuple[Benefit, ...]:
        """Rows of a coinsurance of 100%, by which a payer may mean its own part."""
        return rows_of(each for each in self.shares if each.value == WHOLE_BP)

    @property
    def readings(self) -> tuple[CostShare, ...]:
        """The terms, once for each way in which the rows may be meant; one with nothing told holds all of them.

        A copay beside a coinsurance may mean both for each visit, or one for some visits and the other for others. One
        of nothing beside the other only says that there is none.
        """
        found: list[CostShare] = []
        for copay, share in product(self.copays or [None], self.shares or [None]):
            if copay and share and copay.value and share.value:
                found += [*self._meant(copay, share), *self._meant(copay, None), *self._meant(None, share)]
            elif copay and share and share.value:
                found += self._meant(None, share)
            elif copay or share:
                found += self._meant(copay, share)
        if self.unread or self.whole:
            found.append(CostShare())
        return tuple(dict.fromkeys(found))

    def _meant(self, copay: Said | None, share: Said | None) -> Iterator[CostShare]:
        """One pair of values, with and without the deductible where that is open."""
        for waived in self._waived(rows_of(filter(None, (copay, share)))):
            yield CostShare(
                copay_cents=copay and copay.value,
                patient_share_bp=share and share.value,
                deductible_applies=not waived,
            )

    def _waived(self, rows: Sequence[Benefit]) -> list[bool]:
        """Whether the deductible is waived, as far as the rows of a value and the service's own deductible say."""
        own = [each.value for each in self.own_deductibles]
        if own and not any(own):
            return [True]
        told = [_waives(row) for row in rows]
        if all(each is True for each in told):
            return [True]
        return [False, True] if 0 in own or any(each is not False for each in told) else [False]


def share_said(rows: Sequence[Benefit], steps: Sequence[Rung], visit: Visit, network: Network) -> ShareSaid | None:
    """What the first step with a copay or a coinsurance for this network says; nothing where no step does.

    Outside the network, rows that do not say for which they hold count only where no step has any that do: payers
    mostly list the network's.
    """
    shares = [row for row in rows if _is_share(row)]
    if network == "out":
        shares = [row for row in shares if row.network in ("out", "either")] or shares
    for rung, at_step in held(shares, steps, visit):
        here, stated = in_network(at_step, network)
        here = [row for row in here if row.level not in FAMILY] or here
        if not here:
            continue
        copays = distinct((row for row in here if row.kind == "copay"), cents)
        percents = distinct((row for row in here if row.kind == "coinsurance"), lambda row: row.percent_bp)
        read = rows_of([*copays, *percents])
        unread = tuple(row for row in here if row not in read)
        same = [step for step in steps if step.name == rung.name != "plan"]
        own = _deductibles(rows, same, visit, network)
        return ShareSaid(rung, copays, percents, unread, own, stated)
    return None


def _is_share(row: Benefit) -> bool:
    """Whether the row is a copay or a coinsurance of a visit."""
    return (
        row.kind in ("copay", "coinsurance")
        and row.period_code in OF_A_VISIT
        and not (row.quantity and row.quantity.qualifier == _DAYS)
    )


def _deductibles(rows: Sequence[Benefit], steps: Sequence[Rung], visit: Visit, network: Network) -> list[Said]:
    """The deductibles of a service alone, for the visit's place of service or else for any."""
    limits = [row for row in rows if row.kind == "deductible" and row.measure == "limit"]
    for _, here in held(limits, steps, visit):
        if told := distinct(in_network(here, network).rows, cents):
            return told
    return []


def _waives(row: Benefit) -> bool | None:
    """Whether the row's messages say that the deductible does not apply; nothing where they say so of some cases."""
    for message in row.messages:
        if found := _WAIVED.search(message):
            return None if _PARTLY.search(message, found.end()) else True
    return False
