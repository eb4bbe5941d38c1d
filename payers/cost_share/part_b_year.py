"""A beneficiary's Part B lines in order: the running deductible, and the supplement's running limit."""

from collections.abc import Iterable
from typing import NamedTuple

from payers.catalogue.model import MedigapPlan
from payers.cost_share.adjudicate import NOTHING, UNLIMITED_CENTS
from payers.cost_share.medigap import Visit, supplement
from payers.cost_share.part_b import PartB, part_b


class Service(NamedTuple):
    """One line, as `part_b` and `supplement` take it."""

    approved_cents: int
    charge_cents: int | None = None
    accepts_assignment: bool = True
    opted_out: bool = False
    preventive: bool = False
    coinsurance_max_cents: int = UNLIMITED_CENTS
    visit: Visit | None = None


class Settled(NamedTuple):
    """One line, or several together. Medicare, supplement and patient make the approved amount and the excess."""

    medicare: PartB
    medigap_pays_cents: int
    patient_pays_cents: int


class Beneficiary(NamedTuple):
    """What is left of the yearly amounts. `medigap_left_cents` is the limit of K and L or the high deductible."""

    deductible_remaining_cents: int
    medigap: MedigapPlan | None = None
    medigap_left_cents: int = UNLIMITED_CENTS
    sequestration_bp: int = 0


def run(services: Iterable[Service], beneficiary: Beneficiary) -> tuple[tuple[Settled, ...], Beneficiary]:
    """Each line, and what is left after them all."""
    lines: list[Settled] = []
    for service in services:
        line, beneficiary = _settle(service, beneficiary)
        lines.append(line)
    return tuple(lines), beneficiary


def together(lines: Iterable[Settled]) -> Settled:
    """Several lines as one."""
    whole = Settled(PartB(NOTHING, 0, 0, 0), 0, 0)
    for line in lines:
        one, other = whole.medicare, line.medicare
        share = type(one.share)(*map(sum, zip(one.share, other.share, strict=True)))
        medicare = PartB(share, *map(sum, zip(one[1:], other[1:], strict=True)))
        whole = Settled(medicare, *map(sum, zip(whole[1:], line[1:], strict=True)))
    return whole


def _settle(service: Service, beneficiary: Beneficiary) -> tuple[Settled, Beneficiary]:
    medicare = part_b(
        service.approved_cents,
        beneficiary.deductible_remaining_cents,
        charge_cents=service.charge_cents,
        accepts_assignment=service.accepts_assignment,
        opted_out=service.opted_out,
        preventive=service.preventive,
        coinsurance_max_cents=service.coinsurance_max_cents,
        sequestration_bp=beneficiary.sequestration_bp,
    )
    pays, left = 0, beneficiary.medigap_left_cents
    if beneficiary.medigap is not None:
        pays, left = supplement(
            beneficiary.medigap,
            medicare.share,
            excess_cents=medicare.excess_cents,
            visit=service.visit,
            left_cents=left,
        )
    after = beneficiary._replace(
        deductible_remaining_cents=beneficiary.deductible_remaining_cents - medicare.share.deductible_cents,
        medigap_left_cents=left,
    )
    return Settled(medicare, pays, medicare.patient_cents - pays), after
