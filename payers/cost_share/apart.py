"""Terms of a session whose drug and visit stand on lines of their own, though the plan has one set of terms for both.

A card or a second plan may look at the drug alone. The plan still asks for one copay a session, and its floor and
ceiling are of the session's coinsurance; on which of the two lines they fall is not known, so every way is held.
"""

from collections.abc import Iterator

from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.design import Design


def once_a_session(design: Design) -> Iterator[Design]:
    """The design with drug and visit apart, in every way their sum may come about."""
    whole = design.terms["default"]
    if not any(_is_of_the_session(terms) for terms in whole):
        yield design
        return
    rest = tuple(terms._replace(copay_cents=0, coinsurance_min_cents=0) for terms in whole)
    ways = [(whole, rest), (rest, whole)]
    if any(terms.coinsurance_min_cents for terms in whole):
        # the other line's share may reach the floor
        without_floor = tuple(terms._replace(coinsurance_min_cents=0) for terms in whole)
        ways += [(without_floor, rest), (rest, without_floor)]
    if any(terms.coinsurance_max_cents < UNLIMITED_CENTS for terms in whole):
        # the other line's share may have used up the ceiling
        nothing = tuple(terms._replace(coinsurance_max_cents=0) for terms in rest)
        ways += [(whole, nothing), (nothing, whole)]
    for drug, visit in ways:
        yield design._replace(terms={**design.terms, "drug": drug, "visit": visit})


def _is_of_the_session(terms: Terms) -> bool:
    return bool(terms.copay_cents or terms.coinsurance_min_cents) or terms.coinsurance_max_cents < UNLIMITED_CENTS
