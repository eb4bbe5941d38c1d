"""The services that a question names, as visits of the course's ledger, each with its own coverage and its own price.

Evaluation and preparation come before the first session, monitoring stands beside the sessions, follow-up and
integration come after the last one. Their days are not told: each is taken to fall on the day, and so into the plan
year, of the session that it stands next to.
"""

from collections.abc import Sequence
from typing import NamedTuple

from payers.catalogue.vocabulary import GOVERNMENT_LINES, ServiceKind
from payers.cost_share.adjudicate import NOT_COVERED
from payers.cost_share.design import Design, Turn
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, Line
from payers.cost_share.money import ZERO, Range, hull
from payers.cost_share.plan import MAX_CENTS
from payers.estimate.case import Case, World
from payers.estimate.charges import asked, outside_medicare
from payers.estimate.course import Slot
from payers.estimate.course_services import CourseService, course_services
from payers.estimate.prices import FEE_LINES, Price, Service, fee_of, rated
from payers.estimate.real_rates import real_service
from payers.estimate.session_price import price_of

BEFORE: tuple[ServiceKind, ...] = ("evaluation", "preparation")
AFTER: tuple[ServiceKind, ...] = ("follow-up", "integration")


class Named(NamedTuple):
    """Each service once for every time it is given: before the first session, beside the sessions, after the last."""

    before: tuple[CourseService, ...] = ()
    beside: tuple[CourseService, ...] = ()
    after: tuple[CourseService, ...] = ()


class ServiceLines(NamedTuple):
    """The line of each of them; those beside the sessions, session by session.

    Every session has as many lines beside it; where it has fewer services, the rest cost nothing and are none
    (without a `service`).
    """

    before: tuple[Line, ...]
    beside: tuple[tuple[Line, ...], ...]
    after: tuple[Line, ...]

    @property
    def between(self) -> bool:
        """Whether a service stands between the sessions."""
        return any(self.beside)

    @property
    def none(self) -> bool:
        """Whether there are no services."""
        return not (self.before or self.between or self.after)


def named(case: Case, world: World) -> Named:
    """The services named, in the order in which they are given."""
    if case.question.services is None:
        return Named()
    several = course_services(case, world.decision)

    def given(*kinds: ServiceKind) -> tuple[CourseService, ...]:
        return tuple(each for each in several if each.kind in kinds for _ in range(each.times or 0))

    return Named(given(*BEFORE), given("monitoring"), given(*AFTER))


def service_lines(
    case: Case,
    world: World,
    services: Named,
    slots: Sequence[Slot],
    design: Design | None,
    turns: Sequence[tuple[Turn, ...]],
) -> ServiceLines:
    """The lines under a plan's terms for a visit, or at the clinic's price without a plan.

    `turns` are those of the services before, of the sessions, and of the services after, in this order.
    """
    first, last = len(services.before), len(services.before) + len(slots)

    def line(service: CourseService, slot: Slot, places: tuple[Turn, ...]) -> Line:
        return _line(case, world, service, slot, design, places)

    each, more = divmod(len(services.beside), len(slots))
    most = each + (more > 0)
    return ServiceLines(
        before=tuple(map(line, services.before, [slots[0]] * first, turns[:first])),
        beside=tuple(
            tuple(
                given if number < each + (position < more) else _nothing(given)
                for number in range(most)
                for given in (line(services.beside[number], slot, places),)
            )
            for position, (slot, places) in enumerate(zip(slots, turns[first:last], strict=True))
        ),
        after=tuple(map(line, services.after, [slots[-1]] * len(services.after), turns[last:])),
    )


def is_covered(case: Case, world: World, kind: ServiceKind) -> bool | None:
    """Whether the plan covers a service; absent where nobody knows, and both are held.

    Monitoring is part of the treatment. Evaluation and talk therapy are covered apart from it: under a government's
    programme surely, by other plans usually. A plan that allows an amount for a service covers it. Source: the codes'
    own entries in the catalogue.
    """
    if kind == "monitoring":
        return world.lane is not None
    if world.decision.status == "self-pay" or outside_medicare(case, world.decision):
        return False
    told = case.question.prices is not None and kind in case.question.prices.allowed_per_service
    return True if told or world.decision.line_of_business in GOVERNMENT_LINES else None


def _line(
    case: Case, world: World, service: CourseService, slot: Slot, design: Design | None, turns: tuple[Turn, ...]
) -> Line:
    code = service.codes[0].code if len(service.codes) == 1 else None
    cash = service.price or Range(low_cents=0, high_cents=MAX_CENTS)
    covered = design is not None and is_covered(case, world, service.kind)
    if design is None or covered is False:
        return Line("visit", code, None, cash, (NOT_COVERED,), on=slot.on, service=service.kind)
    line = world.decision.line_of_business
    found = price_of(case, slot, line, lambda on: _allowed(case, world, service, on))
    allowed, charge = asked(case, world, found, lambda: _own_price(service))
    terms = design.terms_for("visit", turns)
    return Line(
        "visit",
        code,
        None,
        allowed,
        terms if covered else (*terms, NOT_COVERED),
        charge,
        OUT_OF_NETWORK if world.network == "out" else MEDICAL,
        on=slot.on,
        uncovered=None if covered and all(each.covered for each in terms) else cash,
        service=service.kind,
    )


def _nothing(line: Line) -> Line:
    """The same line with nothing on it."""
    return line._replace(allowed=ZERO, charge=line.charge and ZERO, uncovered=line.uncovered and ZERO, service=None)


def _own_price(service: CourseService) -> Price | None:
    return service.price and Price(service.price, "site-price" if service.charges else "published-range")


def _allowed(case: Case, world: World, service: CourseService, on: Service) -> Price:
    """What a plan allows a clinic under contract: told, a real rate, Medicare's, or from that to the clinic's price.

    Beyond the clinic's price no plan allows anything, and so a service that is not covered is never the cheaper one.
    Monitoring is in the code that bundles drug, visit and observation, and nothing is allowed beside it; whether a
    commercial plan takes that code is open.
    """
    told = case.question.prices.allowed_per_service.get(service.kind) if case.question.prices else None
    if told:
        return Price(told.range, "request")
    if service.kind != "monitoring" and (chosen := real_service(case, world, service.codes, on.on)):
        price = rated(chosen, hull(each.amount for each in chosen if each.amount))
        return price._replace(amount=price.amount.at_most(service.price.high_cents)) if service.price else price
    by_fee, bundled = world.decision.line_of_business in FEE_LINES, _is_bundled(case, service)
    codes = tuple(code.code for code in service.codes)
    fee, own = fee_of(case.catalogue, codes, on.on, on.place_of_service, on.patient.site), service.price
    if by_fee and bundled:
        return Price(ZERO, "medicare-fee")
    if by_fee and fee:
        return fee
    least_cents = fee.amount.low_cents if fee and not bundled else 0
    if own is None:
        return Price(Range(low_cents=least_cents, high_cents=MAX_CENTS), "published-range")
    return Price(Range(low_cents=min(least_cents, own.low_cents), high_cents=own.high_cents), "published-range")


def _is_bundled(case: Case, service: CourseService) -> bool:
    """Whether a code that stands for the whole session is never billed with the service's on the same day."""
    bundles = (bill.codes_by_dose.values() for bill in case.treatment.billing if bill.style == "bundle")
    found = (case.catalogue.code(code, case.start_on) for codes in bundles for code in codes)
    never_with = {never for code in found if code for never in code.never_with}
    return service.kind == "monitoring" and any(code.code in never_with for code in service.codes)
