"""Whether the payer says that this very provider is in its network. Where it does, it is mostly in free text."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.response import Benefit

_SUBJECT = r"\b(provider|npi)( id| number| status| network status)?\W+(is |was )?(currently )?"
_OUT = re.compile(
    _SUBJECT + r"(out[- ]of[- ](the |this )?network|not (in|part of) (the |this |member'?s |plan'?s )*network"
    r"|not (a )?participating|non[- ]?par(ticipating)?\b)",
    re.IGNORECASE,
)
_IN = re.compile(_SUBJECT + r"(in[- ](the |this |member'?s |plan'?s )*network|participating)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(an?|any|all|each|your|if|when|whether|unless|must|should|may|can|verify|confirm|choose|use|see|with|by|from)\b",
    re.IGNORECASE,
)
"""Words before it by which a sentence is about providers at large, not about this one."""


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
    several = list(rows)
    outside = tuple(row for row in several if _says(_OUT, row))
    return NetworkSaid(tuple(row for row in several if row not in outside and _says(_IN, row)), outside)


def _says(pattern: re.Pattern[str], row: Benefit) -> bool:
    found = (pattern.search(message) for message in row.messages)
    return any(each and not _GENERAL.search(each.string[: each.start()]) for each in found)
