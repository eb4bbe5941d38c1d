"""The services beside sessions that no plan shares: the plan may cover them all the same."""

from collections.abc import Iterator, Sequence
from itertools import product

from payers.cost_share.bounds import CourseBounds, Period, hull_lines
from payers.cost_share.design import Turn
from payers.cost_share.ledger import Opening
from payers.cost_share.line import Visit
from payers.cost_share.money import ZERO
from payers.estimate.case import Case, World
from payers.estimate.charges import outside_medicare
from payers.estimate.course import Slot
from payers.estimate.course_ledger import CourseLedger, through_years, without_services
from payers.estimate.designs import designs
from payers.estimate.payers_alone import payers_alone
from payers.estimate.plan_course import plan_course
from payers.estimate.roles import arranged
from payers.estimate.second_payers import second_payers
from payers.estimate.service_visits import Named, named, service_lines
from payers.estimate.session import self_pay_lines


def services_alone(case: Case, world: World, slots: Sequence[Slot], sessions: CourseBounds) -> CourseLedger:
    """The sessions as they are, and the services under every design that the plan may have, in or out of its network.

    The sessions use up nothing of its limits. Without a plan the patient pays the clinic's price.
    """
    services = named(case, world)
    if not any(services):
        return without_services(sessions, Opening(), len(slots))
    several = list(_each(case, world, services, slots))
    least = [min(same) for same in zip(*(each.cheapest for each in several), strict=True)]
    most = [max(same) for same in zip(*(each.dearest for each in several), strict=True)]
    return CourseLedger(
        sessions=sessions,
        opens=Opening(),
        cheapest=tuple(map(sum, zip(sessions.cheapest, least, strict=True))),
        dearest=tuple(map(sum, zip(sessions.dearest, most, strict=True))),
        services=tuple(
            tuple(hull_lines(same) for same in zip(*lines, strict=True))
            for lines in zip(*(each.services for each in several), strict=True)
        ),
        amounts=tuple(amount for each in several for amount in each.amounts),
    )


def _each(case: Case, world: World, services: Named, slots: Sequence[Slot]) -> Iterator[CourseLedger]:
    decision, nothing = world.decision, [self_pay_lines(ZERO) for _ in slots]
    if decision.status == "self-pay" or outside_medicare(case, decision):
        turns = [_NOWHERE] * (len(services.before) + len(slots) + len(services.after))
        lines = service_lines(case, world, services, slots, None, turns)
        visits, behind = [Visit(0, each) for each in nothing], payers_alone(case, decision)
        yield through_years(visits, lines, [Period(Opening())], behind)
        return
    for question, network in product(arranged(case.question, decision), case.networks(decision)):
        order, inside = case._replace(question=question), world._replace(network=network)
        for design in designs(order, inside):
            planned = plan_course(order, inside, design, slots)
            yield planned.run(nothing, second_payers(order, decision), bounded=None)


_NOWHERE: tuple[Turn, ...] = ()
