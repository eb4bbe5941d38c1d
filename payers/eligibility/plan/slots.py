"""Terms that may each be meant in several ways, and the plans that these ways make together."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import msgspec

from payers.cost_share.plan import Benefits
from payers.eligibility.plan.reading import Term
from payers.eligibility.response import Benefit

MOST_READINGS = 8
"""More readings than this, inside the network or outside it, are not held: the term with the most is left open."""

Values = dict[tuple[str, ...], Any]
"""Values by their path in `Benefits`."""


class Slot(NamedTuple):
    """A term, or several that go together. `name` says which; `readings` are the ways in which it may be meant."""

    name: str
    readings: tuple[Values, ...]
    rows: tuple[Benefit, ...]
    met_rows: tuple[Benefit, ...] = ()
    """What says how much of a limit is met, beside the rows of the limit itself."""
    step: str | None = None
    stated: bool = True
    outside: bool = False

    @property
    def terms(self) -> Iterator[Term]:
        """Each value's provenance."""
        for path in dict.fromkeys(path for reading in self.readings for path in reading):
            rows = (*self.rows, *self.met_rows) if path[-1].endswith("_met_cents") else self.rows
            yield Term(
                pointer="/".join(("/benefits", *path)),
                segments=tuple(row.segment for row in rows),
                rows=tuple(row.n for row in rows),
                step=self.step,
                network_stated=self.stated,
            )


class Held(NamedTuple):
    """The plans that can be meant, the first one first, and the slots that had to be left open."""

    plans: tuple[Benefits, ...]
    slots: list[Slot]
    left_open: list[Slot]


def plans(slots: Sequence[Slot]) -> Held:
    """Every plan that the slots make together, each once; one that contradicts itself is none.

    A visit is inside the network or outside it, so the readings of the one need not be multiplied by the other's.
    """
    kept = list(slots)
    left_open: list[Slot] = []
    for outside in (False, True):
        while prod(len(slot.readings) for slot in kept if slot.outside == outside) > MOST_READINGS:
            widest = max((slot for slot in kept if slot.outside == outside), key=lambda slot: len(slot.readings))
            kept.remove(widest)
            left_open.append(widest)
    inside, outside = (
        list(product(*(slot.readings for slot in kept if slot.outside == side))) for side in (False, True)
    )
    several = [
        (*inside[min(position, len(inside) - 1)], *outside[min(position, len(outside) - 1)])
        for position in range(max(len(inside), len(outside)))
    ]
    found = [plan for values in several if (plan := _plan(values)) is not None]
    return Held(tuple({msgspec.json.encode(plan): plan for plan in found}.values()), kept, left_open)


def _plan(several: Sequence[Values]) -> Benefits | None:
    whole: dict[str, Any] = {}
    for values in several:
        for (*parents, last), value in values.items():
            place = whole
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
    try:
        return msgspec.convert(whole, Benefits)
    except msgspec.ValidationError:
        return None
