"""Terms that may each be meant in several ways, and the plans that these ways make together."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import msgspec

from payers.cost_share.plan import Benefits
from payers.eligibility.plan.reading import Term
from payers.eligibility.response import Benefit

MOST_READINGS = 16
"""More readings than this are not held one by one: the term with the most is left open, which holds all of them."""

Path = tuple[str, ...]
Values = Mapping[Path, Any]
"""Values by their path in `Benefits`."""


class Slot(NamedTuple):
    """A term, or several that go together, with all the ways in which it may be meant.

    `rows` say the value at each path. `left_open` holds every reading at once; absent where nothing does. `outside` is
    of a term outside the network.
    """

    name: str
    readings: tuple[Values, ...]
    rows: Mapping[Path, tuple[Benefit, ...]]
    left_open: Values | None = None
    step: str | None = None
    stated: bool = True
    outside: bool = False

    @property
    def pointer(self) -> str:
        """Where it stands in a question."""
        return pointer(next(iter(self.rows)))

    @property
    def used(self) -> tuple[Benefit, ...]:
        """Every row that it was read from, once."""
        rows = {row.segment: row for several in self.rows.values() for row in several}
        return tuple(row for _, row in sorted(rows.items()))

    @property
    def terms(self) -> Iterator[Term]:
        """Each value's provenance; what no row could be read for has none."""
        for path, rows in self.rows.items():
            if rows:
                yield Term(
                    pointer=pointer(path),
                    segments=tuple(row.segment for row in rows),
                    rows=tuple(row.n for row in rows),
                    step=self.step,
                    network_stated=self.stated,
                )


class Held(NamedTuple):
    """The plans that can be meant, the first one first, and the slots that they hold."""

    plans: tuple[Benefits, ...]
    slots: tuple[Slot, ...]


def pointer(path: Path) -> str:
    """A place of the plan in a question."""
    return "/".join(("/benefits", *path))


def plans(slots: Sequence[Slot]) -> Held:
    """Every plan that the slots make together, each once; where those are too many, the widest slots are left open."""
    kept, left_open = list(slots), list[Values]()
    while prod(len(slot.readings) for slot in kept) > MOST_READINGS:
        several = (slot for slot in kept if slot.left_open is not None and len(slot.readings) > 1)
        widest = max(several, key=lambda slot: len(slot.readings))
        kept.remove(widest)
        left_open.append(widest.left_open or {})
    readings = [slot.readings for slot in kept] + [(values,) for values in left_open]
    found = dict.fromkeys(_plan(values) for values in product(*readings)) if slots else {}
    return Held(tuple(found), tuple(kept))


def _plan(several: Sequence[Values]) -> Benefits:
    whole: dict[str, Any] = {}
    for values in several:
        for (*parents, last), value in values.items():
            place = whole
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
    return msgspec.convert(whole, Benefits)
