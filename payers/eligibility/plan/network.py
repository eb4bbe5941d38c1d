"""Whether the payer says that this very provider is in its network. Where it does, it is mostly in free text."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.response import Benefit

_OUT = re.compile(
    r"\b(provider|npi)\b.{0,40}\b(out[- ]of[- ]network|not (in|part of) (the |this |member'?s )?network|non[- ]?par)",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(provider|npi)\b.{0,40}\b(is )?in[- ]network\b", re.IGNORECASE)


class NetworkSaid(NamedTuple):
    """Which network the messages put the provider in, and the rows that say so; both where they contradict."""

    inside: tuple[Benefit, ...]
    outside: tuple[Benefit, ...]

    @property
    def network(self) -> Network | None:
        """The one network that is told."""
        if bool(self.inside) == bool(self.outside):
            return None
        return "in" if self.inside else "out"

    @property
    def contradicts_itself(self) -> bool:
        """Whether both are told."""
        return bool(self.inside and self.outside)


def network_said(rows: Iterable[Benefit]) -> NetworkSaid:
    """What the rows' messages say of the provider's network."""
    inside: list[Benefit] = []
    outside: list[Benefit] = []
    for row in rows:
        if any(_OUT.search(message) for message in row.messages):
            outside.append(row)
        elif any(_IN.search(message) for message in row.messages):
            inside.append(row)
    return NetworkSaid(tuple(inside), tuple(outside))
