"""A hospital's charges as rates: which of them may price a line of a claim, and as what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from msgspec.structs import replace

from payers.price_files.hospital.charge import Charge
from payers.rates.rate import Amount, BillingClass, Rate, RateKind, RateSetting, amount_of, basis_points_of

OF_CHARGES = "percent of total billed charges"
CASE_RATE = "case rate"

LeftOut = Literal["amount-of-a-drug", "percentage-of-something-else", "algorithm-alone", "no-amount"]
"""Why a charge gives no rate: it pays for a package of a drug and not for a unit of its code; its percentage is not of
the billed charges, but of a schedule that the file does not hold; it is put in words; it says nothing."""

_DOLLARS: dict[str, RateKind] = {"fee schedule": "fee schedule", "per diem": "per diem"}
_SETTINGS: dict[str, RateSetting] = {"inpatient": "inpatient", "outpatient": "outpatient"}
_CLASSES: dict[str, BillingClass] = {"professional": "professional", "both": "both"}


class Rates(NamedTuple):
    """The rates, and how many charges gave none, by the reason."""

    rates: tuple[Rate, ...]
    left_out: Counter[LeftOut]


def rates_of(charges: Iterable[Charge], source_id: str) -> Rates:
    """Each charge once for every amount that may price a line: its dollars, its percentage, its median.

    The median is what the plan really allowed, with how far that varied, where the charge is a percentage or an
    algorithm (45 CFR 180.50(b)). The file is a hospital's: without another word a charge is for the facility, and its
    NPI stands behind it.
    """
    rates: list[Rate] = []
    left_out = Counter[LeftOut]()
    for charge in charges:
        found = () if charge.drug else tuple(_rates(charge, source_id))
        rates += found
        if not found:
            left_out[_reason(charge)] += 1
    return Rates(tuple(dict.fromkeys(rates)), left_out)


def _rates(charge: Charge, source_id: str) -> Iterator[Rate]:
    if charge.dollar is not None:
        kind = _DOLLARS.get(charge.methodology or "", "negotiated")
        cents, units = amount_of(charge.dollar)
        yield replace(_rate(charge, source_id, kind), amount_cents=cents, units=units)
    if charge.percentage is not None and charge.methodology == OF_CHARGES:
        percent_bp = basis_points_of(charge.percentage)
        yield replace(_rate(charge, source_id, "percentage"), percent_bp=percent_bp)
    if charge.median is not None:
        yield _median(charge, amount_of(charge.median), source_id)


def _median(charge: Charge, median: Amount, source_id: str) -> Rate:
    """The median with what else the file tells of the remittances, all for the same number of units."""
    percentiles = [amount_of(each) if each else None for each in (charge.percentile_10, charge.percentile_90)]
    units = max(median.units, *(each.units for each in percentiles if each))
    cents, low_cents, high_cents = (each and each.cents * (units // each.units) for each in (median, *percentiles))
    return replace(
        _rate(charge, source_id, "median"),
        amount_cents=cents,
        units=units,
        percentile_10_cents=low_cents,
        percentile_90_cents=high_cents,
        remittances=charge.remittances,
    )


def _rate(charge: Charge, source_id: str, kind: RateKind) -> Rate:
    """All but its amount."""
    return Rate(
        source_id=source_id,
        code_type=charge.code_type,
        code=charge.code,
        modifiers=charge.modifiers,
        # A case rate pays for everything of an encounter: it prices no line.
        arrangement="bundle" if charge.methodology == CASE_RATE else "ffs",
        kind=kind,
        billing_class=_CLASSES.get(charge.billing_class or "", "institutional"),
        setting=_SETTINGS.get(charge.setting or "", "both"),
        networks=(charge.plan,) if charge.plan else (),
        matched_by="npi",
    )


def _reason(charge: Charge) -> LeftOut:
    if charge.drug:
        return "amount-of-a-drug"
    if charge.percentage is not None:
        return "percentage-of-something-else"
    return "algorithm-alone" if charge.algorithm else "no-amount"
