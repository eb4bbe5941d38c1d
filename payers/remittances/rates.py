"""Remittances as rates: what a payer allowed for each line that may price a session, and what became of the rest."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from payers.rates.rate import Rate
from payers.remittances.in_force import Standing, priced
from payers.remittances.remittance import Claim, Line

_CPT_OR_HCPCS = "HC"


class Settled(NamedTuple):
    """A line that says what was allowed: as a rate, and with what was paid of it."""

    rate: Rate
    standing: Standing
    line: Line


class Read(NamedTuple):
    """The lines that give a rate, and how many give none: of no use here, or without an allowed amount."""

    settled: tuple[Settled, ...]
    other_codes: int
    without_amount: int


def settled(claims: Iterable[Standing], codes: Collection[str]) -> Read:
    """The lines of claims for the codes that were asked for. A claim that does not balance says nothing."""
    found: list[Settled] = []
    left: Counter[str] = Counter()
    for standing in claims:
        usable = {id(line) for line in priced(standing.claim)}
        for line in standing.claim.lines:
            if line.code_type != _CPT_OR_HCPCS or line.code not in codes:
                left["code"] += 1
            elif id(line) not in usable or line.units <= 0 or line.serviced_on is None:
                left["amount"] += 1
            else:
                found.append(Settled(_rate(standing, line), standing, line))
    return Read(tuple(found), left["code"], left["amount"])


def takes_back(reversal: Claim, billed_cents: int | None, paid_cents: int | None) -> bool:
    """Whether a reversal's amounts are those of a claim on file, with the opposite sign."""
    return (reversal.billed_cents, reversal.paid_cents) == (_opposite(billed_cents), _opposite(paid_cents))


def _rate(standing: Standing, line: Line) -> Rate:
    """The allowed amount for as many units as were paid for; half units are told as so many cents for whole ones."""
    units, parts = line.units.as_integer_ratio()
    return Rate(
        source_id="",
        code_type="CPT" if line.code[:1].isdigit() else "HCPCS",
        code=line.code,
        modifiers=line.modifiers,
        kind="allowed",
        amount_cents=(line.allowed_cents or 0) * parts,
        units=units,
        tin=standing.remittance.payee_tin,
        serviced_on=line.serviced_on,
    )


def _opposite(cents: int | None) -> int | None:
    return None if cents is None else -cents
