"""Care that the VA authorized: nothing, or the specialty copay, by the veteran's rating and priority group.

Source: 38 CFR 17.108 and 17.36(b); 38 U.S.C. 1722C for the free mental-health visits; the amounts are the catalogue's
`va` parameters.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.adjudicate import Terms
from payers.cost_share.design import Design, Kind, Turn, YearAmount, found, no_cost_share, no_limits, year_amount
from payers.cost_share.money import WHOLE_BP

COMPENSABLE_PERCENT = 10
"""A service connection of so much frees from outpatient copays (38 CFR 17.108(d)(1))."""
LAST_EXEMPT_GROUP = 5
"""Groups 1 to 5 are those that 38 CFR 17.108(d) frees: rated, decorated, catastrophically disabled, of low income."""
FREE_VISITS = 3
"""Outpatient mental-health visits of a calendar year without a copay, at the VA or in its community network."""
LAST_FREE_DAY = date(2027, 12, 29)

FREE = Terms(deductible_applies=False)


class Veteran(NamedTuple):
    """Whose copay. `visits_used` are the mental-health visits of the year that runs, before the course."""

    exempt: bool
    visits_used: int = 0


def exempt(group: int | None, percent: int | None, service_connected_treatment: bool | None) -> bool | None:
    """Whether a veteran owes no copay for this treatment; absent when the facts do not say."""
    if service_connected_treatment:
        return True
    if (percent is not None and percent >= COMPENSABLE_PERCENT) or (group is not None and group <= LAST_EXEMPT_GROUP):
        return True
    return None if group is None or service_connected_treatment is None else False


def veterans(owes_nothing: bool | None, visits_used: int | None) -> Iterator[Veteran]:
    """Every veteran that the known facts leave possible."""
    if owes_nothing is not False:
        yield Veteran(exempt=True)
    if not owes_nothing:
        for used in range(FREE_VISITS + 1) if visits_used is None else (visits_used,):
            yield Veteran(exempt=False, visits_used=used)


def design(catalogue: Catalogue, who: Veteran, service_year: int, *, mental_health: bool) -> Design:
    """The terms of one veteran; `mental_health` says whether the treatment's visits are mental-health visits."""
    if who.exempt:
        return no_cost_share()

    def of_session(turn: Turn) -> Mapping[Kind, tuple[Terms, ...]]:
        copay = _copay(catalogue, turn.on.year)
        if not mental_health or _first_visits(catalogue, turn.on) is None:
            return {"default": copay}
        if turn.number is None:
            return {"default": (FREE, *copay)}
        used = who.visits_used if turn.running else 0
        return {"default": (FREE,) if used + turn.number <= FREE_VISITS else copay}

    def amounts(year: int) -> tuple[YearAmount, ...]:
        free = _first_visits(catalogue, date(year, 1, 1)) if mental_health else None
        return found(year_amount(catalogue, "va", "copay-specialty", year), free)

    return Design(
        terms={"default": (FREE, *_copay(catalogue, service_year))},
        opening=no_limits,
        amounts=amounts,
        of_session=of_session,
    )


def _copay(catalogue: Catalogue, year: int) -> tuple[Terms, ...]:
    copay = year_amount(catalogue, "va", "copay-specialty", year)
    if copay is None:
        return FREE, FREE._replace(patient_share_bp=WHOLE_BP)
    ends = sorted({copay.amount.low_cents, copay.amount.high_cents})
    return tuple(FREE._replace(copay_cents=cents) for cents in ends)


def _first_visits(catalogue: Catalogue, on: date) -> YearAmount | None:
    """What the first mental-health visits of the year cost; absent where no such rule is on file for the day."""
    rule = year_amount(catalogue, "va", "mental-health-first-3-visits-per-year", on.year)
    return rule if rule and rule.settled and on <= LAST_FREE_DAY else None
