"""Small words of the format in the product's terms."""

from typing import Any, TypeVar

from payers.cost_share.adjudicate import UNLIMITED_CENTS

Results = dict[str, Any]
T = TypeVar("T")


class Missing(Exception):
    """A case of this model cannot be computed without a key that it does not tell."""


def need(value: T | None, name: str) -> T:
    """A key that this model cannot do without."""
    if value is None:
        raise Missing(f"{name} is needed")
    return value


def basis_points(percent: float) -> int:
    return round(percent * 100)


def limit(cents: int | None) -> int:
    return UNLIMITED_CENTS if cents is None else cents


def told_limit(cents: int) -> int | None:
    return None if cents >= UNLIMITED_CENTS else cents
