"""The networks that a payer's price files name: what is left open between them, and whether the one named is there."""

from collections import Counter
from collections.abc import Iterable, Iterator

from payers.estimate.evaluate import Outcome
from payers.estimate.real_rates import real_session
from payers.rates.choose import Choice


def rates_in_use(outcomes: Iterable[Outcome]) -> Iterator[Choice]:
    """What was chosen for the codes of a session, wherever real rates make up a price of it."""
    for each in outcomes:
        if each.self_pay:
            continue
        yield from each.price.choices
        told = each.case.question.prices
        if each.world.lane == "pharmacy" and not (told and told.visit_allowed_per_session):
            real = real_session(each.case, each.world, each.slots[0].on)
            yield from real.visits if real else ()


def open_networks(outcomes: Iterable[Outcome]) -> list[str]:
    """The networks whose amounts differ, those with the most codes first: naming one of them narrows the range."""
    codes = Counter(name for each in rates_in_use(outcomes) for name in each.by_network)
    return sorted(codes, key=lambda name: (-codes[name], name))
