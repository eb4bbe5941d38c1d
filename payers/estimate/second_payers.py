"""Who pays after the first payer in this case: other coverage in its order, then a savings card."""

from payers.catalogue.coverage import Decision
from payers.catalogue.model import Programme
from payers.catalogue.vocabulary import GOVERNMENT_LINES
from payers.cost_share.second_payer import SecondPayer
from payers.estimate.case import Case
from payers.estimate.question import Assistance, SecondCommercial


def second_payers(case: Case, decision: Decision) -> tuple[SecondPayer, ...]:
    """The second payers in the order in which they pay."""
    return ()


def usable_cards(case: Case, decision: Decision) -> list[tuple[Programme, Assistance]]:
    """The savings programmes that may pay: never beside government coverage, first or second, nor where excluded.

    How much is left of a card's yearly limit is not known, so it pays between nothing and all above its floor.
    """
    question = case.question
    government = decision.line_of_business in GOVERNMENT_LINES or any(
        not isinstance(each, SecondCommercial) for each in question.other_coverage
    )
    if government:
        return []
    found = ((case.catalogue.programme(used.program), used) for used in question.assistance)
    return [
        (programme, used)
        for programme, used in found
        if programme
        and programme.kind == "savings-card"
        and programme.status == "current"
        and programme.holds_on(case.start_on)
        and question.treatment in programme.treatments
        and question.state not in programme.states_excluded
    ]
