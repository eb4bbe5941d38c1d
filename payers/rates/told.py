"""A rate's own amount as people read it, exactly."""

from decimal import Decimal

from payers.rates.rate import Rate


def unit_price(rate: Rate) -> str:
    """`$952.59`, `$13.3744` for a unit; `$1,123.45 / 84` where it pays for so many units; `40.5%` of the charge."""
    if rate.amount_cents is None:
        return f"{Decimal(rate.percent_bp or 0) / 100:f}%"
    return _price(rate.amount_cents, rate)


def spread(rate: Rate) -> str:
    """`$60.00 - $99.99`: from the tenth to the ninetieth percentile of what was allowed, where both are told."""
    ends = (rate.percentile_10_cents, rate.percentile_90_cents)
    told = [_price(each, rate) for each in ends if each is not None]
    return " - ".join(told) if len(told) == len(ends) else ""


def _price(cents: int, rate: Rate) -> str:
    dollars = Decimal(cents) / 100
    if set(str(rate.units).rstrip("0")) != {"1"}:
        return f"${dollars:,.2f} / {rate.units}"
    each = dollars / rate.units
    places = max(2, -int(each.normalize().as_tuple().exponent))
    return f"${each:,.{places}f}"
