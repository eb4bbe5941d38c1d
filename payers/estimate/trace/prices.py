"""Why a line is allowed what it is: the price's source, and who took on what price."""

from collections.abc import Iterator
from typing import Literal

from payers.catalogue.model import Fee
from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.line import PHARMACY, Line
from payers.cost_share.money import Range
from payers.estimate.prices import Price
from payers.estimate.session_price import cash_price, visit_price
from payers.estimate.trace.parameters import not_final
from payers.estimate.trace.rates import real_rates
from payers.estimate.trace.reason import Percent, Reason, assumed, by_law, of_clinic, on_file, told, unknown
from payers.estimate.trace.session import Session
from payers.rates.cited import CitedRate

What = Literal["allowed", "visit", "cash"]
"""What is priced: a session to a plan, the visit's part of it, a session to a patient who pays."""


def allowed(at: Session, line: Line) -> Iterator[Reason]:
    """Where a line's amount comes from."""
    if is_cash(at, line):
        yield from cash(at)
        return
    if line.pool == PHARMACY:
        yield from _contracted(at)
    elif line.component in ("session", "drug"):
        yield from _of_session(at)
    if line.component != "session":
        yield from _of_visit(at)
    if NOT_COVERED in line.terms[1:]:
        yield from cash(at)


def cash(at: Session) -> Iterator[Reason]:
    """The clinic's own price."""
    price, question = at.price if at.outcome.self_pay else cash_price(at.case, at.slot), at.case.question
    yield from _priced("cash", price)
    if price.basis == "site-price" and (question.discounts or question.sliding_scale):
        yield told("cash-reductions")


def is_cash(at: Session, line: Line) -> bool:
    """Whether a line is the clinic's own price: no plan shares it, or the plan does not cover the session."""
    return at.outcome.self_pay or (line.component == "session" and line.terms == (NOT_COVERED,))


def _of_session(at: Session) -> Iterator[Reason]:
    question, world = at.case.question, at.outcome.world
    bases = {basis for basis, _ in at.price.parts} or {at.price.basis}
    line, outside = world.decision.line_of_business, world.network == "out"
    if outside and line not in ("military", "medicare-advantage") and not bases <= _KNOWN:
        yield unknown("allowed-outside-network")
        yield from cash(at)
        return
    yield from _contracted(at)
    if outside and line == "medicare-advantage":
        yield by_law("collected-outside-advantage", "42 CFR 422.214(a)(1)")
    elif line != "medicare":
        return
    if question.medicare_assignment is None:
        yield assumed("assumed-assignment")
    elif question.medicare_assignment == "not-accepted" and "medicare-fee" in bases:
        yield by_law("approved-without-assignment", "42 U.S.C. 1395u(h)(3)")
        if outside:
            yield by_law("limiting-charge-of-the-plan", "42 U.S.C. 1395w-4(g)(2)")


def _contracted(at: Session) -> Iterator[Reason]:
    """What the plan allows under contract."""
    yield from _priced("allowed", at.price)
    if not at.price.settled and at.price.behind:
        yield not_final(at.slot.on.year)
    bases = {basis for basis, _ in at.price.parts} or {at.price.basis}
    if "medicare-fee" in bases and at.case.question.place_of_service is None:
        yield assumed("assumed-office")


_KNOWN = {"request", "contracted-rate"}
"""Prices that stand for this plan and this clinic."""


def _of_visit(at: Session) -> Iterator[Reason]:
    price = visit_price(at.case, at.outcome.world, at.slot)
    if price is not None:
        yield from _priced("visit", price)


def _priced(what: What, price: Price) -> Iterator[Reason]:
    """One reason for each source that stands behind a price."""
    for basis, amount in price.parts or ((price.basis, price.amount),):
        key = f"{what}-{basis}"
        match basis:
            case "request":
                yield told(key, amount=amount)
            case "contracted-rate" | "site-price":
                yield of_clinic(key, amount=amount)
            case "own-remittances" | "payer-file" | "hospital-file":
                yield from real_rates(price)
            case "medicare-fee":
                yield _of_medicare(what, price, amount)
            case "medicare-multiple" if price.share:
                percent = Percent(price.share.percent_bp, price.share.percent_bp)
                yield Reason(key, "assumed", (("percent", percent), ("amount", amount)))
                yield _of_medicare(what, price, price.share.fee)
                yield from real_rates(price)
            case "medicare-multiple":
                yield from real_rates(price)
            case "published-range":
                published = [each for each in price.behind if not isinstance(each, CitedRate)]
                yield on_file(key, published, amount=amount) if published else unknown(f"{what}-unknown")
                yield from real_rates(price)


def _of_medicare(what: What, price: Price, amount: Range) -> Reason:
    """Medicare's amount: the nation's, or that of the localities."""
    fees = [each for each in price.behind if isinstance(each, Fee)]
    here = {"where": price.localities} if price.localities else {}
    return on_file(f"{what}-medicare-fee-here" if here else f"{what}-medicare-fee", fees, amount=amount, **here)
