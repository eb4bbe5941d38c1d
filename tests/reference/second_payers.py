"""Medicare and whoever pays second once more, slow and obvious, written from the published rules.

Whatever may be paid is tried a cent at a time, and what was used up is counted anew from all the lines before.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

from payers.cost_share.part_b_year import Beneficiary, Service


def rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def most(*limits: int) -> int:
    """The most that may be paid without passing any limit; never less than nothing."""
    paid = 0
    while all(paid < limit for limit in limits):
        paid += 1
    return paid


# two commercial plans


class Shared(NamedTuple):
    """A claim that two plans share. The secondary would pay `alone`, were there no primary."""

    allowable: int
    primary_paid: int
    alone: int
    balance_bill: int = 0
    secondary_allowed: int = 0
    deductible: int = 0
    plan_percent: Fraction = Fraction(1)


class SharedRow(NamedTuple):
    secondary: int
    draw: int
    bank: int
    patient: int


def benefit(method: str, claim: Shared) -> int:
    """What the secondary's method gives before any bank is drawn on; together never more than the allowable expense."""
    unpaid = claim.allowable - claim.primary_paid
    if method == "standard":
        return most(unpaid, claim.alone)
    if method == "maintenance-of-benefits":
        left_open = max(0, claim.secondary_allowed - claim.primary_paid - claim.deductible)
        return most(unpaid, rounded(claim.plan_percent * left_open))
    return most(unpaid, claim.alone - claim.primary_paid)


def shared_year(method: str, claims: Sequence[Shared], *, bank: bool) -> list[SharedRow]:
    rows: list[SharedRow] = []
    for number, claim in enumerate(claims):
        saved = 0
        for before, row in zip(claims[:number], rows, strict=True):
            saved += before.alone - row.secondary  # what a draw paid is no longer saved
        pays = benefit(method, claim)
        draw = most(saved, claim.allowable - claim.primary_paid - pays) if bank else 0
        patient = max(0, claim.allowable - claim.primary_paid) - pays - draw + claim.balance_bill
        left = saved + claim.alone - pays - draw if bank else 0
        rows.append(SharedRow(pays + draw, draw, left, patient))
    return rows


# Part B and its supplements

DEDUCTIBLE_PAID_BY = ("C", "F")
EXCESS_PAID_BY = ("F", "G")
COINSURANCE_PAID_BY = {"K": Fraction(1, 2), "L": Fraction(3, 4)}
VISIT_COPAY_OF_N = {None: 0, "office": 20_00, "emergency": 50_00}


class PartBRow(NamedTuple):
    deductible: int = 0
    coinsurance: int = 0
    excess: int = 0
    not_covered: int = 0
    withheld: int = 0
    medicare: int = 0
    supplement: int = 0

    @property
    def left_by_medicare(self) -> int:
        return self.deductible + self.coinsurance + self.excess

    @property
    def patient(self) -> int:
        return self.left_by_medicare + self.not_covered - self.supplement


def part_b(service: Service, deductible_left: int, withheld_percent: Fraction) -> PartBRow:
    """Medicare pays four fifths after the deductible, rounded; the coinsurance is the rest, up to its cap."""
    if service.opted_out:
        return PartBRow(not_covered=service.approved_cents if service.charge_cents is None else service.charge_cents)
    deductible = coinsurance = 0
    if not service.preventive:
        deductible = min(service.approved_cents, deductible_left)
        coinsurance = service.approved_cents - deductible
        coinsurance -= rounded(Fraction(4, 5) * coinsurance)
        coinsurance = min(coinsurance, service.coinsurance_max_cents)
    payment = service.approved_cents - deductible - coinsurance
    withheld = rounded(withheld_percent * payment)
    excess = 0
    if not service.accepts_assignment:
        limiting_charge = rounded(Fraction(115, 100) * service.approved_cents)
        charge = limiting_charge if service.charge_cents is None else service.charge_cents
        excess = max(0, min(charge, limiting_charge) - service.approved_cents)
    return PartBRow(deductible, coinsurance, excess, 0, withheld, payment - withheld)


def supplement(letter: str, row: PartBRow, visit: str | None, limit_left: int) -> int:
    """What a letter pays. `limit_left` is what is open of a high deductible, or of the limit of K and L."""
    deductible, coinsurance, excess = row.deductible, row.coinsurance, row.excess
    if letter.endswith("-HD"):
        first = min(deductible, limit_left)
        second = min(coinsurance, limit_left - first)
        third = min(excess, limit_left - first - second)
        deductible, coinsurance, excess = deductible - first, coinsurance - second, excess - third
    pays = 0
    if letter[0] in DEDUCTIBLE_PAID_BY:
        pays += deductible
    if letter[0] in EXCESS_PAID_BY:
        pays += excess
    own = 0
    if letter in COINSURANCE_PAID_BY:
        own = coinsurance - rounded(COINSURANCE_PAID_BY[letter] * coinsurance)
        own = min(own, max(0, limit_left - deductible))
    if letter == "N":
        own = min(VISIT_COPAY_OF_N[visit], coinsurance)
    return pays + coinsurance - own


def limit_used(letter: str, rows: Sequence[PartBRow]) -> int:
    """A high deductible takes all that Medicare leaves; the limit of K and L what the patient paid, but the excess."""
    used = 0
    for row in rows:
        if letter.endswith("-HD"):
            used += row.left_by_medicare
        elif letter in COINSURANCE_PAID_BY:
            used += row.deductible + row.coinsurance - row.supplement
    return used


def part_b_year(beneficiary: Beneficiary, services: Sequence[Service]) -> list[PartBRow]:
    letter = beneficiary.medigap.letter if beneficiary.medigap else None
    rows: list[PartBRow] = []
    for service in services:
        deductible_left = beneficiary.deductible_remaining_cents - sum(row.deductible for row in rows)
        row = part_b(service, deductible_left, Fraction(beneficiary.sequestration_bp, 10_000))
        if letter is not None:
            limit_left = max(0, beneficiary.medigap_left_cents - limit_used(letter, rows))
            row = row._replace(supplement=supplement(letter, row, service.visit, limit_left))
        rows.append(row)
    return rows


# Medicare second (42 CFR 411.33)


class FeeLine(NamedTuple):
    """A line on a fee schedule. `obligated` is what the supplier must accept where that is less than it charges."""

    charge: int
    approved: int
    primary_allowed: int
    primary_paid: int
    obligated: int | None = None


class HospitalLine(NamedTuple):
    """A line paid otherwise; `gross` is what Medicare would pay before its deductible and coinsurance."""

    charge: int
    gross: int
    deductible: int
    coinsurance: int
    primary_paid: int
    obligated: int | None = None


class SecondRow(NamedTuple):
    medicare: int
    patient: int
    deductible: int


def medicare_second(lines: Sequence[FeeLine | HospitalLine], deductible: int) -> list[SecondRow]:
    rows: list[SecondRow] = []
    for line in lines:
        due = line.charge if line.obligated is None else min(line.charge, line.obligated)
        if isinstance(line, FeeLine):
            used = sum(row.deductible for before, row in zip(lines, rows, strict=False) if isinstance(before, FeeLine))
            applied = min(line.approved, deductible - used)
            alone = rounded(Fraction(4, 5) * (line.approved - applied))
            share = line.approved - alone
            higher = max(line.approved, line.primary_allowed)
            pays = most(due - line.primary_paid, alone, higher - line.primary_paid)
        else:
            applied, share = line.deductible, line.deductible + line.coinsurance
            paid = line.primary_paid
            pays = most(line.gross - share, line.gross - paid, due - paid, due - share)
        patient = most(share - line.primary_paid, due - line.primary_paid - pays)
        rows.append(SecondRow(pays, patient, applied))
    return rows


# TRICARE second


class OtherFirst(NamedTuple):
    """TRICARE behind other insurance; `patient_owes` where the other insurer's statement tells it."""

    billed: int
    allowable: int
    percent: Fraction
    other_paid: int
    participating: bool
    deductible: int
    patient_owes: int | None


class MedicareFirst(NamedTuple):
    """TRICARE For Life behind Medicare."""

    billed: int
    allowable: int
    percent: Fraction
    paid_before: int
    deductible: int


class OptedOut(NamedTuple):
    """TRICARE For Life, and a provider who opted out of Medicare."""

    charge: int
    allowable: int


def tricare_second(line: OtherFirst | MedicareFirst | OptedOut) -> tuple[int, int]:
    """What TRICARE pays, and the patient."""
    if isinstance(line, OptedOut):
        allowed = min(line.charge, line.allowable)
        pays = rounded(Fraction(1, 5) * allowed)
        return pays, line.charge - pays
    alone = rounded(line.percent * max(0, line.allowable - line.deductible))
    if isinstance(line, MedicareFirst):
        pays = most(line.billed - line.paid_before, alone)
        return pays, max(0, line.billed - line.paid_before) - pays
    collectable = [line.billed - line.other_paid]
    if not line.participating:
        collectable.append(rounded(Fraction(115, 100) * line.allowable) - line.other_paid)
    if line.patient_owes is not None:
        collectable.append(line.patient_owes)
    pays = most(alone, *collectable)
    return pays, most(*collectable) - pays


# Medicaid second


class Crossover(NamedTuple):
    """A line that Medicare leaves to Medicaid; `deductible` is a part of the cost share."""

    cost_share: int
    deductible: int
    medicare_paid: int
    rate: int


def medicaid_second(way: str, lines: Sequence[Crossover]) -> int:
    """What Medicaid pays of a claim, by the state's way; the patient owes nothing."""
    paid = 0
    for line in lines:
        if way == "full":
            paid += line.cost_share
        elif way == "line":
            paid += most(line.cost_share, line.rate - line.medicare_paid)
        elif way == "deductible in full":
            paid += max(line.deductible, most(line.cost_share, line.rate - line.medicare_paid))
    if way == "claim":
        paid = most(sum(line.cost_share for line in lines), sum(line.rate - line.medicare_paid for line in lines))
    return paid
