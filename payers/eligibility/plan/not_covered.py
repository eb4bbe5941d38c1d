"""Whether the payer says that the service is not covered in a network, and how that stands to the terms it gives."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from payers.catalogue.vocabulary import Network
from payers.eligibility.plan.visit import Rung, Visit, held
from payers.eligibility.response import Benefit


class NotCovered(NamedTuple):
    """`surely`: the rows are more exact than any cost share; `perhaps`: just as exact, and one of the two holds."""

    how: Literal["surely", "perhaps"]
    rows: tuple[Benefit, ...]


def not_covered(
    rows: Sequence[Benefit], steps: Sequence[Rung], visit: Visit, network: Network, share: Rung | None
) -> NotCovered | None:
    """What the rows of the most exact step say; nothing where `share`, the step of the cost share, is more exact.

    Such a row often holds outside the network alone; one that does not say where it holds, holds everywhere. At the
    plan's own step a message names some other service, unless all that is outside is meant.
    """
    several = [row for row in rows if _denies(row) and row.network in (network, "either", "unknown", None)]
    order = [(step.name, step.here) for step in steps]
    told = order.index((share.name, share.here)) if share else len(order)
    for rung, at_step in held(several, steps, visit):
        at = order.index((rung.name, rung.here))
        if told < at:
            return None
        here = tuple(row for row in at_step if not (rung.name == "plan" and row.messages and row.network != "out"))
        if here:
            return NotCovered("perhaps" if at == told else "surely", here)
    return None


def _denies(row: Benefit) -> bool:
    """An inactive row of a service denies it; that of the plan as a whole is the coverage's own status."""
    return row.kind in ("non_covered", "exclusion") or (row.kind == "inactive" and bool(row.service_types))
