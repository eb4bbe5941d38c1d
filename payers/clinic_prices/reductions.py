"""What lowers a price: discounts and the sliding scale.

The expected charge is the cash rate after any discount (45 CFR 149.610(a)(2)). Reductions do not add up: of those a
patient has, the one that takes most off a price is used, since a clinic that gives two rarely gives both.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from payers.catalogue.clinic import ClinicLayer, Reduction, SlidingBand
from payers.catalogue.vocabulary import ServiceKind
from payers.clinic_prices.in_force import in_force
from payers.cost_share.money import share_of

Priced = Literal["treatment"] | ServiceKind


class Claimed(NamedTuple):
    """What a patient says of himself that lowers prices; a tier by its name, or an income in percent of poverty."""

    discounts: tuple[str, ...] = ()
    tier: str | None = None
    poverty_percent: int | None = None


def held(clinic: ClinicLayer, claimed: Claimed, site: str | None, day: date) -> list[Reduction]:
    """The reductions that the patient has at the site on the day."""
    discounts = in_force(clinic.discounts, site, day, lambda row: row.kind)
    bands = in_force(clinic.sliding_scale, site, day, lambda row: row.tier)
    band = _band(bands, claimed)
    return [*(row for row in discounts if row.kind in claimed.discounts), *([band] if band else [])]


def reduced(price_cents: int, reductions: Iterable[Reduction], priced: Priced) -> tuple[int, Reduction | None]:
    """The price after the reduction that takes most off it, and which one that was."""
    best: tuple[int, Reduction | None] = price_cents, None
    for reduction in reductions:
        lower_cents = max(0, price_cents - _off_cents(reduction, price_cents))
        if priced in (reduction.applies_to or (priced,)) and lower_cents < best[0]:
            best = lower_cents, reduction
    return best


def _off_cents(reduction: Reduction, price_cents: int) -> int:
    return reduction.off_cents or share_of(price_cents, reduction.off_bp or 0)


def _band(bands: list[SlidingBand], claimed: Claimed) -> SlidingBand | None:
    """The tier named, else the lowest that the income still falls into; none above the last."""
    if claimed.tier is not None:
        return next((band for band in bands if band.tier == claimed.tier), None)
    income = claimed.poverty_percent
    if income is None:
        return None
    by_income = [(band.poverty_percent_max, band) for band in bands if band.poverty_percent_max is not None]
    reached = [(most, band) for most, band in by_income if income <= most]
    return min(reached, key=lambda each: each[0])[1] if reached else None
