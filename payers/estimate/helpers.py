"""What other coverage and assistance do with each share of this case."""

from payers.catalogue.coverage import Decision
from payers.catalogue.model import Programme
from payers.catalogue.vocabulary import GOVERNMENT_LINES
from payers.cost_share.adjudicate import Share
from payers.cost_share.assistance import Card
from payers.cost_share.bounds import Aid, Help, Helper, Line, nobody
from payers.cost_share.supplement import EVERYTHING, SOMETHING, Supplement, medigap, together
from payers.estimate.case import Case
from payers.estimate.question import Assistance, Medicaid, Medigap, Qmb, SecondCommercial, TricareForLife


def helper_for(case: Case, decision: Decision) -> tuple[Helper, Aid | None]:
    """The helper, and whether assistance is part of it, which needs drug and visit on lines of their own."""
    supplements = list(_supplements(case, decision))
    cards = usable_cards(case, decision)
    if not supplements and not cards:
        return nobody, None

    def helper(share: Share, line: Line) -> Help:
        other = together(supplements, share)
        if not cards or line.component != "drug":
            return Help(other_payers=other)
        programme, used = cards[0]
        owed = share.cost_share_cents
        # a plan whose policy nobody told may credit as little as a maximizer does
        # a floor that was not seen may be nothing: the card then pays up to everything
        card = Card(used.policy or "maximizer", patient_floor_cents=programme.patient_floor_cents or 0)
        most = card.pays_cents(owed - other[0])
        return Help(other, (0, most), None if used.policy == "counts" else card.counted_cents(owed, most))

    if not cards:
        return helper, None
    return helper, "credited" if cards[0][1].policy in ("counts", "accumulator") else "uncredited"


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


def _supplements(case: Case, decision: Decision) -> list[Supplement]:
    """Second payers that stand behind this one. A Medicare supplement stands behind Original Medicare alone."""
    line = decision.line_of_business
    found: list[Supplement] = []
    for other in case.question.other_coverage:
        match other:
            case Medigap(plan=letter, high_deductible=high) if line == "medicare":
                plan = next(
                    each
                    for each in case.catalogue.release.medigap_plans
                    if each.letter.removesuffix("-HD") == letter and each.high_deductible == high
                )
                found.append(medigap(plan))
            case Qmb() if line in ("medicare", "medicare-advantage"):
                found.append(EVERYTHING)
            case TricareForLife() if line == "medicare":
                found.append(EVERYTHING)
            case Medicaid() | SecondCommercial():
                found.append(SOMETHING)
            case _:
                pass
    return found
