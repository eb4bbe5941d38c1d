"""What the patient owes for a service, from the rows of the most exact step that says anything."""

import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.cost_share.plan import CostShare
from payers.eligibility.plan.said import Said, cents, distinct, rows_of
from payers.eligibility.plan.visit import Rung, Visit, in_network, on_the_day
from payers.eligibility.response import Benefit

_WAIVED = re.compile(r"\bded(uctible)?\.? (is )?waived\b|\bdeductible does not apply\b", re.IGNORECASE)


class ShareSaid(NamedTuple):
    """What is said of a service at one step of the ladder. Several copays or shares are different readings."""

    rung: Rung
    copays: list[Said]
    shares: list[Said]
    waived: list[Benefit]
    """Rows that say that the deductible does not apply: one of nothing for this very service, or a message."""
    separate: list[Said]
    """Deductibles of this service alone."""
    stated: bool

    @property
    def rows(self) -> tuple[Benefit, ...]:
        """Every row that was used."""
        return (*rows_of([*self.copays, *self.shares]), *self.waived)

    @property
    def readings(self) -> tuple[CostShare, ...]:
        """The terms, once for each way in which the rows may be meant.

        A copay beside a coinsurance may mean both for each visit, or one for some visits and the other for others.
        """
        found: list[tuple[int | None, int | None]] = []
        for copay, share in product(_values(self.copays), _values(self.shares)):
            found.append((copay, share))
            if copay and share:
                found += [(copay, None), (None, share)]
        return tuple(
            CostShare(copay_cents=copay, patient_share_bp=share, deductible_applies=not self.waived)
            for copay, share in dict.fromkeys(found)
        )


def share_said(rows: Sequence[Benefit], ladder: Sequence[Rung], visit: Visit, network: Network) -> ShareSaid | None:
    """What the first step with a copay or a coinsurance for this network says; nothing where no step does."""
    today = on_the_day(rows, visit.on)
    for rung in ladder:
        here = [row for row in today if rung.holds(row, visit)]
        shared, stated = in_network([row for row in here if _is_share(row)], network)
        copays = distinct((row for row in shared if row.kind == "copay"), cents)
        shares = distinct((row for row in shared if row.kind == "coinsurance"), lambda row: row.percent_bp)
        if not copays and not shares:
            continue
        own = _own_deductibles(here, rung, network)
        waived = [*rows_of([each for each in own if not each.value]), *(row for row in shared if _says_waived(row))]
        return ShareSaid(rung, copays, shares, waived, [each for each in own if each.value], stated)
    return None


def excluded(rows: Sequence[Benefit], ladder: Sequence[Rung], visit: Visit, network: Network) -> list[Benefit]:
    """Rows by which the service is not covered in this network: of a step above the plan, or of the plan itself."""
    today = [row for row in on_the_day(rows, visit.on) if row.kind in ("non_covered", "exclusion")]
    return [
        row for row in today if row.network in (network, "either") and any(rung.holds(row, visit) for rung in ladder)
    ]


def _is_share(row: Benefit) -> bool:
    """Whether the row is a copay or coinsurance of a visit: with a count of days left (EB06 29) it is of a stay."""
    return row.kind in ("copay", "coinsurance") and row.measure == "limit"


def _own_deductibles(rows: Sequence[Benefit], rung: Rung, network: Network) -> list[Said]:
    if rung.name == "plan":
        return []
    own, _ = in_network([row for row in rows if row.kind == "deductible" and row.measure == "limit"], network)
    return distinct(own, cents)


def _says_waived(row: Benefit) -> bool:
    return any(_WAIVED.search(message) for message in row.messages)


def _values(several: Sequence[Said]) -> list[int] | list[None]:
    return [each.value for each in several] or [None]
