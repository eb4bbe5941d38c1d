"""An explanation of benefits must tie: each stated amount is the sum of its signed parts.

As in FHIR ExplanationOfBenefit and X12 835: submitted less discount is eligible, eligible is benefit and member
liability (and what a prior payer paid); an adjustment carries its sign.
"""

from collections.abc import Mapping, Sequence


def totals(parts: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """What each amount comes to."""
    return {name: sum(signed) for name, signed in parts.items()}


def untied(stated: Mapping[str, int], parts: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """The stated amounts that their parts do not make, with how much they are off."""
    return {name: stated[name] - total for name, total in totals(parts).items() if stated.get(name, total) != total}
