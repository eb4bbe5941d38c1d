"""What a payer allows for a session and what the clinic may ask beyond it: who took on what price.

In a network, and with Medicare's assignment accepted, nobody asks for more than is allowed and there is no charge
beside it.
"""

from collections.abc import Callable
from typing import NamedTuple

from payers.catalogue.coverage import Decision
from payers.cost_share.money import Range, hull, share_of
from payers.cost_share.part_b import LIMITING_CHARGE_BP, non_participating_cents
from payers.cost_share.plan import MAX_CENTS
from payers.cost_share.tricare_secondary import BALANCE_BP
from payers.estimate.case import Case, World
from payers.estimate.prices import Price

Own = Callable[[], Price | None]
"""What the clinic asks of anybody, looked up where it matters; absent where no price is on file."""


class Asked(NamedTuple):
    """What the payer allows, and where the clinic may ask for more, what it asks; the patient owes the difference."""

    allowed: Range
    charge: Range | None = None


def asked(case: Case, world: World, price: Price, own: Own) -> Asked:
    """The two amounts of a session or a service, `price` being what the payer allows a clinic under contract."""
    line, assignment = world.decision.line_of_business, case.question.medicare_assignment
    if line == "medicare" and assignment == "not-accepted":
        approved = _approved(price)
        return Asked(approved, _at_most(own, approved, LIMITING_CHARGE_BP))
    if case.payer.programme == "tricare-for-life":
        return _charged(price.amount, _own_price(own)) if assignment == "opted-out" else Asked(price.amount)
    if world.network != "out":
        return Asked(price.amount)
    match line:
        case "military":
            return _tricare(case, price, own)
        case "medicare-advantage":
            return _advantage(price, accepted=assignment != "not-accepted")
        case _:
            return _out_of_network(price, own)


def outside_medicare(case: Case, decision: Decision) -> bool:
    """Whether no Medicare money may pay this clinic: its clinician opted out (42 U.S.C. 1395a(b); 42 CFR 422.220)."""
    lines = ("medicare", "medicare-advantage")
    return case.question.medicare_assignment == "opted-out" and decision.line_of_business in lines


def _approved(price: Price) -> Range:
    """What Medicare approves of a claim without assignment: less than its fee; an amount told is already that."""
    parts = price.parts or ((price.basis, price.amount),)
    return hull(
        Range(
            low_cents=non_participating_cents(amount.low_cents), high_cents=non_participating_cents(amount.high_cents)
        )
        if basis == "medicare-fee"
        else amount
        for basis, amount in parts
    )


def _advantage(price: Price, *, accepted: bool) -> Asked:
    """Outside a Medicare Advantage plan's network the clinic collects what Original Medicare lets it, and no more.

    What of it is not the patient's share is the plan's: whoever may bill a balance obtains it there. Without assignment
    the plan's amount lies between what Medicare approves and the limiting charge. Source: 42 CFR 422.214(a)(1);
    Medicare Managed Care Manual, chapter 4, on balance billing.
    """
    if accepted or price.basis == "request":
        return Asked(price.amount)
    approved = _approved(price)
    most_cents = share_of(approved.high_cents, LIMITING_CHARGE_BP)
    return Asked(Range(low_cents=approved.low_cents, high_cents=most_cents))


def _tricare(case: Case, price: Price, own: Own) -> Asked:
    """Outside TRICARE's network the clinic may bill a balance, but none to a service member on active duty.

    Source: 10 U.S.C. 1079(h)(4); 32 CFR 199.16(d)(1). Who may be on active duty may owe no balance.
    """
    category = case.question.tricare and case.question.tricare.category
    if category == "active-duty":
        return Asked(price.amount)
    charge = _at_most(own, price.amount, BALANCE_BP)
    if category is None:
        charge = Range(low_cents=price.amount.low_cents, high_cents=charge.high_cents)
    return Asked(price.amount, charge)


def _out_of_network(price: Price, own: Own) -> Asked:
    """A plan outside its network allows what it was told to, else anything up to the charge."""
    charge = _own_price(own)
    amount = price.amount
    if price.basis not in ("request", "contracted-rate"):
        amount = Range(low_cents=0, high_cents=charge.high_cents)
    return _charged(amount, charge)


def _charged(amount: Range, charge: Range) -> Asked:
    """Nobody allows more than is charged."""
    allowed = Range(
        low_cents=min(amount.low_cents, charge.low_cents), high_cents=min(amount.high_cents, charge.high_cents)
    )
    return Asked(allowed, charge)


def _own_price(own: Own) -> Range:
    """With no price on file the clinic may ask anything."""
    price = own()
    return Range(low_cents=0, high_cents=MAX_CENTS) if price is None else price.amount


def _at_most(own: Own, approved: Range, limit_bp: int) -> Range:
    """A charge that the law limits to a share of what is approved.

    The clinic's own price ends it earlier; where only published prices are known, it may be anything up to the limit.
    It is never below what is approved: nobody claims less than that.
    """
    least, most = approved.low_cents, share_of(approved.high_cents, limit_bp)
    price = own()
    if price is None or price.basis == "published-range":
        return Range(low_cents=least, high_cents=most)
    return Range(
        low_cents=max(least, min(price.amount.low_cents, share_of(least, limit_bp))),
        high_cents=max(approved.high_cents, min(price.amount.high_cents, most)),
    )
