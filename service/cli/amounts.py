"""Dollars and percents as people type them, read exactly: nothing is rounded, nothing is guessed."""

import re
from decimal import Decimal

import click

_DOLLARS = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%?")


def cents(text: str) -> int:
    """Integer cents of `1240`, `$1,240` or `1240.5`. Raises `click.BadParameter` for anything else."""
    found = _DOLLARS.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f"{text!r} is not an amount in dollars and cents, such as 1240 or 1240.50.")
    whole, fraction = found.groups()
    return int(Decimal(whole.replace(",", "") + (fraction or "")) * 100)


def price(text: str) -> dict[str, int]:
    """The range of `1240` (both ends equal) or `350-800`. Raises `click.BadParameter` for anything else."""
    low, dash, high = text.partition("-")
    return {"low_cents": cents(low), "high_cents": cents(high if dash else low)}


def basis_points(text: str) -> int:
    """Basis points of a percentage such as `20`, `20%` or `12.5`. Raises `click.BadParameter` for anything else."""
    found = _PERCENT.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f"{text!r} is not a percentage, such as 20 or 12.5.")
    return int(Decimal(found[1]) * 100)
