"""One line at one corner of what is open: the plan's share of it, then whoever pays after the plan."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from payers.cost_share.adjudicate import Share, Terms, adjudicate
from payers.cost_share.credit import Credit, credit_for
from payers.cost_share.ledger import Ledger
from payers.cost_share.line import Line
from payers.cost_share.money import ZERO, Range, exactly
from payers.cost_share.second_payer import Bill, SecondPayer, settle_in_turn


class Settled(NamedTuple):
    """One line at one corner, and what is left after it."""

    share: Share
    excess_cents: int
    plan_pays: Range
    others: Range
    assistance: Range
    write_off: Range
    patient: Range
    credits: tuple[Credit, ...]
    after: tuple[Ledger, ...]
    behind: tuple[SecondPayer, ...]


def settle(
    line: Line, terms: Terms, allowed_cents: int, charge_cents: int, ledger: Ledger, behind: tuple[SecondPayer, ...]
) -> Settled:
    """The line under one of its terms, with one allowed amount and charge in cents, and so much left of the limits."""
    alone = _alone(line.pool, line.member, terms, allowed_cents, charge_cents, ledger)
    if not behind:
        return alone
    share, excess_cents, plan_pays = alone.share, alone.excess_cents, alone.plan_pays
    owed_cents = share.patient_cents + excess_cents
    counted = {share.cost_share_cents}
    others = assistance = write_off = ZERO
    paid, relief = settle_in_turn(behind, Bill(_billed(line, terms), allowed_cents, charge_cents, share))
    for payer, each in zip(behind, paid, strict=True):
        plan_pays += each.forgiven
        write_off += each.written_off
        if payer.assists:
            assistance += each.pays
        else:
            others += each.pays
        if each.credited is not None:
            counted = {each.credited.low_cents, each.credited.high_cents}
    deductible_left = ledger.remaining_cents("deductible", line.pool, line.member)
    maximum_left = ledger.remaining_cents("out-of-pocket-maximum", line.pool, line.member)
    added = tuple(credit_for(share, terms, cents, deductible_left, maximum_left) for cents in counted)
    return Settled(
        share=share,
        excess_cents=excess_cents,
        plan_pays=plan_pays,
        others=others.at_most(owed_cents),
        assistance=assistance.at_most(owed_cents),
        write_off=write_off.at_most(owed_cents),
        patient=Range(
            low_cents=max(0, owed_cents - relief.high_cents), high_cents=max(0, owed_cents - relief.low_cents)
        ),
        credits=added,
        after=tuple(ledger.after(credit, line.pool, line.member) for credit in added),
        behind=tuple(each.after for each in paid),
    )


@lru_cache(maxsize=2048)
def _alone(pool: str, member: str, terms: Terms, allowed_cents: int, charge_cents: int, ledger: Ledger) -> Settled:
    """With nobody behind the plan. Kept, since most worlds of one question ask the same of most sessions."""
    deductible_left = ledger.remaining_cents("deductible", pool, member)
    maximum_left = ledger.remaining_cents("out-of-pocket-maximum", pool, member)
    coinsurance_left = ledger.remaining_cents("coinsurance-maximum", pool, member)
    share = adjudicate(allowed_cents, terms, deductible_left, maximum_left, coinsurance_left)
    excess_cents = charge_cents - allowed_cents
    plan_pays, patient = exactly(allowed_cents - share.patient_cents), max(0, share.patient_cents + excess_cents)
    credit = credit_for(share, terms, share.cost_share_cents, deductible_left, maximum_left)
    after = ledger.after(credit, pool, member)
    return Settled(share, excess_cents, plan_pays, ZERO, ZERO, ZERO, exactly(patient), (credit,), (after,), ())


def _billed(line: Line, terms: Terms) -> Line:
    """The line as it reaches whoever pays in the plan's place: what the plan does not cover, at what is owed for it.

    The clinic's price of a session holds its drug, so what is owed for it is no longer the visit's alone.
    """
    if terms.covered or line.uncovered is None:
        return line
    owed = line._replace(allowed=line.uncovered, charge=None)
    return owed if line.service or line.component == "drug" else owed._replace(component="session")


def amounts(line: Line, terms: Terms) -> Iterator[tuple[int, int]]:
    """The allowed amount and the charge at every corner; a plan never allows more than the charge."""
    if not terms.covered and line.uncovered:
        yield from ((cents, cents) for cents in sorted({line.uncovered.low_cents, line.uncovered.high_cents}))
        return
    ends = {line.allowed.low_cents, line.allowed.high_cents}
    peak_cents = terms.copay_cents
    if terms.copay_timing == "before-deductible" and line.allowed.low_cents < peak_cents < line.allowed.high_cents:
        ends.add(peak_cents)
    for allowed_cents in sorted(ends):
        if line.charge is None:
            yield allowed_cents, allowed_cents
        else:
            for charge_cents in sorted({line.charge.low_cents, line.charge.high_cents}):
                yield min(allowed_cents, charge_cents), charge_cents


def end(line: Line, terms: Terms, *, dear: bool) -> tuple[int, int]:
    """The allowed amount and the charge at the cheap or the dear end of a line.

    In network a higher allowed amount costs the patient more. Where the charge is the patient's either way, a higher
    allowed amount costs less.
    """
    if not terms.covered and line.uncovered:
        cents = line.uncovered.high_cents if dear else line.uncovered.low_cents
        return cents, cents
    if line.charge is None:
        cents = line.allowed.high_cents if dear else line.allowed.low_cents
        return cents, cents
    charge_cents = line.charge.high_cents if dear else line.charge.low_cents
    return min(charge_cents, line.allowed.low_cents if dear else line.allowed.high_cents), charge_cents
