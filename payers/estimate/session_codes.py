"""The codes of every session of an estimate."""

from collections.abc import Sequence

from payers.catalogue.vocabulary import Lane
from payers.estimate.codes import Desk, Proposal, bare_proposals, desk_of
from payers.estimate.course import Slot
from payers.estimate.estimate import Estimate

MEDICAL_ONLY: tuple[Lane, ...] = ("medical",)


def session_codes(estimate: Estimate, shown: Sequence[Slot]) -> list[tuple[Desk, int, tuple[int, ...]]]:
    """Each distinct set of codes, by its place at the desk of its first session, with the numbers of its sessions."""
    lanes: dict[Lane, None] = {lane: None for each in estimate.outcomes if (lane := each.world.lane)}
    found: dict[Proposal, tuple[Desk, int, list[int]]] = {}
    for lane in lanes or MEDICAL_ONLY:
        at_lane = desk_of(estimate.case, estimate.decision, lane, shown[0].on)
        for slot in shown:
            desk = at_lane._replace(day=slot.on)
            for place, each in enumerate(bare_proposals(desk.catalogue, desk)):
                _, _, numbers = found.setdefault(each, (desk, place, []))
                numbers.append(slot.number)
    return [(desk, place, tuple(numbers)) for desk, place, numbers in found.values()]
