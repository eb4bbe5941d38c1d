"""Prices: what the plan allows, and what the clinic asks."""

from collections.abc import Iterator

from payers.catalogue.vocabulary import GOVERNMENT_LINES
from payers.cost_share.money import Range, hull
from payers.cost_share.plan import MAX_CENTS
from payers.estimate.case import Case
from payers.estimate.course_services import CourseService, course_services
from payers.estimate.evaluate import Outcome, evaluate
from payers.estimate.plan_networks import open_networks
from payers.estimate.prices import FEE_LINES, Price
from payers.estimate.question import PriceInput, Prices, Question
from payers.estimate.roles import second_plan
from payers.estimate.session_price import cash_price
from payers.estimate.unknowns.about_plan import PLAN_LINES
from payers.estimate.unknowns.unknown import Origin, Unknown, replaced, setting, unanswered
from payers.estimate.unpriced import unpriced

_OF_NETWORK = frozenset({"allowed_per_session", "visit_allowed_per_session"})
"""What a network's rates decide."""


def about_prices(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """The prices that nobody told; where only a range is published, its typical or middle amount stands in."""
    told = case.question.prices or Prices()
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    if shared:
        yield from _about_allowed(case, shared, told)
    visit = next((allowed for outcome in shared if (allowed := _visit_apart(outcome))), None)
    if visit and told.visit_allowed_per_session is None:
        yield _middle("visit_allowed_per_session", visit)
    yield from _about_services(case, outcomes)
    if any(_price_open(case, outcomes, service) for service in course_services(case, outcomes[0].world.decision)):
        yield unanswered("service_price")
    if told.cash_per_session is None:
        yield from _about_price_list(case, outcomes)
        alone = next((outcome.price for outcome in outcomes if outcome.self_pay), None)
        if alone:
            if alone.basis != "site-price":
                yield _price("cash_per_session", alone)
        elif asked := next((charge for outcome in shared if (charge := _charge(outcome))), None):
            if any(cash_price(case, slot).basis != "site-price" for slot in shared[0].slots):
                yield _middle("cash_per_session", asked)
        else:
            yield unanswered("cash_per_session")


def _about_allowed(case: Case, shared: list[Outcome], told: Prices) -> Iterator[Unknown]:
    """The plan's network, where the price file has several, and what the plan allows: in the usual network."""
    price = shared[0].price
    names = open_networks(shared) if case.plan_network is None else []
    usual = setting(plan_network=names[0] if names else None)
    if names:
        values = {"network": names[0], "names": "; ".join(sorted(names))}
        yield Unknown("plan_network", usual, values, left_open=_OF_NETWORK)
    if told.allowed_per_session is not None:
        return
    if behind := _own_behind(shared):
        yield _middle("allowed_per_session", behind)
    elif price.basis == "medicare-fee":
        yield unanswered("allowed_per_session", price.amount)
    elif names:
        named = evaluate(case._replace(question=usual(case.question)), bounded=1)
        usual_price = next(each.price for each in named if not each.self_pay)
        yield _price("allowed_per_session", usual_price)._replace(range=price.amount)
    else:
        yield _price("allowed_per_session", price)


def _own_behind(shared: list[Outcome]) -> Range | None:
    """What the payer asked about may allow where another plan, whose amount was told, always pays before it."""
    if not all(outcome.world.other_first for outcome in shared) or shared[0].price.basis != "request":
        return None
    behind = second_plan(shared[0].case.question)
    return behind and behind.allowed_per_session and behind.allowed_per_session.range


def _about_services(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """What a plan allows for the services named, and so whether it covers them; a government's programme says so."""
    lines = {outcome.world.decision.line_of_business for outcome in outcomes}
    if case.question.services is None or lines <= GOVERNMENT_LINES:
        return
    told = (case.question.prices or Prices()).allowed_per_service
    middle = {
        service.kind: (service.price.low_cents + service.price.high_cents) // 2
        for service in course_services(case, outcomes[0].world.decision)
        if service.price and not service.alone and service.kind not in told
    }

    def answered(asked: Question) -> Question:
        prices = asked.prices or Prices()
        usual = {kind: PriceInput(low_cents=cents, high_cents=cents) for kind, cents in middle.items()}
        return replaced(asked, prices=replaced(prices, allowed_per_service=usual | prices.allowed_per_service))

    if middle:
        yield Unknown("allowed_per_service", answered)


def _price_open(case: Case, outcomes: list[Outcome], service: CourseService) -> bool:
    """Whether the clinic's own price of a service that is named is not on its list, and may be what the patient pays.

    A programme's rate, or what a plan was told to allow, stands in its place.
    """
    if service.kind in unpriced(outcomes):
        return True
    paid = [amount for outcome in outcomes if (amount := outcome.services.get(service.kind))]
    allowed = (case.question.prices or Prices()).allowed_per_service
    decided = all(outcome.world.decision.line_of_business in GOVERNMENT_LINES for outcome in outcomes)
    of_plan = not service.alone and (decided or service.kind in allowed)
    return not service.charges and not of_plan and bool(paid) and not hull(paid).exact


def _about_price_list(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """Where, and how long, in worlds in which the clinic's own price matters and depends on it."""
    if not any(outcome.self_pay or outcome.world.network == "out" for outcome in outcomes):
        return
    question, clinic = case.question, case.catalogue.clinic
    if question.site is None and (sites := clinic.sites):
        yield Unknown("site", setting(site=sites[0]), {"site": sites[0]}, origin="clinic")
    lengths = sorted({row.minutes for row in clinic.prices if row.treatment == question.treatment and row.minutes})
    if question.session_minutes is None and lengths:
        minutes = setting(session_minutes=lengths[0])
        yield Unknown("session_minutes", minutes, {"minutes": lengths[0]}, origin="clinic")


def _visit_apart(outcome: Outcome) -> Range | None:
    """The visit's price in a world in which drug and visit stand on lines of their own.

    It is what the plan allows in its network, and what is charged outside, of which the plan allows part.
    """
    prices = {bounds.line.component: bounds.line.charge or bounds.line.allowed for bounds in outcome.visits[0].lines}
    return (
        next((amount for component, amount in prices.items() if component != "drug"), None)
        if "drug" in prices
        else None
    )


def _charge(outcome: Outcome) -> Range | None:
    """What the clinic asks for a session, in a world in which that matters beside what the plan allows.

    A programme limits what it may ask to a little more than is allowed; beyond that its price changes nothing.
    """
    world = outcome.world
    charges = [bounds.line.charge for bounds in outcome.visits[0].lines if bounds.line.charge]
    if world.lane != "medical" or not charges:
        return None
    asked = sum(charges[1:], charges[0])
    limited = asked.high_cents < MAX_CENTS and not asked.exact
    return asked if limited or world.decision.line_of_business not in FEE_LINES - PLAN_LINES else None


def _price(name: str, price: Price) -> Unknown:
    """A price of which a range is on file."""
    unknown = _middle(name, price.amount, price.typical_cents)
    listed = price.basis in ("published-range", "medicare-fee")
    origin: Origin = "catalogue" if listed else "assumed" if price.basis == "medicare-multiple" else "clinic"
    return unknown._replace(origin=origin if price.behind or origin == "clinic" else "assumed", behind=price.behind)


def _middle(name: str, amount: Range, typical_cents: int | None = None) -> Unknown:
    cents = typical_cents or (amount.low_cents + amount.high_cents) // 2

    def answered(asked: Question) -> Question:
        told = PriceInput(low_cents=cents, high_cents=cents)
        return replaced(asked, prices=replaced(asked.prices or Prices(), **{name: told}))

    return Unknown(name, answered, {"amount": cents}, range=amount)
